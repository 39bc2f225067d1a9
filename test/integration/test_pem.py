# SPDX-License-Identifier: Apache-2.0
"""PEM files that wrap a key's URI."""
import base64
import re
import subprocess
import time

import pytest

from harness.paths import MODULE
from harness.ports import free_port
from harness.programs import minimal_environment

PIN = "12345678"


def der(tag: int, content: bytes) -> bytes:
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


def pem(label: str, description: str, uri: str) -> str:
    body = base64.encodebytes(der(0x30, der(0x1A, description.encode()) + der(0x0C, uri.encode()))).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


@pytest.fixture
def web(device, openssl_cnf, openssl, tmp_path):
    """A device with a key and a PIN, its configuration, and the PEM file of the key."""
    device.create_key("web", pin=PIN)
    cnf, path = openssl_cnf(device, pin=PIN), tmp_path / "web.key"
    openssl(cnf, "pkey", "-in", "sesam:web", "-out", path)
    device.reset_counters()
    return device, cnf, path


def sign(openssl, cnf, key, tmp_path, **more):
    (tmp_path / "data").write_text("data")
    return openssl(cnf, "dgst", "-sha256", "-sign", key, "-out", tmp_path / "sig", tmp_path / "data", **more)


def test_the_file_names_the_key_and_holds_no_secret(web):
    _, _, path = web
    text = path.read_text()
    assert text.startswith("-----BEGIN SESAM KEY URI-----\n")
    content = base64.b64decode("".join(text.splitlines()[1:-1]))
    assert b"sesam:key-id=hsm" in content and b";object=web" in content
    assert PIN.encode() not in content and b"pin" not in content


def test_opening_it_costs_one_request_and_signing_one(web, openssl, tmp_path):
    device, cnf, path = web
    sign(openssl, cnf, path, tmp_path)
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}


def test_where_the_pin_is_stays_and_the_core_too(device, openssl_cnf, openssl, tmp_path):
    device.create_key("web", pin=PIN, core=2)
    (tmp_path / "pin").write_text(PIN)
    cnf = openssl_cnf(device)
    openssl(cnf, "pkey", "-in", f"sesam:web;core=2?pin-source=file:{tmp_path / 'pin'}", "-out", tmp_path / "key")
    sign(openssl, cnf, tmp_path / "key", tmp_path)
    assert device.requests()["eccsign"] == 1


def test_a_file_of_pkcs11_provider_is_read(web, openssl, tmp_path):
    device, cnf, _ = web
    (tmp_path / "theirs").write_text(pem("PKCS#11 PROVIDER URI", "PKCS#11 Provider URI v1.0",
                                         "pkcs11:object=web;type=private"))
    sign(openssl, cnf, tmp_path / "theirs", tmp_path)
    assert device.requests()["eccsign"] == 1


def test_storeutl_reads_the_file_and_shows_the_key(web, openssl, tmp_path):
    device, cnf, path = web
    shown = openssl(cnf, "storeutl", "-keys", "-text", path).stdout
    assert "held by the N200" in shown and "Label: web" in shown
    assert PIN not in shown
    assert device.requests() == {"getkeyattributes": 1}


def test_storeutl_writes_the_file_too(web, openssl):
    _, cnf, path = web
    assert path.read_text() in openssl(cnf, "storeutl", "-keys", "sesam:web").stdout


