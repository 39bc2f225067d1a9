# SPDX-License-Identifier: Apache-2.0
"""The rows of the table of programs: TLS servers to start, and commands to run."""
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Sequence

import pytest

from harness.paths import REPOSITORY
from harness.programs import Done, minimal_environment, run
from harness.simulator import Simulator
from harness.tls import VERSIONS, Identity
from harness.tls import Server as Listener


@dataclass
class Place:
    """Where a program runs: its own directory, which every user may enter, and a key in the device."""
    directory: Path
    device: Simulator
    cnf: Path
    identity: Identity
    port: int = 0

    def write(self, name: str, text: str, mode: int = 0o644) -> Path:
        """`text` is a format string with {port}, {key}, {certificate}, {directory} and {cnf}; literal braces are
        doubled."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(port=self.port, key=self.identity.key, certificate=self.identity.certificate,
                                    directory=self.directory, cnf=self.cnf))
        path.chmod(mode)
        return path

    def change_settings(self, before: str, after: str) -> None:
        text = self.cnf.read_text()
        assert before in text
        self.cnf.write_text(text.replace(before, after))

    def offer_certificates(self) -> None:
        """Configures `certificates`, so that sesam's store has the certificate of the key."""
        self.change_settings("activate = 1\nurl", f"activate = 1\ncertificates = {self.directory}/certificates\nurl")
        (self.directory / "certificates").mkdir()
        shutil.copy(self.identity.certificate, self.directory / "certificates")

    def run(self, *words: Any, **options: Any) -> Done:
        """Runs a program that can use the key in the device."""
        return run(words, self.cnf, **{"cwd": self.directory, "timeout": 60, **options})

    def run_without_device(self, *words: Any, **options: Any) -> Done:
        return run(words, None, **{"cwd": self.directory, "timeout": 60, **options})

    def public_key(self) -> Path:
        done = self.run_without_device("openssl", "x509", "-in", self.identity.certificate, "-noout", "-pubkey")
        path = self.directory / "public.pem"
        path.write_text(done.stdout)
        return path

    def assert_verifies(self, signature: str, data: str) -> None:
        """Verifies a signature file with OpenSSL, without sesam."""
        self.run_without_device("openssl", "dgst", "-sha256", "-verify", self.public_key(), "-signature", signature,
                                data)


@dataclass(frozen=True)
class Program:
    """`name` is part of the test's name, and identifies the program's row in test/matrix/table.py."""
    name: str
    commands: Sequence[str]  # names in PATH, or paths; alternatives are separated by |
    types: Sequence[str] = ("EC", "RSA")
    unfit: Callable[[], str] = lambda: ""  # why it cannot be tested here although it is installed
    variant: str = ""  # distinguishes several rows of one program

    def skip_unless_installed(self) -> None:
        for command in self.commands:
            if not find(command):
                pytest.skip(f"{command} is not installed (SESAM_PROGRAMS=1 scripts/install)")
        if self.unfit():
            pytest.skip(f"{self.name}: {self.unfit()}")


@dataclass(frozen=True)
class Server(Program):
    """Listens on a port with the key and certificate of a place."""
    start: Callable[[Place], Sequence[Any]] = field(kw_only=True)  # writes its files, returns its command line
    starttls: str = ""  # the protocol, as openssl s_client names it
    versions: Sequence[str] = tuple(VERSIONS)
    user: str = ""  # if the tests run as root, the command line runs as that user
    ready: str = ""  # what it prints when it is ready, if it does not listen on a TCP port
    client: Callable[[Place, str], None] | None = None  # replaces openssl s_client: makes a handshake of that version
    refusal: str = ""  # it cannot use the key: no handshake succeeds, and this is in its output or its file "log"


@dataclass(frozen=True)
class Tool(Program):
    """A command that uses the key. `use` runs it, and fails unless the result verifies."""
    use: Callable[[Place], None] = field(kw_only=True)
    signatures: int = 1  # number of signatures by the device
    refusal: str = ""  # it cannot use the key: it fails, and this is in what it prints
    crash: str = ""  # a known bug that crashes the program, and that a release may have fixed


class Daemon(Listener):
    """The program of a row. It is ready when its output contains `ready`, or when its port accepts connections."""

    def __init__(self, arguments: Sequence[Any], cnf: Path | None, port: int, directory: Path, ready: str = ""):
        self.ready = ready
        super().__init__(arguments, cnf, port, directory)

    def accepts(self) -> bool:
        if not self.ready:
            return super().accepts()
        assert self.process.poll() is None, f"it ended at once:\n{self.output.read_text()}"
        return self.ready in self.output.read_text()


def no_certificates() -> str:
    """A value for `unfit`: programs that need certificates in sesam's store."""
    known = "certificates =" in (REPOSITORY / "openssl.cnf.example").read_text()
    return "" if known else "sesam has no certificates in its store"


def takes_no_uri(command: str) -> str:
    """A value for `unfit`: releases of a program that does not look keys up in OpenSSL's store."""
    path = find(command)
    return "" if path is None or b"OSSL_STORE_open" in Path(path).read_bytes() else "this release takes no URI"


def by_file_and_uri(command: str) -> pytest.MarkDecorator:
    """Parametrizes a test with `by_uri`."""
    reason = takes_no_uri(command)
    return pytest.mark.parametrize("by_uri", [
        pytest.param(False, id="file"),
        pytest.param(True, id="uri", marks=pytest.mark.skipif(bool(reason), reason=reason))])


SEARCHED = minimal_environment(None)["PATH"]


def find(command: str) -> str | None:
    """The first alternative that exists. A * matches parts that differ between releases."""
    for one in command.split("|"):
        if "*" in one:
            found = sorted(str(path) for path in Path("/").glob(one.lstrip("/")))
            if found:
                return found[-1]
        elif one.startswith("/"):
            if Path(one).exists():
                return one
        elif shutil.which(one, path=SEARCHED):
            return shutil.which(one, path=SEARCHED)
    return None
