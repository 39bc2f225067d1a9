# SPDX-License-Identifier: Apache-2.0
"""`sesam generate`: a new key in the device."""
import json

import pytest

from harness.keys import assert_signs
from harness.paths import COMMAND
from harness.terminal import run_at_terminal

PIN = "24681357"


@pytest.mark.parametrize("curve, type_, bits", [
    (None, "NIST", 256), ("P-384", "NIST", 384), ("secp521r1", "NIST", 521), ("brainpoolP256r1", "BRAINPOOL", 256),
])
def test_an_ec_key_is_made_and_signs(device, openssl_cnf, openssl, sesam, tmp_path, curve, type_, bits):
    cnf = openssl_cnf(device, pin=PIN)
    done = sesam(cnf, "generate", "web", *(["--curve", curve] if curve else []))
    (key,) = device.keys()
    assert (key["nice_name"], key["key_type"], key["key_len"], key["core"], key["key_acl"], key["has_pin"]) == \
        ("web", type_, bits, 1, "FFFF", True)
    assert f"sesam:key-id={key['key_id']};object=web" in done.stdout
    assert f"pkcs11:token={key['slot']};object=web" in done.stdout
    assert device.requests()["genecckey"] == 1
    assert_signs(openssl, cnf, "sesam:web", tmp_path)


def test_an_rsa_key_is_made_where_and_with_the_rights_that_are_asked_for(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device), "--json", "generate", "ca", "--type", "RSA", "--bits", "3072", "--core", "2",
                 "--acl", "00FF", "--no-pin")
    (key,) = device.keys()
    assert (key["key_type"], key["key_len"], key["core"], key["key_acl"], key["has_pin"]) == ("RSA", 3072, 2, "00FF",
                                                                                              False)
    told = json.loads(done.stdout)
    assert (told["name"], told["key_id"], told["core"]) == ("ca", key["key_id"], 2)
    assert f"sesam:key-id={key['key_id']};object=ca" in told["uris"]


@pytest.mark.parametrize("text, expected", [("E_NOKEY (-23)", ["web"]), ("access denied", [])])
def test_the_listings_decide_whether_the_name_is_free_if_the_refusal_is_not_understood(device, openssl_cnf, sesam, text,
                                                                                       expected):
    device.fault("error", command="getkeyattributes", text=text)
    done = sesam(openssl_cnf(device), "generate", "web", "--no-pin", check=False)
    assert [key["nice_name"] for key in device.keys()] == expected and done.returncode == (0 if expected else 1)
    assert expected or "because it is not known whether the name is free: looking up key 'web'" in done.stderr
    device.fault("error", command="getkeyattributes", text="E_TROUBLE")
    device.create_key("other")
    done = sesam(openssl_cnf(device), "generate", "other", "--no-pin", check=False)
    assert done.returncode == 1 and "a key of that name exists" in done.stderr


def test_what_is_shown_is_what_show_shows(device, openssl_cnf, sesam):
    cnf = openssl_cnf(device, pin=PIN)
    made = sesam(cnf, "generate", "web")
    assert made.stdout == sesam(cnf, "show", "web").stdout


def test_the_pin_is_asked_for_twice_where_none_is_configured(device, openssl_cnf, openssl, tmp_path):
    done, screen = run_at_terminal([COMMAND, "generate", "web"], openssl_cnf(device),
                                   ("PIN of the new key:", PIN), ("PIN of the new key, again:", PIN))
    assert done.returncode == 0, f"{done}{screen}"
    assert PIN not in screen + str(done)
    assert_signs(openssl, openssl_cnf(device, pin=PIN), "sesam:web", tmp_path)


def test_two_different_pins_make_no_key(device, openssl_cnf):
    done, _ = run_at_terminal([COMMAND, "generate", "web"], openssl_cnf(device),
                              ("PIN of the new key:", PIN), ("again:", "12345679"))
    assert done.returncode == 1 and "PIN missing" in done.stderr and "the two PINs differ" in done.stderr
    assert device.keys() == [] and device.requests() == {}


