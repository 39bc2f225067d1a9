# SPDX-License-Identifier: Apache-2.0
"""The manual page of the command `sesam`, compared with its --help."""
import re

import pytest

from harness.help import parts_of_help
from harness.paths import REPOSITORY

PAGE = (REPOSITORY / "docs" / "sesam.1").read_text()


SUBCOMMANDS = sorted(parts_of_help()["subcommands"])


def section(title):
    """The text of a section of the manual page, up to the next section."""
    found = re.search(rf"^\.S[sh] {re.escape(title)}$(.*?)(?=^\.S[sh] |\Z)", PAGE, re.M | re.S)
    assert found, f"docs/sesam.1 has no part '{title}'"
    return found[1]


def options_in(text):
    """The options in mdoc source, such as .It Fl -json or .Op Fl -out Ar file"""
    return {f"-{name}" for name in re.findall(r"\bFl (-?[\w-]+)", text.replace("\\-", "-"))}


def test_there_are_subcommands():
    assert {"list", "simulate", "bench"} <= set(SUBCOMMANDS)


def test_the_page_has_the_options_for_all_subcommands():
    options = parts_of_help()["options"] - {"-h"}
    assert "--config" in options
    assert options_in(section("OPTIONS")) == options


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_the_page_has_every_subcommand_with_its_options_and_no_others(subcommand):
    options = parts_of_help(subcommand)["options"] - {"-h", "--help"}
    assert options_in(section(subcommand)) - parts_of_help()["options"] == options
