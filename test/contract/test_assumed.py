# SPDX-License-Identifier: Apache-2.0
"""n200.md, ASSUMED: our assumptions. If a real device differs, the wire setting that the mark names adapts sesam."""
import hashlib
import json

import pytest

from device import PIN
from proof import ec_public_key, ecdsa_signature, rsa_public_key, verifies
from shape import EC_RECORD, HEX, KEY_ID, NUMBER, assert_reply, hex_of

CURVES = [("NIST", 256), ("NIST", 384), ("NIST", 521), ("BRAINPOOL", 256), ("BRAINPOOL", 384), ("BRAINPOOL", 512)]
DIGEST = hashlib.sha256(b"data").digest()


@pytest.mark.assumed("nothing: HTTP/1.1 is used where ALPN does not offer h2")
def test_http2_is_negotiated_by_alpn(device):
    connection = device.connect(alpn=("h2", "http/1.1"))
    try:
        assert connection.sock.selected_alpn_protocol() == "h2"
    finally:
        connection.close()


@pytest.mark.assumed("nothing: it costs speed only")
def test_http1_connections_are_kept_alive(device):
    connection = device.connect()
    try:
        for _ in range(3):
            connection.request("GET", "/n200/timestamp/", headers={"Authorization": device.authorization()})
            reply = connection.getresponse()
            assert reply.status == 200 and NUMBER.fullmatch(json.loads(reply.read())["result"])
            assert connection.sock is not None
    finally:
        connection.close()


@pytest.mark.writes
@pytest.mark.assumed("wire_ec_sign")
@pytest.mark.parametrize("family, bits", CURVES)
def test_eccsign_gives_r_and_s_in_hex(device, keys, tmp_path, family, bits):
    _, made = keys.make("genecckey", curve=family, keysize=bits)
    reply = device.post("eccsign", core=device.core, key=made.json["result"], pin=PIN, hash=DIGEST.hex().upper())
    assert_reply(reply, {"command": "eccsign", "core": device.core, "result": hex_of(2 * ((bits + 7) // 8))})
    public = ec_public_key(family, bits, made.json["publickey"])
    assert verifies(public, ecdsa_signature(reply.json["result"]), DIGEST, tmp_path)


@pytest.mark.writes
@pytest.mark.assumed("wire_ec_generate")
@pytest.mark.parametrize("family, bits", CURVES)
def test_genecckey_makes_keys_on_other_curves(device, keys, family, bits):
    nice_name, reply = keys.make("genecckey", curve=family, keysize=bits)
    assert_reply(reply, {"command": "genecckey", "core": device.core, "clustersync": str, "nice_name": nice_name,
                         "publickey": hex_of(2 * ((bits + 7) // 8)), "result": KEY_ID})
    record = device.get("listkeys", family).json["result"][reply.json["result"]]
    assert (record["key_type"], record["key_len"]) == (family, bits)


@pytest.mark.assumed("wire_find_key")
@pytest.mark.parametrize("field", ["nice_name", "key_id", "slot", "id"])
def test_getkeyattributes_finds_an_ec_key_by(device, field):
    listed = device.get("listkeys", "NIST").json["result"]
    names = [record["nice_name"] for record in listed.values()]
    record = next((one for one in listed.values() if names.count(one["nice_name"]) == 1), None)
    if not record:
        pytest.skip("the device has no NIST key of a unique name")
    reply = assert_reply(device.get("getkeyattributes", record[field]),
                         {"command": "getkeyattributes", "result": {record["key_id"]: EC_RECORD}})
    got = reply["result"][record["key_id"]]
    assert {**got, "date_of_last_use": None} == {**record, "date_of_last_use": None}


@pytest.mark.assumed("wire_list_keys")
@pytest.mark.parametrize("type_", ["NIST", "BRAINPOOL", "RSA", "SYM"])
def test_listkeys_knows_the_type(device, type_):
    reply = assert_reply(device.get("listkeys", type_), {"command": "listkeys", "core": 0, "result": dict})
    assert all(record["key_type"] == type_ for record in reply["result"].values())


@pytest.fixture(scope="module")
def rsa_key(keys):
    return keys.make("genrsakey", keysize=2048)


@pytest.mark.writes
@pytest.mark.assumed("wire_rsa_generate")
def test_genrsakey_tells_modulus_and_exponent(device, rsa_key):
    nice_name, reply = rsa_key
    got = assert_reply(reply, {"command": "genrsakey", "core": device.core, "clustersync": str, "nice_name": nice_name,
                               "modulus": hex_of(256), "exponent": HEX, "result": KEY_ID})
    record = device.get("listkeys", "RSA").json["result"][got["result"]]
    assert (record["modulus"], record["exponent"]) == (got["modulus"], got["exponent"])


@pytest.mark.writes
@pytest.mark.assumed("wire_rsa_sign")
@pytest.mark.parametrize("fields, options", [
    ({"padding": "PKCS1"}, ["rsa_padding_mode:pkcs1"]),
    ({"padding": "PSS", "saltlen": 32}, ["rsa_padding_mode:pss", "rsa_pss_saltlen:32"]),
], ids=["PKCS1", "PSS"])
def test_rsasign_gives_a_signature_in_hex(device, rsa_key, tmp_path, fields, options):
    made = rsa_key[1].json
    reply = device.post("rsasign", core=device.core, key=made["result"], pin=PIN, hashalg="SHA256",
                        hash=DIGEST.hex().upper(), **fields)
    assert_reply(reply, {"command": "rsasign", "core": device.core, "result": hex_of(256)})
    public = rsa_public_key(made["modulus"], made["exponent"])
    assert verifies(public, bytes.fromhex(reply.json["result"]), DIGEST, tmp_path, *options, "digest:sha256")


@pytest.mark.writes
@pytest.mark.assumed("wire_delete")
def test_deletekey_removes_the_key(device, keys):
    _, made = keys.make("genecckey", curve="NIST", keysize=256)
    key_id = made.json["result"]
    assert not keys.delete(key_id).failed()
    assert key_id not in device.get("listkeys", "NIST").json["result"]


@pytest.mark.assumed("wire_encrypt, wire_decrypt")
def test_encrypt_and_decrypt_take_their_secrets_by_post(device, symmetric):
    name, pin = symmetric
    encrypted = assert_reply(device.post("encrypt", key=name, pin=pin, mode="CBC", text="hello-world"),
                             {"command": "encrypt", "core": int, "result": hex_of(48)})
    assert_reply(device.post("decrypt", key=name, pin=pin, mode="CBC", text=encrypted["result"]),
                 {"command": "decrypt", "core": int, "result": "hello-world"})


@pytest.mark.assumed("nothing: every failure's text is shown as the device words it")
def test_an_unknown_key_is_answered_by_an_error_in_json(device):
    reply = device.get("getkeyattributes", "sesam-contract-no-such-key")
    assert reply.failed()
    assert "unknown key" in reply.json["error"].lower()
    assert reply.json["command"] == "getkeyattributes"


@pytest.mark.writes
@pytest.mark.assumed("nothing: every failure's text is shown as the device words it")
def test_a_wrong_pin_is_answered_by_an_error_in_json(device, keys):
    _, made = keys.make("genecckey", curve="NIST", keysize=256)
    reply = device.post("eccsign", core=device.core, key=made.json["result"], pin="00000000", hash=DIGEST.hex())
    assert reply.failed()
    assert "wrong pin" in reply.json["error"].lower()
