# SPDX-License-Identifier: Apache-2.0
"""Sums up gcovr's figures by folder. Exits with status 1 if a folder is below the goal. folders.py SUMMARY.JSON"""
import json
import re
import sys
from collections import defaultdict
from pathlib import PurePath

GOAL_PERCENT = 90
KINDS = ("line_covered", "line_total", "branch_covered", "branch_total")

sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
with open(sys.argv[1]) as report:
    files = json.load(report)["files"]
for file in files:
    # Headers are included through symbolic links (cmake/folder.cmake).
    name = re.sub(r"^build/[^/]+/include/[^/]+/", "", file["filename"])
    for folder in (str(PurePath(name).parent), "all"):
        for kind in KINDS:
            sums[folder][kind] += file[kind]

below = False
print(f"{'folder':12} {'lines':>22} {'branches':>22}")
for folder in sorted(sums, key=lambda name: (name == "all", name)):
    texts = []
    for kind in ("line", "branch"):
        covered, total = sums[folder][f"{kind}_covered"], sums[folder][f"{kind}_total"]
        percent = 100 * covered / total if total else 100
        below = below or (kind == "line" and percent < GOAL_PERCENT)
        texts.append(f"{percent:6.1f} % {covered:6}/{total:<6}")
    print(f"{folder:12} {texts[0]:>22} {texts[1]:>22}")
sys.exit(below)
