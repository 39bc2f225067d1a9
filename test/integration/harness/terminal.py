# SPDX-License-Identifier: Apache-2.0
"""Runs a program on its own terminal, where the test answers its prompts."""
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time
from pathlib import Path
from typing import Any, Sequence

from harness.programs import Done, minimal_environment

ENDED = b""


def _take_terminal(slave: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # as on any terminal; a test run in the background ignores it
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


class Terminal:
    """The terminal's output so far."""

    def __init__(self, master: int, deadline: float):
        self.master, self.deadline, self.screen = master, deadline, b""

    def read(self) -> bytes:
        """Returns more output, or ENDED if no process has the terminal open any longer."""
        ready, _, _ = select.select([self.master], [], [], max(0.0, self.deadline - time.monotonic()))
        assert ready, f"still nothing more on the terminal, which shows: {self.screen!r}"
        try:
            more = os.read(self.master, 4096)
        except OSError:  # EIO
            more = ENDED
        self.screen += more
        return more

    def answer(self, question: str, answer: str) -> None:
        """Waits until the question appears after the previous answers, then types the answer."""
        start = len(self.screen)
        while question.encode() not in self.screen[start:]:
            assert self.read() is not ENDED, f"never asked {question!r}: {self.screen!r}"
        self._wait_for_silence()
        os.write(self.master, answer.encode() + b"\n")

    def _wait_for_silence(self) -> None:
        """Waits at most 0.5 s until the echo is off: OpenSSL prints the prompt first and turns the echo off after that.
        For some prompts it leaves the echo on."""
        give_up = time.monotonic() + 0.5
        while termios.tcgetattr(self.master)[3] & termios.ECHO and time.monotonic() < give_up:
            time.sleep(0.01)


def run_at_terminal(arguments: Sequence[Any], openssl_conf: Path, *answers: tuple[str, str], stdin: bytes = b"",
                    errors_too: bool = False, timeout: float = 120, cwd: Path | None = None) -> tuple[Done, str]:
    """`answers` are (part of the question, answer). stdin and stdout are pipes; so is stderr, unless `errors_too`.
    -> the result, and the terminal's output"""
    words = [str(word) for word in arguments]
    master, slave = pty.openpty()
    terminal = Terminal(master, time.monotonic() + timeout)
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=slave if errors_too
                               else subprocess.PIPE, env=minimal_environment(openssl_conf), cwd=cwd, pass_fds=[slave],
                               preexec_fn=lambda: _take_terminal(slave))  # noqa: PLW1509
    os.close(slave)
    try:
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        for question, answer in answers:
            terminal.answer(question, answer)
        while terminal.read() is not ENDED:
            pass
        output, errors = process.communicate(timeout=max(1.0, terminal.deadline - time.monotonic()))
    finally:
        process.kill()
        process.wait(10)
        os.close(master)
    return Done(words, process.returncode, output,
                (errors or b"").decode(errors="replace")), terminal.screen.decode(errors="replace")
