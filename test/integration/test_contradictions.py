# SPDX-License-Identifier: Apache-2.0
"""Replies that have a result and report an error, too, and rejections that follow a request that was carried out."""
import ssl
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl

import pytest

from harness.flavour import needs_alerts
from harness.foreign_device import KEY_ID, ForeignDevice

PIN = "24681357"


@pytest.fixture
def web(device):
    device.create_key("web", pin=PIN)
    return device


@pytest.fixture
def sign(web, openssl_cnf, openssl, tmp_path):
    """Signs with the key "web"."""

    def call(**options):
        return openssl(openssl_cnf(web, pin=PIN), "dgst", "-sha256", "-sign", "sesam:web", "-out",
                       tmp_path / "signature", "/dev/null", **options)

    return call


def test_a_signature_with_an_error_that_is_understood_is_not_used(web, sign):
    web.fault("error-with-result", command="eccsign", text="wrong pin")
    done = sign(check=False)
    assert done.returncode == 1 and "wrong PIN" in done.stderr, str(done)


@pytest.mark.parametrize("error", ["cluster not in sync", "none"])
def test_a_signature_with_an_error_that_is_not_understood_is_used_if_it_is_valid(web, sign, error):
    web.fault("error-with-result", -1, "eccsign", text=error)
    sign()


@pytest.mark.parametrize("error", ["cluster not in sync", "access denied", "none", ""])
def test_a_key_that_is_gone_is_deleted_whatever_the_reply_says(web, openssl_cnf, sesam, error):
    web.fault("error-with-result", command="deletekey", text=error)
    assert "Deleted: web" in sesam(openssl_cnf(web, pin=PIN), "delete", "--yes", "web").stdout
    assert web.keys() == [] and web.requests()["deletekey"] == 1


@pytest.mark.parametrize("more, told", [
    ({"error": "key is protected, not deleted"},
     'device message: "key is protected, not deleted"; the key still exists'),
    ({}, "the device confirmed the deletion, but the key still exists"),
], ids=["error", "echo"])
def test_a_key_that_is_still_there_is_not_reported_as_deleted(lying, openssl_cnf, sesam, tmp_path, more, told):
    lying.refusal = {"command": "deletekey", **more, "result": KEY_ID}
    done = sesam(openssl_cnf(lying, audit_output=tmp_path / "audit"), "delete", "--yes", "web", check=False)
    assert done.returncode == 1 and "Deleted" not in done.stdout and told in done.stderr, str(done)
    assert len(lying.sent("deletekey")) == 1
    assert "event=delete result=" in (record := (tmp_path / "audit").read_text()) and "result=ok" not in record


@pytest.mark.parametrize("error", ["cluster not in sync", "wrong pin"])
def test_a_new_key_is_looked_up_if_the_reply_reports_an_error(device, openssl_cnf, sesam, error):
    device.fault("error-with-result", command="genecckey", text=error)
    done = sesam(openssl_cnf(device), "generate", "web", "--no-pin")
    assert device.keys()[0]["key_id"] in done.stdout, str(done)
    assert device.requests()["genecckey"] == 1


class RejectingDevice(ForeignDevice):
    """Carries out each POST, then asks for the client's certificate instead of answering (RFC 8446, section 4.6.2)."""

    def __init__(self, directory):
        super().__init__(directory)
        context = self.server.socket.context
        context.post_handshake_auth = True
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.tlscert)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        device = self

        class Handler(super()._handler()):
            def do_POST(self) -> None:
                device.post(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))
                self.close_connection = True
                try:
                    self.connection.verify_client_post_handshake()
                    self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    self.rfile.read(1)
                except ssl.SSLError:
                    pass

        return Handler


@needs_alerts
def test_a_key_that_was_made_before_the_client_was_rejected_is_found(openssl_cnf, sesam, tmp_path):
    rejecting = RejectingDevice(tmp_path / "rejecting")
    try:
        done = sesam(openssl_cnf(rejecting), "generate", "web", "--no-pin")
        assert KEY_ID in done.stdout, str(done)
        assert len(rejecting.sent("genecckey")) == 1
    finally:
        rejecting.stop()
