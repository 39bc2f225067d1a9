# SPDX-License-Identifier: Apache-2.0
"""openssl s_server and s_client: keys by URI and by PEM file, on both sides. Also TLS if sesam is preferred for
everything."""
import re

import pytest

from harness.ports import free_port
from harness.programs import run
from harness.tls import VERSIONS, Server, make_file_identity, make_identity

PREFERRED = {
    "listed first": {"sesam_first": True},
    "asked for": {"default_properties": "?provider=sesam"},
}


def s_server(cnf, directory, key, certificate, *options) -> Server:
    port = free_port()
    return Server(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", key, "-cert", certificate, "-www",
                   *options], cnf, port,
                  directory)


def s_client(cnf, server, trusted, version, *options, check=True):
    return run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", trusted,
                "-verify_return_error",
                f"-tls{version.replace('.', '_')}", *options], cnf, stdin=b"GET / HTTP/1.0\r\n\r\n", check=check)


@pytest.mark.parametrize("how", ["uri", "key"], ids=["URI", "PEM file"])
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_a_server_proves_who_it_is(device, openssl_cnf, tmp_path, type, how):
    cnf = openssl_cnf(device)
    identity = make_identity(device, cnf, tmp_path, type)
    with s_server(cnf, tmp_path, getattr(identity, how), identity.certificate) as server:
        for count, version in enumerate(VERSIONS, 1):
            done = s_client(None, server, identity.certificate, version)
            assert "Verification: OK" in done.stdout and f"New, TLSv{version}" in done.stdout
            assert device.requests() == {"getkeyattributes": 1, identity.sign_command: count}


@pytest.mark.parametrize("type, offered", [("EC", True), ("RSA", False)])
def test_tls_1_1_works_with_ec_keys_alone(device, openssl_cnf, tmp_path, type, offered):
    """With RSA keys it signs MD5-SHA1 digests, which the device cannot be asked for."""
    cnf = openssl_cnf(device)
    identity = make_identity(device, cnf, tmp_path, type)
    weak = ("-cipher", "ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    with s_server(cnf, tmp_path, identity.uri, identity.certificate, *weak) as server:
        done = s_client(None, server, identity.certificate, "1.1", *weak, check=False)
        assert ("New, TLSv1." in done.stdout) == offered, f"{done}\n{server.output.read_text()}"
        assert (identity.sign_command in device.requests()) == offered


@pytest.mark.parametrize("how", ["uri", "key"], ids=["URI", "PEM file"])
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_a_client_proves_who_it_is(device, openssl_cnf, tmp_path, type, version, how):
    cnf = openssl_cnf(device)
    identity = make_identity(device, cnf, tmp_path, type)
    key, certificate = make_file_identity(tmp_path, "server")
    with s_server(None, tmp_path, key, certificate, "-Verify", "1", "-verify_return_error", "-CAfile",
                  identity.certificate) as server:
        done = s_client(cnf, server, certificate, version, "-key", getattr(identity, how), "-cert",
                        identity.certificate, "-ign_eof")
        assert "HTTP/1.0 200" in done.stdout and "Verify return code: 0 (ok)" in done.stdout
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}


def test_a_client_without_its_key_is_turned_away(device, openssl_cnf, tmp_path):
    """The counterpart: the server of the test above does check the client's certificate."""
    identity = make_identity(device, openssl_cnf(device), tmp_path)
    key, certificate = make_file_identity(tmp_path, "server")
    with s_server(None, tmp_path, key, certificate, "-Verify", "1", "-verify_return_error", "-CAfile",
                  identity.certificate) as server:
        done = s_client(None, server, certificate, "1.3", "-ign_eof", check=False)
        assert "HTTP/1.0 200" not in done.stdout and "certificate required" in done.stderr


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("where", PREFERRED)
@pytest.mark.parametrize("side", ["server", "client"])
def test_where_sesam_is_preferred_ephemeral_keys_stay_with_openssl(device, openssl_cnf, tmp_path, side, where, version):
    """Uses RSA certificates with TLS 1.2, as libssl needs the curve for EC certificates there: see the next test."""
    preferring, plain = openssl_cnf(device, **PREFERRED[where]), openssl_cnf(device)
    identity = make_identity(device, plain, tmp_path, "RSA" if version == "1.2" else "EC")
    at_server, at_client = (preferring, None) if side == "server" else (plain, preferring)
    with s_server(at_server, tmp_path, identity.uri, identity.certificate) as server:
        done = s_client(at_client, server, identity.certificate, version)
        assert "Verification: OK" in done.stdout
        assert re.search("(Server Temp Key|Peer Temp Key|Negotiated TLS1.3 group): X25519", done.stdout)  # by version
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}


@pytest.mark.parametrize("where", PREFERRED)
def test_where_sesam_is_preferred_libssl_has_no_nist_curves(device, openssl_cnf, tmp_path, where):
    """libssl drops groups whose key management is not in the provider that announces them, and EC is sesam's then. No
    refusal by sesam causes this; it could offer these groups only with private keys in this process. So `default` must
    come first."""
    identity = make_identity(device, openssl_cnf(device), tmp_path)
    with s_server(openssl_cnf(device), tmp_path, identity.uri, identity.certificate) as server:
        done = s_client(openssl_cnf(device, **PREFERRED[where]), server, identity.certificate, "1.3", "-groups",
                        "P-256", check=False)
        assert done.returncode != 0
        # The first message is that of libssl up to 3.5; 3.6 tries to generate the key in sesam, without a URI.
        assert ("group 'P-256' cannot be set" in done.stderr and "sesam" not in done.stderr
                or "keymgmt_gen:invalid key URI" in done.stderr), done.stderr


def test_rsa_key_exchange_is_refused_by_name(device, openssl_cnf, tmp_path):
    """The RSA key exchange of TLS 1.2 decrypts with the server's key."""
    cnf = openssl_cnf(device)
    identity = make_identity(device, cnf, tmp_path, "RSA")
    with s_server(cnf, tmp_path, identity.uri, identity.certificate) as server:
        done = s_client(None, server, identity.certificate, "1.2", "-cipher", "AES128-GCM-SHA256", check=False)
        assert done.returncode != 0
        refusal = "operation not offered:sesam:0:RSA decryption with key 'web'"
        server.wait_until(lambda: refusal in server.output.read_text(), "the server does not say why")
        assert "Verification: OK" in s_client(None, server, identity.certificate, "1.2").stdout, "and goes on serving"
    assert device.requests() == {"getkeyattributes": 1, "rsasign": 1}
