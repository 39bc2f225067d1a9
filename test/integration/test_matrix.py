# SPDX-License-Identifier: Apache-2.0
"""The table of scripts/matrix: it shows failed and skipped tests, and columns that could not be built."""
import subprocess
import sys

import pytest

from harness.paths import REPOSITORY

PYTEST_XML = """<testsuites><testsuite>
<testcase classname="test.integration.test_bind" name="test_a"/>
<testcase classname="test.integration.test_bind" name="test_b"><skipped message="no BIND here"/></testcase>
<testcase classname="test.integration.test_pem" name="test_c"><failure message="x"/></testcase>
<testcase classname="test.integration.test_pem" name="test_d"><error message="x"/></testcase>
<testcase classname="test.integration.test_programs" name="test_it_serves[postfix-EC]"/>
<testcase classname="test.integration.test_programs" name="test_it_refuses[postfix-chain_files-EC]"/>
<testcase classname="test.integration.test_programs" name="test_it_signs[php-EC]"><skipped message="x"/></testcase>
</testsuite></testsuites>"""
CTEST_XML = ('<testsuite><testcase classname="Hex.one" name="Hex.one" status="run"/>'
             '<testcase name="Hex.two" status="run"/></testsuite>')


def write_tables(directory):
    """-> the output"""
    return subprocess.run([sys.executable, REPOSITORY / "test" / "matrix" / "table.py", directory,
                           directory / "MATRIX.md", directory / "FEATURES.md", "new", "newer", "newest"],
                          check=True, capture_output=True, text=True, timeout=30).stdout


@pytest.fixture
def table(tmp_path):
    """Two columns: one that was tested, and one that could not be built. -> the output, and the two documents"""
    for column, outcome in (("new", "tested"), ("newer", "not built")):
        results = tmp_path / column / "results"
        results.mkdir(parents=True)
        (results / "outcome").write_text(f"{outcome}\n")
    tested = tmp_path / "new" / "results"
    (tested / "pytest.xml").write_text(PYTEST_XML)
    (tested / "ctest.xml").write_text(CTEST_XML)
    (tested / "versions").write_text("OpenSSL 9.9.9\nbind9-utils 9.20.30\npostfix 3.10\n")
    documents = tmp_path / "MATRIX.md", tmp_path / "FEATURES.md"
    for document in documents:
        document.write_text("above\n<!-- begin: written by scripts/matrix -->\nold\n<!-- end -->\nbelow\n")
    return write_tables(tmp_path), *(document.read_text() for document in documents)


def test_every_verdict_is_counted_by_file(table):
    _, document, _ = table
    for row in ("|  | new | newer | newest |", "| OpenSSL | 9.9.9 |  |  |", "| BIND | 9.20.30 |  |  |",
                "| unit tests | 2 |  |  |",
                "| test_bind.py | 1, 1 skipped |  |  |", "| test_pem.py | **2 failed** |  |  |"):
        assert row in document.splitlines(), document


def test_what_could_not_be_tested_is_told(table):
    _, document, _ = table
    assert "| all | 5, 2 skipped, **2 failed** | **not built** | **not run** |" in document.splitlines(), document


def test_failures_and_reasons_of_skips_are_named(table):
    printed, document, _ = table
    for text in (printed, document):
        assert "- new: no BIND here (1 skipped)" in text
        assert "- new: failed: test_pem.py: test_c" in text and "- new: failed: test_pem.py: test_d" in text


def test_a_program_has_its_version_and_its_tests(table):
    *_, features = table
    assert "| tested with | new | newer | newest |" in features.splitlines(), features
    bind = next(row for row in features.splitlines() if "`dnssec-keyfromlabel`" in row)
    assert bind.endswith("| 9.20.30: 1, 1 skipped | **not built** | **not run** |")
    assert "| Postfix | 3.10: 2 | **not built** | **not run** |" in features.splitlines()
    assert "| PHP | 1 skipped | **not built** | **not run** |" in features.splitlines()
    assert "| nginx | **none** | **not built** | **not run** |" in features.splitlines()


def test_the_documents_around_the_tables_stay(table):
    for document in table[1:]:
        assert document.startswith("above\n") and document.endswith("\nbelow\n") and "old" not in document


@pytest.mark.usefixtures("table")
def test_a_column_that_was_not_run_stays_as_it_was(tmp_path):
    document, features = tmp_path / "MATRIX.md", tmp_path / "FEATURES.md"
    for file in (tmp_path / "new" / "results").iterdir():
        file.unlink()
    newest = tmp_path / "newest" / "results"
    newest.mkdir(parents=True)
    (newest / "outcome").write_text("tested\n")
    (newest / "pytest.xml").write_text(PYTEST_XML.replace("test_pem", "test_other"))
    write_tables(tmp_path)
    lines = document.read_text().splitlines()
    for row in ("| OpenSSL | 9.9.9 |  |  |", "| test_bind.py | 1, 1 skipped |  | 1, 1 skipped |",
                "| test_pem.py | **2 failed** |  |  |", "| test_other.py |  |  | **2 failed** |",
                "| all | 5, 2 skipped, **2 failed** | **not built** | 3, 2 skipped, **2 failed** |",
                "- new: failed: test_pem.py: test_c", "- newest: failed: test_other.py: test_c"):
        assert row in lines, document.read_text()
    assert "| nginx | **none** | **not built** | **none** |" in features.read_text().splitlines()
