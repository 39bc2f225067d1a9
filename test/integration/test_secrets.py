# SPDX-License-Identifier: Apache-2.0
"""Invariant 7: runs all operations at the highest log level; no output or file that remains contains a secret."""
import base64
import json
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from drivers.life import compile_driver
from harness.bind import Bind
from harness.flavour import not_sanitized
from harness.programs import minimal_environment
from harness.simulator import PASSWORD as DEFAULT_PASSWORD

USER, PASSWORD, PIN, WRONG_PIN = "kilo", "Correct+Horse/9917=", "90817263", "55443322"


def spellings(secret: str) -> set[bytes]:
    """The secret in all encodings: plain, percent-encoded, hexadecimal, base64."""
    raw = secret.encode()
    return {raw, quote(secret, safe="").encode(), raw.hex().encode(), raw.hex().upper().encode(), base64.b64encode(raw)}


SECRETS = {
    "password": spellings(PASSWORD),
    "Basic header": spellings(f"{USER}:{PASSWORD}"),
    "PIN": spellings(PIN),
    "refused PIN": spellings(WRONG_PIN),
}


def found_in(data: bytes) -> list[str]:
    return [name for name, forms in SECRETS.items() if any(form in data for form in forms)]


@pytest.fixture
def kept(tmp_path):
    """A directory with the files that are meant to contain the secrets."""
    directory = tmp_path / "given"
    directory.mkdir()
    for name, text in (("password", PASSWORD), ("pin", PIN), ("wrong", WRONG_PIN)):
        (directory / name).write_text(text)
        (directory / name).chmod(0o600)
    return directory


@pytest.fixture
def device(simulator):
    device = simulator()
    device.add_user(USER, PASSWORD)
    for name in ("web", "JP.example"):
        device.create_key(name, pin=PIN)
    device.create_key("rsa", type="RSA", size=2048, pin=PIN)
    return device


@pytest.fixture
def work(tmp_path):
    directory = tmp_path / "work"
    directory.mkdir()
    return directory


@pytest.fixture
def cnf(device, openssl_cnf, kept, work):
    settings = {"user": USER, "pass": None, "pass_source": f"file:{kept}/password", "pin_source": f"file:{kept}/pin",
                "log_level": 10, "log_output": work / "log"}
    return openssl_cnf(device, **settings)


def keys_at_work(run, cnf, device, work, kept):
    """Runs every operation, including some that fail. -> the output of the programs"""
    said = []

    def openssl(*arguments, check=True):
        said.append(str(run(["openssl", *arguments], cnf, cwd=work, check=check)))

    (work / "data").write_text("data")
    openssl("storeutl", "sesam:")
    openssl("pkey", "-in", "sesam:web", "-text", "-noout")
    openssl("pkey", "-in", f"sesam:web?pin-source=file:{kept}/pin", "-out", "web.pem")
    for key in ("sesam:web", "web.pem", "sesam:rsa"):
        openssl("dgst", "-sha256", "-sign", key, "-out", "sig", "data")
    openssl("req", "-x509", "-key", "sesam:web", "-subj", "/CN=web", "-out", "web.crt")
    openssl("genpkey", "-algorithm", "EC", "-propquery", "?provider=sesam", "-pkeyopt", "group:P-256", "-pkeyopt",
            "sesam_uri:sesam:object=new", "-out", "new.pem")
    for uri in ("sesam:nobody", f"sesam:web?pin-source=file:{kept}/wrong", "sesam:web;core=9",
                f"sesam:web?pin-source={kept}/none"):
        openssl("dgst", "-sha256", "-sign", uri, "data", check=False)
    for fault, more in (("reset", {}), ("http-500", {}), ("not-json", {}), ("wrong-signature", {}),
                        ("error", {"text": f"no: {PIN} {PASSWORD}", "status": 403})):
        device.fault(fault, command="eccsign", **more)
        openssl("dgst", "-sha256", "-sign", "sesam:web", "data", check=False)
        device.clear_faults()
    return said


