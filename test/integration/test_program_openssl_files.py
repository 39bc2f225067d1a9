# SPDX-License-Identifier: Apache-2.0
"""The openssl commands for keys, with the PEM file instead of the URI, and with keys that genpkey has just made."""
import hashlib

import pytest

from harness.keys import verifies
from harness.tls import make_identity


@pytest.fixture(params=["EC", "RSA"])
def identity(request, device, openssl_cnf, tmp_path):
    (tmp_path / "data").write_bytes(b"some data")
    (tmp_path / "digest").write_bytes(hashlib.sha256(b"some data").digest())
    cnf = openssl_cnf(device)
    return make_identity(device, cnf, tmp_path, request.param), cnf


def test_dgst_and_pkeyutl_sign_with_the_file(device, identity, openssl, tmp_path):
    who, cnf = identity
    openssl(cnf, "pkey", "-in", who.key, "-pubout", "-out", "pub")
    openssl(cnf, "dgst", "-sha256", "-sign", who.key, "-out", "dgst.sig", "data")
    openssl(cnf, "pkeyutl", "-sign", "-inkey", who.key, "-pkeyopt", "digest:sha256", "-in", "digest", "-out",
            "pkeyutl.sig")
    openssl(cnf, "pkeyutl", "-sign", "-rawin", "-digest", "sha256", "-inkey", who.key, "-in", "data", "-out",
            "rawin.sig")
    assert device.requests() == {"getkeyattributes": 4, who.sign_command: 3}
    for signature in ("dgst.sig", "pkeyutl.sig", "rawin.sig"):
        assert verifies(openssl, tmp_path / "pub", tmp_path / signature, tmp_path / "data", "sha256")


def test_pkeyutl_verifies_with_the_key_itself_and_asks_no_signature(device, identity, openssl):
    who, cnf = identity
    sign = ("-pkeyopt", "digest:sha256", "-in", "digest")
    openssl(cnf, "pkeyutl", "-sign", "-inkey", who.uri, *sign, "-out", "sig")
    device.reset_counters()
    for key in (who.uri, who.key):
        done = openssl(cnf, "pkeyutl", "-verify", "-inkey", key, *sign, "-sigfile", "sig")
        assert "Signature Verified Successfully" in done.stdout
    assert device.requests() == {"getkeyattributes": 2}


def test_storeutl_shows_what_is_in_the_file(device, identity, openssl):
    who, cnf = identity
    done = openssl(cnf, "storeutl", "-keys", "-text", who.key)
    assert "Total found: 1" in done.stdout and "-----BEGIN SESAM KEY URI-----" in done.stdout
    assert device.requests() == {"getkeyattributes": 1}


def test_pkey_writes_the_file_of_the_file(device, identity, openssl, tmp_path):
    who, cnf = identity
    openssl(cnf, "pkey", "-in", who.key, "-out", "again.key")
    assert (tmp_path / "again.key").read_text() == who.key.read_text()
    assert device.requests() == {"getkeyattributes": 1}


@pytest.mark.parametrize("algorithm, option, command", [("EC", "group:P-384", "eccsign"),
                                                        ("RSA", "rsa_keygen_bits:2048", "rsasign")])
def test_genpkey_makes_a_key_whose_file_signs_a_certificate(device, openssl_cnf, openssl, algorithm, option, command):
    cnf = openssl_cnf(device)
    openssl(cnf, "genpkey", "-algorithm", algorithm, "-propquery", "?provider=sesam", "-pkeyopt", option, "-pkeyopt",
            "sesam_uri:sesam:object=new", "-out", "new.key")
    device.reset_counters()
    openssl(cnf, "req", "-x509", "-key", "new.key", "-subj", "/CN=new", "-out", "new.crt")
    assert device.requests() == {"getkeyattributes": 1, command: 1}
    assert "OK" in openssl(None, "verify", "-check_ss_sig", "-CAfile", "new.crt", "new.crt").stdout
