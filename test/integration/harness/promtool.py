# SPDX-License-Identifier: Apache-2.0
"""Checks Prometheus rules and queries with promtool, which needs no server."""
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="no promtool (Debian: prometheus)")


def check(directory: Path, *arguments: Any) -> None:
    done = subprocess.run([PROMTOOL, *map(str, arguments)], cwd=directory, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def check_rules(path: Path) -> None:
    check(path.parent, "check", "rules", path)


def run_tests(directory: Path, rules: list[Path], tests: list[dict[str, Any]]) -> None:
    """Runs unit tests of rules: input_series, alert_rule_test, promql_expr_test. The file is JSON, a subset of YAML."""
    path = directory / "tests.yml"
    path.write_text(json.dumps({"rule_files": [str(rule) for rule in rules], "evaluation_interval": "1m",
                                "tests": tests}))
    check(directory, "test", "rules", path)
