# SPDX-License-Identifier: Apache-2.0
"""OSSL_STORE_delete(3): deletes one key, by an unambiguous URI. Before OpenSSL 3.2, the driver calls sesam's function
directly."""
import pytest

from drivers.life import compile_driver
from test_openssl_uris import escaped

PIN, WRONG_PIN = "24681357", "99887766"


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "store_delete.c")


@pytest.fixture
def web(simulator):
    device = simulator(pin_tries=3)
    device.create_key("other", pin=PIN)
    device.web = device.create_key("web", pin=PIN)
    return device


def names(device) -> list[str]:
    return [key["nice_name"] for key in device.keys()]


@pytest.mark.parametrize("uri", [
    "sesam:web",
    "sesam:web;type=private",
    "sesam:key-id={key_id}",
    "sesam:token={slot}",
    "sesam:id={escaped_id}",
    "pkcs11:object=web",
    "pkcs11:token={slot};object=web;type=private",
])
def test_the_key_that_the_uri_names_is_deleted_by_its_key_id(web, openssl_cnf, run, driver, uri):
    uri = uri.format(**web.web, escaped_id=escaped(web.web["id"]))
    done = run([driver, "-", uri], openssl_cnf(web, pin=PIN))
    assert done.stdout == "asked 0 deleted 1 failed 0\n" and done.stderr == "", str(done)
    assert names(web) == ["other"]
    is_by_name = not any(name in uri for name in ("key-id=", "token=", "id="))
    assert web.requests() == {"getkeyattributes": 2, "deletekey": 1} | ({"listkeys": 4} if is_by_name else {})


@pytest.mark.parametrize("uri", [
    "sesam:",
    "pkcs11:",
    "sesam:type=private",
    "pkcs11:type=public",
    "sesam:type=cert",
    "pkcs11:manufacturer=sematiconAG",
    "pkcs11:serial={serial}",
    "sesam:core=1;object=",
    "sesam:?pin-value=24681357",
])
def test_a_uri_that_names_no_single_key_deletes_nothing_and_sends_nothing(web, openssl_cnf, run, driver, uri):
    done = run([driver, "-", uri.format(serial=web.web["key_id"][7:23])], openssl_cnf(web, pin=PIN))
    assert done.stdout == "asked 0 deleted 0 failed 0\n", str(done)
    assert "invalid key URI" in done.stderr and "does not name a single key" in done.stderr and PIN not in done.stderr
    assert names(web) == ["other", "web"] and web.requests() == {}


def test_certificates_are_not_touched(web, openssl_cnf, openssl, run, driver, tmp_path):
    directory = tmp_path / "certificates"
    directory.mkdir()
    cnf = openssl_cnf(web, pin=PIN, certificates=directory)
    openssl(cnf, "req", "-x509", "-key", "sesam:web", "-subj", "/CN=web", "-out", directory / "web.crt")
    before = (directory / "web.crt").read_bytes()
    assert run([driver, "-", "sesam:web"], cnf).stdout == "asked 0 deleted 1 failed 0\n"
    assert [path.name for path in directory.iterdir()] == ["web.crt"] and (directory / "web.crt").read_bytes() == before


@pytest.mark.parametrize("uri", ["sesam:web;toekn=other", "pkcs11:object=web;token="])
def test_a_uri_whose_other_name_is_lost_deletes_nothing(web, openssl_cnf, run, driver, uri):
    done = run([driver, "-", uri], openssl_cnf(web, pin=PIN))
    assert done.stdout == "asked 0 deleted 0 failed 0\n" and "nothing was deleted: " in done.stderr, str(done)
    assert names(web) == ["other", "web"] and web.requests() == {}


@pytest.mark.parametrize("type_", ["public", "cert", "data"])
def test_a_part_of_a_key_cannot_be_deleted(web, openssl_cnf, run, driver, type_):
    done = run([driver, "-", f"sesam:web;type={type_}"], openssl_cnf(web, pin=PIN))
    assert done.stdout == "asked 0 deleted 0 failed 0\n" and "only a part of the key" in done.stderr, str(done)
    assert names(web) == ["other", "web"] and web.requests() == {}


def test_of_two_keys_of_one_name_neither_is_deleted(web, openssl_cnf, run, driver):
    twin = web.create_key("web", pin=PIN)
    done = run([driver, "-", "sesam:web"], openssl_cnf(web, pin=PIN))
    assert done.stdout == "asked 0 deleted 0 failed 0\n" and "several keys match" in done.stderr, str(done)
    assert web.web["key_id"] in done.stderr and twin["key_id"] in done.stderr
    assert "deletekey" not in web.requests()


