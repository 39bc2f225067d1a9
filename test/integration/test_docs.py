# SPDX-License-Identifier: Apache-2.0
"""Runs what the documents describe."""
import re
from pathlib import Path

import pytest

from harness.paths import COMMAND, MODULE, REPOSITORY
from harness.programs import run as run_program

README = (REPOSITORY / "README.md").read_text()
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()
DOCUMENTS = [*(REPOSITORY / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
             *sorted((REPOSITORY / "docs").glob("*.md"))]
DIRECTORIES = sorted(path.parent.name for path in REPOSITORY.glob("*/CMakeLists.txt"))
DIRECTORIES += ["cmake", "docs", "packaging", "scripts"]
PIN = "12345678"


def commands_below(heading: str) -> str:
    """All indented blocks of a section of the README, including its subsections, as a script."""
    section = re.search(rf"^## {heading}$(.*?)^## ", README, re.M | re.S)[1]
    return "set -eux\n" + "".join(re.findall(r"^ {4}(.*\n)", section, re.M))


def example(changes: dict) -> str:
    """openssl.cnf.example with these settings uncommented and set."""
    text = (REPOSITORY / "openssl.cnf.example").read_text()
    for key, value in changes.items():
        text, found = re.subn(rf"^(# )?{key} = .*$", lambda _: f"{key} = {value}", text, flags=re.M)
        assert found == 1, key
    return text


@pytest.fixture
def copied_example(device, tmp_path):
    """The example, filled in like by a user."""
    (tmp_path / "pass").write_text("sesam-demo\n")
    path = tmp_path / "openssl.cnf"
    path.write_text(example({
        "module": MODULE, "url": device.url, "address": "127.0.0.1", "tlscert": device.tlscert, "user": "pkmaster",
        "pass_source": f"file:{tmp_path / 'pass'}", "pin": PIN,
    }))
    return path


def check_use(directory: Path) -> None:
    """Checks the files that the commands made."""
    assert "BEGIN CERTIFICATE" in (directory / "www.crt").read_text()
    assert "BEGIN SESAM KEY URI" in (directory / "www.key").read_text()
    assert "RRSIG" in (directory / "jp.example.signed").read_text()


def test_the_readmes_section_use_works_in_order_with_an_empty_device(device, copied_example, tmp_path):
    script = commands_below("Use")
    assert all(word in script for word in ("sesam generate", "openssl x509", "dnssec-verify"))
    run_program(["sh", "-c", script], copied_example, cwd=tmp_path, timeout=120,
                environment={"PATH": f"{COMMAND.parent}:/usr/sbin:/usr/bin:/sbin:/bin"})
    check_use(tmp_path)


def test_the_readmes_section_use_works_in_order_in_simulate_shell(tmp_path):
    run_program([COMMAND, "simulate", "--shell", "--", "sh", "-c", commands_below("Use")], cwd=tmp_path, timeout=120,
                environment={"HOME": str(tmp_path)})
    check_use(tmp_path)


def test_the_example_as_it_is_disturbs_nobody_and_says_what_is_missing(tmp_path):
    path = tmp_path / "openssl.cnf"
    path.write_text(example({"module": MODULE}))
    assert run_program(["openssl", "version"], path).stderr == ""
    done = run_program(["openssl", "pkey", "-in", "sesam:web", "-pubout"], path, check=False)
    assert done.returncode != 0
    assert "url is not set" in done.stderr


def anchors(document: Path) -> set[str]:
    """The anchors of the headings, as GitHub and scripts/site generate them."""
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


def test_the_documents_name_one_file_for_the_devices_certificate():
    """It is the file that `sesam setup` writes."""
    manuals = [REPOSITORY / "docs" / name for name in ("sesam.1", "OSSL_PROVIDER-sesam.7")]
    named = 0
    for document in [*DOCUMENTS, *manuals, REPOSITORY / "openssl.cnf.example"]:
        for path in re.findall(r"\btlscert ?= ?(/[\w./-]+)", document.read_text()):
            is_simulated = path == "/tmp/device/tls.crt"
            assert is_simulated or path == "/etc/sesam/device.pem", f"{document.name}: {path}"
            named += 1
    assert named > 5


def claims(text: str) -> set[str]:
    return set(re.findall("observed|assumed", text.lower()))


def test_example_and_manual_page_claim_the_same_about_each_request():
    page = (REPOSITORY / "docs" / "OSSL_PROVIDER-sesam.7").read_text()
    paragraphs = (REPOSITORY / "openssl.cnf.example").read_text().split("\n\n")
    rows = dict(re.findall(r"^\.It Ic (wire_\w+)\n(.*?)(?=^\.It|^\.El)", page, re.M | re.S))
    assert len(rows) == 12
    for setting, text in rows.items():
        (paragraph,) = [one for one in paragraphs if f"# {setting} = " in one]
        assert claims(text) == claims(paragraph) != set(), setting
