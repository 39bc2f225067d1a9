# SPDX-License-Identifier: Apache-2.0
"""Compares the output of --json with the tables of JSON OUTPUT in sesam(1)."""
import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from harness.bind import ZONE, Bind
from harness.help import parts_of_help
from harness.paths import COMMAND, REPOSITORY
from harness.programs import minimal_environment
from harness.setup import place, words  # noqa: F401

PAGE = (REPOSITORY / "docs" / "sesam.1").read_text()
PIN = "24681357"
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "string[]": list}


def tables() -> dict[str, dict[str, str]]:
    """{"list": {"keys[]": "key"}, "key": {"name": "string", "curve": "string?", …}, …}"""
    part = re.search(r"^\.Sh JSON OUTPUT$(.*?)^\.Sh ", PAGE, re.M | re.S)[1]
    found = {}
    for names, rows in re.findall(r'^\.\\" Members of ([^\n]*)\n\.Bl (.*?)^\.El$', part, re.M | re.S):
        for name in names.split(", "):
            found[name] = dict(re.findall(r"^\.It (\S+) Ta (\S+)", rows, re.M))
    return found


TABLES = tables()
FLAT_KEYS = {"show", "generate", "import of one file"}  # "a key, and"


def documented(name: str) -> dict[str, str]:
    """The table, with `keys[]` replaced by the members of a key."""
    table = dict(TABLES[name])
    if name in FLAT_KEYS:
        table |= TABLES["key"]
    if keys := table.pop("keys[]", None):
        optional = "?" if keys.endswith("?") else ""
        table |= {f"keys[].{member}": type_.rstrip("?") + (optional or "?" * type_.endswith("?"))
                  for member, type_ in TABLES["key"].items()}
    return table


def members(value, path=""):
    """Yields (path, value) of each member that is neither an object nor a list of objects; ("path[]", None) for an
    empty list."""
    for name, inner in value.items():
        here = f"{path}{name}"
        if isinstance(inner, dict):
            yield from members(inner, f"{here}.")
        elif inner == []:
            yield f"{here}[]", None
        elif isinstance(inner, list) and all(isinstance(one, dict) for one in inner):
            for one in inner:
                yield from members(one, f"{here}[].")
        else:
            yield here, inner


def row_of(table: dict[str, str], path: str) -> str | None:
    """The path as it is in the table, where fields.ROLE matches any member of fields."""
    general = re.sub(r"[^.]+$", "ROLE", path)
    return next((row for row in (path, general) if row in table), None)


def check(name: str, output: dict) -> None:
    table = documented(name)
    lists = {path.removesuffix("[]") for path, value in members(output) if value is None}  # the empty ones
    seen = {row_of(table, path) for path, value in members(output) if value is not None}
    for path in lists:
        assert table.get(path) == "string[]" or any(row.startswith(f"{path}[].") for row in table), path
    for path, value in members(output):
        if value is not None:
            row = row_of(table, path)
            assert row, f"sesam(1) does not document {path} of {name}"
            assert isinstance(value, TYPES[table[row].rstrip("?")]), f"{path} of {name}: {value!r}"
    for path, type_ in table.items():
        is_in_empty_list = path.split("[]")[0] in lists
        assert type_.endswith("?") or path in seen or is_in_empty_list, f"{name} has no {path}"


@pytest.fixture
def cnf(device, openssl_cnf, openssl, tmp_path):
    device.create_key("web", pin=PIN)
    device.create_key("rsa", type="RSA", size=2048)
    device.create_key("k01", type="SYM", size=256)
    (tmp_path / "certificates").mkdir()
    cnf = openssl_cnf(device, pin=PIN, certificates=tmp_path / "certificates")
    openssl(cnf, "req", "-new", "-x509", "-key", "sesam:web", "-subj", "/CN=w\u00e9b", "-utf8", "-days", "10", "-out",
            tmp_path / "certificates" / "web.pem")
    return cnf


def test_all_subcommands_are_documented_and_every_table_is_compared():
    subcommands = parts_of_help()["subcommands"] - {"sigstore-kms"}  # which has its own protocol
    assert len(subcommands) > 15
    assert subcommands == {name.split()[0] for name in TABLES} - {"errors", "key"}
    assert set(TABLES) - {"key"} == set(re.findall(r'check\("([^"]+)"', Path(__file__).read_text()))


def test_the_output_of_each_subcommand_is_as_documented(cnf, sesam, openssl, tmp_path):
    def json_of(*words, stdin=b"data", **options):
        return json.loads(sesam(cnf, "--json", *words, stdin=stdin, **options).stdout)

    for name in ("a", "b", "c"):
        openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", tmp_path / f"{name}.pem")
    sesam(cnf, "sign", "web", "--out", tmp_path / "web.sig", stdin=b"data")
    check("list", json_of("list"))
    check("show", json_of("show", "web"))
    check("show", json_of("show", "k01"))
    check("generate", json_of("generate", "new"))
    check("import of one file", json_of("import", tmp_path / "a.pem"))
    files = [tmp_path / name for name in ("b.pem", "c.pem", "a.pem")]
    check("import of several files", json_of("import", *files, check=False))
    check("uri", json_of("uri", "web"))
    check("delete", json_of("delete", "new", "--yes"))
    check("random", json_of("random", "5"))
    check("timestamp", json_of("timestamp"))
    cipher = json_of("encrypt", "k01")
    check("encrypt", cipher)
    check("decrypt", json_of("decrypt", "k01", stdin=cipher["ciphertext"].encode()))
    check("sign", json_of("sign", "web"))
    check("verify", json_of("verify", "web", "--signature", tmp_path / "web.sig"))
    check("bench", json_of("bench", "web", "--threads", "1", "--seconds", "1"))