def test_the_key_is_looked_up_again_however_young_the_cached_answer_is(web, openssl_cnf, run, driver):
    done = run([driver, "-", "open:sesam:web", "sesam:web"], openssl_cnf(web, pin=PIN, key_cache_seconds=3600))
    assert done.stdout == "asked 0 deleted 1 failed 0\nkept key does not sign\n", str(done)
    # Look-ups: when the key is opened, before and after its deletion, and after the failed signature. Listings: of four
    # types, before its deletion.
    assert web.requests() == {"getkeyattributes": 4, "listkeys": 4, "deletekey": 1, "eccsign": 1}
    assert "unknown key" in done.stderr


@pytest.mark.parametrize("uri", ["sesam:web", "sesam:key-id={key_id}", "sesam:token={slot}", "sesam:id={escaped_id}"])
def test_a_deleted_key_cannot_be_opened_again_by_any_of_its_names(web, openssl_cnf, run, driver, uri):
    opened = "open:" + uri.format(**web.web, escaped_id=escaped(web.web["id"]))
    done = run([driver, "-", opened, "sesam:web", opened], openssl_cnf(web, pin=PIN, key_cache_seconds=3600))
    assert done.stdout == "asked 0 deleted 1 failed 1\n" and "unknown key" in done.stderr, str(done)
    # Look-ups: when the key is opened, before and after its deletion, and when it is opened again.
    assert web.requests() == {"getkeyattributes": 4, "listkeys": 4, "deletekey": 1}


@pytest.mark.parametrize("settings, uri, answer, told", [
    ({"pin": WRONG_PIN}, "sesam:web", "-", "wrong PIN"),
    ({}, "sesam:web", "-", "PIN missing"),
    ({"pin": PIN}, "sesam:nobody", "-", "unknown key"),
    ({"pin": PIN}, "sesam:web;serial=0123456789ABCDEF", "-", "the URI does not match the key"),
    ({"pin": PIN}, "sesam:web;core=2", "-", "not in that core"),
    ({}, "sesam:web?pin-source=ask:", "-", "PIN missing"),
    ({}, "sesam:web?pin-source=ask:", WRONG_PIN, "wrong PIN"),
    ({"url": None}, "sesam:web", "-", "invalid configuration"),
    ({"pin": PIN}, "sesam:object=%zz", "-", "invalid key URI"),
])
def test_a_failure_says_why_and_the_key_stays(web, openssl_cnf, run, driver, settings, uri, answer, told):
    done = run([driver, answer, uri], openssl_cnf(web, **settings))
    assert "deleted 0 failed 0" in done.stdout and told in done.stderr, str(done)
    assert PIN not in done.stderr and WRONG_PIN not in done.stderr
    assert names(web) == ["other", "web"]


@pytest.mark.parametrize("uri, asked", [(f"sesam:web?pin-value={PIN}", 0), ("sesam:web?pin-source=pin", 0),
                                        ("sesam:web?pin-source=ask:", 1)])
def test_the_pin_is_the_uris(web, openssl_cnf, run, driver, tmp_path, uri, asked):
    (tmp_path / "pin").write_text(PIN)
    done = run([driver, PIN, uri], openssl_cnf(web, pin=WRONG_PIN), cwd=tmp_path)
    assert done.stdout == f"asked {asked} deleted 1 failed 0\n", str(done)
    assert names(web) == ["other"]


def test_a_rejected_pin_is_not_sent_again(web, openssl_cnf, run, driver):
    run([driver, "-", "sesam:web", "sesam:web", "sesam:web"], openssl_cnf(web, pin=WRONG_PIN))
    assert web.requests()["deletekey"] == 1


@pytest.mark.parametrize("fault", ["truncated", "stalled"])
def test_a_deletion_whose_answer_is_lost_is_not_requested_twice(web, openssl_cnf, run, driver, fault):
    web.fault(fault, command="deletekey")
    done = run([driver, "-", "sesam:web"], openssl_cnf(web, pin=PIN, request_timeout_ms=1000))
    assert done.stdout == "asked 0 deleted 1 failed 0\n", str(done)
    assert web.requests()["deletekey"] == 1 and names(web) == ["other"]
