# SPDX-License-Identifier: Apache-2.0
"""Every way to name a key and to provide its PIN."""
import re

import pytest

from harness.keys import assert_signs, total_found
from harness.simulator import PASSWORD

PIN = "13579"


def escaped(hex_digits: str) -> str:
    return "".join(f"%{hex_digits[i:i + 2]}" for i in range(0, len(hex_digits), 2))


@pytest.fixture(scope="module")
def key(shared_device):
    return shared_device.create_key("named in every way")


@pytest.fixture(scope="module")
def pin_key(shared_device):
    return shared_device.create_key("with-pin", pin=PIN)


@pytest.mark.parametrize("uri", [
    "sesam:named%20in%20every%20way",
    "sesam:object=named%20in%20every%20way",
    "sesam:key-id={key_id}",
    "sesam:{key_id}",
    "sesam:token={slot}",
    "sesam:token={slot};object=named%20in%20every%20way",
    "sesam:id={escaped_id}",
    "sesam:key-id={key_id};core=1",
    "pkcs11:object=named%20in%20every%20way",
    "pkcs11:object=named%20in%20every%20way;type=private",
    "pkcs11:token={slot}",
    "pkcs11:token={slot};object=named%20in%20every%20way",
    "pkcs11:token={key_id}",
    "pkcs11:id={escaped_id}",
    "pkcs11:token={slot};id={escaped_id};manufacturer=sematiconAG",
    "pkcs11:;object=named%20in%20every%20way",
    "pkcs11:object=named%20in%20every%20way;x-unknown=1?module-name=p11&module-path=%2fdev%2fnull",
])
def test_a_key_is_found_by(shared_device, openssl_cnf, openssl, tmp_path, key, uri):
    uri = uri.format(key_id=key["key_id"], slot=key["slot"], escaped_id=escaped(key["id"]))
    assert_signs(openssl, openssl_cnf(shared_device), uri, tmp_path)


@pytest.mark.parametrize("uri", [
    "pkcs11:token={slot};object=some%20other%20name",
    "pkcs11:object=named%20in%20every%20way;id=%01%02%03%04%05%06",
    "pkcs11:object=named%20in%20every%20way;manufacturer=somebody",
    "pkcs11:object=named%20in%20every%20way;serial=0123456789ABCDEF",
    "sesam:no-such-key",
])
def test_what_the_uri_says_is_held_against_the_device(shared_device, openssl_cnf, openssl, key, uri):
    uri = uri.format(slot=key["slot"])
    done = openssl(openssl_cnf(shared_device), "pkey", "-in", uri, "-pubout", check=False)
    assert done.returncode != 0
    assert "PUBLIC KEY" not in done.stdout


@pytest.mark.parametrize("uri", ["sesam:object=a;object=b", "pkcs11:object=%4", "sesam:object=%zz"])
def test_a_malformed_uri_is_refused_without_a_request(device, openssl_cnf, openssl, uri):
    done = openssl(openssl_cnf(device), "pkey", "-in", uri, "-pubout", check=False)
    assert done.returncode != 0
    assert device.counters()["connections_accepted"] == 0


def test_the_serial_number_in_the_key_id_matches_as_pkcs11_would_show_it(shared_device, openssl_cnf, openssl, key):
    serial = key["key_id"][7:23]
    done = openssl(openssl_cnf(shared_device), "pkey", "-in",
                   f"pkcs11:serial={serial};object=named%20in%20every%20way", "-pubout")
    assert "PUBLIC KEY" in done.stdout


@pytest.mark.parametrize("uri", [
    "sesam:with-pin;pin-value={pin}",
    "sesam:with-pin?pin-value={pin}",
    "sesam:object=with-pin;pin-value={pin}",
    "pkcs11:token={slot};object=with-pin;pin-value={pin}",
    "pkcs11:token={slot};object=with-pin?pin-value={pin}",
    "pkcs11:object=with-pin?module-name=x&pin-value={pin}",
    "pkcs11:object=with-pin?pin-source={pin_file}",
    "pkcs11:object=with-pin?pin-source=file:{pin_file}",
    "pkcs11:object=with-pin;pin-source={pin_file}",
    "sesam:with-pin?pin-source=file:{pin_file}",
    "sesam:with-pin?pin-source=pin",
])
def test_a_pin_is_taken_from(shared_device, openssl_cnf, openssl, tmp_path, pin_key, uri):
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN + "\n")
    uri = uri.format(slot=pin_key["slot"], pin=PIN, pin_file=pin_file)
    assert_signs(openssl, openssl_cnf(shared_device), uri, tmp_path)


def test_a_pin_is_taken_from_the_configuration(shared_device, openssl_cnf, openssl, tmp_path, pin_key):
    assert_signs(openssl, openssl_cnf(shared_device, pin=PIN), "sesam:with-pin", tmp_path)


def test_a_pin_stored_in_the_device_is_not_asked_for(shared_device, openssl_cnf, openssl, tmp_path):
    shared_device.create_key("stored-pin", pin=PIN, pin_stored=True)
    assert_signs(openssl, openssl_cnf(shared_device), "sesam:stored-pin", tmp_path)


