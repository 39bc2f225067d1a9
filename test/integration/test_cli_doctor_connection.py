# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: from the host name to the end of the TLS handshake."""
import contextlib
import socket
import socketserver
import threading
import time

import pytest

from harness.doctor import assert_only_bad, assert_only_warning, bad_steps, make_dated
from harness.flavour import needs_openssl_in_curl
from harness.listener import serve_connections
from harness.resolver import CAN_ANSWER, resolving
from harness.simulator import DEVICE_NAME
from harness.tls import make_file_identity


def test_a_clock_that_is_wrong(simulator, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(simulator(clock_offset_s=-4000)))
    assert_only_bad(steps, "clock", "behind this machine's", "NTP")


@pytest.mark.parametrize("fault", [{"name": "missing-field"}, {"name": "error", "text": "unknown command"}], ids=str)
def test_a_time_that_cannot_be_read_is_a_warning(device, openssl_cnf, doctor, fault):
    device.fault(**fault, command="timestamp", count=-1)
    assert_only_warning(doctor(openssl_cnf(device)), "clock", "asking for the time", "wire_timestamp")


def test_a_time_that_is_a_number(simulator, openssl_cnf, doctor):
    assert doctor(openssl_cnf(simulator(dialect="time-as-number")))["clock"]["result"] == "good"


def test_a_port_where_nobody_listens(device, openssl_cnf, doctor):
    assert_only_bad(doctor(openssl_cnf(device, address="127.0.0.1:1")), "connection",
                    "127.0.0.1 port 1: Connection refused", "'url' and 'address'")


def pass_on(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for one in (source, sink):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def at_ipv6_loopback(device):
    """-> a port of ::1 that is forwarded to the device, as the simulator does not listen there"""
    class Relay(socketserver.BaseRequestHandler):
        def handle(self):
            with socket.create_connection(("127.0.0.1", device.port)) as onward:
                back = threading.Thread(target=pass_on, args=(onward, self.request))
                back.start()
                pass_on(self.request, onward)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6
        daemon_threads = True

    with Server(("::1", 0), Relay) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_zone_in_the_url_is_that_of_the_address(simulator, openssl_cnf, openssl, doctor, tmp_path):
    key, certificate = tmp_path / "v6.key", tmp_path / "v6.crt"
    openssl(None, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
            "-subj", "/CN=v6", "-addext", "subjectAltName=IP:::1", "-days", "90", "-out", certificate)
    device = simulator(tls_cert=certificate, tls_key=key)
    device.create_key("web")
    with at_ipv6_loopback(device) as port:
        cnf = openssl_cnf(device, url=f"https://[::1%25lo]:{port}", address=None, tlscert=certificate)
        openssl(cnf, "pkey", "-in", "sesam:web", "-pubout")
        steps = doctor(cnf)
    assert bad_steps(steps) == [] and "::1%lo is ::1" in steps["host name"]["finding"], steps


def test_a_name_that_is_not_in_the_certificate(device, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(device, url=f"https://hsm.example:{device.port}"))
    assert_only_bad(steps, "certificate", "another host name", "hsm.example", "CN=seSAM-nserie-101",
                    "use a name of the certificate in 'url'")


def test_the_common_name_does_not_count_beside_an_address(device, openssl_cnf, doctor, openssl, tmp_path):
    """libcurl ignores it then."""
    certificate = tmp_path / "device.pem"
    openssl(None, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            certificate.with_suffix(".key"), "-subj", f"/CN={DEVICE_NAME}", "-addext", "subjectAltName=IP:127.0.0.1",
            "-days", "90", "-out", certificate)
    device.change_certificate(tlscert=certificate, tlskey=certificate.with_suffix(".key"))
    assert_only_bad(doctor(openssl_cnf(device, tlscert=certificate)), "certificate", "another host name",
                    "IP Address:127.0.0.1", "CN only if it has no other")
    by_address = openssl_cnf(device, tlscert=certificate, url=f"https://127.0.0.1:{device.port}", address=None)
    assert bad_steps(doctor(by_address)) == []


def test_a_device_that_ends_each_connection_at_once(device, openssl_cnf, doctor):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serve_connections(listener, socket.socket.close)
        cnf = openssl_cnf(device, url=f"https://{DEVICE_NAME}:{listener.getsockname()[1]}")
        for _ in range(5):
            assert_only_bad(doctor(cnf), "certificate", "TLS failed")


def test_a_certificate_that_no_ca_of_the_system_issued(device, openssl_cnf, doctor):
    assert_only_bad(doctor(openssl_cnf(device, tlscert=None)), "certificate", "tlscert is not set",
                    "compare the SHA-256 fingerprint", "save this certificate in a file")


@pytest.fixture
def dated(simulator, openssl_cnf, openssl, tmp_path):
    """dated("20200101000000Z", "20210101000000Z") -> an openssl.cnf for a device whose certificate has that validity
    period"""

    def make(start, end):
        certificate = make_dated(openssl, tmp_path, start, end)
        return openssl_cnf(simulator(tls_cert=certificate, tls_key=tmp_path / "dated.key"), tlscert=certificate)

    return make


def in_days(days):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400 + 3600))


