# SPDX-License-Identifier: Apache-2.0
"""Compiles and runs the drivers, and analyses their crashes and hangs."""
import re
import subprocess
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable

import pytest

from harness.programs import Done, minimal_environment

HERE = Path(__file__).resolve().parent
HUNG, CRASHED = 98, 97  # life.h


def compile_driver(directory: Path, name: str, *sources: str, libraries: tuple[str, ...] = ("-lcrypto",)) -> Path:
    program = directory / name
    subprocess.run(["gcc", "-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread", "-rdynamic", "-o",
                    program, *(HERE / source for source in sources), *libraries], check=True, timeout=120)
    return program


def compile_life(directory: Path) -> Path:
    return compile_driver(directory, "life", "life.c", "life_sign.c", "life_limits.c", "life_params.c", "life_soak.c")


@pytest.fixture(scope="session")
def life_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_life(tmp_path_factory.mktemp("driver"))


def run_life(program: Path, cnf: Path | None, *words: Any, uri: str = "sesam:web", timeout: float = 30,
             environment: dict[str, str] | None = None) -> Done:
    arguments = [str(program), uri, *(str(word) for word in words)]
    finished = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
                              env=minimal_environment(cnf, **(environment or {})))
    return Done(arguments, finished.returncode, finished.stdout,
                with_frames_named(finished.stderr.decode(errors="replace")))


def start_life(program: Path, cnf: Path, steps: str, uri: str = "sesam:web") -> subprocess.Popen:
    """Starts the driver without waiting for its end, for tests that act at a `mark` step, which prints a line."""
    return subprocess.Popen([program, uri, *steps.split()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=minimal_environment(cnf))


@pytest.fixture
def life(life_program: Path) -> Callable[..., Done]:
    """life(cnf, "load sign=2 fork=5 [ sign=1 ] exit") runs the driver, which must exit with status 0."""

    def call(cnf: Path | None, steps: str, **options: Any) -> Done:
        done = run_life(life_program, cnf, *steps.split(), **options)
        assert done.returncode == 0, str(done)
        return done

    return call


@pytest.fixture
def life_amid_threads(life_program: Path) -> Callable[..., Done]:
    """Like `life`, for steps that fork while other threads sign: a run that a lock of libcrypto spoiled is repeated,
    twice at most. The steps must not count what the device sees."""

    def call(cnf: Path, steps: str, **options: Any) -> Done:
        for _ in range(3):
            done = run_life(life_program, cnf, *steps.split(), **options)
            if not waited_for_a_lock(done):
                break
            warnings.warn(f"libcrypto hung: {steps}")
        assert done.returncode == 0, str(done)
        return done

    return call


@pytest.fixture
def lives(life_program: Path) -> Callable[..., list[Done]]:
    """lives(cnf, steps, runs=150) runs the driver 150 times, four at a time. -> the runs with a non-zero exit status,
    which must not be all: what a caller excuses as libcrypto's own doing does not happen each time."""

    def call(cnf: Path, steps: str, runs: int, **options: Any) -> list[Done]:
        with ThreadPoolExecutor(4) as pool:
            every = list(pool.map(lambda _: run_life(life_program, cnf, *steps.split(), **options), range(runs)))
        failed = [done for done in every if done.returncode != 0]
        assert len(failed) < runs, f"{runs} of {runs}: {failed[0]}"
        return failed

    return call


def modules_of_crash(done: Done) -> list[str]:
    """The files that the frames of the crashed thread belong to, innermost first."""
    return re.findall(r"^life: frame in (.+)$", done.stderr, re.M)


def with_frames_named(errors: str) -> str:
    """Replaces the addresses and the memory map in the driver's crash report with the names of the files."""
    map_line = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)\n", re.M)
    maps = [(int(m[1], 16), int(m[2], 16), m[3].split("/")[-1] or "?") for m in map_line.finditer(errors)]

    def named(frame: re.Match) -> str:
        address = int(frame[1], 16)
        if address < 0x10000:
            return "life: frame in nowhere"  # a call through a dangling pointer; the caller is unknown
        return "life: frame in " + next((name for low, high, name in maps if low <= address < high), "?")

    return re.sub(r"^life: frame ([0-9a-f]{16})$", named, map_line.sub("", errors), flags=re.M)


def is_of_libcrypto_alone(done: Done) -> bool:
    """fork(2) while other threads are inside libcrypto leaves its locks held in the child; OpenSSL 3.0 does not handle
    that. With a key in a file (`life file:/…/key.pem load busy=8 fork=2000 …`), a child hangs in each run."""
    modules = modules_of_crash(done)
    return done.returncode == HUNG and "sesam.so" not in modules and any("libcrypto" in name for name in modules)


def waited_for_a_lock(done: Done) -> bool:
    """Whether the forked child, or the thread that sesam started in it, waited for a lock that libcrypto left held."""
    return is_of_libcrypto_alone(done) or "the thread that makes the requests has not begun it" in done.stderr


def crashed_without_us(done: Done) -> bool:
    """Whether no frame of the crash is sesam's. Such crashes are unavoidable if an application's threads are inside
    libcrypto while it calls exit() or OPENSSL_cleanup(): they use freed memory, also with keys of OpenSSL's own
    provider. A thread that merely ends may then detect the heap corruption."""
    modules = modules_of_crash(done)
    not_ours = re.compile(r"(life|nowhere|libc\.so|libcrypto\.so|libasan\.so)")
    return done.returncode == CRASHED and bool(modules) and all(not_ours.match(name) for name in modules)
