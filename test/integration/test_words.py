# SPDX-License-Identifier: Apache-2.0
"""`scripts/lint words`: the words that it reports, and those that it accepts."""
import sys

import pytest

from harness.paths import REPOSITORY

sys.path.append(str(REPOSITORY / "test" / "lint"))
from words import findings  # noqa: E402


BAD = ["mute connections", "the first that is well", "any bytes are borne", "stands in\n  openssl.cnf", "is told so",
       "holds a device against", "connections are given up", "again\nand again", "Whoever signed", "| there | here |",
       "take the lines out"]


@pytest.mark.parametrize("text", BAD)
def test_a_word_is_found_across_lines(text):
    assert [line for line, _, _ in findings(f"First.\n{text}.\n")] == [2]


@pytest.mark.parametrize("text", ["a mutex", "a daemon gives up its privileges", "renewed", "as well", "bearer"])
def test_ordinary_words_are_left_alone(text):
    assert not list(findings(text))
