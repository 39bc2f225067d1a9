# SPDX-License-Identifier: Apache-2.0
"""Sources of settings: openssl.cnf, the vendor's N200_CONF file, files and variables with secrets. Also the key
cache."""
import json

import pytest

from harness.keys import assert_signs
from harness.simulator import PASSWORD, USER

PIN = "24681357"
NOTHING = {"url": None, "tlscert": None, "user": None, "pass": None, "core": None}


@pytest.fixture
def web(device):
    device.create_key("web", pin=PIN)
    return device


@pytest.fixture
def vendor_conf(tmp_path):
    """vendor_conf(device, …members) -> a JSON file as in the vendor's documentation"""

    def write(device, **members):
        path = tmp_path / "N200.conf"
        path.write_text(json.dumps({"url": device.url, "tlscert": str(device.tlscert), "user": USER, "pass": PASSWORD,
                                    "core": 1,
                                    "keygen_pin": PIN, "log_level": 0, "log_output": str(tmp_path / "vendor.log"),
                                    **members}, indent=1))
        return path

    return write


def sign(openssl, cnf, uri="sesam:web", **options):
    return openssl(cnf, "dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null", **options)


def test_the_vendors_file_serves_as_it_is_through_n200_conf(web, openssl_cnf, openssl, vendor_conf, tmp_path):
    assert_signs(openssl, openssl_cnf(web, **NOTHING, n200_conf=vendor_conf(web)), "sesam:web", tmp_path)


def test_the_vendors_file_serves_as_it_is_through_the_environment(web, openssl_cnf, openssl, vendor_conf):
    sign(openssl, openssl_cnf(web, **NOTHING), environment={"N200_CONF": str(vendor_conf(web))})
    assert web.requests() == {"getkeyattributes": 1, "eccsign": 1}


def test_the_vendors_url_may_hold_the_path_of_the_post_interface(web, openssl_cnf, openssl, vendor_conf):
    sign(openssl, openssl_cnf(web, **NOTHING, n200_conf=vendor_conf(web, url=web.url + "/n200/web/postv1")))


def test_openssl_cnf_wins_over_the_vendors_file(web, openssl_cnf, openssl, vendor_conf):
    wrong = vendor_conf(web, url="https://elsewhere.invalid", tlscert="/nonexistent", user="nobody", keygen_pin="0",
                        core=2, **{"pass": "wrong"})
    sign(openssl, openssl_cnf(web, pin=PIN, n200_conf=wrong))


def test_sources_of_secrets_win_over_the_vendors_file(web, openssl_cnf, openssl, vendor_conf, tmp_path):
    (tmp_path / "password").write_text(PASSWORD + "\n")
    (tmp_path / "pin").write_text(PIN + "\n")
    cnf = openssl_cnf(web, pass_source=f"file:{tmp_path}/password", pin_source=f"file:{tmp_path}/pin", **{"pass": None},
                      n200_conf=vendor_conf(web, keygen_pin="0", **{"pass": "wrong"}))
    sign(openssl, cnf)


def test_the_n200_conf_key_wins_over_the_environment(web, openssl_cnf, openssl, vendor_conf):
    cnf = openssl_cnf(web, **NOTHING, n200_conf=vendor_conf(web))
    sign(openssl, cnf, environment={"N200_CONF": "/nonexistent"})


def test_the_vendors_log_settings_work(web, openssl_cnf, openssl, vendor_conf, tmp_path):
    sign(openssl, openssl_cnf(web, **NOTHING, n200_conf=vendor_conf(web, log_level=10)))
    text = (tmp_path / "vendor.log").read_text()
    assert text and PASSWORD not in text and PIN not in text


@pytest.mark.parametrize("text", ["", "[]", f"pass = {PASSWORD}", f'{{"pass": "{PASSWORD}"'])
def test_a_vendors_file_that_is_no_json_is_named_but_not_quoted(web, openssl_cnf, openssl, tmp_path, text):
    path = tmp_path / "N200.conf"
    path.write_text(text)
    done = sign(openssl, openssl_cnf(web, n200_conf=path), check=False)
    assert f"invalid configuration:sesam:0:n200_conf = {path}: not a JSON object" in done.stderr
    assert PASSWORD not in done.stderr


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_out_of_a_file(web, openssl_cnf, openssl, tmp_path, end):
    (tmp_path / "password").write_text(PASSWORD + end)
    sign(openssl, openssl_cnf(web, pin=PIN, pass_source=f"file:{tmp_path}/password", **{"pass": None}))


def test_a_password_and_a_pin_out_of_the_environment(web, openssl_cnf, openssl):
    cnf = openssl_cnf(web, pass_source="env:THE_PASSWORD", pin_source="env:THE_PIN", **{"pass": None})
    sign(openssl, cnf, environment={"THE_PASSWORD": PASSWORD, "THE_PIN": PIN})


def test_a_password_with_characters_that_mean_something(device, openssl_cnf, openssl, tmp_path):
    password = "a$b#c\"d\\e'f:g &%ä"
    device.add_user("odd", password)
    device.create_key("web")
    (tmp_path / "password").write_text(password)
    sign(openssl, openssl_cnf(device, user="odd", pass_source=f"file:{tmp_path}/password", **{"pass": None}))


@pytest.mark.parametrize("settings, uri", [
    ({"pin": PIN}, "sesam:web"),
    ({"keygen_pin": PIN}, "sesam:web"),
    ({"pin": "0000"}, f"sesam:web;pin-value={PIN}"),
    ({"pin": "0000"}, f"pkcs11:object=web?pin-value={PIN}"),
    ({"pin": "0000"}, "sesam:web?pin-source=file:pin"),
], ids=["pin", "keygen_pin", "path", "query", "pin-source"])
def test_a_pin_of_the_uri_wins_over_the_configurations(web, openssl_cnf, openssl, tmp_path, settings, uri):
    (tmp_path / "pin").write_text(PIN)
    sign(openssl, openssl_cnf(web, **settings), uri)


def test_a_pin_stored_in_the_device_needs_none_here(device, openssl_cnf, openssl):
    device.create_key("web", pin=PIN, pin_stored=True)
    sign(openssl, openssl_cnf(device))


def test_pkcs11_uris_are_left_to_others_where_that_is_wanted(web, openssl_cnf, openssl):
    cnf = openssl_cnf(web, claim_pkcs11="no")
    told = openssl(cnf, "storeutl", "pkcs11:object=web", check=False).stderr
    assert "unregistered scheme" in told or "Scheme (pkcs11 : 0)" in told, told  # 3.0 and 3.5; 3.6
    assert "Total found: 2" in openssl(cnf, "storeutl", "-noout", "sesam:web").stdout
    assert web.requests() == {"getkeyattributes": 1}


@pytest.mark.parametrize("seconds, look_ups", [(60, 1), (0, 2)])
def test_the_key_cache_serves_who_opens_a_key_twice(web, openssl_cnf, openssl, seconds, look_ups):
    # Some programs open a key more than once, here `req -x509` with -key and -CAkey.
    cnf = openssl_cnf(web, pin=PIN, key_cache_seconds=seconds)
    openssl(cnf, "req", "-x509", "-key", "sesam:web", "-subj", "/CN=ca", "-out", "ca.pem")
    web.reset_counters()
    openssl(cnf, "req", "-x509", "-key", "sesam:web", "-CA", "ca.pem", "-CAkey", "sesam:web", "-subj", "/CN=leaf",
            "-out", "leaf.pem")
    assert web.requests() == {"getkeyattributes": look_ups, "eccsign": 1}
