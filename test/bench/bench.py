# SPDX-License-Identifier: Apache-2.0
"""Measures the parts asked for, prints the table, writes results.json and the pictures (scripts/bench)."""
import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from runs import BUILD, CannotMeasure  # first: it makes the tests' harness known

import figures
import listing
import pipeline
import zones


def measure(part: str, directory: Path, output: Path) -> dict[str, float]:
    start = time.monotonic()
    print(f"\n== {part}", flush=True)
    if part == "pipeline":
        values = pipeline.measured(directory, output)
    else:
        values = {"bind": zones, "list": listing}[part].measured(directory)
    print(f"  ({time.monotonic() - start:.0f} s)", flush=True)
    return values


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[[], "pipeline", "bind", "list"], help="none: all")
    parser.add_argument("--strict", action="store_true", help="exit status 1 if a figure is below its must")
    arguments = parser.parse_args()
    output = BUILD / "bench"
    output.mkdir(exist_ok=True)
    values: dict[str, float] = {}
    failed = False
    for part in arguments.part or ["pipeline", "bind", "list"]:
        with tempfile.TemporaryDirectory(prefix="sesam-bench.") as directory:
            try:
                found = measure(part, Path(directory), output)
            except (CannotMeasure, AssertionError, OSError) as error:  # the harness asserts
                print(f"bench: {part} could not be measured: {error}", file=sys.stderr)
                failed = True
                continue
        figures.merge_into(output / "results.json", found)
        values.update(found)
    print(f"\nDevice (simulated) and clients shared {os.cpu_count()} cores; load average at the end "
          f"{os.getloadavg()[0]:.1f}.\n\n{figures.table(values)}\n\n{output}/results.json and *.svg")
    low = figures.below(values)
    if low:
        print(f"BELOW what they must reach: {', '.join(low)}")
    return 2 if failed else 1 if low and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
