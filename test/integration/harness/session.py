# SPDX-License-Identifier: Apache-2.0
"""A program that keeps a key open and uses it as commanded: one word per line on its standard input."""
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Callable, Iterator

import pytest

from drivers.life import compile_driver
from harness.programs import minimal_environment


@pytest.fixture(scope="module")
def session_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_driver(tmp_path_factory.mktemp("session"), "session", "session.c")


@contextmanager
def session_of(program: Path, uri: str, cnf: Path, log: IO[bytes] | None = None) -> Iterator[Callable[[str], str]]:
    """-> say("sign"), which returns the program's answer. The program must exit with status 0."""
    process = subprocess.Popen([program, uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                               bufsize=1, env=minimal_environment(cnf))

    def say(word: str) -> str:
        process.stdin.write(word + "\n")
        return process.stdout.readline().strip()

    yield say
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()
