# SPDX-License-Identifier: Apache-2.0
"""Reads the metrics of a process with the parser of the prometheus_client package."""
import re
import time
from pathlib import Path
from typing import Callable

from prometheus_client.openmetrics.parser import text_string_to_metric_families

Samples = dict[tuple[str, frozenset], float]


def parse(text: str) -> Samples:
    """-> {(name, labels): value}. Fails if the text is not valid OpenMetrics."""
    return {(sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float:
    """The sum of the samples that have at least these labels."""
    return sum(number for (sample, has), number in samples.items() if sample == name and set(labels.items()) <= has)


def params(output: str) -> list[dict[str, int]]:
    """Parses the output of the driver's `params` steps; the names are without their prefix "sesam-"."""
    return [{name: int(number) for name, number in re.findall(r" sesam-(\S+)=(\d+)", line)}
            for line in output.splitlines() if line.startswith("params")]


def wait_for(look: Callable[[], bool], what: str, timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while not look():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def read(path: Path) -> Samples:
    return parse(path.read_text())
