# SPDX-License-Identifier: Apache-2.0
"""An invalid configuration is reported only when a key is used, with the setting, its value and the allowed values."""
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from harness import paths
from harness.flavour import not_counted, not_sanitized
from harness.programs import version_of
from harness.simulator import PASSWORD

SECRET = "hunter2-4711"

# name -> settings, and the parts of the message
BAD = {
    "unknown-key": ({"colour": "blue"}, ["unknown setting 'colour'", "openssl0.cnf"]),
    "no-url": ({"url": None}, ["url is not set"]),
    "url": ({"url": "http://device"}, ["url = http://device: ", "https://"]),
    "url-with-password": ({"url": f"https://pkmaster:{SECRET}@device"}, ["url: allowed values: base URLs"]),
    "core": ({"core": "zero"}, ["core = zero: ", "from 1 to 255"]),
    "core-range": ({"core": 256}, ["core = 256: ", "from 1 to 255"]),
    "timeout": ({"request_timeout_ms": "10s"}, ["request_timeout_ms = 10s: ", "whole numbers"]),
    "log-level": ({"log_level": 11}, ["log_level = 11: ", "from 0 to 10"]),
    "yes-or-no": ({"verify_signatures": "maybe"}, ["verify_signatures = maybe: ", "yes, no, rsa"]),
    "tlscert": ({"tlscert": "/nonexistent.pem"}, ["tlscert = /nonexistent.pem: No such file or directory"]),
    "tlscert-is-none": ({"tlscert": "/etc/passwd"}, ["tlscert = /etc/passwd: contains no PEM certificate"]),
    "tlscert-is-a-directory": ({"tlscert": "/etc"}, ["tlscert = /etc: Is a directory"]),
    "pass-source": ({"pass": None, "pass_source": "file:/nonexistent"},
                    ["pass_source = file:/nonexistent: No such file"]),
    "pass-source-variable": ({"pass": None, "pass_source": "env:NOT_SET"},
                             ["pass_source = env:NOT_SET: ", "no such environment variable"]),
    "pass-source-empty": ({"pass": None, "pass_source": "file:/dev/null"}, ["pass_source = file:/dev/null: is empty"]),
    "pass-source-is-the-password": ({"pass": None, "pass_source": SECRET},
                                    ["pass_source: allowed values: file:PATH, env:NAME"]),
    "pin-source-is-the-pin": ({"pin_source": SECRET}, ["pin_source: allowed values: file:PATH, env:NAME"]),
    "pin-source": ({"pin_source": "file:/nonexistent"}, ["pin_source = file:/nonexistent: No such file"]),
    "two-passwords": ({"pass_source": "env:HOME"}, ["pass and pass_source are both set"]),
    "two-pins": ({"pin": SECRET, "pin_source": "env:HOME"}, ["pin and pin_source are both set"]),
    "no-user": ({"user": None}, ["pass is set, but user is not"]),
    "no-password": ({"pass": None}, ["user is set, but neither pass nor pass_source"]),
    "half-a-client-certificate": ({"client_cert": "/nonexistent"}, ["client_cert"]),
    "n200-conf": ({"n200_conf": "/nonexistent.json"}, ["n200_conf = /nonexistent.json: No such file or directory"]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_setting_is_told_when_a_key_is_used_and_in_the_log(shared_device, openssl_cnf, openssl, tmp_path, name):
    settings, parts = BAD[name]
    log = tmp_path / "log"
    cnf = openssl_cnf(shared_device, **{"log_level": 1, "log_output": log, **settings})
    function = "store_open_ex" if version_of("openssl", "version") >= (3, 2) else "store_open"
    for uri in ("sesam:web", "pkcs11:object=web"):
        log.unlink(missing_ok=True)
        done = openssl(cnf, "dgst", "-sha256", "-sign", uri, "/dev/null", check=False)
        assert done.returncode != 0
        told = next(line for line in done.stderr.splitlines() if f":sesam:{function}:invalid configuration:" in line)
        for part in [*parts, "correct it in openssl.cnf"]:
            assert part in told, told
        assert SECRET not in done.stderr and PASSWORD not in done.stderr
        if name != "log-level":
            lines = log.read_text().splitlines()
            assert len(lines) == 1 and told.split(":sesam:0:")[1] in lines[0], lines


@pytest.mark.parametrize("name", BAD)
def test_a_bad_setting_is_silent_where_no_key_is_used(shared_device, openssl_cnf, run, tmp_path, name):
    log = tmp_path / "log"
    cnf = openssl_cnf(shared_device, **{"log_level": 1, "log_output": log, **BAD[name][0]})
    for arguments in (["openssl", "version"], ["openssl", "dgst", "-sha256", "/dev/null"], ["curl", "--version"]):
        assert run(arguments, cnf).stderr == ""
    assert not log.exists() or log.read_text() == ""


def test_a_log_that_is_a_symbolic_link_is_refused_and_its_target_left_alone(shared_device, openssl_cnf, openssl,
                                                                            tmp_path):
    target, link = tmp_path / "target", tmp_path / "log"
    target.write_text("")
    link.symlink_to(target)
    done = openssl(openssl_cnf(shared_device, log_level=1, log_output=link), "storeutl", "sesam:", check=False)
    assert f"invalid configuration:sesam:0:log_output = {link}: Too many levels of symbolic links" in done.stderr
    assert target.read_text() == ""


@pytest.fixture
def readable_by_all(shared_device, openssl_cnf):
    """A directory that other users may enter, with the module, an openssl.cnf, and a password file that only root may
    read."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        for file in (paths.MODULE, shared_device.tlscert):
            shutil.copy(file, directory)
        password = directory / "password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        cnf = openssl_cnf(shared_device, pass_source=f"file:{password}", tlscert=directory / shared_device.tlscert.name,
                          **{"pass": None})
        text = cnf.read_text().replace(str(paths.MODULE), str(directory / paths.MODULE.name))
        (directory / "openssl.cnf").write_text(text)
        yield directory


@not_counted
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("program", [["openssl", "version"], ["openssl", "dgst", "-sha256", "/dev/null"],
                                     pytest.param(["curl", "--version"], marks=not_sanitized("curl hangs then")),
                                     ["dig", "-v"]],
                         ids=lambda words: words[0] + words[1])
def test_an_unreadable_password_does_not_disturb_a_program_of_another_user(readable_by_all, run, program):
    cnf = readable_by_all / "openssl.cnf"
    plain = run(program, cwd=readable_by_all)
    done = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *program], cnf, cwd=readable_by_all)
    assert (done.output, done.stderr) == (plain.output, plain.stderr)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_unreadable_password_is_told_to_another_user_who_uses_a_key(readable_by_all, run):
    done = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "openssl", "storeutl", "sesam:web"],
               readable_by_all / "openssl.cnf", cwd=readable_by_all, check=False)
    assert f"pass_source = file:{readable_by_all}/password: Permission denied" in done.stderr