def test_a_file_of_a_key_made_in_the_device_signs(device, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(device)
    openssl(cnf, "genpkey", "-algorithm", "RSA", "-propquery", "?provider=sesam", "-pkeyopt",
            f"sesam_uri:sesam:object=new;pin-value={PIN}", "-out", tmp_path / "new.key")
    assert PIN not in (tmp_path / "new.key").read_text()
    done = sign(openssl, cnf, tmp_path / "new.key", tmp_path, check=False)
    assert "PIN missing" in done.stderr, "the PIN was in the URI alone"
    sign(openssl, openssl_cnf(device, pin=PIN), tmp_path / "new.key", tmp_path)


@pytest.mark.parametrize("command", [
    ("pkey", "-in", "sesam:web", "-outform", "DER"),
    ("ec", "-in", "sesam:web", "-outform", "DER"),
    ("pkcs12", "-export", "-inkey", "sesam:web", "-in", "web.crt", "-passout", "pass:x"),
])
def test_other_forms_are_refused_with_the_reason_and_the_way_out(web, openssl, tmp_path, command):
    _, cnf, _ = web
    openssl(cnf, "req", "-x509", "-key", "sesam:web", "-subj", "/CN=web", "-out", tmp_path / "web.crt")
    done = openssl(cnf, *(tmp_path / word if word == "web.crt" else word for word in command), "-out", tmp_path / "out",
                   check=False)
    assert done.returncode != 0
    assert "exporting the private part of key 'web'" in done.stderr and "writes a PEM file" in done.stderr, str(done)


@pytest.mark.parametrize("command", ["ec", "pkey"])
def test_the_older_commands_write_the_file_too(web, openssl, tmp_path, command):
    _, cnf, path = web
    openssl(cnf, command, "-in", "sesam:web", "-out", tmp_path / "out")
    assert (tmp_path / "out").read_text() == path.read_text()


def wrapped(body: bytes, label: str = "SESAM KEY URI") -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(body).decode()}-----END {label}-----\n"


OURS = der(0x1A, b"sesam key URI v1.0")
GOOD = der(0x30, OURS + der(0x0C, b"sesam:web"))
MALFORMED = {
    "empty": b"",
    "no sequence": OURS,
    "cut": GOOD[:-1],
    "more behind": GOOD + b"\0",
    "three elements": der(0x30, OURS + der(0x0C, b"sesam:web") * 2),
    "no uri": der(0x30, OURS),
    "octets": der(0x30, OURS + der(0x04, b"sesam:web")),
    "a nul": der(0x30, OURS + der(0x0C, b"sesam:web\0.more")),
    "a length beyond the end": b"\x30\x84\x7F\xFF\xFF\xFF" + GOOD[2:],
    "oversized": b"\x30\x83\x02\x00\x00" + b"A" * 0x20000,
    "random": bytes(range(256)),
}


INSIDE = OURS + der(0x0C, b"sesam:web")
OTHER_LENGTHS = {"long form": b"\x30\x82\0" + bytes([len(INSIDE)]) + INSIDE,
                 "indefinite": b"\x30\x80" + INSIDE + b"\0\0"}


@pytest.mark.parametrize("body", OTHER_LENGTHS.values(), ids=OTHER_LENGTHS.keys())
def test_a_file_with_lengths_that_der_does_not_have_is_read(web, openssl, tmp_path, body):
    _, cnf, _ = web
    (tmp_path / "other").write_text(wrapped(body))
    sign(openssl, cnf, tmp_path / "other", tmp_path)


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_file_is_no_key_and_asks_nothing(web, openssl, tmp_path, body):
    device, cnf, _ = web
    (tmp_path / "other").write_text(wrapped(body))
    assert sign(openssl, cnf, tmp_path / "other", tmp_path, check=False).returncode == 1
    assert device.requests() == {}


@pytest.mark.parametrize("text", [
    "-----BEGIN SESAM KEY URI-----\n", "-----BEGIN SESAM KEY URI-----\n-----END SESAM KEY URI-----\n",
    "-----BEGIN SESAM KEY URI-----\n????\n-----END SESAM KEY URI-----\n",
    "-----BEGIN SESAM KEY URI-----\n" + "A" * 200_000,
    "-----BEGIN SESAM KEY URI-----\nAAAA\n-----END PRIVATE KEY-----\n", "\0" * 100, "",
], ids=["no end", "nothing inside", "no base64", "one long line", "two labels", "nuls", "empty"])
def test_a_malformed_text_is_no_key_and_asks_nothing(web, openssl, tmp_path, text):
    device, cnf, _ = web
    (tmp_path / "other").write_text(text)
    assert sign(openssl, cnf, tmp_path / "other", tmp_path, check=False).returncode == 1
    assert device.requests() == {}


def test_a_key_is_found_behind_much_else(web, openssl, tmp_path):
    device, cnf, path = web
    (tmp_path / "both").write_text("# a comment\n" * 20_000 + path.read_text())
    sign(openssl, cnf, tmp_path / "both", tmp_path)
    assert device.requests()["eccsign"] == 1


