# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: the settings, and whether the program's user can use the files that they name."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.doctor import (PIN, assert_only_bad, assert_only_warning, assert_tells, bad_steps,  # noqa: F401
                            place, rewrite)
from harness.paths import MODULE
from harness.simulator import PASSWORD


def test_wrong_settings(device, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(device, core="x"))
    assert_only_bad(steps, "settings", "core = x", "whole numbers", "openssl.cnf")
    assert steps["host name"]["result"] == "skipped"


def test_a_secret_that_all_can_read(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device)
    cnf.chmod(0o644)
    assert_only_bad(doctor(cnf), "secrets' files", str(cnf), "read by every user", "chmod")


@pytest.mark.parametrize("setting", ["pass", "pin"])
def test_a_password_that_is_cut_off_at_a_number_sign(device, openssl_cnf, doctor, setting):
    device.create_key("web", pin=PIN)
    values = {"pass": PASSWORD, "pin": PIN} | {setting: "part#rest"}
    steps = doctor(openssl_cnf(device, **values), "--key", "web")
    assert_tells(steps["settings"], f"the value of '{setting}' ends at the '#'", "write \\# instead of #")
    assert steps["settings"]["result"] == "warning"
    assert_tells(steps["access by GET" if setting == "pass" else "signature"], f"the value of '{setting}' ends at the")
    assert "part" not in str(steps["all"])


@pytest.mark.parametrize("written, told", [("part # rest", "ends at the '#'"),
                                           ("a${ENV::HOME}", "has a \\, a quote or"),
                                           ('a"b', "has a \\, a quote or"), ("a\\nb", "has a \\, a quote or")])
def test_other_changes_of_a_password_are_told_when_it_is_refused(device, openssl_cnf, doctor, written, told):
    steps = doctor(openssl_cnf(device, **{"pass": written}))
    assert_only_bad(steps, "access by GET", f"the value of 'pass' {told}")
    assert steps["settings"]["result"] == "good"


def test_a_comment_and_an_escaped_number_sign_are_fine(device, openssl_cnf, doctor):
    device.add_user("other", "sesam#demo", ("get", "post"))
    steps = doctor(openssl_cnf(device, user="other   # not pkmaster", **{"pass": "sesam\\#demo"}))
    assert bad_steps(steps) == [] and steps["settings"]["result"] == "good"


def test_a_file_that_is_missing(device, openssl_cnf, doctor, tmp_path):
    steps = doctor(openssl_cnf(device, pass_source=f"file:{tmp_path}/none", **{"pass": None}))
    assert_only_bad(steps, "files", f"pass_source = {tmp_path}/none: No such file or directory", "create the file")
    assert steps["settings"]["result"] == "skipped"


def test_a_relative_path(device, openssl_cnf, doctor, tmp_path):
    steps = doctor(openssl_cnf(device, tlscert=device.tlscert.relative_to(tmp_path)))
    assert_only_warning(steps, "files", "is a relative path", f"use an absolute path, for example {device.tlscert}")


@pytest.mark.parametrize("output, told, cure", [
    ("{0}/none/log", "No such file or directory", "create the directory: install -d"),
    ("{0}", "Is a directory", "to a file"),
    ("{0}/link", "Too many levels of symbolic links", "symbolic links are not followed"),
    ("{0}/fifo", "No such device or address", "no program reads"),
    ("/proc/none", "No such file or directory", "create the directory"),
], ids=["directory", "is a directory", "link", "FIFO", "/proc"])
def test_a_log_that_cannot_be_opened(device, openssl_cnf, doctor, tmp_path, output, told, cure):
    (tmp_path / "link").symlink_to("target")
    os.mkfifo(tmp_path / "fifo")
    output = output.format(tmp_path)
    if output.startswith("/proc") and os.access("/proc", os.W_OK):
        pytest.skip("root may write into /proc, as far as access(2) knows")
    steps = doctor(openssl_cnf(device, log_level=1, log_output=output))
    assert_only_bad(steps, "log file" if "log file" in bad_steps(steps) else "settings", output, told, cure)


def test_the_log_is_not_made_and_not_opened_if_it_is_off(device, openssl_cnf, doctor, tmp_path):
    steps = doctor(openssl_cnf(device, log_level=1, log_output=tmp_path / "log"))
    assert f"log_output = {tmp_path}/log, writable for " in steps["log file"]["finding"]
    assert not (tmp_path / "log").exists()
    assert doctor(openssl_cnf(device, log_output="/none/log"))["log file"]["finding"] == "off (log_level = 0)"
    assert doctor(openssl_cnf(device, log_level=1))["log file"]["finding"] == "stderr"


def test_a_metrics_file_without_directory(device, openssl_cnf, doctor, tmp_path):
    steps = doctor(openssl_cnf(device, metrics_file=tmp_path / "none" / "sesam-%p.prom"))
    assert_only_bad(steps, "metrics file", "No such file or directory", "create the directory")
    steps = doctor(openssl_cnf(device, metrics_file=tmp_path / "sesam-%p.prom"))
    assert steps["metrics file"]["result"] == "good" and not list(tmp_path.glob("*.prom"))


