# SPDX-License-Identifier: Apache-2.0
"""n200.md, POST (OBSERVED)."""
import pytest

from shape import KEY_ID, assert_reply, hex_of

pytestmark = pytest.mark.writes

# The key of RFC 6979, A.2.5.
SCALAR = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
PUBLIC = ("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
          "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")


def test_genecckey_makes_a_key_and_tells_its_public_part(device, keys):
    nice_name, reply = keys.make("genecckey", curve="NIST", keysize=256)
    got = assert_reply(reply, {"command": "genecckey", "core": device.core, "clustersync": str, "nice_name": nice_name,
                               "publickey": hex_of(64), "result": KEY_ID})
    record = device.get("listkeys", "NIST").json["result"][got["result"]]
    assert record["nice_name"] == nice_name
    assert record["public_key"] == got["publickey"]
    assert record["key_acl"] == "FFFF"
    assert record["key_owner"] == device.user


def test_importecckey_derives_the_public_key(device, keys):
    nice_name, reply = keys.make("importecckey", curve="NIST", key_to_import=SCALAR)
    got = assert_reply(reply, {"command": "importecckey", "core": device.core, "result": KEY_ID})
    record = device.get("listkeys", "NIST").json["result"][got["result"]]
    assert record["nice_name"] == nice_name
    assert record["public_key"] == PUBLIC


def test_a_name_may_hold_any_printable_character(device, keys):
    nice_name, reply = keys.make("genecckey", keys.name() + " a+b&c=d;e%41", curve="NIST", keysize=256)
    assert reply.json["nice_name"] == nice_name
    assert device.get("listkeys", "NIST").json["result"][reply.json["result"]]["nice_name"] == nice_name
