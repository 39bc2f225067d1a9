# SPDX-License-Identifier: Apache-2.0
"""sesam setup: which certificate is trusted, and what is sent before it is."""
import json
import socket
import ssl
import subprocess
import threading
import time

import pytest

from harness.doctor import examine, make_dated
from harness.listener import serve_connections
from harness.paths import COMMAND
from harness.pki import Pki
from harness.setup import assert_nothing_written, fingerprint, place, words  # noqa: F401
from harness.simulator import DEVICE_NAME, PASSWORD
from harness.terminal import run_at_terminal


def test_without_a_terminal_yes_does_not_answer_the_question_of_trust(device, words, place, sesam):
    done = sesam(None, *words(device, "--yes", without=["fingerprint"]), check=False)
    assert_nothing_written(done, place)
    assert "--fingerprint" in done.stderr and "--tlscert" in done.stderr
    assert device.requests() == {}


def test_the_certificate_may_come_as_a_file(device, words, place, sesam):
    sesam(None, *words(device, without=["fingerprint"], tlscert=device.tlscert))
    assert "BEGIN CERTIFICATE" in (place / "device.pem").read_text()


@pytest.mark.parametrize("form", [str.lower, lambda text: text.replace(":", ""), lambda text: f"SHA256:{text}",
                                  lambda text: f"SHA-256 {text.replace(':', '')}",
                                  lambda text: f"sha256 Fingerprint={text}"])
def test_a_fingerprint_in_any_usual_form_is_read(device, words, sesam, form):
    sesam(None, *words(device, "--dry-run", fingerprint=form(fingerprint(device.tlscert))))


def test_a_malformed_fingerprint_is_refused_before_anything_is_sent(device, words, place, sesam):
    done = sesam(None, *words(device, fingerprint="AB:CD"), check=False)
    assert_nothing_written(done, place)
    assert "64 hexadecimal digits" in done.stderr and device.requests() == {}


REASON = "the device's certificate is not valid at this time"


class Recorder:
    """A TLS server with the given certificate that records what it receives."""

    def __init__(self, certificate, key):
        self.received = b""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.handshakes = threading.Semaphore(0)

        def serve(connection):
            with connection:
                try:
                    with context.wrap_socket(connection, server_side=True) as tls:
                        self.handshakes.release()
                        tls.settimeout(20)
                        while more := tls.recv(4096):
                            self.received += more
                except OSError:
                    pass

        self.listener = socket.create_server(("127.0.0.1", 0))
        serve_connections(self.listener, serve)

    @property
    def url(self):
        return f"https://{DEVICE_NAME}:{self.listener.getsockname()[1]}"


def certificate_for(name, path):
    """-> (certificate, key)"""
    key, certificate = path.with_suffix(".key"), path.with_suffix(".pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-subj", f"/CN={name}", "-days", "2"], check=True,
                   capture_output=True)
    return certificate, key


@pytest.fixture
def impostor(tmp_path):
    """A server whose certificate has the device's name but another key."""
    server = Recorder(*certificate_for(DEVICE_NAME, tmp_path / "impostor"))
    yield server
    server.listener.close()


@pytest.mark.parametrize("trust", ["fingerprint", "tlscert", "earlier run"])
def test_an_endpoint_with_another_certificate_gets_no_byte_of_a_request(device, impostor, words, place, sesam, trust):
    if trust == "earlier run":
        sesam(None, *words(device))
    by_file = {"without": ["fingerprint"], **({"tlscert": device.tlscert} if trust == "tlscert" else {})}
    done = sesam(None, *words(device, "--yes", url=impostor.url, **(by_file if trust != "fingerprint" else {})),
                 check=False)
    assert done.returncode == 1 and "nothing was written" in done.stderr, done
    assert "certificate is not trusted" in done.stderr and PASSWORD not in str(done)
    assert impostor.handshakes.acquire(timeout=10) and impostor.received == b""


def test_who_answers_no_at_the_terminal_sends_nothing(impostor, words, place, device):
    arguments = [COMMAND, *words(device, url=impostor.url, without=["fingerprint"])]
    done, screen = run_at_terminal(arguments, None, ("Type yes to trust it", "no"))
    assert_nothing_written(done, place)
    assert fingerprint(device.tlscert) not in screen and impostor.received == b""


@pytest.mark.parametrize("name", ["two words", "-x", "*.example", "a\x1b[2Jb", "a|b"])
def test_a_certificate_whose_name_is_no_host_name_gives_no_url(device, words, place, sesam, tmp_path, name):
    identity = certificate_for(name, tmp_path / "odd")
    device.change_certificate(tlscert=identity[0], tlskey=identity[1])
    done = sesam(None, *words(device, url=f"127.0.0.1:{device.port}", fingerprint=fingerprint(identity[0]),
                              without=["address"]), check=False)
    assert_nothing_written(done, place)
    assert "another host name" in done.stderr and "\x1b" not in str(done) and device.requests() == {}


