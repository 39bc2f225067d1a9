# SPDX-License-Identifier: Apache-2.0
"""Signed messages: openssl cms and smime."""
import pytest

from harness.tls import make_identity


@pytest.fixture(params=["EC", "RSA"])
def signer(request, device, openssl_cnf, tmp_path):
    cnf = openssl_cnf(device)
    (tmp_path / "message").write_text("a message\n")
    return make_identity(device, cnf, tmp_path, request.param, "signer"), cnf


@pytest.mark.parametrize("how", ["uri", "key"], ids=["URI", "PEM file"])
@pytest.mark.parametrize("command", ["cms", "smime"])
def test_a_message_is_signed(device, signer, openssl, command, how):
    identity, cnf = signer
    openssl(cnf, command, "-sign", "-in", "message", "-signer", identity.certificate, "-inkey", getattr(identity, how),
            "-md", "sha256", "-out", "signed")
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
    verify = (command, "-verify", "-in", "signed", "-CAfile", identity.certificate, "-purpose", "any")
    done = openssl(None, *verify)
    assert done.stdout == "a message\r\n" and "erification successful" in done.stderr


def test_a_changed_message_does_not_verify(signer, openssl, tmp_path):
    identity, cnf = signer
    openssl(cnf, "cms", "-sign", "-in", "message", "-signer", identity.certificate, "-inkey", identity.uri, "-out",
            "signed")
    signed = tmp_path / "signed"
    signed.write_bytes(signed.read_bytes().replace(b"a message", b"another message"))
    done = openssl(None, "cms", "-verify", "-in", "signed", "-CAfile", identity.certificate, "-purpose", "any",
                   check=False)
    assert done.returncode != 0 and "verification failure" in done.stderr


def test_detached_signatures_and_a_second_signer(device, signer, openssl, tmp_path):
    identity, cnf = signer
    openssl(cnf, "cms", "-sign", "-binary", "-in", "message", "-outform", "DER", "-signer", identity.certificate,
            "-inkey", identity.uri, "-out", "detached")
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
    second = make_identity(device, cnf, tmp_path, identity.type, "second")
    openssl(cnf, "cms", "-resign", "-binary", "-in", "detached", "-inform", "DER", "-outform", "DER", "-signer",
            second.certificate, "-inkey", second.key, "-out", "twice")
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
    (tmp_path / "both.crt").write_text(identity.certificate.read_text() + second.certificate.read_text())
    done = openssl(None, "cms", "-verify", "-binary", "-in", "twice", "-inform", "DER", "-content", "message",
                   "-CAfile", "both.crt", "-purpose", "any")
    assert done.stdout == "a message\n" and "erification successful" in done.stderr


def test_cms_with_pss(device, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(device)
    (tmp_path / "message").write_text("a message\n")
    identity = make_identity(device, cnf, tmp_path, "RSA", "signer")
    openssl(cnf, "cms", "-sign", "-in", "message", "-signer", identity.certificate, "-inkey", identity.uri, "-keyopt",
            "rsa_padding_mode:pss", "-out", "signed")
    assert device.requests() == {"getkeyattributes": 1, "rsasign": 1}
    assert "erification successful" in openssl(None, "cms", "-verify", "-in", "signed", "-CAfile", identity.certificate,
                                               "-purpose", "any").stderr
    assert "rsassaPss" in openssl(None, "cms", "-cmsout", "-print", "-noout", "-in", "signed").stdout
