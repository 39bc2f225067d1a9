# SPDX-License-Identifier: Apache-2.0
"""Every reason of base/reasons.h is raised by some test: an assertion contains its text or its symbol."""
import re

import pytest

from harness.paths import REPOSITORY

ROW = re.compile(r'\bX\((\w+),[\s\\]*"([^"]+)"')
REASONS = dict(ROW.findall((REPOSITORY / "base/reasons.h").read_text()))


def text_of(*patterns: str) -> str:
    """The text of the tests, except those of the list of reasons itself."""
    paths = [path for pattern in patterns for path in (REPOSITORY / "test").glob(pattern)]
    return "\n".join(path.read_text() for path in paths if path.name not in ("example_test.cc", "test_reasons.py"))


UNIT, PROGRAMS = text_of("unit/**/*_test.cc"), text_of("integration/**/*.py", "integration/drivers/*.c")


def is_raised(symbol: str, text: str) -> bool:
    """Whether a unit test compares with the symbol, directly or by a table, or an integration test has its text."""
    unit = re.search(rf"(EXPECT|ASSERT)_\w+\([^;]*Reason::{symbol}\b|, Reason::{symbol}\}}", UNIT)
    return bool(unit or re.search(rf'"[^"\n]*\b{re.escape(text)}\b[^"\n]*"', PROGRAMS))


def test_the_list_is_read():
    assert len(REASONS) > 30 and REASONS["wrong_pin"] == "wrong PIN"


@pytest.mark.parametrize("symbol", REASONS)
def test_a_test_raises(symbol):
    assert is_raised(symbol, REASONS[symbol]), f"no test asserts Reason::{symbol} ({REASONS[symbol]!r})"
