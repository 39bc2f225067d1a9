# SPDX-License-Identifier: Apache-2.0
"""Runs `sesam doctor --json` and checks what all its reports have in common."""
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from harness.programs import Done
from harness.simulator import PASSWORD

PIN = "24681357"
Steps = dict[str, dict[str, Any]]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user may enter, unlike pytest's directories."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


def examine(sesam: Callable[..., Done], cnf: Path | None, *words: Any, **options: Any) -> Steps:
    """The steps by name. Of several steps with the same name, a bad one takes precedence over a warning, and a warning
    over a good one. "all": the whole report."""
    done = sesam(cnf, "doctor", "--json", *words, check=False, **options)
    report = json.loads(done.stdout)
    assert done.stderr == "" and report["healthy"] == (done.returncode == 0)
    results = [step["result"] for step in report["steps"]]
    assert report["healthy"] == ("bad" not in results and ("--strict" not in words or "warning" not in results))
    steps: Steps = {}
    for step in report["steps"]:
        assert step["finding"] and ("cure" in step) == (step["result"] in ("bad", "warning")), step
        assert PASSWORD not in str(step) and PIN not in str(step)
        if steps.get(step["step"], {"result": "good"})["result"] == "good" or step["result"] == "bad":
            steps[step["step"]] = step
    return steps | {"all": report}


def names(steps: Steps) -> list[str]:
    return [name for name in steps if name != "all"]


def steps_with(steps: Steps, result: str) -> list[str]:
    return [name for name in names(steps) if steps[name]["result"] == result]


def bad_steps(steps: Steps) -> list[str]:
    return steps_with(steps, "bad")


def assert_tells(step: dict[str, Any], *told: str) -> None:
    """The finding and its cure contain these words."""
    for words in told:
        assert words in step["finding"] + " => " + step.get("cure", ""), step


def assert_only_bad(steps: Steps, name: str, *told: str) -> None:
    """Only that step is bad."""
    assert bad_steps(steps) == [name], steps
    assert_tells(steps[name], *told)


def assert_only_warning(steps: Steps, name: str, *told: str) -> None:
    """Only that step is a warning, and no step is bad."""
    assert bad_steps(steps) == [] and steps_with(steps, "warning") == [name], steps
    assert_tells(steps[name], *told)


def make_dated(openssl: Callable[..., Done], directory: Path, start: str, end: str) -> Path:
    """-> a certificate for the device's name with that validity period; its key is in the same directory."""
    (directory / "dated.cnf").write_text("[ca]\ndefault_ca=x\n[x]\ndatabase=db\nserial=serial\nnew_certs_dir=.\n"
                                         "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
                                         "[req]\ndistinguished_name=dn\n[dn]\n")
    (directory / "db").touch()
    openssl(directory / "dated.cnf", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "dated.key", "-subj", "/CN=seSAM-nserie-101", "-out", "dated.csr")
    openssl(directory / "dated.cnf", "ca", "-batch", "-selfsign", "-create_serial", "-keyfile", "dated.key", "-in",
            "dated.csr", "-startdate", start, "-enddate", end, "-out", "dated.crt", "-notext")
    return directory / "dated.crt"


def rewrite(cnf: Path, *changes: tuple[str, str]) -> None:
    text = cnf.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    cnf.write_text(text)
