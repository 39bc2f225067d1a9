# SPDX-License-Identifier: Apache-2.0
"""Host names that go through the resolver. libcurl resolves "localhost" itself, without its resolver thread and the
descriptors that this uses."""
import atexit
import functools
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from drivers.life import compile_driver
from harness import programs
from harness.simulator import DEVICE_NAME

# A sanitizer's library has a getaddrinfo(3) of its own.
CAN_ANSWER = "SESAM_PRELOAD" not in os.environ
# The host name of the device in tests that resolve it.
NAME = DEVICE_NAME if CAN_ANSWER else "localhost"


@functools.cache
def library() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="sesam-resolver."))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return compile_driver(directory, "resolver.so", "resolver.c", libraries=("-shared", "-fPIC", "-ldl"))


@contextmanager
def resolving(*addresses: str) -> Iterator[Path]:
    """Programs started within this context resolve NAME to these addresses. -> a file with a line for each look-up"""
    with tempfile.TemporaryDirectory(prefix="sesam-resolver.") as directory:
        Path(directory).chmod(0o755)  # for servers that switch to another user
        answers, log = Path(directory) / "answers", Path(directory) / "looked-up"
        answers.write_text(" ".join([NAME, *addresses]) + "\n")
        log.touch()
        log.chmod(0o666)
        if CAN_ANSWER:
            programs.for_every_program.update(LD_PRELOAD=str(library()), RESOLVER=str(answers), RESOLVER_LOG=str(log))
        try:
            yield log
        finally:
            programs.for_every_program.clear()