def test_the_pin_source_comes_before_the_configuration(device, openssl_cnf, openssl, sesam, tmp_path):
    (tmp_path / "pin").write_text(PIN + "\n")
    cnf = openssl_cnf(device, pin="11111111")
    sesam(cnf, "generate", "from-file", "--pin-source", f"file:{tmp_path / 'pin'}")
    sesam(cnf, "generate", "from-environment", "--pin-source", "env:WEB_PIN", environment={"WEB_PIN": PIN})
    done, screen = run_at_terminal([COMMAND, "generate", "asked", "--pin-source", "ask:"], cnf, ("PIN", PIN),
                                   ("again", PIN))
    assert done.returncode == 0, f"{done}{screen}"
    for name in ("from-file", "from-environment", "asked"):
        assert_signs(openssl, openssl_cnf(device, pin=PIN), f"sesam:{name}", tmp_path)


def test_without_pin_and_terminal_nothing_is_made(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device), "generate", "web", check=False)
    assert done.returncode == 1
    assert "needs a PIN" in done.stderr and "--pin-source" in done.stderr and "--no-pin" in done.stderr
    assert device.requests() == {}


def test_a_name_that_is_taken_or_is_no_name_is_refused(device, openssl_cnf, sesam):
    record = device.create_key("web")
    cnf = openssl_cnf(device)
    done = sesam(cnf, "generate", "web", "--no-pin", check=False)
    assert done.returncode == 1 and "a key of that name exists" in done.stderr
    for name in ("sesam:other", "pkcs11:object=other", record["key_id"], record["slot"]):
        done = sesam(cnf, "generate", name, "--no-pin", check=False)
        assert done.returncode == 1 and "invalid name for a new key" in done.stderr, name
    done = sesam(cnf, "generate", "", "--no-pin", check=False)
    assert done.returncode == 2 and "NAME: must not be empty" in done.stderr
    assert "genecckey" not in device.requests()


@pytest.mark.parametrize("arguments, told", [
    (["web", "--type", "DSA"], "DSA"),
    (["web", "--type", "RSA", "--curve", "P-256"], "--curve: applies to EC keys"),
    (["web", "--bits", "2048"], "--bits: applies to RSA keys"),
    (["web", "--type", "RSA", "--bits", "1024"], "1024"),
    (["web", "--pin-source", "1357911"], "--pin-source: expected file:PATH, env:NAME or ask:\n"),
    (["web", "--pin-source", "file:"], "--pin-source: expected file:PATH"),
    (["web", "--acl", "XYZ"], "four hexadecimal digits"),
    (["web", "--core", "0"], "--core"),
    (["web", "--no-pin", "--pin-source", "ask:"], "excludes"),
    ([], "NAME is required"),
])
def test_a_wrong_command_line_is_a_matter_of_usage(device, openssl_cnf, sesam, arguments, told):
    done = sesam(openssl_cnf(device), "generate", *arguments, check=False)
    assert done.returncode == 2 and told in done.stderr, str(done)


@pytest.mark.parametrize("command", ["generate", "delete"])
def test_a_pin_to_be_asked_for_needs_a_terminal(device, openssl_cnf, sesam, command):
    device.create_key("web", pin=PIN)
    words = {"generate": ["new"], "delete": ["web", "--yes"]}[command]
    done = sesam(openssl_cnf(device), command, *words, "--pin-source", "ask:", check=False)
    assert done.returncode == 1 and "no terminal to ask for" in done.stderr and "openssl.cnf" not in done.stderr
    assert [key["nice_name"] for key in device.keys()] == ["web"]


def test_an_unknown_curve_is_refused_and_the_known_are_named(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device), "generate", "web", "--curve", "secp256k1", "--no-pin", check=False)
    assert done.returncode == 2 and "'secp256k1'" in done.stderr and "brainpoolP512r1" in done.stderr
    assert device.requests() == {}