def test_without_its_pin_a_key_shows_its_public_part_but_does_not_sign(shared_device, openssl_cnf, openssl, tmp_path,
                                                                     pin_key):
    cnf = openssl_cnf(shared_device)
    assert "PUBLIC KEY" in openssl(cnf, "pkey", "-in", "sesam:with-pin", "-pubout").stdout
    data, signature = tmp_path / "data", tmp_path / "signature"
    data.write_bytes(b"some data")
    done = openssl(cnf, "dgst", "-sha256", "-sign", "sesam:with-pin", "-out", signature, data, check=False)
    assert done.returncode != 0
    assert not signature.exists() or signature.read_bytes() == b""


def test_a_key_of_the_second_core_is_used_there(device, openssl_cnf, openssl, tmp_path):
    device.create_key("second", core=2)
    cnf = openssl_cnf(device)
    assert_signs(openssl, cnf, "sesam:second;core=2", tmp_path)
    assert_signs(openssl, openssl_cnf(device, core=2), "sesam:second", tmp_path)


def test_the_bare_scheme_lists_every_key_as_a_uri_that_opens_it(device, openssl_cnf, openssl, tmp_path):
    device.create_key("one")
    device.create_key("two three;4", size=384)
    device.create_key("five", size=521)
    cnf = openssl_cnf(device)
    listing = openssl(cnf, "storeutl", "sesam:").stdout
    uris = re.findall(r"sesam:key-id=hsm[0-9A-F]{36};object=\S+", listing)
    assert len(uris) == 3, listing
    assert "Total found: 3" in listing
    for uri in uris:
        assert_signs(openssl, cnf, uri, tmp_path)


def test_pkcs11_lists_every_key_too(device, openssl_cnf, openssl):
    device.create_key("one")
    device.create_key("two")
    listing = openssl(openssl_cnf(device), "storeutl", "pkcs11:").stdout
    assert "Total found: 2" in listing
    assert "object=one" in listing and "object=two" in listing


def test_a_listing_of_an_empty_device_is_empty_and_no_error(device, openssl_cnf, openssl):
    done = openssl(openssl_cnf(device), "storeutl", "sesam:")
    assert total_found(done.stdout) == 0 and done.stderr == "", str(done)


@pytest.mark.parametrize("uri", ["sesam:web", "pkcs11:object=web"])
def test_one_uri_gives_one_private_and_one_public_object(device, openssl_cnf, openssl, uri):
    device.create_key("web")
    listing = openssl(openssl_cnf(device), "storeutl", "-noout", uri).stdout
    assert "Total found: 2" in listing
    assert len(re.findall(r"^\d: Pkey$", listing, re.M)) == 1, listing
    assert len(re.findall(r"^\d: Public key$", listing, re.M)) == 1, listing


@pytest.mark.parametrize("type_, expected", [("private", "Pkey"), ("public", "Public key")])
def test_the_type_attribute_narrows_to_one_object(device, openssl_cnf, openssl, type_, expected):
    device.create_key("web")
    listing = openssl(openssl_cnf(device), "storeutl", "-noout", f"sesam:web;type={type_}").stdout
    assert re.findall(r"^\d: (.+)$", listing, re.M) == [expected]


def test_storeutl_keys_finds_the_private_object_only(device, openssl_cnf, openssl):
    device.create_key("web")
    listing = openssl(openssl_cnf(device), "storeutl", "-keys", "-noout", "sesam:web").stdout
    assert re.findall(r"^\d: (.+)$", listing, re.M) == ["Pkey"]


@pytest.mark.parametrize("uri", ["sesam:type=private", "pkcs11:manufacturer=sematiconAG", "sesam:core=1;type=private"])
def test_a_uri_that_names_no_key_opens_the_only_one(device, openssl_cnf, openssl, tmp_path, uri):
    device.create_key("web")
    assert_signs(openssl, openssl_cnf(device), uri, tmp_path)


def test_a_uri_that_names_no_key_and_fits_several_is_an_error_that_names_them(device, openssl_cnf, openssl):
    ids = [device.create_key(f"key {number}")["key_id"] for number in range(6)]
    done = openssl(openssl_cnf(device), "pkey", "-in", "sesam:type=private", "-noout", check=False)
    assert done.returncode != 0 and "several keys match" in done.stderr and "matches 6" in done.stderr, str(done)
    assert sum(f"sesam:key-id={key_id}" in done.stderr for key_id in ids) == 4, "the first ones"


@pytest.mark.parametrize("name, told", [(PASSWORD, "object=<secret>"), ("A" * 500_000, "object=AAAA")],
                         ids=["secret", "long"])
def test_the_names_of_several_keys_are_the_devices_words(lying, openssl_cnf, openssl, monkeypatch, name, told):
    key_ids = [lying.record["key_id"][:-1] + digit for digit in "12"]
    records = {key_id: {**lying.record, "key_id": key_id, "nice_name": name} for key_id in key_ids}
    monkeypatch.setattr(lying, "get", lambda path: (200, {"result": records if "NIST" in path else {}}))
    done = openssl(openssl_cnf(lying), "pkey", "-in", "sesam:type=private", "-noout", check=False)
    assert "matches 2" in done.stderr and told in done.stderr and PASSWORD not in done.stderr, str(done)
    assert len(done.stderr) < 2000


