# SPDX-License-Identifier: Apache-2.0
"""curl with a client certificate whose key is in the device."""
import pytest

from harness.ports import free_port
from harness.programs import version_of
from harness.tls import VERSIONS, Server, fetch, make_file_identity, make_identity


@pytest.fixture(params=["EC", "RSA"])
def asked(request, device, openssl_cnf, tmp_path):
    """-> identity, and ask(version, …curl's options), which fetches from a server that requires a client certificate"""
    cnf, port = openssl_cnf(device, certificates=tmp_path), free_port()
    identity = make_identity(device, cnf, tmp_path, request.param)
    key, certificate = make_file_identity(tmp_path, "server")
    server = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", key, "-cert", certificate, "-www",
              "-Verify", "1", "-verify_return_error", "-CAfile", identity.certificate]
    with Server(server, None, port, tmp_path):
        yield identity, lambda version, *options, **more: fetch(port, certificate, version, *options, cnf=cnf, **more)


def test_a_client_certificate(device, asked):
    identity, ask = asked
    for version in VERSIONS:
        device.reset_counters()
        done = ask(version, "--cert", identity.certificate, "--key", identity.key)
        assert "Verify return code: 0 (ok)" in done.stdout
        assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
        refused = ask(version, check=False)
        assert refused.returncode != 0 and refused.stdout == "", "the server insists on one"


@pytest.mark.skipif(version_of("curl", "--version") < (8, 22),
                    reason="curl 8.14 loads a provider without its configuration")
def test_a_client_certificate_by_uri(device, asked):
    identity, ask = asked
    device.reset_counters()
    done = ask("1.3", "--cert", identity.certificate, "--engine", "sesam", "--key-type", "PROV", "--key", identity.uri)
    assert "Verify return code: 0 (ok)" in done.stdout
    assert device.requests()[identity.sign_command] == 1


@pytest.mark.skipif(version_of("curl", "--version") < (8, 22),
                    reason="curl 8.14 loads a provider without its configuration")
@pytest.mark.parametrize("certificate", ["pkcs11:object=web", "sesam\\:web"])
def test_key_and_certificate_by_uri(device, asked, certificate):
    """In --cert, a passphrase follows a colon, unless the URI is pkcs11: or the colon is escaped."""
    identity, ask = asked
    device.reset_counters()
    done = ask("1.3", "--engine", "sesam", "--cert-type", "PROV", "--cert", certificate, "--key-type", "PROV", "--key",
               identity.uri)
    assert "Verify return code: 0 (ok)" in done.stdout
    assert device.requests()[identity.sign_command] == 1
