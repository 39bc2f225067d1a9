# SPDX-License-Identifier: Apache-2.0
"""Rounds: all runs once, then all runs again. Ratios and differences are computed within each round, and the median of
the rounds is the result: if the machine becomes slower meanwhile, that affects both sides."""
from statistics import median
from typing import Callable, Iterable

from runs import Bench, Run

Result = dict[str, float]


class Rounds:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.results: dict[Run, list[Result]] = {}
        self.openings: list[float] = []  # seconds

    def measure(self, bench: Bench, runs: Iterable[Run], rounds: int) -> None:
        order = list(runs)
        for number in range(rounds):
            # Alternates the direction, so that no run always follows the same one.
            for run in order if number % 2 == 0 else reversed(order):
                result = bench.run(run, self.seconds)
                self.results.setdefault(run, []).append(result)
                print(f"  round {number + 1}/{rounds}  {run!s:44} {result['rate']:9.0f} /s"
                      + (f"  p50 {result['p50_us']:8.0f} us  p99 {result['p99_us']:8.0f} us" if "p50_us" in result
                         else ""),
                      flush=True)

    def median_of(self, run: Run, take: Callable[[Result], float]) -> float:
        return median(take(result) for result in self.results[run])

    def ratio(self, run: Run, other: Run, take: Callable[[Result], float]) -> float:
        return median(take(a) / take(b) for a, b in zip(self.results[run], self.results[other]))

    def difference(self, run: Run, other: Run, take: Callable[[Result], float]) -> float:
        return median(take(a) - take(b) for a, b in zip(self.results[run], self.results[other]))

    def rate(self, run: Run) -> float:
        return self.median_of(run, lambda result: result["rate"])

    def faster(self, run: Run, other: Run) -> float:
        """The ratio of the rates, in signatures per second."""
        return self.ratio(run, other, lambda result: result["rate"])