def test_a_uri_that_names_no_key_and_fits_none_is_an_error(device, openssl_cnf, openssl):
    done = openssl(openssl_cnf(device), "pkey", "-in", "sesam:type=private", "-noout", check=False)
    assert done.returncode != 0 and "unknown key" in done.stderr, str(done)


@pytest.mark.parametrize("uri, told", [
    ("pkcs11:object=", "'object' is empty"), ("sesam:key-id=;type=private", "'key-id' is empty"),
    ("sesam:core=1;objct=other", "unknown attribute before the first '?'"),
])
def test_a_uri_whose_name_is_lost_does_not_open_the_only_key(device, openssl_cnf, openssl, uri, told):
    device.create_key("web")
    done = openssl(openssl_cnf(device), "pkey", "-in", uri, "-noout", check=False)
    assert done.returncode != 0 and told in done.stderr and "objct" not in done.stderr.replace(uri, ""), str(done)


@pytest.mark.parametrize("uri", [
    "sesam:web?pin-value=86421357&2468", "sesam:web;pin-value=86421357;2468", "sesam:web?PIN-VALUE=86421357&2468",
    "sesam:web?pin-value=86421357;x-y=1",
])
def test_a_bad_uri_with_a_pin_is_not_on_the_error_queue(device, openssl_cnf, openssl, tmp_path, uri):
    cnf = openssl_cnf(device, log_level=10, log_output=tmp_path / "log")
    done = openssl(cnf, "storeutl", uri, check=False)
    assert done.returncode != 0 and "invalid key URI" in done.stderr, str(done)
    assert "86421357" not in done.stderr and "86421357" not in (tmp_path / "log").read_text(), str(done)


def test_a_uri_with_a_pin_is_not_on_the_error_queue_if_the_configuration_is_bad(device, openssl_cnf, openssl):
    done = openssl(openssl_cnf(device, log_level=99), "storeutl", "sesam:web?pin-value=86421357", check=False)
    assert done.returncode != 0 and "invalid configuration" in done.stderr and "86421357" not in done.stderr, str(done)


def test_bind_is_told_that_a_label_names_no_key(device, openssl_cnf, run, tmp_path):
    device.create_key("web")
    cnf = openssl_cnf(device, log_level=1, log_output=tmp_path / "log")
    done = run(["dnssec-keyfromlabel", "-a", "13", "-l", "pkcs11:manufacturer=sematiconAG", "-f", "KSK", "jp.example"],
               cnf, cwd=tmp_path, check=False, timeout=20)
    assert done.returncode != 0 and "the URI names no key: add object=NAME" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("name, uri", [
    ("R&D", "pkcs11:object=R&D"), ("R&D", "sesam:R&D"), ("a&b=1", "pkcs11:object=a&b=1;type=private"),
    ("why?", "sesam:object=why%3F"), ("note", "pkcs11:object=note?x-note=1&x-note=2"),
])
def test_rfc_7512_says_which_characters_separate(device, openssl_cnf, openssl, tmp_path, name, uri):
    device.create_key("a")
    key = device.create_key(name)
    cnf = openssl_cnf(device)
    assert_signs(openssl, cnf, uri, tmp_path)
    assert f"Key id: {key['key_id']}" in openssl(cnf, "pkey", "-in", uri, "-text", "-noout").stdout


def test_a_pin_may_have_a_question_mark(device, openssl_cnf, openssl, tmp_path):
    device.create_key("pinned", pin="12?x=34")
    assert_signs(openssl, openssl_cnf(device), "pkcs11:object=pinned?pin-value=12?x=34", tmp_path)


def test_a_uri_with_two_readings_is_refused(device, openssl_cnf, openssl):
    done = openssl(openssl_cnf(device), "pkey", "-in", "pkcs11:object=web&pin-value=4711", "-noout", check=False)
    assert "ambiguous: '&pin-value=' in the value of 'object'" in done.stderr, str(done)
    assert device.requests() == {}


@pytest.mark.parametrize("scheme", ["sesam", "pkcs11"])
def test_the_property_provider_pkcs11_serves_the_store_too(device, openssl_cnf, openssl, scheme):
    device.create_key("web")
    done = openssl(openssl_cnf(device), "pkey", "-propquery", "provider=pkcs11", "-in", f"{scheme}:object=web",
                   "-noout", "-text")
    assert "held by the N200" in done.stdout


def test_several_keys_of_one_name_are_an_error(device, openssl_cnf, openssl):
    ids = [device.create_key("twin")["key_id"] for _ in range(2)]
    done = openssl(openssl_cnf(device), "pkey", "-in", "sesam:twin", "-pubout", check=False)
    assert done.returncode != 0
    assert all(key_id in done.stderr for key_id in ids), done.stderr
