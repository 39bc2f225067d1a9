# SPDX-License-Identifier: Apache-2.0
"""Measures the selected parts, prints the table, and writes results.json and the charts (scripts/bench)."""
import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from runs import BUILD, CannotMeasure  # first: adds the tests' harness to sys.path

import figures
import listing
import pictures
import pipeline
import zones


def measure(part: str, quick: bool, directory: Path) -> dict[str, float]:
    start = time.monotonic()
    print(f"\n== {part}", flush=True)
    module = {"pipeline": pipeline, "bind": zones, "list": listing}[part]
    scale = module.QUICK if quick else module.FULL
    values = module.measured(directory, scale)
    print(f"  ({time.monotonic() - start:.0f} s)", flush=True)
    return values


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[[], "pipeline", "bind", "list"], help="none: all")
    parser.add_argument("--strict", action="store_true", help="exit status 1 if a figure is below its must")
    parser.add_argument("--quick", action="store_true", help="one short round: whether it works, not how fast it is")
    arguments = parser.parse_args()
    output = BUILD / "bench" / ("quick" if arguments.quick else "")  # quick runs do not overwrite full results
    output.mkdir(parents=True, exist_ok=True)
    values: dict[str, float] = {}
    failed = False
    for part in arguments.part or ["pipeline", "bind", "list"]:
        with tempfile.TemporaryDirectory(prefix="sesam-bench.") as directory:
            try:
                found = measure(part, arguments.quick, Path(directory))
            except (CannotMeasure, AssertionError, OSError) as error:  # the harness uses assert
                print(f"bench: {part} could not be measured: {error}", file=sys.stderr)
                failed = True
                continue
        figures.merge_into(output / "results.json", found)
        values.update(found)
    try:
        pictures.draw_all(output, values)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"bench: no pictures: {error}", file=sys.stderr)
        failed = True
    print("", figures.rates_table(values), figures.table(values), sep="\n\n")
    print(f"\nDevice (simulated) and clients shared {os.cpu_count()} cores; load average {os.getloadavg()[0]:.1f} at "
          "the end."
          f"\n{output}/results.json and *.svg")
    low = figures.below(values)
    if low:
        print(f"BELOW what they must reach: {', '.join(low)}")
    return 2 if failed else 1 if low and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
