# SPDX-License-Identifier: Apache-2.0
"""Every reason of base/reasons.h is raised by some test: its text or its symbol stands in an assertion."""
import re

import pytest

from harness.paths import REPOSITORY

ROW = re.compile(r'\bX\((\w+),[\s\\]*"([^"]+)"')
REASONS = dict(ROW.findall((REPOSITORY / "base/reasons.h").read_text()))


def text_of(*patterns: str) -> str:
    """Without the tests of the list itself, which name every reason."""
    paths = [path for pattern in patterns for path in (REPOSITORY / "test").glob(pattern)]
    return "\n".join(path.read_text() for path in paths if path.name not in ("example_test.cc", "test_reasons.py"))


UNIT, PROGRAMS = text_of("unit/**/*_test.cc"), text_of("integration/**/*.py", "integration/drivers/*.c")


def is_raised(symbol: str, text: str) -> bool:
    """A unit test compares with it, directly or by a table; or a program's words are held against its text."""
    unit = re.search(rf"(EXPECT|ASSERT)_\w+\([^;]*Reason::{symbol}\b|, Reason::{symbol}\}}", UNIT)
    return bool(unit or re.search(rf'"[^"\n]*\b{re.escape(text)}\b[^"\n]*"', PROGRAMS))


def test_the_list_is_read():
    assert len(REASONS) > 30 and REASONS["wrong_pin"] == "wrong PIN"


@pytest.mark.parametrize("symbol", REASONS)
def test_a_test_raises(symbol):
    assert is_raised(symbol, REASONS[symbol]), f"no test asserts Reason::{symbol} ({REASONS[symbol]!r})"
