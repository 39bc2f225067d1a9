# SPDX-License-Identifier: Apache-2.0
"""The log: its destination, its contents at each level, and what it never contains."""
import base64
import os
import resource
import stat
from pathlib import Path

import pytest

from drivers.life import life_program, start_life  # noqa: F401
from harness.simulator import PASSWORD, USER

PIN, WRONG_PIN = "24681357", "99887766"


@pytest.fixture
def log(tmp_path) -> Path:
    return tmp_path / "log"


def sign(openssl, cnf, uri="sesam:web", **options):
    return openssl(cnf, "dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null", **options)


@pytest.fixture
def web(device):
    device.create_key("web")
    return device


def test_the_library_is_silent_by_default(web, openssl_cnf, openssl):
    assert sign(openssl, openssl_cnf(web)).stderr == ""


def test_the_log_file_is_its_owners_only(web, openssl_cnf, openssl, log):
    sign(openssl, openssl_cnf(web, log_level=1, log_output=log), preexec_fn=lambda: os.umask(0))
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_log_file_is_appended_to(web, openssl_cnf, openssl, log):
    log.write_text("before\n")
    sign(openssl, openssl_cnf(web, log_level=1, log_output=log), "sesam:nobody", check=False)
    lines = log.read_text().splitlines()
    assert lines[0] == "before" and len(lines) == 2


def test_level_0_opens_no_file(web, openssl_cnf, openssl, log):
    sign(openssl, openssl_cnf(web, log_level=0, log_output=log))
    assert not log.exists()


def test_level_1_holds_nothing_of_what_succeeds(web, openssl_cnf, openssl, log):
    sign(openssl, openssl_cnf(web, log_level=1, log_output=log))
    assert log.read_text() == ""


def test_the_log_goes_to_stderr(web, openssl_cnf, openssl):
    done = sign(openssl, openssl_cnf(web, log_level=1), "sesam:nobody", check=False)
    assert "store_load: unknown key: " in done.stderr


def test_the_log_goes_to_syslog_and_nowhere_else(web, openssl_cnf, openssl):
    done = sign(openssl, openssl_cnf(web, log_level=1, log_output="syslog"), "sesam:nobody", check=False)
    assert "store_load: unknown key: " not in done.stderr


def test_a_higher_level_holds_more(web, openssl_cnf, openssl, log):
    lines = {}
    for level in (1, 5, 10):
        log.unlink(missing_ok=True)
        sign(openssl, openssl_cnf(web, log_level=level, log_output=log))
        lines[level] = len(log.read_text().splitlines())
    assert lines[1] == 0 < lines[5] <= lines[10], lines


def test_level_10_holds_no_secret(device, openssl_cnf, openssl, log, tmp_path):
    device.create_key("web", pin=PIN)
    (tmp_path / "pin").write_text(PIN)
    cnf = openssl_cnf(device, log_level=10, log_output=log)
    sign(openssl, cnf, f"sesam:web;pin-value={PIN}")
    sign(openssl, cnf, "sesam:web;pin-source=file:pin")
    sign(openssl, cnf, f"pkcs11:object=web?pin-value={WRONG_PIN}", check=False)
    sign(openssl, openssl_cnf(device, log_level=10, log_output=log, pin=PIN))
    # A wire row can put the PIN into a URL; it must not be logged, either.
    for row in ("GET /n200/eccsign/{key_id}/{pin}/{digest}/ -> result", "GET /n200/eccsign;{pin};{digest} -> result",
                "POST /n200/eccsign/{key_id}/{pin} hash={digest} -> result", "GET /n200/x?pin={pin} -> result"):
        sign(openssl, openssl_cnf(device, log_level=10, log_output=log, pin=PIN, wire_ec_sign=row), check=False)
    device.fault("reset", count=2)
    sign(openssl, openssl_cnf(device, log_level=10, log_output=log, pin=PIN))
    device.fault("error", command="eccsign", status=500, text=f"no: {PIN} {PASSWORD}")
    sign(openssl, openssl_cnf(device, log_level=10, log_output=log, pin=PIN), check=False)
    text = log.read_text()
    assert len(text.splitlines()) > 10
    for secret in (PASSWORD, PIN, WRONG_PIN, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()):
        assert secret not in text


def test_a_log_that_cannot_be_written_costs_lines_and_no_signal(web, openssl_cnf, openssl, log):
    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    assert sign(openssl, openssl_cnf(web, log_level=5, log_output=log), preexec_fn=limit_files).returncode == 0
    assert log.stat().st_size == 100
    assert sign(openssl, openssl_cnf(web, log_level=5, log_output="/dev/full")).returncode == 0


def test_a_fifo_and_a_pipe_without_a_reader_cost_lines_and_no_signal(web, openssl_cnf, life_program, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    started = start_life(life_program, openssl_cnf(web, log_level=5, log_output=fifo),
                         "load sign=1 mark pause_ms=300 sign=5 exit")
    assert started.stdout.readline()
    os.close(reader)
    assert started.wait(30) == 0, started.stderr.read()
    started = start_life(life_program, openssl_cnf(web, log_level=5), "load sign=1 mark pause_ms=300 sign=5 exit")
    assert started.stdout.readline()
    started.stderr.close()
    assert started.wait(30) == 0


def test_a_rotated_log_is_opened_again(web, openssl_cnf, life_program, log):
    started = start_life(life_program, openssl_cnf(web, log_level=5, log_output=log),
                         "load sign=1 mark pause_ms=1500 sign=1 exit")
    assert started.stdout.readline()
    log.rename(log.with_suffix(".1"))
    assert started.wait(30) == 0, started.stderr.read()
    assert "POST " in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