@pytest.mark.parametrize("label, description, uri", [
    ("SESAM KEY URI", "something else", "sesam:web"),
    ("SOMEBODY'S KEY", "sesam key URI v1.0", "sesam:web"),
    ("SESAM KEY URI", "sesam key URI v1.0", "file:web"),
    ("SESAM KEY URI", "sesam key URI v1.0", ""),
])
def test_what_is_not_ours_is_no_key(web, openssl, tmp_path, label, description, uri):
    device, cnf, _ = web
    (tmp_path / "other").write_text(pem(label, description, uri))
    done = sign(openssl, cnf, tmp_path / "other", tmp_path, check=False)
    assert done.returncode != 0
    assert device.requests() == {}


# Reads a file like nginx and others. OpenSSL's own commands use its file store, which drops such errors.
READ_KEY = """
import ctypes, sys
crypto, c = ctypes.CDLL(sys.argv[2]), ctypes.CDLL(None)
read = getattr(crypto, "PEM_read_bio_" + sys.argv[3])
crypto.BIO_new_file.restype = read.restype = ctypes.c_void_p
read.argtypes = [ctypes.c_void_p] * 4
key = read(crypto.BIO_new_file(sys.argv[1].encode(), b"r"), None, None, None)
crypto.ERR_print_errors_fp(ctypes.c_void_p.in_dll(c, "stderr"))
sys.exit(0 if key else 1)
"""


def reader_of(run, path, kind: str) -> list:
    libcrypto = re.search(r"libcrypto\.so\.\d+", run(["ldd", MODULE]).stdout)[0]  # not always the one that Python uses
    return ["/usr/bin/python3", "-c", READ_KEY, path, libcrypto, kind]


def test_a_file_is_read_as_a_public_key_only_if_its_uri_says_so(web, run, tmp_path):
    device, cnf, path = web
    (tmp_path / "public").write_text(pem("SESAM KEY URI", "sesam key URI v1.0", "sesam:object=web;type=public"))
    for file, kind, opens in [(path, "PrivateKey", True), (path, "PUBKEY", False),
                              (tmp_path / "public", "PUBKEY", True)]:
        done = run(reader_of(run, file, kind), cnf, check=False)
        assert (done.returncode == 0) == opens, (file, kind, done)


def test_the_reason_why_a_file_cannot_be_opened_reaches_the_program(web, run):
    device, cnf, path = web
    read = reader_of(run, path, "PrivateKey")
    opened = run(read, cnf)
    assert ":error:" not in opened.stderr, opened
    device.stop()
    refused = run(read, cnf, check=False)
    assert refused.returncode == 1 and ":sesam:decoder_decode:cannot connect:" in refused.stderr, refused


def test_ordinary_key_files_are_left_alone(web, openssl, tmp_path):
    device, cnf, _ = web
    openssl(cnf, "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", tmp_path / "ordinary")
    sign(openssl, cnf, tmp_path / "ordinary", tmp_path)
    assert device.requests() == {}


def test_a_tls_server_works_with_certificate_and_key_in_one_file(web, openssl, run, tmp_path):
    device, cnf, path = web
    openssl(cnf, "req", "-x509", "-key", path, "-subj", "/CN=localhost", "-out", tmp_path / "crt")
    (tmp_path / "both").write_text((tmp_path / "crt").read_text() + path.read_text())
    port = free_port()
    server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", tmp_path / "both",
                               "-key", tmp_path / "both",
                               "-quiet"], env=minimal_environment(cnf), stdin=subprocess.PIPE)
    try:
        for _ in range(50):
            done = run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", tmp_path / "crt", "-brief"],
                       cnf, check=False)
            if done.returncode == 0:
                break
            time.sleep(0.1)
        assert "Verification: OK" in done.stdout + done.stderr
    finally:
        server.kill()
        server.wait(10)


@pytest.mark.parametrize("uri, told", [
    ("sesam:type=private", "the URI names no key"),
    ("sesam:object=", "the URI names no key: 'object' is empty"),
    ("sesam:web;type=cert", None),
    ("sesam:web;type=data", None),
])
def test_a_uri_in_a_file_that_names_no_key_is_not_looked_up(web, openssl_cnf, openssl, tmp_path, uri, told):
    device, _, path = web
    cnf = openssl_cnf(device, log_level=1)
    path.write_text(pem("SESAM KEY URI", "sesam key URI v1.0", uri))
    done = sign(openssl, cnf, path, tmp_path, check=False)
    assert done.returncode != 0 and device.requests() == {}
    assert told is None or told in done.stderr, str(done)
