# SPDX-License-Identifier: Apache-2.0
"""Compiles and runs load.c: threads that use keys through the provider while a fault is active."""
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
from harness.programs import minimal_environment  # noqa: E402


@dataclass
class Tally:
    """The results of the callers. `hung`: the load did not end."""
    tried: int = 0
    failed: int = 0
    wrong: int = 0
    longest_ms: float = 0
    p99_ms: float = 0
    reasons: dict[str, int] = field(default_factory=dict)
    hung: bool = False
    crashed: int = 0  # the signal that killed the load
    baseline_kib: int = 0  # peak memory before "go"
    peak_kib: int = 0  # peak memory until the end

    def add(self, kind: dict[str, Any]) -> None:
        self.tried += kind["tried"]
        self.failed += kind["failed"]
        self.wrong += kind["wrong"]
        self.longest_ms = max(self.longest_ms, kind["longest_ms"])
        self.p99_ms = max(self.p99_ms, kind["p99_ms"])
        for reason, count in kind["reasons"].items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count


def compile_load(directory: Path) -> Path:
    program = directory / "load"
    subprocess.run(["gcc", "-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program,
                    HERE / "load.c", "-lcrypto"], check=True, timeout=120)
    return program


def run_load(program: Path, cnf: Path, seconds: float, operations: tuple[str, ...], during: Callable[[], None],
             end_within_s: float, until_done: bool = False) -> Tally:
    """Runs the load. Calls `during` when the threads start; their keys are open by then. `until_done`: the load ends
    when `during` returns, after `seconds` at the latest."""
    process = subprocess.Popen([program, str(seconds), *operations], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=minimal_environment(cnf))
    tally = Tally()
    try:
        ready = process.stdout.readline()
        assert ready == "ready\n", f"the load did not begin: {process.communicate(timeout=10)[1]}"
        process.stdin.write("go\n")
        process.stdin.flush()
        during()
        if until_done:
            process.stdin.write("stop\n")
            process.stdin.flush()
        output, errors = process.communicate(timeout=seconds + end_within_s)
        if process.returncode < 0:
            tally.crashed = -process.returncode
            return tally
        assert process.returncode == 0, f"the load ended with {process.returncode}: {errors}"
        printed = json.loads(output)
        tally.baseline_kib, tally.peak_kib = printed.pop("baseline_kib"), printed.pop("peak_kib")
        for kind in printed.values():
            tally.add(kind)
    except subprocess.TimeoutExpired:
        tally.hung = True
    finally:
        process.kill()
        process.wait()
    return tally
