# SPDX-License-Identifier: Apache-2.0
"""The command sesam: names of keys, `show` and `uri`, and how it finds its configuration."""
import json
import time

import pytest

from harness.configuration import settings_for
from harness.keys import assert_signs
from harness.paths import COMMAND
from harness.programs import run
from harness.simulator import PASSWORD

PIN = "24681357"
TRANSCRIPT_ID = "hsm010123F13C56131E1EEE0000000000000025"
TRANSCRIPT_TOKEN = "hsm010123F13C56131E1EEE00000025"


@pytest.fixture
def keys(device):
    """Records by name."""
    made = [device.create_key("JP.example", pin=PIN), device.create_key("web 1;x"),
            device.create_key("rsa", type="RSA", size=2048), device.create_key("brain", type="BRAINPOOL", size=384),
            device.create_key("k01", type="SYM", size=256)]
    return {record["nice_name"]: record for record in made}


def test_list_in_json(device, keys, openssl_cnf, sesam):
    listed = json.loads(sesam(openssl_cnf(device), "--json", "list").stdout)["keys"]
    assert {key["name"]: key["key_id"] for key in listed} == {name: record["key_id"] for name, record in keys.items()}
    assert {key["name"]: key.get("curve") for key in listed} == {
        "JP.example": "prime256v1", "web 1;x": "prime256v1", "rsa": None, "brain": "brainpoolP384r1", "k01": None}


@pytest.mark.parametrize("which, names", [("rsa", ["rsa"]), ("sesam:object=brain", ["brain"]),
                                          ("pkcs11:token=" + TRANSCRIPT_TOKEN, ["JP.example"])])
def test_list_of_what_a_uri_fits(device, keys, openssl_cnf, sesam, which, names):
    listed = json.loads(sesam(openssl_cnf(device), "list", which, "--json").stdout)["keys"]
    assert [key["name"] for key in listed] == names


@pytest.mark.parametrize("scheme", ["sesam", "pkcs11"])
def test_each_listed_uri_opens_its_key(device, keys, openssl_cnf, openssl, sesam, scheme):
    cnf = openssl_cnf(device, pin=PIN)
    uris = sesam(cnf, "list", "--uris", scheme).stdout.splitlines()
    assert len(uris) == len(keys) and all(uri.startswith(f"{scheme}:") for uri in uris)
    for record, uri in zip(keys.values(), sorted(uris, key=lambda uri: list(keys).index(name_in(uri)))):
        if record["key_type"] != "SYM":
            assert record["key_id"] in openssl(cnf, "pkey", "-in", uri, "-text", "-noout").stdout


def name_in(uri):
    return uri.partition("object=")[2].replace("%20", " ").replace("%3B", ";")


def test_show_finds_a_key_by_each_of_its_names(device, keys, openssl_cnf, sesam):
    cnf = openssl_cnf(device, core=2)
    record = keys["JP.example"]
    assert record["key_id"] == TRANSCRIPT_ID and record["slot"] == TRANSCRIPT_TOKEN  # without the eight zeros
    names = ["JP.example", record["key_id"], record["slot"], record["id"], record["id"].lower(), "sesam:JP.example",
             f"pkcs11:token={record['slot']};object=JP.example;pin-value={PIN}"]
    for name in names:
        shown = json.loads(sesam(cnf, "show", name, "--json").stdout)
        assert shown["key_id"] == record["key_id"], name
        assert shown["uris"] == [f"sesam:key-id={TRANSCRIPT_ID};object=JP.example",
                                 f"pkcs11:token={TRANSCRIPT_TOKEN};object=JP.example"]
        assert (shown["acl"], shown["owner"], shown["core"]) == ("FFFF", "pkmaster", 2)
        created = time.strftime("%Y/%m/%d %H:%M", time.gmtime(record["date_of_creation_s"]))
        assert shown["created"] == created and "last_used" not in shown