def test_a_ca_is_no_reason_to_take_another_name(simulator, words, place, sesam, tmp_path):
    pki = Pki(tmp_path / "pki")
    ca, cnf = pki.ca("ca"), pki.cnf
    key, _ = certificate_for("unused", tmp_path / "node")[::-1]
    certificate = pki.leaf(key, cnf, ca, "node")
    device = simulator()
    device.change_certificate(tlscert=certificate, tlskey=key)
    options = {"url": f"127.0.0.1:{device.port}", "tlscert": ca.certificate}
    done = sesam(None, *words(device, without=["address", "fingerprint"], **options), check=False)
    assert_nothing_written(done, place)
    assert "another host name" in done.stderr and device.requests() == {}
    options["url"] = f"localhost:{device.port}"
    sesam(None, *words(device, without=["fingerprint"], **options))


def test_an_expired_certificate_is_told_although_it_is_the_right_one(device, words, place, sesam, openssl,
                                                                     tmp_path):
    certificate = make_dated(openssl, tmp_path, "20250101000000Z", "20250201000000Z")
    device.change_certificate(tlscert=certificate, tlskey=certificate.with_suffix(".key"))
    done = sesam(None, *words(device, fingerprint=fingerprint(certificate)), check=False)
    assert_nothing_written(done, place)
    assert "expired" in done.stdout and device.requests() == {}


def in_days(days):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400 + 3600))


@pytest.fixture
def dated(device, openssl, tmp_path):
    """dated(first, last) shows a certificate that is valid from and until then, in days from now -> its file."""

    def make(first, last):
        certificate = make_dated(openssl, tmp_path, in_days(first), in_days(last))
        device.change_certificate(tlscert=certificate, tlskey=certificate.with_suffix(".key"))
        return certificate

    return make


OUTDATED = {"expired": (-30, -1, "certificate has expired"), "not valid yet": (2, 30, "certificate is not yet valid")}


@pytest.mark.parametrize("first, last, finding", OUTDATED.values(), ids=OUTDATED)
def test_an_outdated_certificate_is_told_before_trust_or_a_password_is_asked_for(
        dated, device, words, place, openssl_cnf, sesam, first, last, finding):
    certificate = dated(first, last)
    arguments = [COMMAND, *words(device, pass_source="ask:", without=["fingerprint"])]
    done, screen = run_at_terminal(arguments, None)
    assert_nothing_written(done, place)
    assert f"certificate: {REASON}: {finding}" in done.stdout and screen == "" and device.requests() == {}
    cure = examine(sesam, openssl_cnf(device, tlscert=certificate))["certificate"]["cure"]
    for part in cure.split(", and replace it in 'tlscert', which may hold the old and the new one"):
        assert part in done.stdout, cure
    assert ("run sesam setup again" in done.stdout) == (last < 0) and "tlscert" not in done.stdout


@pytest.mark.parametrize("trust", ["fingerprint", "tlscert"])
def test_an_expired_certificate_has_the_same_cure_however_it_is_trusted(dated, device, words, place, sesam, trust):
    certificate = dated(-30, -1)
    how = {"tlscert": certificate} if trust == "tlscert" else {"fingerprint": fingerprint(certificate)}
    done = sesam(None, "--json", *words(device, **{"without": ["fingerprint"], **how} if trust == "tlscert" else how),
                 check=False)
    step, = json.loads(done.stdout)["steps"]
    assert (step["step"], step["result"]) == ("certificate", "bad") and not place.exists()
    assert step["finding"].startswith(f"{REASON}: certificate has expired") and device.requests() == {}
    assert step["cure"].startswith("renew the certificate in the device's web UI, and run sesam setup again")


def test_a_certificate_that_expires_soon_is_told_before_it_is_trusted(dated, device, words, place):
    dated(-30, 5)
    done, _ = run_at_terminal([COMMAND, *words(device, without=["fingerprint"])], None, ("Type yes to trust it", "no"))
    assert_nothing_written(done, place)
    cure = "renew it, and add the new one to 'tlscert' before the old one ends"
    assert f"Warning   expires in 5 days: {cure}\n" in done.stderr
    done, _ = run_at_terminal([COMMAND, *words(device, without=["fingerprint"])], None, ("Type yes to trust it", "yes"))
    assert done.returncode == 0 and ": expires in 5 days, on" in done.stdout and cure in done.stdout


def test_a_certificate_that_does_not_expire_soon_has_no_warning(device, words):
    done, _ = run_at_terminal([COMMAND, *words(device, without=["fingerprint"])], None, ("Type yes to trust it", "no"))
    assert "SHA-256" in done.stderr and "Warning" not in done.stderr


def test_yes_leaves_the_question_of_trust_to_the_user_at_the_terminal(device, words, place):
    done, screen = run_at_terminal([COMMAND, *words(device, "--yes", without=["fingerprint"])], None,
                                   ("Type yes to trust it", "yes"))
    assert done.returncode == 0 and fingerprint(device.tlscert) in screen and (place / "device.pem").exists()
