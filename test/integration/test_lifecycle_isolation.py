# SPDX-License-Identifier: Apache-2.0
"""Invariant 2: wherever sesam is listed and whatever properties prefer it, the process's own TLS and certificates stay
with OpenSSL."""
import subprocess

import pytest

from drivers.life import compile_driver, life_amid_threads, life_program  # noqa: F401
from harness.keys import assert_signs

PLACES = {
    "listed last": {},
    "listed first": {"sesam_first": True},
    "asked for": {"default_properties": "?provider=sesam"},
    "listed first and asked for": {"sesam_first": True, "default_properties": "?provider=sesam"},
}


@pytest.fixture(params=PLACES)
def place(request, device, openssl_cnf):
    device.create_key("web")
    return openssl_cnf(device, **PLACES[request.param])


@pytest.fixture
def server(tmp_path, run):
    """openssl s_server -www with its own EC certificate, without a configuration. -> (port, certificate)"""
    key, certificate, cnf = tmp_path / "tls.key", tmp_path / "tls.crt", tmp_path / "plain.cnf"
    cnf.write_text("[req]\ndistinguished_name = dn\n[dn]\n")
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
         "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"], cnf)
    process = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key,
                                "-www"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = 0
    for line in process.stdout:
        if line.startswith("ACCEPT"):
            port = int(line.rsplit(":", 1)[1])
            break
    yield port, certificate
    process.kill()
    process.wait(10)


def test_signing(place, device, openssl, tmp_path, life_amid_threads):
    assert_signs(openssl, place, "sesam:web", tmp_path)
    life_amid_threads(place, "watchdog=20 load sign=3 busy=4 fork=3 [ sign=1 exit ] idle exit")


def test_curl_connects(place, device, server, run):
    port, certificate = server
    before = device.counters()["requests_total"]
    done = run(["curl", "--silent", "--show-error", "--cacert", certificate, "--connect-to", f"::127.0.0.1:{port}",
                f"https://localhost:{port}/"], place)
    assert "HTML" in done.stdout
    assert device.counters()["requests_total"] == before


def test_s_client_connects(place, device, server, run):
    port, certificate = server
    done = run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", certificate, "-verify_return_error",
                "-servername", "localhost"], place)
    assert "Verification: OK" in done.stdout
    assert device.counters()["requests_total"] == 0


def test_a_certificate_is_issued_and_verified(place, device, openssl):
    openssl(place, "req", "-x509", "-key", "sesam:web", "-subj", "/CN=ca", "-out", "ca.pem")
    # The leaf's key is made without sesam: with `?provider=sesam`, OpenSSL would generate it in the device.
    openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "leaf.key")
    openssl(place, "req", "-new", "-key", "leaf.key", "-subj", "/CN=leaf", "-out", "leaf.csr")
    device.reset_counters()
    openssl(place, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "sesam:web", "-CAcreateserial",
            "-out", "leaf.pem")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}
    openssl(place, "verify", "-CAfile", "ca.pem", "leaf.pem")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}


@pytest.mark.parametrize("library", ["-lcurl"])
def test_a_program_that_has_its_own_tls_beside_our_signatures(place, server, tmp_path, run, library):
    port, certificate = server
    program = compile_driver(tmp_path, "own_tls", "own_tls.c", libraries=(library, "-lcrypto"))
    run([program, "sesam:web", f"https://localhost:{port}/", f"localhost:{port}:127.0.0.1", certificate], place)