def test_show_in_words(device, keys, openssl_cnf, sesam):
    shown = sesam(openssl_cnf(device, pin=PIN), "show", "JP.example").stdout
    for word in (TRANSCRIPT_ID, TRANSCRIPT_TOKEN, keys["JP.example"]["id"], "prime256v1", "FFFF", "pkmaster",
                 f"pkcs11:token={TRANSCRIPT_TOKEN};object=JP.example"):
        assert word in shown
    assert PIN not in shown


def test_twelve_digits_may_be_a_name_too(device, openssl_cnf, sesam):
    record = device.create_key("202210012015")
    assert json.loads(sesam(openssl_cnf(device), "show", "202210012015", "--json").stdout)["key_id"] == record["key_id"]


def test_a_name_cannot_steer_the_terminal(device, openssl_cnf, sesam):
    device.create_key("evil\x1b[2J\u009b2J")
    listing = sesam(openssl_cnf(device), "list").output
    assert b"\x1b" not in listing and b"\xc2\x9b" not in listing and rb"evil\x1b[2J\u009b2J" in listing


def test_unknown_and_ambiguous_names(device, openssl_cnf, sesam):
    twins = [device.create_key("twin"), device.create_key("twin")]
    cnf = openssl_cnf(device)
    unknown = sesam(cnf, "show", "nobody", check=False)
    assert unknown.returncode == 1 and unknown.stderr.startswith("sesam: unknown key: ") and unknown.stdout == ""
    ambiguous = sesam(cnf, "show", "twin", check=False)
    assert ambiguous.returncode == 1 and all(twin["key_id"] in ambiguous.stderr for twin in twins)


@pytest.mark.parametrize("words", [[], ["lst"], ["show"], ["list", "--uris", "x"], ["--set", "nonsense", "list"],
                                   ["--set"], ["sign", "web", "--in", "a", "--hex", "00"]])
def test_a_wrong_command_line_is_status_2(sesam, words):
    done = sesam(None, *words, check=False)
    assert done.returncode == 2 and done.stdout == "" and done.stderr


def test_version_and_help(sesam):
    assert sesam(None, "--version").stdout.startswith("sesam ")
    assert "doctor" in sesam(None, "--help").stdout


def test_uri_prints_both_uris(device, keys, openssl_cnf, sesam):
    assert sesam(openssl_cnf(device), "uri", "JP.example").stdout.splitlines() == [
        f"sesam:key-id={TRANSCRIPT_ID};object=JP.example", f"pkcs11:token={TRANSCRIPT_TOKEN};object=JP.example"]


def test_the_pem_file_is_a_key_to_openssl(device, keys, openssl_cnf, openssl, sesam, tmp_path):
    cnf = openssl_cnf(device)
    (tmp_path / "pin").write_text(PIN)
    uri = f"sesam:JP.example;pin-source=file:{tmp_path / 'pin'};core=1"
    sesam(cnf, "uri", uri, "--pem", "--out", "web.key")
    assert openssl(cnf, "pkey", "-in", uri).stdout == (tmp_path / "web.key").read_text()
    assert_signs(openssl, cnf, "web.key", tmp_path)


@pytest.mark.parametrize("name, label", [("JP.example", "EC PRIVATE KEY"), ("rsa", "RSA PRIVATE KEY")])
def test_the_pem_file_may_have_the_label_of_a_private_key(device, keys, openssl_cnf, openssl, sesam, tmp_path, name,
                                                          label):
    cnf = openssl_cnf(device, pin=PIN)
    sesam(cnf, "uri", name, "--pem", "--label", label, "--out", "chain.key")
    assert (tmp_path / "chain.key").read_text().startswith(f"-----BEGIN {label}-----\n")
    assert_signs(openssl, cnf, "chain.key", tmp_path)
    without = openssl(None, "pkey", "-in", "chain.key", check=False)
    assert without.returncode == 1  # to OpenSSL alone, it is not a private key


