# SPDX-License-Identifier: Apache-2.0
"""The wire table: assumptions of n200.md can be corrected in openssl.cnf, without a new build."""
import subprocess

import pytest

from harness.keys import assert_signs
from harness.programs import minimal_environment

PIN = "24681357"
SIGN = "POST command=eccsign core={core} key={key_id} pin={pin} hash={digest:hex} -> result:p1363:hex"


@pytest.fixture
def web(device):
    device.create_key("web", pin=PIN)
    return device


@pytest.fixture
def refused(openssl_cnf, openssl):
    """refused(device, wire_…=…): signs, which must fail. -> the line with the error"""

    def call(device, **wire) -> str:
        done = openssl(openssl_cnf(device, pin=PIN, **wire), "dgst", "-sha256", "-sign", "sesam:web", "/dev/null",
                       check=False)
        assert done.returncode != 0, str(done)
        assert PIN not in done.stderr
        return next(line for line in done.stderr.splitlines() if ":sesam:" in line)

    return call


def test_a_bare_word_renames_the_command(web, refused):
    """The simulator does not know this command; its error shows that the request used it."""
    told = refused(web, wire_ec_sign="ecdsasign")
    assert "the device does not know the command" in told and 'device message: "unknown command"' in told
    assert "wire_... settings" in told
    assert web.requests() == {"getkeyattributes": 1}
    assert web.counters()["requests_total"] == 2


@pytest.mark.parametrize("key", ["wire_find_key", "wire_list_keys"])
def test_a_bare_word_renames_the_command_of_a_get(web, openssl_cnf, openssl, key):
    uri = "sesam:web" if key == "wire_find_key" else "sesam:"
    done = openssl(openssl_cnf(web, **{key: "othername"}), "storeutl", uri, check=False)
    assert 'device message: "unknown command"' in done.stderr
    assert web.requests() == {}


@pytest.mark.parametrize("key, words", [
    ("wire_timestamp", ["timestamp"]),
    ("wire_rsa_generate", ["generate", "new", "--type", "RSA", "--no-pin"]),
    ("wire_ec_import", ["import", "file.pem", "--no-pin"]),
    ("wire_delete", ["delete", "--yes", "web"]),
])
def test_a_bare_word_renames_the_command_of_a_subcommand(web, openssl_cnf, sesam, tmp_path, key, words):
    openssl_words = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", tmp_path / "file.pem"]
    subprocess.run(openssl_words, env=minimal_environment(None), stderr=subprocess.DEVNULL, check=True)
    words = [tmp_path / word if word == "file.pem" else word for word in words]
    done = sesam(openssl_cnf(web, pin=PIN, **{key: "othername"}), *words, check=False)
    assert done.returncode == 1 and 'device message: "unknown command"' in done.stderr, str(done)
    assert not set(web.requests()) - {"getkeyattributes", "listkeys"}


@pytest.mark.parametrize("row", [
    SIGN,
    "POST hash={digest:hexlower} pin={pin} key={key_id} core={core} command=eccsign -> result:p1363:hex",
    "POST /n200/web/postv1 command=eccsign core={core} key={token} pin={pin} hash={digest} -> result",
    "POST command=eccsign key={name} pin={pin} hash={digest:hex} -> result:p1363:hexlower",
    "POST command=eccsign core=1 unknown=field key={key_id} pin=" + PIN + " hash={digest:hex} -> result",
], ids=["default", "other-order", "by-token-with-path", "by-name-without-core", "literals"])
def test_another_row_signs(web, openssl_cnf, openssl, tmp_path, row):
    assert_signs(openssl, openssl_cnf(web, pin=PIN, wire_ec_sign=row), "sesam:web", tmp_path)
    assert web.requests()["eccsign"] == 1


@pytest.mark.parametrize("size", [256, 384, 521])
def test_another_row_signs_on_every_curve(device, openssl_cnf, openssl, tmp_path, size):
    device.create_key("web", size=size)
    row = "POST hash={digest:hexlower} key={key_id} core={core} command=eccsign -> result:p1363:hex"
    assert_signs(openssl, openssl_cnf(device, wire_ec_sign=row), "sesam:web", tmp_path, "sha512")