def test_a_certificate_that_has_expired(dated, doctor):
    assert_only_bad(doctor(dated("20200101000000Z", "20210101000000Z")), "certificate", "certificate has expired",
                    "Jan  1 00:00:00 2021", "from Jan  1 00:00:00 2020",
                    "renew the certificate in the device's web UI")


@needs_openssl_in_curl
def test_other_programs_say_that_the_certificate_has_expired(dated, openssl):
    done = openssl(dated("20200101000000Z", "20210101000000Z"), "pkey", "-in", "sesam:web", "-pubout", check=False)
    assert "the device's certificate is not valid at this time" in done.stderr
    assert "renew the device's certificate" in done.stderr


def test_a_certificate_that_is_not_valid_yet(dated, doctor):
    assert_only_bad(doctor(dated(in_days(2), in_days(400))), "certificate", "not yet valid",
                    "correct the clock of this machine")


@pytest.mark.parametrize("days, told", [(5, "expires in 5 days"), (29, "expires in 29 days"), (31, None)])
def test_a_certificate_that_expires_soon(dated, doctor, days, told):
    steps = doctor(dated("20200101000000Z", in_days(days)))
    if told:
        assert_only_warning(steps, "certificate", told, "renew it")
    else:
        assert steps["certificate"]["result"] == "good"


def issue(openssl, tmp_path, issuer_days="400"):
    """-> a CA's certificate, and the chain and key of a certificate that the CA issued for the device"""
    made = {"ca.key": "ca.pem"}
    for key, certificate in made.items():
        openssl(None, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-subj", "/O=Corp/CN=Corp TLS Inspection", "-days", issuer_days, "-out", certificate)
    openssl(None, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key",
            "-subj", "/CN=seSAM-nserie-101", "-out", "leaf.csr")
    openssl(None, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
            "300", "-out", "leaf.pem")
    (tmp_path / "chain.pem").write_text((tmp_path / "leaf.pem").read_text() + (tmp_path / "ca.pem").read_text())
    return tmp_path / "ca.pem", tmp_path / "chain.pem", tmp_path / "leaf.key"


@pytest.mark.parametrize("is_pinned", [True, False])
def test_an_intercepted_connection(simulator, openssl_cnf, doctor, openssl, tmp_path, is_pinned):
    """The finding names the issuer, and the cure does not advise to trust it."""
    _, chain, key = issue(openssl, tmp_path)
    _, own = make_file_identity(tmp_path, "seSAM-nserie-101")
    steps = doctor(openssl_cnf(simulator(tls_cert=chain, tls_key=key), tlscert=own if is_pinned else None))
    assert_only_bad(steps, "certificate", "Corp TLS Inspection", "a proxy intercepts the connection")
    cure = steps["certificate"]["cure"]
    assert "the CA" not in cure and "save" not in cure and "add this" not in cure


def test_an_issuer_whose_certificate_expires_soon(simulator, openssl_cnf, doctor, openssl, tmp_path):
    ca, chain, key = issue(openssl, tmp_path, issuer_days="10")
    steps = doctor(openssl_cnf(simulator(tls_cert=chain, tls_key=key), tlscert=ca))
    assert_only_warning(steps, "certificate", "the certificate of its issuer expires in")


def test_http_1(simulator, openssl_cnf, doctor):
    assert doctor(openssl_cnf(simulator(http1=True)))["HTTP"]["finding"].startswith("HTTP/1.1 over TLSv1")


def test_a_client_certificate_is_shown(simulator, openssl_cnf, doctor, tmp_path):
    key, certificate = make_file_identity(tmp_path, "client")
    device = simulator(client_ca=certificate)
    steps = doctor(openssl_cnf(device, client_cert=certificate, client_key=key))
    assert bad_steps(steps) == [] and "CN=client" in steps["client certificate"]["finding"]
    assert "access by GET" in bad_steps(doctor(openssl_cnf(device)))


def test_a_client_certificate_that_cannot_be_used(device, openssl_cnf, doctor, openssl, tmp_path):
    key, certificate = make_file_identity(tmp_path, "client")
    openssl(None, "pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out", "locked.key")
    openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "other.key")
    for name in ("locked.key", "other.key"):
        (tmp_path / name).chmod(0o600)
    certificate.chmod(0o600)  # it is also used as client_key
    for name, told in (("locked.key", "has a passphrase"), ("other.key", "is not the private key of"),
                       (certificate.name, "has no private key")):
        steps = doctor(openssl_cnf(device, client_cert=certificate, client_key=tmp_path / name))
        assert_only_bad(steps, "client certificate", told)
        assert steps["host name"]["result"] == "skipped"


