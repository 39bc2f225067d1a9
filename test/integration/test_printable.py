# SPDX-License-Identifier: Apache-2.0
"""Text from the device, a certificate or a URI cannot control a terminal or forge a line, wherever it is shown."""
import json
import re
from pathlib import Path

import pytest

from harness.foreign_device import KEY_ID
from harness.lying_device import LyingDevice
from harness.paths import COMMAND
from harness.terminal import run_at_terminal

HOSTILE = "we\x1b]0;title\x07\x1b[2J\u009b31m\x7f\u202eb\u2028\nforged line"
SHOWN = r"we\x1b]0;title\x07\x1b[2J\u009b31m\x7f\u202eb\u2028\nforged line"
BY_ID = f"sesam:key-id={KEY_ID}"


@pytest.fixture
def lying(tmp_path):
    device = LyingDevice(tmp_path / "lying")
    device.claims["nice_name"] = HOSTILE
    yield device
    device.stop()


@pytest.fixture
def log(tmp_path) -> Path:
    return tmp_path / "log"


def assert_printable(text: str, shown: str = SHOWN) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", text), ascii(text)
    assert "\nforged line" not in text
    assert shown in text, ascii(text)


def sign(openssl, cnf, uri=BY_ID):
    return openssl(cnf, "dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null", check=False)


def test_in_the_log_and_on_the_error_stack(lying, openssl_cnf, openssl, log):
    done = sign(openssl, openssl_cnf(lying, log_level=10, log_output=log))
    assert_printable(done.stderr)
    assert_printable(log.read_text())


def test_in_the_words_of_the_device(lying, openssl_cnf, openssl, log):
    lying.refusal = {"error": HOSTILE}
    done = sign(openssl, openssl_cnf(lying, log_level=10, log_output=log))
    words = 'device message: "' + SHOWN.replace(r"\n", " ")
    assert_printable(done.stderr, words)
    assert_printable(log.read_text(), words)


def test_in_a_records_other_members(lying, openssl_cnf, openssl):
    lying.claims = {"key_type": HOSTILE}
    assert_printable(openssl(openssl_cnf(lying), "pkey", "-in", BY_ID, "-noout", check=False).stderr)


def test_in_the_text_of_a_key(lying, openssl_cnf, openssl):
    assert_printable(openssl(openssl_cnf(lying), "pkey", "-in", BY_ID, "-noout", "-text").stdout,
                     "Label: " + SHOWN + "\n")


def test_in_tables_and_errors_of_the_command(lying, openssl_cnf, sesam):
    cnf = openssl_cnf(lying)
    for words in (["list"], ["show", BY_ID]):
        assert_printable(sesam(cnf, *words).stdout)
    assert_printable(sesam(cnf, "sign", BY_ID, "--in", "/dev/null", check=False).stderr)


def test_in_json(lying, openssl_cnf, sesam):
    for words in (["list"], ["show", BY_ID]):
        text = sesam(openssl_cnf(lying), "--json", *words).stdout
        assert_printable(text, r"\u001b]0;title\u0007\u001b[2J\u009b31m\u007f\u202eb\u2028\nforged line")
        told = json.loads(text)
        assert (told["keys"][0] if "keys" in told else told)["name"] == HOSTILE


def test_at_the_question_for_a_pin(lying, openssl_cnf, tmp_path):
    ask = BY_ID + "?pin-source=ask:"
    for words in (["openssl", "dgst", "-sha256", "-sign", ask, "-out", tmp_path / "signature", "/dev/null"],
                  [COMMAND, "sign", ask, "--in", "/dev/null"]):
        _, screen = run_at_terminal(words, openssl_cnf(lying), ("PIN", "1234"))
        assert_printable(screen.replace("\r\n", "\n"))


def test_in_a_certificate(device, openssl_cnf, openssl, sesam, log):
    changed = device.change_certificate(name="evil\x1b[31m\u009bhost")
    cnf = openssl_cnf(device, tlscert=changed["tlscert"], log_level=1, log_output=log)
    shown = r"evil\x1b[31m"
    assert_printable(openssl(cnf, "pkey", "-in", "sesam:web", "-noout", check=False).stderr, shown)
    assert_printable(log.read_text(), shown)
    assert_printable(sesam(cnf, "doctor", check=False).stdout, "evil")


@pytest.mark.parametrize("uri, shown", [("sesam:\x1b[31mname?core=x", "core=x"), ("sesam:%1b[31mred", r"\x1b[31mred"),
                                        ("sesam:red;key-id=%1b[31m\u202e", r"key-id=\x1b[31m\u202e")])
def test_in_a_uri(device, openssl_cnf, openssl, log, uri, shown):
    openssl(openssl_cnf(device, log_level=1, log_output=log), "pkey", "-in", uri, "-noout", check=False)
    assert_printable(log.read_text(), shown)
