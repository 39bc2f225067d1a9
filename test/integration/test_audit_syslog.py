# SPDX-License-Identifier: Apache-2.0
"""The audit with syslog, whose daemon may be slow, or become unreachable."""
import contextlib
import os
import re
import socket
import tempfile
from pathlib import Path

import pytest

from drivers.life import life_program  # noqa: F401
from harness.flavour import needs_trust_in_memory
from harness.metrics import parse, value

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")

# Runs a command with /dev/log as a link to the path in the first argument.
OTHER_DEV = """
mount -t tmpfs none /mnt && cp -a /dev/null /dev/zero /dev/random /dev/urandom /mnt/ || exit 77
mount --bind /mnt /dev || exit 77
ln -s "$1" /dev/log
shift
exec "$@"
"""


class Syslog:
    """A daemon that reads messages only on request."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        path.chmod(0o666)
        self.socket.setblocking(False)

    def lines(self) -> list[str]:
        found = []
        while True:
            try:
                found.append(self.socket.recv(9000).decode())
            except BlockingIOError:
                return found

    def stall(self) -> None:
        """Fills the daemon's queue. Uses several senders, as each has its own limit."""
        for _ in range(50):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        sender.sendto(b"<14>another program", str(self.path))


@pytest.fixture
def web(device):
    device.create_key("web")
    return device


@pytest.fixture
def syslog():
    with tempfile.TemporaryDirectory() as directory:  # a short path
        yield Syslog(Path(directory) / "log")


@pytest.fixture
def life_with(syslog, life_program, run, tmp_path):
    def call(cnf, steps):
        done = run(["unshare", "--mount", "sh", "-c", OTHER_DEV, "-", syslog.path, life_program, "sesam:web",
                    *steps.split()], cnf, environment={"LIFE_ROOT": str(tmp_path / "root")}, check=False)
        if done.returncode == 77 or done.stderr.startswith("unshare: "):
            pytest.skip("no mount namespace")
        assert done.returncode == 0, str(done)
        return done
    return call


@needs_trust_in_memory
def test_syslog_gets_records_from_another_root_directory(web, openssl_cnf, life_with, syslog, tmp_path):
    (tmp_path / "root").mkdir()
    life_with(openssl_cnf(web, audit_output="syslog"), "init change_root load sign=2 exit")
    sign = re.compile(r"<86>life\[\d+\]: sesam: time=\S+ event=sign ")
    assert [bool(sign.match(line)) for line in syslog.lines()] == [True] * 2


@needs_trust_in_memory
def test_syslog_gets_the_log(openssl_cnf, device, life_with, syslog):
    life_with(openssl_cnf(device, log_level=1, log_output="syslog"), "load_fails exit")
    line, = syslog.lines()
    assert re.match(r"<\d+>life\[\d+\]: sesam: ", line) and "unknown key" in line


def test_syslog_that_has_stalled_costs_records_and_delays_no_signature(web, openssl_cnf, life_with, syslog):
    syslog.stall()
    done = life_with(openssl_cnf(web, audit_output="syslog", log_level=5, log_output="syslog"),
                     "watchdog=10 load sign=20 busy=4 pause_ms=500 fork=3 [ watchdog=5 sign=1 exit ] idle metrics exit")
    assert value(parse(done.stdout), "sesam_audit_failures_total") > 20
    assert not [line for line in syslog.lines() if "event=sign" in line]
