# SPDX-License-Identifier: Apache-2.0
"""Runs the provider under each fault, prints the table and writes it into docs/RELIABILITY.md (scripts/faults)."""
import argparse
import sys
import tempfile
from pathlib import Path

from loads import Tally, compile_load  # first: it makes the tests' harness known

import document
import hostile
import servers
import table
import zone
from rows import ROWS
from stage import Row, Stage, holds


def run_rows(rows: list[Row], seconds: float) -> list[tuple[Row, Tally]]:
    results = []
    with tempfile.TemporaryDirectory(prefix="sesam-faults.") as directory:
        program = compile_load(Path(directory))
        for number, row in enumerate(rows):
            tally, hits = Stage(row, Path(directory) / str(number), seconds).run(program)
            results.append((row, tally))
            print(f"{row.name}: {tally.tried} operations, {tally.failed} failed, longest {tally.longest_ms:.0f} ms, "
                  f"{tally.wrong} wrong; hit {hits} times; promised: {row.promise}; holds: {holds(row, tally)}"
                  + (f"; told: {table.told(tally)}" if tally.reasons else ""), flush=True)
    return results


def table_part(arguments: argparse.Namespace) -> bool:
    rows = [row for row in ROWS if not arguments.only or arguments.only in row.name]
    results = run_rows(rows, arguments.seconds)
    broken = [row.name for row, tally in results if holds(row, tally) != "yes"]
    if not arguments.only:
        document.write("scripts/faults", table.markdown(results))
        print(f"\nwritten into {document.RELIABILITY}")
    print(f"\n{len(results) - len(broken)} of {len(results)} promises hold" + "".join(f"\n  not: {name}"
                                                                                      for name in broken))
    return not broken


def hostile_part(arguments: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="sesam-hostile.") as directory:
        return hostile.holds(Path(directory), arguments.only, arguments.seconds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[[], "table", "hostile", "zone", "servers"], help="none: all")
    parser.add_argument("--only", default="", metavar="TEXT", help="rows whose name has this in it; nothing is written")
    parser.add_argument("--seconds", type=float, default=4, help="how long the load of a row runs")
    arguments = parser.parse_args()
    parts = {"table": table_part, "hostile": hostile_part,
             "zone": lambda _: zone.holds(), "servers": lambda _: servers.hold()}
    held = True
    for name in arguments.part or parts:
        print(f"\n== {name}", flush=True)
        held = parts[name](arguments) and held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
