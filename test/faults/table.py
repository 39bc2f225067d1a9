# SPDX-License-Identifier: Apache-2.0
"""The table in docs/RELIABILITY.md."""
from loads import Tally
from stage import Row, holds

HEAD = ("fault", "promised", "operations", "failures", "longest wait, ms", "wrong results", "errors",
        "holds")


def told(tally: Tally) -> str:
    return ", ".join(f"{reason} ({count})" for reason, count in sorted(tally.reasons.items(),
                                                                       key=lambda pair: -pair[1]))


def cells(row: Row, tally: Tally) -> tuple[str, ...]:
    return (row.name, row.promise, str(tally.tried), str(tally.failed), f"{tally.longest_ms:.0f}", str(tally.wrong),
            told(tally), holds(row, tally))


def line(texts: tuple[str, ...]) -> str:
    return "| " + " | ".join(texts) + " |"


def markdown(results: list[tuple[Row, Tally]]) -> str:
    rule = "| --- | --- | --: | --: | --: | --: | --- | --- |"
    return "\n".join([line(HEAD), rule, *(line(cells(row, tally)) for row, tally in results)])
