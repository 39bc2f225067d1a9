# SPDX-License-Identifier: Apache-2.0
"""A password changes while a program runs: `pass_source` is read again after the device has refused the old one."""
import os
from pathlib import Path

import pytest

from drivers.life import compile_driver, life, life_program, start_life  # noqa: F401
from harness.flavour import needs_trust_in_memory
from harness.simulator import PASSWORD, USER
from test_refused_access import Signing, refused

NEW = "changed-4711"


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "refused_access.c")


@pytest.fixture
def password(tmp_path) -> Path:
    path = tmp_path / "pass"
    path.write_text(PASSWORD + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def configured(openssl_cnf, password):
    """configured(device, …) -> an openssl.cnf with the password in a file"""
    return lambda device, **settings: openssl_cnf(device, **{"pass": None, "pass_source": f"file:{password}",
                                                             **settings})


def replace(path: Path, text: str, mode: int = 0o600) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.chmod(mode)
    new.rename(path)


@pytest.fixture(params=[False, True], ids=["http2", "http1"])
def web(simulator, request):
    device = simulator(http1=request.param)
    device.create_key("web")
    return device


def test_no_signature_fails_if_the_file_is_changed_before_the_device(web, configured, driver, password):
    signing = Signing(driver, configured(web, verify_signatures="no"), 6)
    assert signing.second()[1] == 0
    replace(password, NEW)
    assert signing.second()[1] == 0, "the old one is used until the device refuses it"
    web.add_user(USER, NEW)
    seconds = [signing.second() for _ in range(4)]
    signing.end()
    assert all(good > 0 and bad == 0 for good, bad in seconds), seconds
    assert refused(web) <= 64, "requests under way, each once"


def test_a_program_recovers_if_the_device_is_changed_first(web, configured, driver, password):
    signing = Signing(driver, configured(web, verify_signatures="no"), 6)
    assert signing.second()[1] == 0
    web.add_user(USER, NEW)
    assert signing.second()[1] > 0
    replace(password, NEW)
    seconds = [signing.second() for _ in range(4)]
    signing.end()
    assert seconds[-1][0] > 0 and seconds[-1][1] == 0, seconds


def test_a_change_that_is_rolled_back_is_found(web, configured, driver, password):
    signing = Signing(driver, configured(web, verify_signatures="no"), 8)
    assert signing.second()[1] == 0
    for text in (NEW, PASSWORD):
        replace(password, text)
        web.add_user(USER, text)
        seconds = [signing.second() for _ in range(3)]
        assert seconds[-1][0] > 0 and seconds[-1][1] == 0, (text, seconds)
    signing.end()


def renew(web, password):
    web.add_user(USER, NEW)
    replace(password, NEW)


def steps(life_program, cnf, change, actions="load sign=1 mark pause_ms=1000 sign=1 exit"):
    """Runs the actions, and calls `change` at their mark. -> the exit status, and the output on stderr"""
    started = start_life(life_program, cnf, actions)
    assert started.stdout.readline() == b"mark\n"
    change()
    _, errors = started.communicate(timeout=60)
    return started.returncode, errors.decode()


def test_the_new_password_and_the_old_one_are_in_no_message(web, configured, life_program, password, tmp_path):
    log = tmp_path / "log"

    def change():
        web.add_user(USER, NEW)
        replace(password, NEW)
        web.fault("error", -1, "eccsign", text=f"no: {NEW} {PASSWORD}")

    code, errors = steps(life_program, configured(web, log_level=10, log_output=log), change)
    assert code != 0 and NEW not in errors and PASSWORD not in errors
    text = log.read_text()
    assert "has a new one, which is used from now on" in text
    assert NEW not in text and PASSWORD not in text


@pytest.mark.parametrize("what, problem", [
    ("mode", "gives other users more access than before"),
    ("gone", "No such file or directory"),
    ("two lines", "has more than one line"),
    ("owner", "has a new owner"),
])
def test_a_file_that_cannot_be_trusted_is_not_used(web, configured, life_program, password, tmp_path, what, problem):
    if what == "owner" and os.geteuid() != 0:
        pytest.skip("needs root")
    log = tmp_path / "log"

    def change():
        web.add_user(USER, NEW)
        if what == "gone":
            return password.unlink()
        replace(password, NEW + ("\nmore\n" if what == "two lines" else ""), 0o604 if what == "mode" else 0o600)
        if what == "owner":
            os.chown(password, 65534, 65534)

    code, errors = steps(life_program, configured(web, log_level=1, log_output=log), change)
    assert code != 0 and "access denied" in errors, "the first error stays"
    lines = [line for line in log.read_text().splitlines() if "cannot be read again" in line]
    assert len(lines) == 1 and problem in lines[0] and lines[0].endswith("restart the program")


def test_a_file_that_cannot_be_read_for_a_moment_is_read_with_the_next_request(web, configured, life_program, password,
                                                                               tmp_path):
    log = tmp_path / "log"
    code, errors = steps(life_program, configured(web, log_level=1, log_output=log), lambda: renew(web, password),
                         "load sign=1 mark watchdog=60 pause_ms=1000 no_descriptors sign_fails=3 spare_descriptors=-1 "
                         "sign=1 exit")
    assert code == 0, errors
    text = log.read_text()
    assert text.count("cannot be read again: Too many open files") == 1, text
    assert "has a new one, which is used from now on" in text


def test_a_password_that_has_not_changed_is_sent_and_read_once(web, configured, driver, password, run, tmp_path):
    web.add_user(USER, NEW)
    trace = tmp_path / "trace"
    run(["strace", "-f", "-e", "trace=openat", "-o", trace, driver, "sesam:web", "4", "2"], configured(web),
        check=False)
    opened = [line for line in trace.read_text().splitlines() if str(password) in line]
    assert len(opened) == 2, "at the start, and once after the refusal"
    assert refused(web) == 1


def test_a_password_in_openssl_cnf_or_a_relative_path_is_not_read_again(web, openssl_cnf, life_program, password):
    for settings in ({"pass": PASSWORD}, {"pass": None, "pass_source": "file:" + os.path.relpath(password)}):
        web.add_user(USER, PASSWORD)
        replace(password, PASSWORD)
        code, errors = steps(life_program, openssl_cnf(web, **settings), lambda: renew(web, password))
        assert code != 0 and "access denied" in errors


def test_a_forked_process_finds_the_new_password_too(web, configured, life_program, password):
    code, errors = steps(life_program, configured(web), lambda: renew(web, password),
                         "load sign=1 mark watchdog=60 pause_ms=1000 fork=3 [ sign=2 exit ] sign=1 exit")
    assert code == 0, errors


@needs_trust_in_memory
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_daemon_that_may_no_longer_read_it_keeps_its_error(web, configured, life_program, password, tmp_path):
    log = tmp_path / "log"
    code, errors = steps(life_program, configured(web, log_level=1, log_output=log), lambda: renew(web, password),
                         "init confine=65534 load sign=1 mark pause_ms=1000 sign=1 exit")
    assert code != 0 and "access denied" in errors
    assert "cannot be read again: " in log.read_text()
