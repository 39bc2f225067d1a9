# SPDX-License-Identifier: Apache-2.0
"""n200.md, GET (OBSERVED): every row of the table."""
import re

import pytest

from shape import ACL, EC_RECORD, KEY_ID, NUMBER, MapOf, assert_reply, hex_of


def test_timestamp_is_a_number_in_a_string(device):
    assert_reply(device.get("timestamp"), {"command": "timestamp", "result": NUMBER})


def test_getrandom_gives_as_many_bytes_as_asked_for(device):
    assert_reply(device.get("getrandom", 5), {"command": "getrandom", "numbers": "5", "core": 1, "result": hex_of(5)})


def test_getrandom_is_not_always_the_same(device):
    assert device.get("getrandom", 16).json["result"] != device.get("getrandom", 16).json["result"]


def test_getkeyattributes_of_a_symmetric_key(device, symmetric):
    record = {"key_id": KEY_ID, "key_type": "SYM", "key_len": int, "key_acl": ACL, "key_owner": str,
              "nice_name": symmetric[0]}
    reply = assert_reply(device.get("getkeyattributes", symmetric[0]),
                         {"command": "getkeyattributes", "result": MapOf(KEY_ID, record)})
    assert [value["key_id"] for value in reply["result"].values()] == list(reply["result"])


def test_encrypt_and_decrypt_a_short_text(device, symmetric):
    name, pin = symmetric
    encrypted = assert_reply(device.get("encrypt", name, pin, "CBC", "hello-world"),
                             {"command": "encrypt", "core": 1, "result": hex_of(48)})
    assert_reply(device.get("decrypt", name, pin, "CBC", encrypted["result"]),
                 {"command": "decrypt", "core": 1, "result": "hello-world"})


def test_listkeys_of_the_nist_type(device, simulated):
    if simulated:
        simulated.create_key("JP.example", pin="12345678")
    reply = assert_reply(device.get("listkeys", "NIST"),
                         {"command": "listkeys", "core": 0, "result": MapOf(KEY_ID, EC_RECORD)})
    if not reply["result"]:
        pytest.skip("the device has no NIST key")
    for key_id, record in reply["result"].items():
        assert record["key_id"] == key_id
        assert record["slot"] == record["token_name"] == key_id[:23] + key_id[-8:]
        assert len(record["public_key"]) == 4 * ((record["key_len"] + 7) // 8)


def test_listkeys_gives_each_key_another_id(device, simulated):
    make_two(simulated)
    ids = [record["id"] for record in device.get("listkeys", "NIST").json["result"].values()]
    assert len(set(ids)) == len(ids) and (len(ids) >= 2 or not simulated)


def make_two(simulated):
    if simulated:
        simulated.create_key("one of two")
        simulated.create_key("two of two")


def test_a_key_id_ends_in_sixteen_digits(device, simulated):
    make_two(simulated)
    for key_id in device.get("listkeys", "NIST").json["result"]:
        assert re.fullmatch("[0-9]{16}", key_id[-16:]), key_id
