# SPDX-License-Identifier: Apache-2.0
"""Parameters of a key with its names on the device (EVP_PKEY_get_utf8_string_param)."""
import pytest

from drivers.life import compile_driver


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("key_params"), "key_params", "key_params.c")


@pytest.fixture
def params(program, run, openssl_cnf):
    """params(device, uri) -> {"private": {"sesam-name": …}, "public": …, "imported": …}"""

    def call(device, uri, **settings):
        found = {"private": {}, "public": {}, "imported": {}}
        for line in run([program, uri], openssl_cnf(device, **settings)).stdout.splitlines():
            name, value = line.split(": ", 1)
            found[name.split()[0]][name.split()[1]] = value
        return found

    return call


@pytest.mark.parametrize("key", [{}, {"type": "RSA", "size": 2048}], ids=["EC", "RSA"])
def test_a_key_in_the_device_says_its_id_name_core_and_uri(device, params, key):
    key_id = device.create_key("web, 1;x=y", core=2, **key)["key_id"]
    expected = {"sesam-key-id": key_id, "sesam-name": "web, 1;x=y", "sesam-core": "2", "security-category": "0",
                "sesam-uri": f"sesam:key-id={key_id};object=web,%201%3Bx%3Dy;core=2"}
    found = params(device, f"sesam:key-id={key_id};core=2")
    assert found["private"] == found["public"] == expected
    assert params(device, found["private"]["sesam-uri"])["private"] == expected


def test_an_imported_public_key_has_none_of_them(device, params):
    device.create_key("web")
    assert params(device, "sesam:web")["imported"] == {"security-category": "0"}


def test_the_name_cannot_steer_a_terminal(device, params):
    key_id = device.create_key("evil\x1b[2J\u202e")["key_id"]
    assert params(device, f"sesam:key-id={key_id}")["private"]["sesam-name"] == "evil\\x1b[2J\\u202e"


def test_no_secret_is_in_the_uri(device, params):
    device.create_key("web", pin="1234567890")
    found = params(device, "sesam:web?pin-value=1234567890")
    assert "1234567890" not in str(found)
