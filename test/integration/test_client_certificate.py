# SPDX-License-Identifier: Apache-2.0
"""Mutual TLS with the device: client_cert and client_key, and invalid values of these settings."""
import contextlib
import socket
import ssl
import threading

import pytest

from harness.cluster import Cluster
from harness.flavour import needs_alerts
from harness.simulator import DEVICE_NAME, Simulator
from harness.tls import make_file_identity

PASSPHRASE = "of the client's key"


@pytest.fixture
def files(tmp_path, run):
    """The client's key and certificate, and others that do not match or are invalid, by name."""
    key, certificate = make_file_identity(tmp_path, "client")
    other_key, other_certificate = make_file_identity(tmp_path, "other")
    encrypted, no_pem, both = tmp_path / "encrypted.key", tmp_path / "no.pem", tmp_path / "both.pem"
    run(["openssl", "pkey", "-in", key, "-aes256", "-passout", f"pass:{PASSPHRASE}", "-out", encrypted])
    no_pem.write_text("no PEM\n")
    both.write_text(key.read_text() + certificate.read_text())
    return {"key": key, "certificate": certificate, "other key": other_key, "other certificate": other_certificate,
            "encrypted": encrypted, "no PEM": no_pem, "missing": tmp_path / "missing", "both": both}


@pytest.fixture
def sign(simulator, files, openssl_cnf, openssl, tmp_path):
    """sign(certificate, key, check=…) signs with these `files`; None leaves the setting out. -> the device, and the
    result"""
    device = simulator(client_ca=files["certificate"])
    device.create_key("web")

    def call(certificate, key, **options):
        settings = {"client_cert": certificate and files[certificate], "client_key": key and files[key]}
        cnf = openssl_cnf(device, log_level=1, log_output=tmp_path / "log", **settings)
        return device, openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null",
                               **options)

    return call


@pytest.mark.parametrize("certificate, key", [("certificate", "key"), ("both", "both")])
def test_the_device_gets_the_certificate_that_it_asks_for(sign, certificate, key):
    device, _ = sign(certificate, key)
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}


@pytest.mark.parametrize("algorithm", [("rsa:2048",), ("ec", "-pkeyopt", "group:P-384")], ids=["RSA", "P-384"])
def test_its_key_may_be_of_any_type(simulator, openssl_cnf, openssl, tmp_path, algorithm):
    key, certificate = make_file_identity(tmp_path, "client", algorithm)
    device = simulator(client_ca=certificate)
    device.create_key("web")
    # Even if sesam is preferred for everything, the connection's own key stays with OpenSSL.
    for options in ({}, {"sesam_first": True, "default_properties": "?provider=sesam"}):
        device.reset_counters()
        openssl(openssl_cnf(device, client_cert=certificate, client_key=key, **options), "dgst", "-sha256", "-sign",
                "sesam:web", "-out", "signature", "/dev/null")
        assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}


@pytest.mark.parametrize("certificate, key, told", [
    ("certificate", "encrypted", "the key in the file of client_key is encrypted: decrypt it"),
    ("certificate", "no PEM", "the file of client_key contains no PEM private key"),
    ("certificate", "certificate", "the file of client_key contains no PEM private key"),
    ("no PEM", "key", "the file of client_cert contains no PEM certificate"),
    ("key", "key", "the file of client_cert contains no PEM certificate"),
    ("certificate", "other key", "client_key is not the key of the certificate in client_cert"),
    ("certificate", "missing", "client_key = {missing}: No such file or directory"),
    ("missing", "key", "client_cert = {missing}: No such file or directory"),
])
def test_what_is_wrong_with_the_files_is_told_without_a_connection(sign, files, tmp_path, certificate, key, told):
    device, done = sign(certificate, key, check=False)
    told = told.format(missing=files["missing"])
    assert done.returncode != 0
    for text in (done.stderr, (tmp_path / "log").read_text()):
        assert "invalid configuration" in text and told in text, text
        assert PASSPHRASE not in text and "PRIVATE KEY" not in text
    assert device.counters()["connections_accepted"] == 0


@needs_alerts
@pytest.mark.parametrize("certificate, key, alert", [
    (None, None, "certificate required"),
    ("other certificate", "other key", "unknown ca"),
], ids=["none", "of another CA"])
def test_a_certificate_that_the_device_turns_down_is_told_and_not_tried_again(sign, certificate, key, alert):
    device, done = sign(certificate, key, check=False)
    assert done.returncode != 0
    assert "invalid configuration" in done.stderr
    assert "the device rejected client_cert, or requires one" in done.stderr and f"alert {alert}" in done.stderr
    assert device.counters()["connections_accepted"] == 1
    assert device.requests() == {}


@needs_alerts
@pytest.mark.parametrize("http1", [False, True], ids=["http2", "http1"])
def test_a_node_that_turns_it_down_does_not_stop_the_others(tmp_path, files, openssl_cnf, openssl, http1):
    cluster = Cluster(tmp_path / "cluster", http1=http1, client_ca=files["certificate"])
    cluster.nodes[0] = Simulator(tmp_path / "first", http1=http1, client_ca=files["other certificate"])
    cluster.start()
    try:
        cluster.create_key("web")
        log = tmp_path / "log"
        cnf = openssl_cnf(cluster.nodes[0], url=cluster.url, tlscert=cluster.tlscert, log_level=1, log_output=log,
                          client_cert=files["certificate"], client_key=files["key"])
        openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null")
        assert cluster.signatures() == [0, 1]
        lines = log.read_text().splitlines()
        assert len(lines) == 1 and "the device rejected client_cert, or requires one" in lines[0], lines
        assert f"avoiding the node {cluster.nodes[0].url}" in lines[0]
    finally:
        cluster.stop()


@pytest.mark.parametrize("is_trusted", [True, False])
def test_doctor_shows_it_to_a_trusted_host_alone(simulator, files, openssl_cnf, sesam, is_trusted):
    host, other = simulator(name=DEVICE_NAME), simulator(name="another")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(host.tlscert, host.tlscert.parent / "tls.key")
    context.load_verify_locations(files["certificate"])
    context.verify_mode = ssl.CERT_OPTIONAL
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # whose handshake includes the client's certificate
    shown = []

    def serve():
        while not shown:  # the first connection may only check that the port is open
            with contextlib.suppress(OSError, ValueError):
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True) as tls:
                    shown.append(tls.getpeercert())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        cnf = openssl_cnf(host, url=f"https://{DEVICE_NAME}:{listener.getsockname()[1]}", deadline_ms=2000,
                          tlscert=(host if is_trusted else other).tlscert, client_cert=files["certificate"],
                          client_key=files["key"])
        done = sesam(cnf, "doctor", check=False)
        serving.join(2)
        shown = shown or [str(done)]  # which ends the loop
    assert [bool(certificate) for certificate in shown] == [is_trusted], str(done)
