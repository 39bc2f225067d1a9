#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Finds words that the documents must not use, and suggests plain ones: words.py [FILE…].

The list has only words that are never right."""
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md", "openssl.cnf.example", "docs/*.md",
             "docs/*.1", "docs/*.7", "docs/examples")
WORDS = {
    r"anew": "again",
    r"again and again|over and over again": "repeatedly",
    r"mute|muted": "unresponsive",
    r"(?:hold|holds|held|holding) (?:(?:a|the) \w+ |it |them |that )?against": "check against",
    r"bear|bears|borne": "accept, tolerate, handle",
    r"stands? twice|stands? in": "duplicate, is in",
    r"(?:is|are|was|were) told|told of|tells? of": "get, report",
    r"(?:is|are|was|were|be) given up": "closed, abandoned",
    r"now and then|a moment": "the actual interval",
    r"once more|one more time": "again, retry",
    r"in the end|by the way|for good": "(leave it out), permanently",
    r"whoever|somebody|nobody|anybody|someone|anyone": "the user, the caller, the program",
    r"no memory to be had": "out of memory",
    r"(?:is|are) let in": "authorized",
    r"blot|blots|blotted": "redact",
    r"as ours": "in sync",
    r"(?:that|which|node|device|one|first) (?:is|are) (?:well|ill)": "healthy, unhealthy",
    r"the deadline came": "deadline exceeded",
    r"(?:take|takes|taken) (?:it|them|(?:the|this|these) \w+) out": "remove",
    r"\| (?:there|here) \|": "the name of the product",
}


def findings(text: str):
    """Yields (line number, word found, plain word)."""
    for pattern, plain in WORDS.items():
        edges = pattern if pattern.startswith(r"\|") else rf"\b(?:{pattern})\b"
        for found in re.finditer(edges.replace(" ", r"\s+"), text, re.I):
            yield text.count("\n", 0, found.start()) + 1, " ".join(found[0].split()), plain


def main(names: list[str]) -> int:
    if not names:
        listed = subprocess.run(["git", "ls-files", *DOCUMENTS], cwd=REPOSITORY, check=True, stdout=subprocess.PIPE,
                                text=True)
        names = [str(REPOSITORY / name) for name in listed.stdout.split()]
    failed = False
    for name in names:
        path = Path(name)
        for line, bad, plain in sorted(findings(path.read_text())):
            shown = path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path
            print(f"{shown}:{line}: '{bad}': say {plain}")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
