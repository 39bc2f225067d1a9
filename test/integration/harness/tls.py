# SPDX-License-Identifier: Apache-2.0
"""TLS with a key in the device: its certificate, programs that serve with it, and a client that trusts only that
certificate."""
import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Sequence

import pytest

from harness.programs import Done, minimal_environment, run
from harness.simulator import Simulator

VERSIONS = ["1.2", "1.3"]
SIGN_COMMAND = {"EC": "eccsign", "RSA": "rsasign"}
REPLY = "served by a key in the device"


@dataclass(frozen=True)
class Identity:
    """A key in the device, the PEM file that wraps its URI, and its self-signed certificate for localhost."""
    type: str
    uri: str
    key: Path
    certificate: Path

    @property
    def sign_command(self) -> str:
        return SIGN_COMMAND[self.type]

    def both_in_one_file(self) -> Path:
        path = self.certificate.with_suffix(".both")
        path.write_text(self.certificate.read_text() + self.key.read_text())
        return path


def make_identity(device: Simulator, cnf: Path, directory: Path, type: str = "EC", name: str = "web") -> Identity:
    """Makes the key and its certificate, then resets the device's counters."""
    device.create_key(name, **({"type": "RSA", "size": 2048} if type == "RSA" else {}))
    made = Identity(type, f"sesam:{name}", directory / f"{name}.key", directory / f"{name}.crt")
    run(["openssl", "pkey", "-in", made.uri, "-out", made.key], cnf)
    run(["openssl", "req", "-x509", "-key", made.uri, "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost",
         "-days", "2", "-out", made.certificate], cnf)
    device.reset_counters()
    return made


def make_file_identity(directory: Path, name: str, algorithm: Sequence[str] = ("ec", "-pkeyopt",
                                                                               "group:P-256")) -> tuple[Path, Path]:
    """A key in a file and its certificate, made by OpenSSL without sesam: for the peer. -> (key, certificate)"""
    key, certificate, cnf = directory / f"{name}.key", directory / f"{name}.crt", directory / f"{name}.cnf"
    cnf.write_text("[req]\ndistinguished_name = dn\n[dn]\n")
    run(["openssl", "req", "-x509", "-newkey", *algorithm, "-noenc", "-keyout", key, "-out", certificate, "-subj",
         f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-days", "2"], cnf, timeout=120)
    return key, certificate


class Server:
    """A program that listens on a port. It runs in its own session; stop() kills its whole process group."""

    def __init__(self, arguments: Sequence[Any], cnf: Path | None, port: int, directory: Path):
        self.port = port
        self.output = directory / f"output-{port}.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen([str(word) for word in arguments], cwd=directory,
                                            env=minimal_environment(cnf),
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            start_new_session=True)
        try:
            self.wait_until(self.accepts, "it does not accept connections")
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def accepts(self) -> bool:
        assert self.process.poll() is None, f"it ended at once:\n{self.output.read_text()}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def wait_until(self, condition: Callable[[], bool], complaint: str) -> None:
        for _ in range(1500):  # counts attempts, not seconds, so a machine that stalls does not cause a failure
            if condition():
                return
            time.sleep(0.02)
        pytest.fail(f"{complaint}:\n{self.output.read_text()}")

    def workers(self) -> set[int]:
        """The program's child processes, including those of earlier generations."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(word) for word in children.read_text().split()}

    def catches(self, number: int) -> bool:
        """Whether the program has a handler for this signal and does not block it at present."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        status = dict(line.split(":\t", 1) for line in lines)
        return bool(int(status["SigCgt"], 16) & ~int(status["SigBlk"], 16) & 1 << number - 1)

    def end(self, how: int = signal.SIGTERM) -> int:
        """Sends a signal and waits. -> the exit status; negative if a signal killed the program"""
        self.process.send_signal(how)
        return self.process.wait(20)

    def stop(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(10)


def fetch(port: int, trusted: Path, version: str, *options: Any, cnf: Path | None = None, check: bool = True) -> Done:
    """Runs curl, which fails unless the server proves that it has the key of the trusted certificate."""
    return run(["curl", "--silent", "--show-error", "--cacert", trusted, f"--tlsv{version}", "--tls-max", version,
                "--connect-to", f"::127.0.0.1:{port}", *options, f"https://localhost:{port}/"], cnf, check=check)


def assert_serves(device: Simulator, port: int, identity: Identity, openings: int) -> None:
    """Makes a handshake with TLS 1.2 and one with 1.3; each takes one signature of the device. Since the last reset of
    the counters, the only other requests are `openings` look-ups of the key."""
    expected = {"getkeyattributes": openings} if openings else {}
    for count, version in enumerate(VERSIONS, 1):
        assert fetch(port, identity.certificate, version).stdout == REPLY
        assert device.requests() == {**expected, identity.sign_command: count}, version


def assert_serves_many(device: Simulator, port: int, identity: Identity, clients: int = 24) -> None:
    """Makes many concurrent handshakes, with one signature each."""
    device.reset_counters()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: fetch(port, identity.certificate, "1.3").stdout, range(clients)))
    assert replies == [REPLY] * clients
    assert device.requests() == {identity.sign_command: clients}
