# SPDX-License-Identifier: Apache-2.0
"""The functions that sesam offers to OpenSSL are those in docs/FEATURES.md, "Functions of the provider interface".

If the table is out of date, the test writes a corrected copy of the document: copy that over docs/FEATURES.md."""
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from drivers.life import compile_driver
from harness.paths import REPOSITORY

DOCUMENT = REPOSITORY / "docs/FEATURES.md"
HEADING = "## Functions of the provider interface\n"
OPERATIONS = ["provider", "keymgmt", "signature", "store", "encoder", "decoder", "asym_cipher", "keyexch", "rand"]
KEY_TYPES = {"EC", "RSA"}
CORES_OWN = range(1, 1024)  # OSSL_FUNC_PROVIDER_NAME and others that the core gives to providers
Function = tuple[str, int]  # operation, number


class Row(NamedTuple):
    """A line of the table."""
    name: str
    number: int
    since: tuple[int, int]
    sesam: str
    others: str

    def __str__(self) -> str:
        since = "" if self.since == (3, 0) else f", since {self.since[0]}.{self.since[1]}"
        return f"| `{self.name}` ({self.number}){since} | {self.sesam} | {self.others} |"

    @property
    def function(self) -> Function:
        return operation_of(self.name), self.number


def operation_of(name: str) -> str | None:
    return next((operation for operation in OPERATIONS if name.startswith(f"{operation}_")), None)


def section() -> str:
    return DOCUMENT.read_text().split(HEADING, 1)[1].split("\n## ", 1)[0]


def documented() -> list[Row]:
    found = re.findall(r"^\| `(\w+)` \((\d+)\)(?:, since (\d+)\.(\d+))? \| (\S+) \| (.+) \|$", section(), re.M)
    return [Row(name, int(number), (int(major or 3), int(minor or 0)), sesam, others)
            for name, number, major, minor, sesam, others in found]


@pytest.fixture(scope="module")
def header() -> tuple[tuple[int, int], dict[str, int]]:
    """OpenSSL's version, and the numbers of all functions in its core_dispatch.h by their names."""
    source = "#include <openssl/core_dispatch.h>\n#include <openssl/opensslv.h>\n"
    text = subprocess.run(["gcc", "-E", "-dM", "-x", "c", "-"], input=source, capture_output=True, check=True,
                          text=True, timeout=60).stdout
    version = [int(re.search(rf"define OPENSSL_VERSION_{part} +(\d+)", text)[1]) for part in ("MAJOR", "MINOR")]
    functions = {name.lower(): int(number) for name, number in re.findall(r"define OSSL_FUNC_(\w+) +(\d+)", text)}
    return (version[0], version[1]), {name: number for name, number in functions.items() if operation_of(name)
                                      and not (operation_of(name) == "provider" and number in CORES_OWN)}


@pytest.fixture
def offered(shared_device, openssl_cnf, run, tmp_path) -> tuple[tuple[int, int], dict[Function, set[str]]]:
    """OpenSSL's version, and for each function the types of keys that have it."""
    program = compile_driver(tmp_path, "functions", "functions.c")
    version, *lines = run([program], openssl_cnf(shared_device)).stdout.splitlines()
    functions: dict[Function, set[str]] = {}
    for operation, names, number in (line.split("\t") for line in lines):
        types = {type_ for type_ in KEY_TYPES if names.startswith(type_)} or KEY_TYPES
        functions.setdefault((operation, int(number)), set()).update(types)
    major, minor, *_ = version.split(".")
    return (int(major), int(minor)), functions


def cell(types: set[str]) -> str:
    return "yes" if types == KEY_TYPES else "".join(types) or "-"


def corrected(rows: list[Row], version: tuple[int, int], functions: dict[Function, set[str]]) -> list[Row]:
    """The corrected table. Rows of functions that this OpenSSL does not have yet stay unchanged."""
    return [row if version < row.since and row.function not in functions else
            row._replace(sesam=cell(functions.get(row.function, set()))) for row in rows]


def test_the_table_has_every_function_of_this_openssl_and_says_since_when(header):
    version, functions = header
    rows = documented()
    assert {row.name: row.number for row in rows if row.since <= version} == functions
    assert len({row.function for row in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda row: (OPERATIONS.index(row.function[0]), row.number))
    assert {cell for row in rows for cell in [row.sesam, *row.others.split(" | ")]} == {"yes", "-", *KEY_TYPES}
    assert {len(row.others.split(" | ")) for row in rows} == {3}


def test_the_table_says_which_functions_sesam_offers(offered, tmp_path: Path):
    version, functions = offered
    rows = documented()
    assert not functions.keys() - {row.function for row in rows}
    text = DOCUMENT.read_text()
    expected = corrected(rows, version, functions)
    changes = [(before, after) for before, after in zip(rows, expected) if before != after]
    for before, after in changes:
        text = text.replace(f"{before}\n", f"{after}\n")
    (tmp_path / "FEATURES.md").write_text(text)
    if changes:
        pytest.fail("\n".join(["docs/FEATURES.md must say:", *(str(after) for _, after in changes),
                               f"To correct it: cp {tmp_path / 'FEATURES.md'} {DOCUMENT}"]), pytrace=False)
