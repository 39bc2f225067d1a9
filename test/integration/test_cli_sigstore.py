# SPDX-License-Identifier: Apache-2.0
"""`sigstore-kms-sesam`: the requests that cosign sends to its plugins, in sigstore's protocol, version 1. cosign itself
signs and verifies in programs/tools_of_files.py."""
import base64
import hashlib
import json
import shutil
import subprocess

import pytest

from harness.paths import BUILD
from harness.programs import minimal_environment, run

SHA256, SHA384, SHA512, BLAKE2B_256 = 5, 6, 7, 17  # Go's crypto.Hash
MESSAGE = b"what is to be signed"


@pytest.fixture
def plugin(shared_device, openssl_cnf):
    """plugin(method, key, arguments, stdin) -> (exit status, answer); calls the plugin like cosign"""
    cnf = openssl_cnf(shared_device)

    def call(method: str, key: str, arguments: dict | None = None, stdin: bytes = b"", hash_function: int = SHA256,
             version: str = "v1"):
        words = {"initOptions": {"protocolVersion": version, "keyResourceID": key, "hashFunc": hash_function,
                                 "ctxDeadline": "2036-04-01T02:47:00Z"}, "methodName": method, method: arguments or {}}
        done = subprocess.run([BUILD / "sigstore-kms-sesam", version, written(words)], input=stdin,
                              capture_output=True, timeout=60, env=minimal_environment(cnf))
        return done.returncode, json.loads(done.stdout)
    return call


@pytest.fixture(scope="module")
def keys(shared_device):
    for name, more in (("cosign", {}), ("cosign-384", {"size": 384}), ("cosign-rsa", {"type": "RSA", "size": 2048})):
        shared_device.create_key(name, **more)


class Verbatim(str):
    """JSON that is nested too deeply for the module json to write."""


def nested(opening: str, closing: str, depth: int = 20_000) -> Verbatim:
    return Verbatim(opening * depth + "0" + closing * depth)


def written(value) -> str:
    if isinstance(value, Verbatim):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{written(member)}" for name, member in value.items()) + "}"
    return json.dumps(value)


def options(**message) -> dict:
    return {"rpcOptions": {"keyVersion": "", "remoteVerification": True}, "messageOptions": message}


def public_key(plugin, key, path) -> None:
    status, answer = plugin("publicKey", key)
    assert status == 0, answer
    path.write_bytes(base64.b64decode(answer["publicKey"]["publicKeyPEM"]))


@pytest.mark.parametrize("key", ["cosign", "cosign-384", "cosign-rsa", "object=cosign;core=1"])
@pytest.mark.parametrize("number, name", [(SHA256, "sha256"), (SHA384, "sha384"), (SHA512, "sha512")])
def test_a_message_is_signed_and_verified(plugin, keys, openssl_cnf, shared_device, openssl, tmp_path, key, number,
                                          name):
    status, answer = plugin("signMessage", key, {"signOptions": options(digest=None)}, MESSAGE, number)
    assert status == 0 and answer.keys() == {"signMessage"}, answer
    signature = base64.b64decode(answer["signMessage"]["signature"])
    public_key(plugin, key, tmp_path / "pub")
    (tmp_path / "sig").write_bytes(signature)
    (tmp_path / "data").write_bytes(MESSAGE)
    assert "Verified OK" in openssl(openssl_cnf(shared_device), "dgst", f"-{name}", "-verify", tmp_path / "pub",
                                    "-signature", tmp_path / "sig", tmp_path / "data").stdout
    verify = {"signature": answer["signMessage"]["signature"], "verifyOptions": options()}
    assert plugin("verifySignature", key, verify, MESSAGE, number) == (0, {"verifySignature": {}})
    status, answer = plugin("verifySignature", key, verify, MESSAGE + b"!", number)
    assert status == 1 and "not a signature of this key" in answer["errorMessage"]


