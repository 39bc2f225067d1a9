# SPDX-License-Identifier: Apache-2.0
"""Apache, with processes (prefork) and with threads (event)."""
import signal

import pytest

from harness.flavour import trust_after_setuid  # noqa: F401
from harness.ports import free_port
from harness.tls import REPLY, Server, assert_serves, assert_serves_many, make_identity

CONFIGURATION = """
ServerRoot /usr/lib/apache2
LoadModule mpm_{mpm}_module modules/mod_mpm_{mpm}.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule alias_module modules/mod_alias.so
LoadModule ssl_module modules/mod_ssl.so
DefaultRuntimeDir {directory}
PidFile {directory}/apache.pid
ErrorLog /dev/stderr
ServerName localhost
User nobody
Group nogroup
StartServers 2
Listen 127.0.0.1:{port}
SSLEngine on
SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLCertificateFile {certificate}
SSLCertificateKeyFile {key}
Redirect 404 /
ErrorDocument 404 "{reply}"
"""


@pytest.fixture
def apache(device, openssl_cnf, tmp_path, trust_after_setuid):  # noqa: F811
    """apache("event", "RSA") -> (server, identity). The server has opened its key, but made no signature. Its
    certificate is in tmp_path."""
    started = []

    def start(mpm, type="EC", key=None, certificate=None, **settings):
        cnf = openssl_cnf(device, **trust_after_setuid, **settings)
        identity, port, path = make_identity(device, cnf, tmp_path, type), free_port(), tmp_path / "apache.conf"
        path.write_text(CONFIGURATION.format(directory=tmp_path, port=port,
                                             certificate=certificate or identity.certificate,
                                             key=key or identity.key, mpm=mpm, reply=REPLY))
        started.append(Server(["apache2", "-D", "FOREGROUND", "-f", path], cnf, port, tmp_path))
        return started[-1], identity

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("type", ["EC", "RSA"])
@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_it_serves(device, apache, mpm, type):
    server, identity = apache(mpm, type)
    # Apache reads its configuration twice before it serves, and unloads mod_ssl in between; but it is one process, so
    # there is one request.
    assert_serves(device, server.port, identity, openings=1)
    assert server.end(signal.SIGWINCH) == 0


@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_it_takes_a_uri_whose_scheme_is_pkcs11(device, apache, type):
    server, identity = apache("event", type, key="pkcs11:object=web")
    assert_serves(device, server.port, identity, openings=1)


@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_it_takes_its_certificate_by_uri_too(device, apache, type, tmp_path):
    server, identity = apache("event", type, key="pkcs11:object=web", certificate="pkcs11:object=web",
                              certificates=tmp_path)
    assert_serves(device, server.port, identity, openings=1)


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_many_clients_at_one_time_take_one_signature_each(device, apache, mpm):
    server, identity = apache(mpm)
    assert_serves(device, server.port, identity, openings=1)
    assert_serves_many(device, server.port, identity)


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_a_graceful_restart_reads_no_key_again(device, apache, mpm):
    server, identity = apache(mpm)
    assert_serves(device, server.port, identity, openings=1)
    before = server.workers()
    server.process.send_signal(signal.SIGUSR1)
    server.wait_until(lambda: server.workers() and not server.workers() & before, "no new workers")
    device.reset_counters()
    assert_serves(device, server.port, identity, openings=0)
    assert server.end(signal.SIGWINCH) == 0
