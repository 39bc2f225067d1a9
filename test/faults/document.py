#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the output of a command into docs/RELIABILITY.md, between the markers of that command."""
import sys
from pathlib import Path

RELIABILITY = Path(__file__).resolve().parents[2] / "docs" / "RELIABILITY.md"
END = "<!-- to here -->"


def begin(command: str) -> str:
    return f"<!-- {command} writes from here -->"


def write(command: str, text: str, document: Path = RELIABILITY) -> None:
    before, rest = document.read_text().split(begin(command))
    after = rest.split(END, 1)[1]
    document.write_text(f"{before}{begin(command)}\n\n{text.rstrip()}\n\n{END}{after}")


if __name__ == "__main__":  # document.py COMMAND, with the text on stdin
    write(sys.argv[1], sys.stdin.read())
    print(f"written into {RELIABILITY}")
