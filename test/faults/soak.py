#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Signs through the provider with many threads and watches the resources of the process (scripts/soak)."""
import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import loads  # noqa: F401  first: it makes the tests' harness known

import document
from drivers.life import compile_life, run_life
from harness import configuration
from harness.simulator import Simulator

THREADS = 32
# Resident memory changes by whole pages, in each thread's arena of the heap: by 60 KiB in a run of 20,000 signatures.
MOST_GROWTH_BYTES = {"resident_bytes": 512 * 1024, "heap_bytes": 128 * 1024}
MOST_GROWTH_PER_SIGNATURE = 0.5  # bytes; more is a leak, even if only of one allocation in a hundred signatures


@dataclass(frozen=True)
class Sample:
    signatures: int
    resident_bytes: int
    heap_bytes: int
    descriptors: int
    threads: int


def samples_of(output: str) -> list[Sample]:
    return [Sample(*map(int, line.split())) for line in output.splitlines()]


def growth(samples: list[Sample], what: str) -> int:
    """The minimum of the second half minus that of the first half, whose warm-up, the first fifth, does not count."""
    values = [getattr(sample, what) for sample in samples]
    return min(values[len(values) // 2:]) - min(values[len(values) // 5:len(values) // 2])


def complaints(samples: list[Sample]) -> list[str]:
    by_signatures = MOST_GROWTH_PER_SIGNATURE * samples[-1].signatures
    found = [f"{what} grew by {growth(samples, what)} bytes" for what, allowed in MOST_GROWTH_BYTES.items()
             if growth(samples, what) > max(allowed, by_signatures)]
    found += [f"{what} grew by {growth(samples, what)}" for what in ("descriptors", "threads")
              if growth(samples, what) > 0]
    return found


def soak(directory: Path, signatures: int) -> list[Sample]:
    """Runs the soak test. Fails on a failed signature, a crash or a hang."""
    simulator = Simulator(directory / "device").start()
    try:
        simulator.create_key("soak")
        cnf = configuration.write(directory / "openssl.cnf", configuration.settings_for(simulator, key_cache_seconds=0))
        limit_s = 300 + signatures // 100
        done = run_life(compile_life(directory), cnf, f"watchdog={limit_s}", "load", f"busy={THREADS}",
                        f"soak={signatures}", "idle", "free", "exit", uri="sesam:soak", timeout=limit_s + 60)
        assert done.returncode == 0, str(done)
        return samples_of(done.stdout)
    finally:
        simulator.stop()


def table(samples: list[Sample]) -> str:
    head = ("| signatures | resident, KiB | heap in use, KiB | descriptors | threads |\n"
            "| --: | --: | --: | --: | --: |\n")
    rows = [samples[len(samples) // 5], samples[len(samples) // 2], samples[-1]]
    return head + "\n".join(f"| {row.signatures} | {row.resident_bytes // 1024} | {row.heap_bytes // 1024} | "
                            f"{row.descriptors} "
                            f"| {row.threads} |" for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("signatures", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--record", action="store_true",
                        help="write the figures into docs/RELIABILITY.md, if all is well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sesam-soak.") as directory:
        samples = soak(Path(directory), arguments.signatures)
    print(table(samples))
    found = complaints(samples)
    print("\n".join(found) or f"{samples[-1].signatures} signatures of {THREADS} threads: none failed, memory is flat")
    if arguments.record and not found:
        document.write("scripts/soak", table(samples))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
