# SPDX-License-Identifier: Apache-2.0
"""A certification authority with its key in the device: openssl ca, crl, ocsp, ts, spkac."""
import pytest

from harness.tls import make_identity

CONFIGURATION = """
[ca]
default_ca = device_ca
[device_ca]
database = {directory}/index.txt
serial = {directory}/serial
crlnumber = {directory}/crlnumber
new_certs_dir = {directory}
certificate = {certificate}
default_md = sha256
default_days = 2
default_crl_days = 2
policy = any
[any]
commonName = supplied
[stamp]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = device_tsa
[device_tsa]
serial = {directory}/tsa-serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@pytest.fixture(params=["EC", "RSA"])
def ca(request, device, openssl_cnf, openssl, tmp_path):
    """A CA with its database in tmp_path, where leaf.csr is a request for another key. -> its identity and
    openssl.cnf"""
    identity = make_identity(device, openssl_cnf(device), tmp_path, request.param, "ca")
    cnf = openssl_cnf(device, extra=CONFIGURATION.format(directory=tmp_path, certificate=identity.certificate))
    for name, content in (("index.txt", ""), ("serial", "01\n"), ("crlnumber", "01\n"), ("tsa-serial", "01\n")):
        (tmp_path / name).write_text(content)
    openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", "leaf.key")
    openssl(openssl_cnf(device), "req", "-new", "-key", "leaf.key", "-subj", "/CN=leaf", "-out", "leaf.csr")
    return identity, cnf


def names(identity) -> list:
    """The names of the key for programs that accept a URI: the URI, and the PEM file."""
    return [identity.uri, identity.key]


def issue(openssl, cnf, key, *options):
    openssl(cnf, "ca", "-batch", "-notext", "-keyfile", key, "-in", "leaf.csr", "-out", "leaf.crt", *options)


def test_ca_issues_and_revokes(device, ca, openssl, tmp_path):
    identity, cnf = ca
    for key in names(identity):
        (tmp_path / "index.txt").write_text("")
        device.reset_counters()
        issue(openssl, cnf, key)
        assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
        assert openssl(None, "verify", "-CAfile", identity.certificate, "leaf.crt").stdout == "leaf.crt: OK\n"
        openssl(cnf, "ca", "-keyfile", key, "-revoke", "leaf.crt")
        device.reset_counters()
        openssl(cnf, "ca", "-keyfile", key, "-gencrl", "-out", "ca.crl")
        assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
        assert "verify OK" in openssl(None, "crl", "-in", "ca.crl", "-CAfile", identity.certificate, "-noout").stderr
        done = openssl(None, "verify", "-crl_check", "-CRLfile", "ca.crl", "-CAfile", identity.certificate, "leaf.crt",
                       check=False)
        assert done.returncode != 0 and "certificate revoked" in done.stderr


def test_ocsp_answers_are_signed(device, ca, openssl):
    identity, cnf = ca
    issue(openssl, cnf, identity.uri)
    openssl(None, "ocsp", "-issuer", identity.certificate, "-cert", "leaf.crt", "-reqout", "ocsp.request")
    for key in names(identity):
        device.reset_counters()
        openssl(cnf, "ocsp", "-index", "index.txt", "-CA", identity.certificate, "-rsigner", identity.certificate,
                "-rkey", key, "-reqin", "ocsp.request", "-respout", "ocsp.response", "-ndays", "1")
        assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
        done = openssl(None, "ocsp", "-respin", "ocsp.response", "-issuer", identity.certificate, "-cert", "leaf.crt",
                       "-CAfile", identity.certificate, "-no_nonce")
        assert "Response verify OK" in done.stderr and "leaf.crt: good" in done.stdout


def test_ts_stamps_with_the_pem_file(device, ca, openssl, tmp_path):
    """openssl ts accepts only a file: it would look for a URI in the directory."""
    identity, cnf = ca
    openssl(cnf, "req", "-new", "-key", identity.uri, "-subj", "/CN=stamp", "-out", "stamp.csr")
    openssl(cnf, "x509", "-req", "-in", "stamp.csr", "-CA", identity.certificate, "-CAkey", identity.uri,
            "-CAcreateserial", "-extfile", cnf, "-extensions", "stamp", "-out", "stamp.crt")
    (tmp_path / "data").write_text("what is to be stamped")
    openssl(cnf, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "stamp.request")
    device.reset_counters()
    openssl(cnf, "ts", "-reply", "-queryfile", "stamp.request", "-signer", "stamp.crt", "-inkey", identity.key, "-out",
            "stamp.reply")
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
    verify = ("ts", "-verify", "-in", "stamp.reply", "-CAfile", identity.certificate, "-data", "data")
    assert "Verification: OK" in openssl(cnf, *verify).stdout
    (tmp_path / "data").write_text("something else")
    assert openssl(cnf, *verify, check=False).returncode != 0


def test_spkac_and_a_request_of_pem_file_and_uri(device, ca, openssl):
    identity, cnf = ca
    for key in names(identity):
        device.reset_counters()
        openssl(cnf, "spkac", "-digest", "sha256", "-key", key, "-challenge", "hello", "-out", "spkac")
        assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
        assert "Signature OK" in openssl(None, "spkac", "-in", "spkac", "-verify", "-noout").stderr
        openssl(cnf, "req", "-new", "-key", key, "-subj", "/CN=request", "-out", "request")
        done = openssl(None, "req", "-in", "request", "-verify", "-noout")
        assert "verify OK" in done.stdout + done.stderr
        openssl(cnf, "x509", "-in", identity.certificate, "-signkey", key, "-out", "renewed.crt")
        assert "OK" in openssl(None, "verify", "-check_ss_sig", "-CAfile", "renewed.crt", "renewed.crt").stdout
        assert device.requests() == {"getkeyattributes": 3, identity.sign_command: 3}