@pytest.fixture
def shared_cnf(device, openssl_cnf, place):
    """shared_cnf(log_level=1, …) -> an openssl.cnf that every user can read, in a directory with its files"""

    def make(**settings):
        for name, text in (("pass", PASSWORD), ("tls.crt", device.tlscert.read_text()), ("sesam.so", None)):
            if text:
                (place / name).write_text(text)
            else:
                shutil.copy(MODULE, place / name)
        (place / "pass").chmod(0o600)
        cnf = openssl_cnf(device, tlscert=place / "tls.crt", pass_source=f"file:{place}/pass",
                          **settings | {"pass": None})
        rewrite(cnf, (str(MODULE), str(place / "sesam.so")))
        return shutil.copy(cnf, place / "openssl.cnf")

    return make


def test_files_are_tried_as_the_programs_user(shared_cnf, doctor, place):
    cnf = shared_cnf(log_level=1, log_output=place / "log", audit_output=place / "audit",
                     metrics_file=place / "sesam.prom")
    steps = doctor(cnf, "--as", "daemon")
    assert bad_steps(steps) == ["log file", "audit file", "metrics file"] and not (place / "log").exists()
    assert_tells(steps["log file"], "Permission denied (as user 'daemon')", "install -o daemon", f"{place}/log")
    assert_tells(steps["metrics file"], "Permission denied (as user 'daemon')", f"chmod g+wx {place}")
    assert steps["files"]["result"] == "warning"
    assert_tells(steps["files"], f"pass_source = {place}/pass: Permission denied", "if the program starts as root",
                 f"chmod g+r {place}/pass")
    subprocess.run(steps["log file"]["cure"].split(": ")[1], shell=True, check=True)
    shutil.chown(place, "daemon")
    shutil.chown(place / "pass", "daemon")
    steps = doctor(cnf, "--as", "daemon")
    assert "writable for user 'daemon'" in steps["log file"]["finding"]
    assert steps["metrics file"]["result"] == steps["files"]["result"] == "good"
    assert "root; to check as the user of a program, add --as USER" in doctor(cnf)["files"]["finding"]


def test_the_cure_of_a_file_that_the_user_may_not_read(shared_cnf, doctor, place):
    cnf = shared_cnf()
    as_daemon = {"user": "daemon", "group": "daemon", "extra_groups": []}
    steps = doctor(cnf, cwd=place, **as_daemon)
    assert_only_bad(steps, "files", "Permission denied (as user 'daemon')", f"chmod g+r {place}/pass")
    place.chmod(0o700)
    steps = doctor(cnf, cwd="/", **as_daemon)
    assert_tells(steps["configuration file"], "Permission denied", "readable for user 'daemon'")
    place.chmod(0o755)


def test_no_secret_is_opened_to_a_group_that_users_share(shared_cnf, doctor, place):
    """Many services share the group 'nogroup'."""
    cnf = shared_cnf(metrics_file=place / "sesam.prom")
    for steps in doctor(cnf, "--as", "nobody"), doctor(cnf, cwd=place, user=65534, group=65534, extra_groups=[]):
        for step in "files", "metrics file":
            assert "'nogroup'" in steps[step]["cure"] and "a group of its own" in steps[step]["cure"]
        assert "chgrp" not in str(steps) and "chmod g+" not in str(steps)


def test_users_that_cannot_be_tried(shared_cnf, sesam, place):
    cnf = shared_cnf()
    done = sesam(cnf, "doctor", "--as", "no-such-user", check=False)
    assert done.returncode == 1 and "--as no-such-user: no such user" in done.stderr
    done = sesam(cnf, "doctor", "--as", "root", check=False, cwd=place, user=65534, group=65534)
    assert done.returncode == 1 and "only root can check as another user" in done.stderr


def test_an_openssl_cnf_that_the_user_may_not_read(shared_cnf, doctor, place):
    """OpenSSL ignores such a file, and files that it includes, without an error."""
    cnf = Path(shared_cnf())
    (place / "pass").chmod(0o644)
    cnf.chmod(0o600)
    part = place / "part.cnf"
    part.write_text("[part]\nx = y\n")
    part.chmod(0o600)
    cnf.write_text(cnf.read_text() + f"\n.include {part}\n")
    steps = doctor(cnf, "--as", "daemon")
    warnings = [step for step in steps["all"]["steps"] if step["step"] == "configuration file"]
    assert [step["result"] for step in warnings] == ["warning", "warning"] and bad_steps(steps) == ["secrets' files"]
    for step, file in zip(warnings, (cnf, part)):
        assert_tells(step, f"{file}: Permission denied (as user 'daemon'); OpenSSL ignores it", "starts as root",
                     "if it starts as user 'daemon', make it readable", f"chmod g+r {file}")
    cnf.chmod(0o644)
    part.chmod(0o644)
    assert doctor(cnf, "--as", "daemon")["configuration file"]["result"] == "good"


def test_no_signature_without_the_audit_file_that_is_required(device, openssl_cnf, doctor, tmp_path):
    device.create_key("web", pin=PIN)
    settings = {"pin": PIN, "audit_output": tmp_path / "no" / "file"}
    device.reset_counters()
    steps = doctor(openssl_cnf(device, audit_required="yes", **settings), "--key", "web")
    assert_only_bad(steps, "audit file", "No such file or directory")
    assert steps["signature"]["result"] == "skipped" and "eccsign" not in device.requests()
    assert_tells(steps["signature"], "audit_required = yes, and the audit file cannot be written")
    assert doctor(openssl_cnf(device, **settings), "--key", "web")["signature"]["result"] == "good"