def test_a_renamed_field_that_the_device_does_not_know_shows_its_words(web, refused):
    told = refused(web, wire_ec_sign=SIGN.replace("hash=", "digest="))
    assert 'device message: "malformed request: hash"' in told


def test_a_method_that_the_device_does_not_take_shows_its_words(web, refused):
    told = refused(web, wire_ec_sign="GET /n200/eccsign/{key_id}/{pin}/{digest}/ -> result")
    assert "HTTP status 404" in told and "unknown command" in told


def test_a_reply_field_that_is_not_there_is_named(web, refused):
    web.fault("missing-field", command="eccsign")
    told = refused(web, wire_ec_sign=SIGN.replace("result", "data.signature"))
    assert "reply lacks a field" in told and "'data.signature' is missing" in told


@pytest.mark.parametrize("reply", ["result:der:hex", "result:p1363:base64", "data.signature"])
def test_a_signature_in_another_form_or_place_signs_as_it_verifies(web, openssl_cnf, openssl, tmp_path, reply):
    row = SIGN.replace("result:p1363:hex", reply)
    assert row != SIGN
    assert_signs(openssl, openssl_cnf(web, pin=PIN, wire_ec_sign=row), "sesam:web", tmp_path)


@pytest.mark.parametrize("reply", ["result:der:hex", "data.signature"])
def test_a_signature_in_another_form_that_does_not_verify_is_refused(web, refused, reply):
    web.fault("wrong-signature", command="eccsign", count=-1)
    assert "invalid signature" in refused(web, wire_ec_sign=SIGN.replace("result:p1363:hex", reply))


def test_the_fields_of_a_key_record_can_have_other_names(device, openssl_cnf, openssl):
    key_id = device.create_key("web")["key_id"]
    row = "GET /n200/getkeyattributes/{name}/ -> result nice_name=key_owner token_name=slot"
    done = openssl(openssl_cnf(device, wire_find_key=row), "pkey", "-in", f"sesam:key-id={key_id}", "-text", "-noout")
    assert "Label: pkmaster" in done.stdout


def test_a_key_record_without_the_named_public_key_takes_the_listings(web, openssl_cnf, openssl, tmp_path):
    row = "GET /n200/getkeyattributes/{name}/ -> result public_key=point"
    assert_signs(openssl, openssl_cnf(web, pin=PIN, wire_find_key=row), "sesam:web", tmp_path)
    assert web.requests()["listkeys"] > 0


@pytest.mark.parametrize("key, row, parts", [
    ("wire_ec_sign", "PUT command=eccsign -> result", ["neither POST nor GET", "'PUT'"]),
    ("wire_ec_sign", "POST command=eccsign", ["no '->'"]),
    ("wire_ec_sign", "POST command=eccsign key={keyid} -> result", ["unknown placeholder 'keyid'", "key_id", "digest"]),
    ("wire_ec_sign", "POST command=eccsign hash={digest:octal} -> result", ["unknown encoding 'octal'", "hexlower"]),
    ("wire_ec_sign", "POST command=eccsign hash={digest -> result", ["no '}'"]),
    ("wire_ec_sign", "POST command=eccsign -> result:pem", ["unknown signature form 'pem'", "p1363, der, raw"]),
    ("wire_ec_sign", "POST command -> result", ["expected field=value"]),
    ("wire_find_key", "GET name={name} -> result", ["a GET takes its arguments in the path"]),
    ("wire_list_keys", "GET /n200/listkeys/{type}/ -> result label=nice_name",
     ["unknown record field 'label'", "nice_name"]),
])
def test_a_malformed_row_is_a_clear_configuration_error(shared_device, refused, key, row, parts):
    told = refused(shared_device, **{key: row})
    for part in ["invalid configuration", f"{key} = {row}: ", *parts]:
        assert part in told, told
