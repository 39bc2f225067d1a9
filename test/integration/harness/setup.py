# SPDX-License-Identifier: Apache-2.0
"""Fixtures for the tests of `sesam setup`: the target directory, and a command line that answers every question."""
import subprocess

import pytest

from .simulator import PASSWORD, USER

PIN = "24681357"
# Signing commands, by type of key, that are not the assumed ones, and the question that sesam setup asks then.
DIALECTS = {"EC": {"command": "signecc", "fields": {"key_to_use": "key"}},
            "RSA": {"command": "signrsa", "as": "rsasign", "fields": {"key_to_use": "key"}}}
SEARCH = "Run `sesam discover` now?"


def fingerprint(certificate):
    done = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], check=True,
                          capture_output=True, text=True)
    return done.stdout.split("=")[1].strip()


def assert_nothing_written(done, place):
    assert done.returncode == 1, done
    assert "nothing was written" in done.stderr and not place.exists()
    assert PASSWORD not in str(done) and PIN not in str(done)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "pin").write_text(PIN)
    return tmp_path / "etc" / "sesam"


@pytest.fixture
def words(place, tmp_path):
    """words(device, …) -> a command line that answers every question; `without` names options to leave out."""

    def make(device, *more, without=(), **other):
        options = {"url": device.url, "address": "127.0.0.1", "user": USER, "pass-source": f"file:{tmp_path}/password",
                   "pin-source": f"file:{tmp_path}/pin", "fingerprint": fingerprint(device.tlscert),
                   "make-key": "web", "directory": place,
                   **{name.replace("_", "-"): text for name, text in other.items()}}
        return ["setup", *(word for name, text in options.items() if name not in without
                           for word in (f"--{name}", text)), *more]

    return make
