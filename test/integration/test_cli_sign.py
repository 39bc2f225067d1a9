# SPDX-License-Identifier: Apache-2.0
"""sesam sign and sesam verify, compared with OpenSSL."""
import hashlib
import json

import pytest

from harness.keys import public_key, verifies
from harness.paths import COMMAND
from harness.terminal import run_at_terminal

PIN = "24681357"
DATA = b"to be signed\n" * 10000


@pytest.fixture
def cnf(device, openssl_cnf, tmp_path):
    device.create_key("web", pin=PIN)
    device.create_key("other")
    device.create_key("p521", size=521)
    device.create_key("rsa", type="RSA", size=2048)
    (tmp_path / "data").write_bytes(DATA)
    return openssl_cnf(device, pin=PIN)


@pytest.mark.parametrize("key", ["web", "rsa", "p521"])
@pytest.mark.parametrize("digest", ["sha256", "SHA2-384"])
def test_a_file_is_signed_and_verified(cnf, openssl, sesam, tmp_path, key, digest):
    sesam(cnf, "sign", key, "--digest", digest, "--in", "data", "--out", "sig")
    public = public_key(openssl, cnf, f"sesam:{key}", tmp_path)
    assert verifies(openssl, public, tmp_path / "sig", tmp_path / "data", digest.lower().replace("sha2-", "sha"))
    assert "verified" in sesam(cnf, "verify", key, "--digest", digest, "--in", "data", "--signature", "sig").stdout


def test_one_request_for_the_key_and_one_for_the_signature(device, cnf, sesam):
    device.reset_counters()
    sesam(cnf, "sign", "web", "--in", "data", "--out", "sig")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}
    device.reset_counters()
    sesam(cnf, "verify", "web", "--in", "data", "--signature", "sig")
    assert device.requests() == {"getkeyattributes": 1}


@pytest.mark.parametrize("how", [["--hex", hashlib.sha256(DATA).hexdigest()], []], ids=["digest", "stdin"])
def test_a_digest_or_stdin_is_signed(cnf, openssl, sesam, tmp_path, how):
    (tmp_path / "sig").write_bytes(sesam(cnf, "sign", "web", *how, stdin=b"" if how else DATA).output)
    assert verifies(openssl, public_key(openssl, cnf, "sesam:web", tmp_path), tmp_path / "sig", tmp_path / "data",
                    "sha256")


def test_pss(cnf, openssl, sesam, tmp_path):
    sesam(cnf, "sign", "rsa", "--pss", "--in", "data", "--out", "sig")
    sesam(cnf, "verify", "rsa", "--pss", "--in", "data", "--signature", "sig")
    public = public_key(openssl, cnf, "sesam:rsa", tmp_path)
    done = openssl(None, "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32",
                   "-verify", public, "-signature", "sig", "data")
    assert "Verified OK" in done.stdout
    assert sesam(cnf, "verify", "rsa", "--in", "data", "--signature", "sig", check=False).returncode == 1


@pytest.mark.parametrize("key, length", [("web", 64), ("p521", 132)])
def test_raw_is_r_and_s(cnf, sesam, tmp_path, key, length):
    raw = sesam(cnf, "sign", key, "--raw", "--in", "data", "--out", "sig") and (tmp_path / "sig").read_bytes()
    assert len(raw) == length
    sesam(cnf, "verify", key, "--raw", "--in", "data", "--signature", "sig")
    (tmp_path / "sig").write_bytes(raw[:-1])
    short = sesam(cnf, "verify", key, "--raw", "--in", "data", "--signature", "sig", check=False)
    assert short.returncode == 1 and f"{length - 1} bytes; expected: {length}" in short.stderr


def test_json(cnf, sesam, tmp_path):
    (tmp_path / "sig").write_bytes(bytes.fromhex(json.loads(sesam(cnf, "sign", "web", "--in", "data",
                                                                  "--json").stdout)["signature"]))
    assert json.loads(sesam(cnf, "verify", "web", "--in", "data", "--signature", "sig",
                            "--json").stdout) == {"verified": True}
    bad = sesam(cnf, "verify", "other", "--in", "data", "--signature", "sig", "--json", check=False)
    assert bad.returncode == 1 and json.loads(bad.stdout) == {"verified": False}


@pytest.mark.parametrize("words", [["verify", "other"], ["verify", "web", "--digest", "sha512"], ["verify", "rsa"]])
def test_a_signature_of_something_else_is_bad(cnf, sesam, words):
    sesam(cnf, "sign", "web", "--in", "data", "--out", "sig")
    done = sesam(cnf, *words, "--in", "data", "--signature", "sig", check=False)
    assert done.returncode == 1 and done.stderr.startswith("sesam: invalid signature: sig is not a signature of ")
    assert done.stdout == ""


@pytest.mark.parametrize("words, told", [
    (["web", "--hex", "00"], "digest of the wrong length"), (["web", "--hex", "0g"], "expected hexadecimal digits"),
    (["web", "--digest", "md5"], "unsupported digest"), (["web", "--pss"], "--pss applies to RSA keys"),
    (["rsa", "--raw"], "--raw applies to EC keys"), (["web", "--in", "missing"], "missing: No such file"),
    (["sesam:web;pin-value=1111"], "wrong PIN"), (["sesam:web;core=2"], "not in that core")])
def test_what_cannot_be_signed(cnf, sesam, words, told):
    done = sesam(cnf, "sign", *words, "--out", "sig", check=False)
    assert done.returncode == 1 and told in done.stderr and PIN not in done.stderr


def test_a_pin_is_asked_for_at_the_terminal(device, cnf, openssl_cnf, tmp_path):
    done, screen = run_at_terminal([COMMAND, "sign", "sesam:web;pin-source=ask:", "--in", "data", "--out", "sig"],
                                   openssl_cnf(device), ("PIN", PIN), cwd=tmp_path)
    assert done.returncode == 0 and PIN not in screen and (tmp_path / "sig").exists(), str(done)