@pytest.mark.parametrize("start, end, told", [
    (-20, 10, "expires in 10 days"),
    (-20, -10, "is not valid at this time"),
    (10, 20, "is not valid at this time"),
], ids=["soon", "ended", "not yet"])
def test_a_client_certificate_outside_its_validity(device, openssl_cnf, doctor, openssl, tmp_path, start, end, told):
    """The simulated device requires none."""
    certificate = make_dated(openssl, tmp_path, *(in_days(days) for days in (start, end)))
    (tmp_path / "dated.key").chmod(0o600)
    steps = doctor(openssl_cnf(device, client_cert=certificate, client_key=tmp_path / "dated.key"))
    check = assert_only_warning if told.startswith("expires") else assert_only_bad
    check(steps, "client certificate", str(certificate), told, "renew it")


def test_something_else_than_tls(device, openssl_cnf, doctor):
    port = device.ready["control_port"]
    assert_only_bad(doctor(openssl_cnf(device, url=f"https://seSAM-nserie-101:{port}")), "certificate", "TLS failed",
                    "'url'")


@contextlib.contextmanager
def slow_handshake():
    """-> a port where the peer starts a TLS record and sends a byte of it every 0.1 s"""
    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    def drip(connection):
        with contextlib.suppress(OSError), connection:
            for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + bytes(600):
                connection.sendall(bytes([byte]))
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_a_handshake_that_does_not_end(device, openssl_cnf, doctor):
    with slow_handshake() as port:
        begun = time.monotonic()
        steps = doctor(openssl_cnf(device, url=f"https://seSAM-nserie-101:{port}", connect_timeout_ms=700))
        assert time.monotonic() - begun < 10
    assert_only_bad(steps, "certificate", "timed out", "no complete TLS handshake within 700 ms")


@pytest.mark.skipif(not CAN_ANSWER, reason="needs a resolver of our own")
def test_a_look_up_that_does_not_end(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device, address=None, connect_timeout_ms=700)
    with resolving("127.0.0.1", "delay_ms=30000"):
        begun = time.monotonic()
        steps = doctor(cnf)
        assert time.monotonic() - begun < 10
    assert_only_bad(steps, "host name", "seSAM-nserie-101: no reply within 700 ms")


def test_an_address_that_does_not_respond(device, openssl_cnf, doctor):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:  # its listen queue is full, so SYNs are dropped
        port = server.getsockname()[1]
        with contextlib.ExitStack() as queue:
            for _ in range(4):
                waiting = queue.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(("127.0.0.1", port))
            steps = doctor(openssl_cnf(device, url=f"https://seSAM-nserie-101:{port}", connect_timeout_ms=700))
    assert_only_bad(steps, "connection", "timed out", f"127.0.0.1 port {port}")
