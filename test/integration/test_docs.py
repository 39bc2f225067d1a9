# SPDX-License-Identifier: Apache-2.0
"""What the documents say can be done, done."""
import re
import shlex
from pathlib import Path

import pytest

from harness.paths import MODULE, REPOSITORY
from harness.programs import run as run_program

README = (REPOSITORY / "README.md").read_text()
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()
DOCUMENTS = [*(REPOSITORY / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
             *sorted((REPOSITORY / "docs").glob("*.md"))]
DIRECTORIES = sorted(path.parent.name for path in REPOSITORY.glob("*/CMakeLists.txt"))
DIRECTORIES += ["cmake", "docs", "packaging", "scripts"]
PIN = "12345678"


def commands_after(line: str) -> list[list[str]]:
    """The commands of the indented block below a line of the README."""
    block = README.split(f"\n{line}\n\n", 1)[1].split("\n\n", 1)[0]
    return [shlex.split(command) for command in block.replace("\\\n", " ").splitlines()]


def example(changes: dict) -> str:
    """openssl.cnf.example with some of its lines uncommented and set."""
    text = (REPOSITORY / "openssl.cnf.example").read_text()
    for key, value in changes.items():
        text, found = re.subn(rf"^(# )?{key} = .*$", lambda _: f"{key} = {value}", text, flags=re.M)
        assert found == 1, key
    return text


@pytest.fixture
def copied_example(device, tmp_path):
    """The example as a user would fill it in."""
    (tmp_path / "pass").write_text("sesam-demo\n")
    path = tmp_path / "openssl.cnf"
    path.write_text(example({
        "module": MODULE, "url": device.url, "address": "127.0.0.1", "tlscert": device.tlscert, "user": "pkmaster",
        "pass_source": f"file:{tmp_path / 'pass'}", "pin": PIN,
    }))
    return path


@pytest.mark.parametrize("heading, key", [
    ("With `openssl`:", "web"),
    ("With BIND 9.20 (9.18, which Debian 12 ships, cannot use providers):", "JP.example"),
])
def test_the_readmes_commands_work_with_the_example(device, copied_example, tmp_path, heading, key):
    for name in {key, "ca"}:
        device.create_key(name, pin=PIN)
    (tmp_path / "file").write_text("data")
    (tmp_path / "jp.example").write_text((REPOSITORY / "docs/examples/jp.example").read_text())
    commands = commands_after(heading)
    assert len(commands) >= 3
    for command in commands:
        run_program(command, copied_example, cwd=tmp_path)


def test_the_example_as_it_is_disturbs_nobody_and_says_what_is_missing(tmp_path):
    path = tmp_path / "openssl.cnf"
    path.write_text(example({"module": MODULE}))
    assert run_program(["openssl", "version"], path).stderr == ""
    done = run_program(["openssl", "pkey", "-in", "sesam:web", "-pubout"], path, check=False)
    assert done.returncode != 0
    assert "url is not set" in done.stderr


def anchors(document: Path) -> set[str]:
    """Of the headings, as GitHub and scripts/site make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]+))?\)", document.read_text()):
        if not target.startswith("https://"):
            there = document.parent / target if target else document
            assert there.exists(), target
            assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


def test_the_readme_is_short_and_plain_about_its_status():
    assert len(README.splitlines()) <= 120
    assert "**No real device has been used yet.**" in README


def test_the_changelog_has_no_fixes_of_what_was_never_released():
    unreleased = re.search(r"^## \[\S+\] - unreleased$", CHANGELOG, re.M)
    assert not unreleased or CHANGELOG.count("\n## ") > 1 or "### Fixed" not in CHANGELOG


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_exist(document):
    for name in re.findall(rf"`((?:{'|'.join(DIRECTORIES)})/[\w./-]+)`", document.read_text()):
        assert (REPOSITORY / name).exists(), name


def test_every_markdown_line_fits():
    for document in DOCUMENTS:
        for line in document.read_text().splitlines():
            assert len(line) <= 130 or line.startswith("|"), f"{document.name}: {line}"
