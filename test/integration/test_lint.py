# SPDX-License-Identifier: Apache-2.0
"""scripts/lint: its report of checks that failed or could not run."""
import os
import subprocess

import pytest

from harness.paths import REPOSITORY

pytestmark = pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="needs a git checkout")


@pytest.fixture
def lint(tmp_path):
    """lint(part, program, script) runs a part of scripts/lint on a few files, with `script` in place of `program`."""
    root = tmp_path / "copy"
    (root / "scripts").mkdir(parents=True)
    (root / "scripts/lint").write_text((REPOSITORY / "scripts/lint").read_text())
    (root / "one.cc").touch()
    programs = {"scripts/install": "", "scripts/lint": None, "bin/cmake": ""}

    def call(part, program, script):
        (root / "bin").mkdir(exist_ok=True)
        for name, text in {**programs, f"bin/{program}": script}.items():
            if text is not None:
                (root / name).write_text(f"#!/bin/sh\n{text}\n")
            (root / name).chmod(0o755)
        subprocess.run("git init -q && git add -A", shell=True, cwd=root, check=True)
        environment = {"PATH": f"{root}/bin:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        return subprocess.run([root / "scripts/lint", part], env=environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)

    return call


@pytest.mark.parametrize("version, outcome", [
    ("Debian clang-format version 19.1.7", "format: skipped (needs clang-format 14, found 19)\n"),
    ("", "format: skipped (needs clang-format 14, found none)\n"),
    ("Debian clang-format version 14.0.6", "format: clean\n"),
])
def test_format_is_clean_only_if_it_was_checked(lint, version, outcome):
    done = lint("format", "clang-format", f"[ $1 != --version ] || echo '{version}'")
    assert (done.stdout, done.returncode) == (outcome, 0)


def test_the_reason_why_clang_tidy_failed_is_shown(lint):
    done = lint("tidy", "clang-tidy", "echo '3 warnings generated.' >&2; echo 'Error: no such file' >&2; exit 1")
    assert (done.stdout, done.stderr, done.returncode) == ("tidy: FAILED\n", "Error: no such file\n", 1)


def test_what_clang_tidy_counts_is_not_shown(lint):
    done = lint("tidy", "clang-tidy", "echo '3 warnings generated.' >&2")
    assert (done.stdout, done.stderr, done.returncode) == ("tidy: clean\n", "", 0)