def test_the_label_of_another_type_of_key_is_refused(device, keys, openssl_cnf, sesam):
    cnf = openssl_cnf(device)
    done = sesam(cnf, "uri", "rsa", "--pem", "--label", "EC PRIVATE KEY", check=False)
    assert done.returncode == 1 and "key 'rsa' needs 'RSA PRIVATE KEY'" in done.stderr and done.stdout == ""
    for words in (["--label", "EC PRIVATE KEY"], ["--pem", "--label", "CERTIFICATE"]):
        assert sesam(cnf, "uri", "JP.example", *words, check=False).returncode == 2


def test_a_pin_in_a_uri_is_not_handed_on(device, keys, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device), "uri", "--pem", f"sesam:JP.example;pin-value={PIN}")
    assert done.stdout == sesam(openssl_cnf(device), "uri", "--pem", "JP.example").stdout


def test_a_file_that_cannot_be_written(device, keys, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device), "uri", "rsa", "--out", "missing/file", check=False)
    assert done.returncode == 1 and "missing/file: No such file" in done.stderr


def test_settings_on_the_command_line_go_first(device, keys, openssl_cnf, sesam, tmp_path):
    cnf = openssl_cnf(device, url="https://elsewhere.invalid", **{"pass": "wrong"})
    (tmp_path / "pass").write_text(PASSWORD + "\n")
    sesam(cnf, "show", "rsa", "--set", f"url={device.url}", "--set", f"pass_source=file:{tmp_path / 'pass'}")


def test_settings_on_the_command_line_are_enough(device, keys, sesam, tmp_path):
    given = settings_for(device)
    words = [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
    assert TRANSCRIPT_ID in sesam(tmp_path / "missing.cnf", *words, "show", "JP.example").stdout


def test_the_vendors_file_is_enough(device, keys, sesam, tmp_path):
    given = settings_for(device, address=None, url=f"https://127.0.0.1:{device.port}")
    (tmp_path / "n200.json").write_text(json.dumps({key: str(value) for key, value in given.items()}))
    done = sesam(tmp_path / "missing.cnf", "list", check=False, environment={"N200_CONF": str(tmp_path / "n200.json")})
    assert "another host name" in done.stderr  # so the file was read: the simulator's certificate is for its name


@pytest.mark.parametrize("given, told", [
    ({"colour": "red"}, "unknown setting 'colour'"),
    ({"core": "x"}, "core = x: allowed values: whole numbers from 1 to 255")])
def test_wrong_settings_are_told_as_the_provider_tells_them(device, openssl_cnf, sesam, given, told):
    done = sesam(openssl_cnf(device, **given), "list", check=False)
    assert done.returncode == 1 and done.stderr.startswith("sesam: invalid configuration: ") and told in done.stderr
    words = [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
    assert told in sesam(openssl_cnf(device), *words, "list", check=False).stderr


def test_a_section_by_name_and_a_file_by_name(device, keys, openssl_cnf, sesam):
    extra = (f"\n[other]\nurl = {device.url}\naddress = 127.0.0.1\ntlscert = {device.tlscert}\nuser = pkmaster\npass = "
             f"{PASSWORD}\n")
    cnf = openssl_cnf(device, url="https://elsewhere.invalid", address="127.0.0.1:1", extra=extra)
    assert sesam(cnf, "list", check=False).returncode == 1
    assert TRANSCRIPT_ID in sesam(None, "--config", cnf, "--section", "other", "list", "--long").stdout
    missing = sesam(cnf, "--section", "nowhere", "list", check=False)
    assert missing.returncode == 1 and "nowhere" in missing.stderr


def test_the_provider_is_not_loaded_into_the_command(device, keys, openssl_cnf, run, tmp_path):
    """The command's own TLS could use the provider, and would wait for itself."""
    cnf = openssl_cnf(device, sesam_first=True, default_properties="?provider=sesam")
    traced = tmp_path / "trace"
    run(["strace", "-f", "-e", "trace=open,openat", "-o", traced, COMMAND, "list"], cnf, timeout=120)
    assert str(cnf) in traced.read_text() and "/sesam.so" not in traced.read_text()