def test_no_output_log_or_file_holds_a_secret(device, cnf, run, work, kept):
    said = keys_at_work(run, cnf, device, work, kept)
    bind = Bind(work / "zone", cnf)
    bind.key_from_label("pkcs11:object=JP.example")
    said.append(str(bind.sign("-n", 4).done))
    said.append(device.output.read_text())
    assert len((work / "log").read_text().splitlines()) > 20, "level 10 is in force"
    assert list((work / "zone").glob("K*.private")), "a K file is among what is looked at"
    assert found_in("\n".join(said).encode()) == []
    files = [path for path in work.rglob("*") if path.is_file()]
    assert len(files) > 8
    assert {str(path): found_in(path.read_bytes()) for path in files if found_in(path.read_bytes())} == {}


def test_a_bad_configuration_at_the_highest_level_tells_no_secret(device, openssl_cnf, run, work, kept):
    vendor = kept / "N200.conf"
    vendor.write_text(json.dumps({"user": USER, "pass": PASSWORD, "keygen_pin": PIN,
                                  "url": f"https://{USER}:{PASSWORD}@x"}))
    log = {"log_level": 10, "log_output": work / "log"}
    for settings in ({"pass": PASSWORD, "user": None}, {"pass": PASSWORD, "pin": PIN, "pin_source": "env:HOME"},
                     {"pass_source": PASSWORD, "pass": None},
                     {"pin_source": PIN}, {"url": f"https://{USER}:{PASSWORD}@device"},
                     {"pass": None, "user": None, "url": None, "n200_conf": vendor}):
        done = run(["openssl", "storeutl", "sesam:web"], openssl_cnf(device, **log, **settings), check=False)
        assert "invalid configuration" in done.stderr
        assert found_in(done.stderr.encode() + (work / "log").read_bytes()) == [], settings


@pytest.fixture
def core_of(cnf, tmp_path):
    """core_of(signatures) -> the core dump of a process that has made that many signatures"""
    program = compile_driver(tmp_path, "resident", "resident.c")

    def dump(signatures: int) -> bytes:
        process = subprocess.Popen([program, "sesam:web", str(signatures)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, env=minimal_environment(cnf))
        try:
            assert process.stdout.readline() == b"mark\n"
            subprocess.run(["gcore", "-o", tmp_path / "core", str(process.pid)], check=True, capture_output=True,
                           timeout=60)
            (core,) = tmp_path.glob("core.*")
            return core.read_bytes()
        finally:
            process.stdin.close()
            process.wait(10)
            for core in tmp_path.glob("core.*"):
                core.unlink()

    return dump


@not_sanitized("what is freed is kept")
def test_a_core_dump_of_a_program_that_uses_no_key_holds_no_secret(core_of, device):
    core = core_of(0)
    assert device.url.encode() in core, "the configuration is in what was dumped"
    assert found_in(core) == []


@not_sanitized("what is freed is kept")
def test_a_core_dump_of_a_program_that_signs_does_not_hold_the_password_itself(core_of):
    # The buffers of libcurl and nghttp2 contain the PIN in the request's body, and the Authorization line: SECURITY.md.
    core = core_of(5)
    assert set(found_in(core)) <= {"PIN", "Basic header"}


def test_the_search_finds_what_it_looks_for():
    for secret in (PASSWORD, PIN, f"{USER}:{PASSWORD}"):
        for form in spellings(secret):
            assert found_in(b"x" + form + b"y"), form
    assert found_in(DEFAULT_PASSWORD.encode()) == []


def test_a_process_does_not_show_its_secrets_in_its_arguments_and_name(cnf, tmp_path):
    program = compile_driver(tmp_path, "resident", "resident.c")
    process = subprocess.Popen([program, "sesam:web", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=minimal_environment(cnf))
    try:
        assert process.stdout.readline() == b"mark\n"
        shown = [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "comm", "environ")]
        shown += [path.read_bytes() for path in Path(f"/proc/{process.pid}/task").glob("*/comm")]
        assert found_in(b"".join(shown)) == []
    finally:
        process.stdin.close()
        process.wait(10)
