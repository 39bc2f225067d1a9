# SPDX-License-Identifier: Apache-2.0
"""Runs programs with a timeout and a minimal environment, and checks how they exited."""
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

import pytest


@dataclass(frozen=True)
class Done:
    arguments: list[str]
    returncode: int
    output: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.output.decode(errors="replace")

    def __str__(self) -> str:
        return f"{' '.join(self.arguments)}\nexit status {self.returncode}\n{self.stdout}{self.stderr}"


# Environment variables for every program that a test starts (resolver.py sets them).
for_every_program: dict[str, str] = {}


def minimal_environment(openssl_conf: Path | None, **extra: str) -> dict[str, str]:
    """Takes nothing from the caller's environment except the sanitizers' options: no N200_CONF, proxy or locale."""
    extra = for_every_program | extra
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):  # sanitizer builds
        if name in os.environ:
            environment[name] = os.environ[name]
    if "SESAM_PRELOAD" in os.environ:  # scripts/sanitize: a library that a program needs to load a sanitized module
        extra["LD_PRELOAD"] = ":".join([os.environ["SESAM_PRELOAD"], *filter(None, [extra.get("LD_PRELOAD")])])
    if openssl_conf:
        environment["OPENSSL_CONF"] = str(openssl_conf)
    return environment | extra


def run(arguments: Sequence[Any], openssl_conf: Path | None = None, *, timeout: float = 30, check: bool = True,
        cwd: Path | None = None, stdin: bytes = b"", environment: dict[str, str] | None = None,
        **popen: Any) -> Done:
    """Fails on a crash or a timeout, and on a non-zero exit status unless check=False."""
    words = [str(word) for word in arguments]
    surroundings = minimal_environment(openssl_conf, **(environment or {}))
    if words[0] == "curl" and "SESAM_PRELOAD" in os.environ:
        if openssl_conf:
            pytest.skip("curl hangs with a sanitizer's library, with our module and without it")
        del surroundings["LD_PRELOAD"]  # without openssl_conf, curl is only the peer of the program under test
    finished = subprocess.run(words, input=stdin, capture_output=True, timeout=timeout, cwd=cwd, env=surroundings,
                              **popen)
    done = Done(words, finished.returncode, finished.stdout, finished.stderr.decode(errors="replace"))
    assert done.returncode >= 0, f"killed by signal {-done.returncode}: {done}"
    assert done.returncode < 128, f"died like of signal {done.returncode - 128}: {done}"
    if check:
        assert done.returncode == 0, str(done)
    return done


def version_of(program: str, option: str, whole: bool = False) -> tuple[int, ...]:
    """The first dotted number that the program prints with that option: (1, 22, 1). `whole`: also a number without
    dots."""
    # Not through run(), which preloads the sanitizer's library: curl hangs with it.
    done = subprocess.run([program, option], env={"PATH": minimal_environment(None)["PATH"]}, check=True,
                          capture_output=True, text=True, timeout=30)
    found = re.search(rf"\d+(?:\.\d+){'*' if whole else '+'}", done.stdout + done.stderr)
    assert found, f"{program} {option}: {done.stdout}{done.stderr}"
    return tuple(int(part) for part in found[0].split("."))
