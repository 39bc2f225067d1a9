# SPDX-License-Identifier: Apache-2.0
"""scripts/soak, for a short time, and that it detects the failures it looks for."""
from dataclasses import replace

import pytest

from harness.flavour import not_sanitized
from harness.load import Sample, complaints, soak


@not_sanitized("what is freed is kept")
def test_twenty_thousand_signatures_leave_nothing_behind(tmp_path):
    samples = soak(tmp_path, 20_000)
    assert len(samples) == 50 and samples[-1].signatures >= 20_000
    assert complaints(samples) == []
    assert samples[-1].threads == 32 + 2, "the main one and ours"


FLAT = [Sample(signatures=20_000 * n, resident_bytes=30_000_000, heap_bytes=20_000_000, descriptors=9, threads=34)
        for n in range(1, 51)]


def test_flat_memory_is_well():
    assert complaints(FLAT) == []
    warming_up = [replace(sample, resident_bytes=10_000_000) for sample in FLAT[:10]]
    assert complaints(warming_up + FLAT[10:]) == []


@pytest.mark.parametrize("what,each", [("resident_bytes", 2 * 20_000), ("heap_bytes", 2 * 20_000), ("descriptors", 1),
                                       ("threads", 1)])
def test_growth_is_not(what, each):
    growing = [replace(sample, **{what: getattr(sample, what) + each * number}) for number, sample in enumerate(FLAT)]
    assert len(complaints(growing)) == 1 and what in complaints(growing)[0]
