# SPDX-License-Identifier: Apache-2.0
"""`sesam encrypt` and `sesam decrypt`: text, with a symmetric key in the device."""
import json

import pytest

from harness.paths import COMMAND
from harness.terminal import run_at_terminal

PIN = "12345678"
TEXT = "hello-world"
OBSERVED = {"wire_encrypt": "GET /n200/encrypt/{name}/{pin}/CBC/{data:text}/ -> result",
            "wire_decrypt": "GET /n200/decrypt/{name}/{pin}/CBC/{data:hex}/ -> result:raw:text"}


@pytest.fixture
def k01(device):
    device.create_key("k01", type="SYM", size=256, pin=PIN)
    return device


@pytest.mark.parametrize("wire", [{}, OBSERVED], ids=["by POST", "by GET, as observed"])
@pytest.mark.parametrize("text", [TEXT, "a/b?c=d&e f%20\n\t\"q\"\\ Grüße €", "x" * 3000],
                         ids=["observed", "odd", "long"])
def test_what_is_encrypted_is_decrypted_again(k01, openssl_cnf, sesam, wire, text):
    cnf = openssl_cnf(k01, pin=PIN, **wire)
    cipher = sesam(cnf, "encrypt", "k01", stdin=text.encode()).stdout
    assert text not in cipher and bytes.fromhex(cipher)
    assert sesam(cnf, "decrypt", "k01", stdin=cipher.encode()).output == text.encode()
    assert k01.requests() == {"getkeyattributes": 2, "encrypt": 1, "decrypt": 1}


def test_eleven_bytes_of_text_give_48_bytes_as_observed(k01, openssl_cnf, sesam):
    assert len(bytes.fromhex(sesam(openssl_cnf(k01, pin=PIN), "encrypt", "k01", stdin=TEXT.encode()).stdout)) == 48


def test_files_serve_as_well_and_json_too(k01, openssl_cnf, sesam, tmp_path):
    cnf = openssl_cnf(k01, pin=PIN)
    (tmp_path / "plain").write_text(TEXT)
    sesam(cnf, "encrypt", "k01", "--in", tmp_path / "plain", "--out", tmp_path / "cipher")
    sesam(cnf, "decrypt", "k01", "--in", tmp_path / "cipher", "--out", tmp_path / "again")
    assert (tmp_path / "again").read_text() == TEXT
    cipher = json.loads(sesam(cnf, "encrypt", "k01", "--json", stdin=TEXT.encode()).stdout)["ciphertext"]
    assert json.loads(sesam(cnf, "decrypt", "k01", "--json", stdin=cipher.encode()).stdout) == {"text": TEXT}


def test_by_post_neither_pin_nor_text_stand_in_a_url_and_none_in_the_log(k01, openssl_cnf, sesam, tmp_path):
    cnf = openssl_cnf(k01, pin=PIN, log_level=10, log_output=tmp_path / "log")
    sesam(cnf, "encrypt", "k01", stdin=TEXT.encode())
    log = (tmp_path / "log").read_text()
    assert "POST /n200/web/postv1" in log and "GET /n200/encrypt" not in log
    assert PIN not in log and TEXT not in log


def test_even_the_observed_form_logs_no_arguments(k01, openssl_cnf, sesam, tmp_path):
    sesam(openssl_cnf(k01, pin=PIN, log_level=10, log_output=tmp_path / "log", **OBSERVED), "encrypt", "k01",
          stdin=TEXT.encode())
    log = (tmp_path / "log").read_text()
    assert "GET /n200/encrypt" in log and PIN not in log and TEXT not in log


def test_the_pin_can_be_asked_for_though_stdin_is_the_text(k01, openssl_cnf, sesam):
    done, screen = run_at_terminal([COMMAND, "encrypt", "k01", "--pin-source", "ask:"], openssl_cnf(k01), ("PIN", PIN),
                                   stdin=TEXT.encode())
    assert done.returncode == 0 and PIN not in screen, f"{done}{screen}"
    assert sesam(openssl_cnf(k01, pin=PIN), "decrypt", "k01", stdin=done.output).stdout == TEXT


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a\0b", b""], ids=["no UTF-8", "a zero byte", "nothing"])
def test_what_the_device_could_not_give_back_is_refused_here(k01, openssl_cnf, sesam, data):
    done = sesam(openssl_cnf(k01, pin=PIN), "encrypt", "k01", stdin=data, check=False)
    assert done.returncode == 1 and "invalid argument" in done.stderr
    assert "encrypt" not in k01.requests()


def test_a_key_that_is_not_symmetric_is_refused_here(k01, openssl_cnf, sesam):
    k01.create_key("web")
    for command in ("encrypt", "decrypt"):
        done = sesam(openssl_cnf(k01, pin=PIN), command, "web", stdin=b"00", check=False)
        assert done.returncode == 1 and "unsupported key" in done.stderr and "NIST" in done.stderr
    assert set(k01.requests()) == {"getkeyattributes"}


def test_what_is_no_ciphertext_is_refused(k01, openssl_cnf, sesam):
    cnf = openssl_cnf(k01, pin=PIN)
    done = sesam(cnf, "decrypt", "k01", stdin=b"no hex", check=False)
    assert done.returncode == 1 and "expected hexadecimal digits" in done.stderr
    assert "decrypt" not in k01.requests()
    done = sesam(cnf, "decrypt", "k01", stdin=b"00" * 40, check=False)  # 2.5 blocks
    assert done.returncode == 1 and "malformed request" in done.stderr


def test_a_wrong_pin_is_told(k01, openssl_cnf, sesam):
    done = sesam(openssl_cnf(k01, pin="99887766"), "encrypt", "k01", stdin=TEXT.encode(), check=False)
    assert done.returncode == 1 and "wrong PIN" in done.stderr and "99887766" not in done.stderr
    assert TEXT not in done.stderr