@pytest.mark.parametrize("option, words", [
    ("--out", ["sign", "web"]), ("--out", ["random", "5"]), ("--out", ["encrypt", "k01"]),
    ("--out", ["decrypt", "k01"]), ("--out", ["uri", "web"]), ("--pem", ["uri", "web"]),
    ("--base64", ["random", "5"])], ids=str)
def test_an_option_that_json_would_ignore_is_refused(cnf, device, sesam, tmp_path, option, words):
    value = [tmp_path / "file"] if option == "--out" else []
    device.reset_counters()
    for line in (["--json", *words, option, *value], [*words, option, *value, "--json"]):
        done = sesam(cnf, *line, stdin=b"data", check=False)
        assert done.returncode == 2 and done.stdout == "" and not (tmp_path / "file").exists()
        assert f"{option}: cannot be used with --json" in json.loads(done.stderr)["error"]["message"]
    assert device.requests() == {}


def test_a_signature_that_is_not_valid_is_reported_on_both_streams(cnf, sesam, tmp_path):
    sesam(cnf, "sign", "web", "--out", tmp_path / "web.sig", stdin=b"data")
    done = sesam(cnf, "--json", "verify", "web", "--signature", tmp_path / "web.sig", stdin=b"other", check=False)
    assert done.returncode == 1 and json.loads(done.stdout) == {"verified": False}
    check("errors", json.loads(done.stderr.splitlines()[-1]))


def test_the_output_of_doctor_is_as_documented(cnf, sesam):
    for options in (["--key", "web"], ["--key", "web", "--print-config"], ["--key", "nobody"]):
        check("doctor", json.loads(sesam(cnf, "--json", "doctor", *options, check=False).stdout))


def test_the_output_of_setup_is_as_documented(device, words, place, sesam):
    for more in (["--dry-run"], [], ["--force"], ["--key", "nobody"]):
        line = words(device, *more, without=["make-key"] if "--key" in more else [])
        done = sesam(None, "--json", *line, check=False)
        check("setup", json.loads(done.stdout))
        if (place / "pass").exists():
            (place / "pass").write_text("of yesterday\n")  # so that setup makes a backup


def test_the_output_of_discover_is_as_documented(device, openssl_cnf, sesam):
    cnf = openssl_cnf(device, pin=PIN)
    for type_ in ("EC", "RSA"):
        plan = sesam(cnf, "--json", "discover", "--dry-run", f"--make-key={type_}", "--type", type_)
        check("discover with a dry run", json.loads(plan.stdout))
        made = sesam(cnf, "--json", "discover", f"--make-key={type_}", "--type", type_, "--yes")
        check("discover", json.loads(made.stdout))
    few = sesam(openssl_cnf(device), "--json", "discover", "--make-key=few", "--yes", "--no-pin", check=False)
    check("discover", json.loads(few.stdout))


def test_the_output_of_importing_k_files_is_as_documented(device, openssl_cnf, sesam, tmp_path):
    bind = Bind(tmp_path / "zone", openssl_cnf(device, pin=PIN))
    private = bind.directory / (bind.tool("dnssec-keygen", "-a", "13", "-f", "KSK", ZONE).stdout.strip() + ".private")

    def json_of(*options):
        return json.loads(sesam(bind.openssl_conf, "--json", "import", "--bind", bind.directory, "--assume-frozen",
                                *options, private).stdout)

    for options in (["--dry-run"], [], ["--dry-run"]):
        check("import of K files", json_of(*options))
    check("import undone", json_of("--undo"))


@pytest.mark.parametrize("words", [["show", "wbe"], ["lsit"], ["show"], ["list", "--set", "core=x"]], ids=str)
def test_errors_are_as_documented(cnf, sesam, words):
    check("errors", json.loads(sesam(cnf, "--json", *words, check=False).stderr.splitlines()[-1]))


def test_the_output_of_simulate_is_as_documented(tmp_path):
    process = subprocess.Popen([COMMAND, "--json", "simulate", "--directory", tmp_path], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True, env=minimal_environment(None))
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        check("simulate", json.loads("".join(lines)))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def test_the_certificate_of_a_key_is_shown(cnf, sesam, openssl, tmp_path):
    (certificate,) = json.loads(sesam(cnf, "--json", "show", "web").stdout)["certificates"]
    file = tmp_path / "certificates" / "web.pem"
    facts = openssl(None, "x509", "-in", file, "-noout", "-fingerprint", "-sha256", "-serial").stdout
    assert certificate["sha256"] == re.search("Fingerprint=(.*)", facts)[1].replace(":", "")
    assert certificate["serial"] == re.search("serial=(.*)", facts)[1]
    assert certificate["subject"] == certificate["issuer"] == "CN=w\u00e9b"
    shown = sesam(cnf, "show", "web").stdout
    assert re.search(r"^Certificate: +CN=w\u00e9b$", shown, re.M)
    assert re.search(r"^Valid: .* \(expires in (9|10) days\)$", shown, re.M)
    assert f"none in {tmp_path / 'certificates'}" in sesam(cnf, "show", "rsa").stdout
    assert "Certificate" not in sesam(cnf, "show", "k01").stdout
