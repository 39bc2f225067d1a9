# SPDX-License-Identifier: Apache-2.0
"""Parses the Test Anything Protocol with nested subtests, as printed by OpenSSL's recipes."""
import re

RESULT = re.compile(r"^( *)(not )?ok (\d+)(?: - | )?(.*?)(?: *# (skip|todo)\b.*)?$", re.I)


def verdicts(text: str) -> dict[str, str]:
    """"subtest > test" -> "ok", "not ok" or "skip"; "subtest" if it failed although all its tests passed."""
    open_tests: dict[int, list[tuple[str, str]]] = {}  # tests that have no parent yet, by indentation
    for line in text.splitlines():
        found = RESULT.match(line)
        if not found:
            continue
        depth, verdict = len(found[1]), "not ok" if found[2] else (found[5] or "ok").lower()
        title = found[4].strip() or f"test {found[3]}"
        inner = [test for level in sorted(open_tests) if level > depth for test in open_tests.pop(level)]
        mine = open_tests.setdefault(depth, [])
        mine += [(f"{title} > {name}", verdict_inside) for name, verdict_inside in inner]
        if not inner or (verdict == "not ok" and all(inside != "not ok" for _, inside in inner)):
            mine.append((title, verdict))
    named: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, verdict in (test for level in sorted(open_tests) for test in open_tests[level]):
        counts[name] = counts.get(name, 0) + 1
        named[name if counts[name] == 1 else f"{name} ({counts[name]})"] = verdict
    return named