def test_a_digest_among_the_options_is_signed_in_place_of_stdin(plugin, keys):
    digest = base64.b64encode(hashlib.sha384(MESSAGE).digest()).decode()
    status, answer = plugin("signMessage", "cosign", {"signOptions": options(digest=digest, hashFunc=SHA384)}, b"",
                            SHA256)
    assert status == 0, answer
    verify = {"signature": answer["signMessage"]["signature"], "verifyOptions": options(hashFunc=SHA384)}
    assert plugin("verifySignature", "cosign", verify, MESSAGE) == (0, {"verifySignature": {}})


@pytest.mark.parametrize("algorithm", ["ecdsa-p256", "rsa-2048"])
def test_a_key_is_made_under_the_name_that_cosign_gives(plugin, shared_device, algorithm):
    name = f"made-{algorithm}"
    assert algorithm in plugin("supportedAlgorithms", name)[1]["supportedAlgorithms"]["supportedAlgorithms"]
    status, answer = plugin("createKey", name, {"algorithm": algorithm})
    assert status == 0 and answer["createKey"] == plugin("publicKey", name)[1]["publicKey"], answer
    assert [key["nice_name"] for key in shared_device.keys()].count(name) == 1
    assert plugin("defaultAlgorithm", name) == (0, {"defaultAlgorithm": {"defaultAlgorithm": "ecdsa-p256"}})


@pytest.mark.skipif(not shutil.which("cosign"), reason="cosign is not installed (SESAM_PROGRAMS=1 scripts/install)")
def test_cosign_makes_a_key(shared_device, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(shared_device)
    run(["cosign", "generate-key-pair", "--kms", "sesam://made-by-cosign"], cnf, cwd=tmp_path, environment={
        "PATH": f"{BUILD}:{minimal_environment(None)['PATH']}", "HOME": str(tmp_path)})
    shown = openssl(cnf, "pkey", "-in", "sesam:made-by-cosign", "-pubout").stdout
    assert (tmp_path / "cosign.pub").read_text() == shown


def test_the_version_of_the_protocol_may_have_no_v(plugin, keys):
    assert plugin("publicKey", "cosign", version="1") == plugin("publicKey", "cosign", version="v1")


def test_a_key_is_made_with_the_pin_and_the_rights_of_its_uri(plugin, shared_device):
    status, answer = plugin("createKey", "made-with-pin;pin-value=86421357;acl=0F0F", {"algorithm": "ecdsa-p256"})
    assert status == 0, answer
    made = next(key for key in shared_device.keys() if key["nice_name"] == "made-with-pin")
    assert made["has_pin"] and made["key_acl"] == "0F0F", made
    assert plugin("signMessage", "made-with-pin;pin-value=86421357", {"signOptions": {}}, MESSAGE)[0] == 0
    status, answer = plugin("signMessage", "made-with-pin", {"signOptions": {}}, MESSAGE)
    assert status == 1 and "PIN" in answer["errorMessage"], answer


@pytest.mark.parametrize("method, key, arguments, more, told", [
    ("publicKey", "nobody", {}, {}, "unknown key"),
    ("publicKey", "", {}, {}, "sesam://NAME"),
    ("signMessage", "cosign", {"signOptions": {}}, {"hash_function": BLAKE2B_256}, "unsupported digest: hashFunc 17"),
    ("signMessage", "cosign", {"signOptions": options(digest="no base64")}, {}, "not base64"),
    ("createKey", "new", {"algorithm": "ed25519"}, {}, 'algorithm "ed25519" is not offered'),
    ("createKey", "new", {"algorithm": nested("[", "]")}, {}, "nested too deeply"),
    ("signMessage", "cosign", {"signOptions": {}}, {"hash_function": nested('{"a":', "}")}, "nested too deeply"),
    ("rotateKey", "cosign", {}, {}, "unknown method"),
    ("publicKey", "cosign", {}, {"version": "v2"}, "protocol version v2; this plugin supports v1"),
])
def test_an_error_is_in_the_answer(plugin, keys, method, key, arguments, more, told):
    status, answer = plugin(method, key, arguments, **more)
    assert status == 1 and answer.keys() == {"errorMessage"} and told in answer["errorMessage"], answer
