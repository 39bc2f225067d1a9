# SPDX-License-Identifier: Apache-2.0
"""nginx: the master reads the key, and its workers sign with it."""
import signal
import threading

import pytest

from harness.flavour import trust_after_setuid  # noqa: F401
from harness.ports import free_port
from harness.programs import run, version_of
from harness.tls import REPLY, Server, assert_serves, fetch, make_identity

CONFIGURATION = """
daemon off;
worker_processes 2;
pid {directory}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location / {{ return 200 "{reply}"; }}
    }}
}}
"""


@pytest.fixture
def nginx(device, openssl_cnf, tmp_path, trust_after_setuid):  # noqa: F811
    """nginx("RSA") -> (server, identity). The server has opened its key, but made no signature. `by_uri`: without the
    PEM file. Its certificate is in tmp_path."""
    started = []

    def start(type="EC", by_uri=False, **settings):
        cnf = openssl_cnf(device, **trust_after_setuid, **settings)
        identity, port, path = make_identity(device, cnf, tmp_path, type), free_port(), tmp_path / "nginx.conf"
        path.write_text(CONFIGURATION.format(directory=tmp_path, port=port, certificate=identity.certificate,
                                             key=f"store:{identity.uri}" if by_uri else identity.key, reply=REPLY))
        # nginx does not pass its environment to the workers: only the master sees OPENSSL_CONF.
        started.append(Server(["nginx", "-c", path, "-e", "stderr"], cnf, port, tmp_path))
        return started[-1], identity

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize("certificates", [None, "in a directory"])
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_it_serves(device, nginx, type, certificates, tmp_path):
    server, identity = nginx(type, certificates=certificates and tmp_path)
    assert_serves(device, server.port, identity, openings=1)
    assert server.end(signal.SIGQUIT) == 0


@pytest.mark.skipif(version_of("nginx", "-v") < (1, 29), reason="nginx takes URIs (store:) from 1.29 on")
@pytest.mark.parametrize("certificates", [None, "in a directory"])
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_it_serves_by_uri(device, nginx, type, certificates, tmp_path):
    server, identity = nginx(type, by_uri=True, certificates=certificates and tmp_path)
    assert_serves(device, server.port, identity, openings=1)


def takes_certificates_by_uri(path) -> bool:
    """Tests nginx itself, as no release is known to support this. Without support, "store:..." is a file name."""
    path.write_text("events { } http { server { listen 127.0.0.1:1 ssl; ssl_certificate store:file:/nonexistent; "
                    "ssl_certificate_key store:file:/nonexistent; } }")
    done = run(["nginx", "-t", "-e", "stderr", "-c", path], check=False)
    assert "store:file:/nonexistent" in done.stderr, str(done)
    return "BIO_new_file() failed" not in done.stderr


def test_it_takes_its_certificate_by_uri(device, openssl_cnf, tmp_path, trust_after_setuid):  # noqa: F811
    if not takes_certificates_by_uri(tmp_path / "question.conf"):
        pytest.skip("this nginx takes certificates from files alone")
    cnf = openssl_cnf(device, certificates=tmp_path, **trust_after_setuid)
    identity, port, path = make_identity(device, cnf, tmp_path), free_port(), tmp_path / "nginx.conf"
    path.write_text(CONFIGURATION.format(directory=tmp_path, port=port, certificate=f"store:{identity.uri}",
                                         key=f"store:{identity.uri}", reply=REPLY))
    with Server(["nginx", "-c", path, "-e", "stderr"], cnf, port, tmp_path) as server:
        assert_serves(device, server.port, identity, openings=1)


def test_a_reload_while_it_serves_loses_no_client_and_reads_no_key_again(device, nginx):
    server, identity = nginx()
    replies, over = [], threading.Event()

    def ask():
        while not over.is_set():
            replies.append(fetch(server.port, identity.certificate, "1.3", check=False).stdout)

    clients = [threading.Thread(target=ask) for _ in range(3)]
    for client in clients:
        client.start()
    try:
        for _ in range(3):
            before, count = server.workers(), len(replies)
            server.process.send_signal(signal.SIGHUP)
            server.wait_until(lambda: len(server.workers()) == 2 and not server.workers() & before, "no new workers")
            server.wait_until(lambda: len(replies) >= count + 5, "nothing is served")
    finally:
        over.set()
        for client in clients:
            client.join(30)
    assert set(replies) == {REPLY}
    assert device.requests() == {"getkeyattributes": 1, "eccsign": len(replies)}
    assert server.end(signal.SIGQUIT) == 0
