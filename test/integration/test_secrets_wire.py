# SPDX-License-Identifier: Apache-2.0
"""Credentials are sent only to the device, over at least TLS 1.2: not to redirects, proxies or other hosts."""
import contextlib
import json
import shutil
import socket
import ssl
import threading
import warnings

import pytest

from harness.flavour import openssl_in_curl
from harness.simulator import DEVICE_NAME


class Impostor:
    """A TLS server with the device's certificate that records what it receives. It sends `answer` on every connection;
    if `by_get` is given, it sends that on connections that start with a GET."""

    def __init__(self, device, answer: bytes, versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3),
                 by_get: bytes | None = None):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(device.tlscert, device.tlscert.parent / "tls.key")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the test needs the old versions
            self.context.set_ciphers("DEFAULT:@SECLEVEL=0")
            self.context.minimum_version, self.context.maximum_version = versions
        self.answer, self.by_get, self.received = answer, by_get or answer, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://{DEVICE_NAME}:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with contextlib.suppress(OSError), self.context.wrap_socket(connection, server_side=True) as tls:
                    request = tls.recv(65536)
                    self.received += request
                    tls.sendall(self.by_get if request.startswith(b"GET ") else self.answer)


@pytest.fixture
def listener():
    """A port that must not be contacted. listener.visited() returns whether it was."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)

        def visited() -> bool:
            try:
                server.accept()[0].close()
            except TimeoutError:
                return False
            return True

        server_port = server.getsockname()[1]
        yield type("Listener", (), {"port": server_port, "visited": staticmethod(visited)})


def sign(openssl, cnf, **options):
    return openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", **options)


REDIRECTS = ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]


def redirect(status: str, port: int) -> bytes:
    return f"HTTP/1.1 {status}\r\nLocation: https://127.0.0.1:{port}/\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_is_not_followed(device, openssl_cnf, openssl, listener, status):
    server = Impostor(device, redirect(status, listener.port))
    done = sign(openssl, openssl_cnf(device, url=server.url), check=False)
    assert done.returncode != 0
    assert b"authorization: basic" in server.received.lower()
    assert not listener.visited()


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_redirect_of_a_signature_is_not_followed(device, openssl_cnf, openssl, listener, status):
    key = device.create_key("web", pin="12345678")
    record = json.dumps({"result": {key["key_id"]: key}}).encode()
    found = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(record) + record
    server = Impostor(device, redirect(status, listener.port), by_get=found)
    done = sign(openssl, openssl_cnf(device, url=server.url, pin="12345678"), check=False)
    assert done.returncode != 0
    assert b"command=eccsign" in server.received
    assert not listener.visited()


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_not_used(device, openssl_cnf, openssl, listener, name):
    device.create_key("web")
    sign(openssl, openssl_cnf(device), environment={name: f"http://127.0.0.1:{listener.port}", "NO_PROXY": "",
                                                    "no_proxy": ""})
    assert not listener.visited()


def test_an_old_version_of_tls_is_refused_and_gets_no_password(device, openssl_cnf, openssl):
    server = Impostor(device, b"", versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))
    done = sign(openssl, openssl_cnf(device, url=server.url), check=False)
    assert "TLS failed" in done.stderr
    assert server.received == b""


WEAK = """[ssl_section]
system_default = weak
[weak]
MinProtocol = TLSv1
CipherString = DEFAULT:@SECLEVEL=0
"""


def test_tls_1_2_is_the_floor_even_if_openssl_cnf_allows_less(device, openssl_cnf, openssl, sesam):
    server = Impostor(device, b"", versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))
    cnf = openssl_cnf(device, url=server.url, extra=WEAK)
    cnf.write_text(cnf.read_text().replace("providers = providers\n", "providers = providers\nssl_conf = ssl_section\n",
                                           1))
    port = server.url.rsplit(":", 1)[1]
    assert "Protocol  : TLSv1.1" in openssl(cnf, "s_client", "-connect", f"127.0.0.1:{port}",
                                            check=False).stdout  # so openssl itself accepts TLS 1.1
    server.received = b""
    assert "TLS failed" in sign(openssl, cnf, check=False).stderr
    assert "TLS failed" in sesam(cnf, "doctor", check=False).stdout
    assert server.received == b""


def test_a_host_whose_certificate_fails_gets_no_password(device, simulator, openssl_cnf, openssl):
    server = Impostor(device, b"")
    other = simulator(name=DEVICE_NAME)
    done = sign(openssl, openssl_cnf(device, url=server.url, tlscert=other.tlscert), check=False)
    assert "certificate is not trusted" in done.stderr
    assert server.received == b""


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize("is_pinned", [True, False])
def test_beside_tlscert_the_systems_cas_are_not_looked_at(device, simulator, openssl_cnf, run, tmp_path, is_pinned):
    trusted = simulator(name="another").tlscert if is_pinned else None
    trace = tmp_path / "trace"
    done = run(["strace", "-f", "-e", "trace=%file", "-o", trace, "openssl", "pkey", "-in", "sesam:web", "-noout"],
               openssl_cnf(device, tlscert=trusted), check=False)
    assert "certificate is not trusted" in done.stderr
    assert ("/etc/ssl/certs/" in trace.read_text()) == (not is_pinned)


@openssl_in_curl
def test_the_keys_of_the_connection_are_not_written_anywhere(device, openssl_cnf, openssl, tmp_path):
    device.create_key("web")
    log = tmp_path / "keys"
    sign(openssl, openssl_cnf(device), environment={"SSLKEYLOGFILE": log})
    assert not log.exists() or log.read_bytes() == b""
