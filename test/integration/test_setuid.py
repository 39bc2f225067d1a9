# SPDX-License-Identifier: Apache-2.0
"""A set-user-ID program ignores its caller's environment."""
import os
import tempfile
from pathlib import Path

import pytest

from drivers.life import compile_driver
from harness.flavour import not_sanitized
from harness.paths import BUILD

NOBODY = 65534

pytestmark = [pytest.mark.skipif(os.geteuid() != 0, reason="to make a set-user-ID program of another user takes root"),
              not_sanitized("a set-user-ID program ignores LD_PRELOAD")]


@pytest.fixture(scope="module")
def program():
    """The set-user-ID driver, in a directory where other users may run it."""
    with tempfile.TemporaryDirectory(prefix="sesam-setuid") as directory:
        Path(directory).chmod(0o755)
        made = compile_driver(Path(directory), "setuid", "setuid.c")
        made.chmod(0o4755)
        yield made


@pytest.fixture
def sign(run, program, openssl_cnf, device):
    def call(environment, secure=True, renamed=(), **settings):
        done = run([program, openssl_cnf(device, **settings), "sesam:web", *renamed], None, environment=environment,
                   preexec_fn=(lambda: (os.umask(0), os.setgid(NOBODY), os.setuid(NOBODY))) if secure else None)
        if secure and "secure 0" in done.stdout:
            pytest.skip("this file system has no set-user-ID programs")
        return done

    device.create_key("web")
    return call


def test_no_file_for_the_keys_of_the_connection_is_created(sign, tmp_path):
    log = tmp_path / "keys"
    assert sign({"SSLKEYLOGFILE": str(log)}).stdout == "secure 1 signed 1\n"
    assert not log.exists()


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "CURL_CA_BUNDLE"])
def test_no_other_certificate_is_trusted(sign, device, name):
    done = sign({name: str(device.tlscert)}, tlscert=None)
    assert done.stdout == "secure 1 signed 0\n" and "not trusted" in done.stderr


@pytest.mark.parametrize("name, value", [("HTTPS_PROXY", "http://127.0.0.1:1"), ("N200_CONF", "/nonexistent"),
                                         ("OPENSSL_CONF", "/nonexistent"),
                                         ("OPENSSL_MODULES", str(BUILD / "nonexistent"))])
def test_no_other_configuration_is_used(sign, name, value):
    assert sign({name: value}).stdout == "secure 1 signed 1\n"


@pytest.mark.parametrize("secure", [True, False])
def test_a_new_password_is_not_read_from_the_file(sign, tmp_path, secure):
    """The caller could have chosen what is in the file by now."""
    old, new = tmp_path / "pass", tmp_path / "pass.new"
    for path, password in ((old, "outdated"), (new, "sesam-demo")):
        path.write_text(f"{password}\n")
        path.chmod(0o600)
    settings = {"pass": None, "pass_source": f"file:{old}", "log_level": 1}
    done = sign({}, secure=secure, renamed=(new, old), **settings)
    assert done.stdout == f"secure {secure:d} signed {not secure:d}\n", str(done)
    assert ("runs with the rights of another user" in done.stderr) == secure
