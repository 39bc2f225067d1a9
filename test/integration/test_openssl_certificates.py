# SPDX-License-Identifier: Apache-2.0
"""Requests and certificates that the openssl command makes, signed in the device."""
import pytest


@pytest.mark.parametrize("size, algorithm", [(256, "ecdsa-with-SHA256"), (384, "ecdsa-with-SHA384")])
def test_req_new_makes_a_request_that_verifies(shared_device, openssl_cnf, openssl, tmp_path, size, algorithm):
    shared_device.create_key(f"req-{size}", size=size)
    request = tmp_path / "request.pem"
    openssl(openssl_cnf(shared_device), "req", "-new", "-key", f"sesam:req-{size}", f"-sha{size}",
            "-subj", "/CN=www.jp.example", "-out", request)
    done = openssl(None, "req", "-in", request, "-verify", "-noout", "-text")
    assert "verify OK" in done.stdout + done.stderr
    assert f"Signature Algorithm: {algorithm}" in done.stdout


def test_req_x509_makes_a_self_signed_certificate(shared_device, openssl_cnf, openssl, tmp_path):
    shared_device.create_key("self-signed")
    certificate = tmp_path / "certificate.pem"
    openssl(openssl_cnf(shared_device), "req", "-x509", "-key", "sesam:self-signed", "-subj", "/CN=self", "-days", "7",
            "-out", certificate)
    assert "OK" in openssl(None, "verify", "-check_ss_sig", "-CAfile", certificate, certificate).stdout


def test_x509_ca_signs_the_request_of_another_key(shared_device, openssl_cnf, openssl, tmp_path):
    shared_device.create_key("ca-key", size=384)
    shared_device.create_key("leaf-key")
    cnf = openssl_cnf(shared_device)
    ca, request, leaf = tmp_path / "ca.pem", tmp_path / "request.pem", tmp_path / "leaf.pem"
    openssl(cnf, "req", "-x509", "-key", "sesam:ca-key", "-subj", "/CN=CA", "-days", "7", "-out", ca)
    openssl(cnf, "req", "-new", "-key", "sesam:leaf-key", "-subj", "/CN=leaf", "-out", request)
    openssl(cnf, "x509", "-req", "-in", request, "-CA", ca, "-CAkey", "sesam:ca-key", "-CAcreateserial", "-days", "7",
            "-sha384", "-out", leaf)
    assert "OK" in openssl(None, "verify", "-CAfile", ca, leaf).stdout


def test_x509_refuses_a_ca_certificate_of_another_key(shared_device, openssl_cnf, openssl, tmp_path):
    shared_device.create_key("right-ca")
    shared_device.create_key("wrong-ca")
    cnf = openssl_cnf(shared_device)
    ca, request = tmp_path / "ca.pem", tmp_path / "request.pem"
    openssl(cnf, "req", "-x509", "-key", "sesam:right-ca", "-subj", "/CN=CA", "-out", ca)
    openssl(cnf, "req", "-new", "-key", "sesam:right-ca", "-subj", "/CN=leaf", "-out", request)
    done = openssl(cnf, "x509", "-req", "-in", request, "-CA", ca, "-CAkey", "sesam:wrong-ca", "-CAcreateserial",
                   "-out", tmp_path / "leaf.pem", check=False)
    assert done.returncode != 0
    assert "do not match" in done.stderr or "mismatch" in done.stderr


@pytest.mark.parametrize("options", [{"sesam_first": True}, {"default_properties": "?provider=sesam"}],
                         ids=["listed-first", "default-properties"])
def test_x509_req_works_where_sesam_is_preferred_for_everything(shared_device, openssl_cnf, openssl, tmp_path, options):
    name = "preferred-ca-" + "-".join(options)
    shared_device.create_key(name)
    cnf = openssl_cnf(shared_device, **options)
    ca, request, leaf = tmp_path / "ca.pem", tmp_path / "request.pem", tmp_path / "leaf.pem"
    openssl(cnf, "req", "-x509", "-key", f"sesam:{name}", "-subj", "/CN=CA", "-out", ca)
    openssl(cnf, "req", "-new", "-key", f"sesam:{name}", "-subj", "/CN=leaf", "-out", request)
    openssl(cnf, "x509", "-req", "-in", request, "-CA", ca, "-CAkey", f"sesam:{name}", "-CAcreateserial", "-out", leaf)
    assert "OK" in openssl(None, "verify", "-CAfile", ca, leaf).stdout
