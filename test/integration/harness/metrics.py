# SPDX-License-Identifier: Apache-2.0
"""Metrics of a process, as a parser of other people reads them."""
import re
import time
from pathlib import Path
from typing import Callable

from prometheus_client.openmetrics.parser import text_string_to_metric_families

Samples = dict[tuple[str, frozenset], float]


def parse(text: str) -> Samples:
    """{(name, labels): value}; fails on whatever is not OpenMetrics."""
    return {(sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    """The sum of the samples that have these labels, and perhaps others."""
    return sum(number for (sample, has), number in samples.items() if sample == name and set(labels.items()) <= has)


def params(output: str) -> list[dict[str, int]]:
    """What the driver's `params` steps printed, without the common "sesam-"."""
    return [{name: int(number) for name, number in re.findall(r" sesam-(\S+)=(\d+)", line)}
            for line in output.splitlines() if line.startswith("params")]


def wait_for(look: Callable[[], bool], what: str, timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while not look():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def read(path: Path) -> Samples:
    return parse(path.read_text())
