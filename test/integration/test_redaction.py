# SPDX-License-Identifier: Apache-2.0
"""Secrets that a device quotes in any field and encoding are neither logged nor reported."""
import base64
import contextlib
import html
import re
import socket
import ssl
from urllib.parse import quote, quote_plus

import pytest

from harness.foreign_device import KEY_ID
from harness.listener import serve_connections
from harness.simulator import USER

PIN, PASSWORD = "Geheim-4711/x+", "Pass&wort 0815<ü>"
BY_ID = f"sesam:key-id={KEY_ID}"
FORMS = {
    "plain": bytes.decode,
    "base64": lambda text: base64.b64encode(text).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text).decode(),
    "base64 of the login": lambda text: base64.b64encode(USER.encode() + b":" + text).decode(),
    "hex": lambda text: text.hex(), "HEX": lambda text: text.hex().upper(), "hex:": lambda text: text.hex(":"),
    "percent": lambda text: quote(text, safe=""), "form": quote_plus, "twice": lambda text: quote(quote(text, safe="")),
    "percent, lower case": lambda text: re.sub("%..", lambda escape: escape[0].lower(), quote(text, safe="")),
    "HTML": lambda text: html.escape(text.decode()),
    "JSON": lambda text: "".join(f"\\u{ord(character):04x}" for character in text.decode()),
}


@pytest.fixture
def signing(lying, openssl_cnf, openssl, tmp_path):
    """signing(uri, …): signs, which must fail. -> the output, the log and the error stack"""

    def call(uri="sesam:web", **settings):
        log = tmp_path / "log"
        cnf = openssl_cnf(lying, **{"pin": PIN, "pass": f'"{PASSWORD}"', "log_level": 10, "log_output": log,
                                    **settings})
        done = openssl(cnf, "dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null", check=False)
        assert done.returncode != 0
        return done.stderr + done.stdout + log.read_text()

    return call


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", [PIN, PASSWORD])
def test_in_the_error_of_a_signature(lying, signing, form, secret):
    quoted = FORMS[form](secret.encode())
    lying.refusal = {"error": f"refused: [{quoted}] end"}
    told = signing()
    assert "refused: [" in told and "<secret>" in told and "] end" in told
    assert quoted.lower() not in told.lower() and secret.lower() not in told.lower()


def test_in_the_error_of_a_look_up(lying, signing):
    lying.refusal, lying.refuses_look_ups = {"error": f"key busy since pin={PIN}"}, True
    assert "pin=<secret>" in signing()


@pytest.mark.parametrize("claims", [{"key_type": f"NIST pin={PIN}"}, {"nice_name": PASSWORD},
                                    {"nice_name": f"{PIN} {PASSWORD}"}, {"nice_name": quote(PASSWORD)}])
def test_in_a_record(lying, signing, claims):
    lying.claims = claims
    told = signing(BY_ID)
    assert "<secret>" in told
    for secret in (PIN, PASSWORD, quote(PASSWORD)):
        assert secret not in told


def test_in_place_of_a_key_id(lying, signing):
    lying.claims = {"key_id": PASSWORD}
    assert PASSWORD not in signing()


def test_of_a_uri(lying, signing):
    lying.refusal = {"error": "no: 97531864"}
    told = signing("sesam:web;pin-value=97531864", pin=None)
    assert "no: <secret>" in told and "97531864" not in told


def test_in_the_name_of_a_certificate(lying, openssl_cnf, openssl, run, tmp_path):
    password, key, certificate, log = "geheim-4711-pw", tmp_path / "peer.key", tmp_path / "peer.crt", tmp_path / "log"
    cnf = tmp_path / "req.cnf"
    cnf.write_text("[req]\ndistinguished_name = dn\n[dn]\n")
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "group:P-256", "-noenc", "-keyout", key, "-out",
         certificate, "-subj", f"/CN={password}", "-days", "2"], cnf)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def shake_hands(connection):
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serve_connections(listener, shake_hands)
        port = listener.getsockname()[1]
        cnf = openssl_cnf(lying, url=f"https://localhost:{port}", address=f"127.0.0.1:{port}", tlscert=certificate,
                          **{"pass": password}, log_level=10, log_output=log)
        done = openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", check=False)
    assert done.returncode != 0
    assert "no connection to https://localhost" in log.read_text()
    assert "the certificate is for another host name" in log.read_text()
    assert password not in done.stderr + done.stdout + log.read_text()
