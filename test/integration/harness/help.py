# SPDX-License-Identifier: Apache-2.0
"""Parses the output of `sesam --help`."""
import re

from .paths import COMMAND
from .programs import run


def parts_of_help(*subcommand):
    """-> {"options": {"--json", …}, "subcommands": {"list", …}, "positionals": {"KEY", …}}"""
    parts, part = {"options": set(), "subcommands": set(), "positionals": set()}, ""
    for line in run([COMMAND, *subcommand, "--help"]).stdout.splitlines():
        if heading := re.match(r"([A-Za-z]+):$", line):
            part = heading[1].lower()
        elif entry := re.match(r" {2,10}(\S.*)", line):  # the indentation depends on the version of CLI11
            words = re.match(r"((?:-[\w-]+, *)*-[\w-]+)", entry[1]) if part == "options" else None
            parts.setdefault(part, set()).update(re.split(", *", words[0]) if words else entry[1].split()[:1])
    return parts
