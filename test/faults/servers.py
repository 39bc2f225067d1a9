# SPDX-License-Identifier: Apache-2.0
"""Servers whose keys are in the device: they must survive their own reloads and restarts of the device."""
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Sequence

from loads import Tally  # noqa: F401 - first: it makes the tests' harness known

from harness.programs import minimal_environment

RESTART_MS = 700


class Server:
    """A program in the foreground. It is ready when its port accepts connections; its output goes to a file."""

    def __init__(self, directory: Path, cnf: Path, port: int, arguments: Sequence[Any]):
        self.log = directory / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([str(word) for word in arguments], cwd=directory,
                                            env=minimal_environment(cnf),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._listens(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"{arguments[0]} does not listen: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    @staticmethod
    def _listens(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def hold() -> bool:
    import named
    import nginx
    held = True
    for server in (nginx, named):
        with tempfile.TemporaryDirectory(prefix="sesam-faults.") as directory:
            wrong = server.through_restarts(Path(directory))
        print(f"{server.__name__}: " + ("; ".join(wrong) or "no failure"), flush=True)
        held = held and not wrong
    return held
