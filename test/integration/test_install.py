# SPDX-License-Identifier: Apache-2.0
"""`cmake --install`, from which the Debian package is made too. scripts/package tries the package itself, in clean
chroots."""
import json
import subprocess

import pytest

from harness.paths import BUILD, REPOSITORY
from harness.programs import minimal_environment, run


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """-> the root that it was installed into, and the files there"""
    root = tmp_path_factory.mktemp("root")
    run(["cmake", "--install", BUILD], environment={"DESTDIR": str(root)}, timeout=300)
    return root, sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())


def test_all_parts_are_where_they_belong(installed):
    root, files = installed
    modules = run(["openssl", "version", "-m"]).stdout.split('"')[1]
    names = {f"/{path}".replace("/usr/local/", "/usr/") for path in files}
    assert {f"{modules}/sesam.so", "/usr/bin/sesam", "/usr/libexec/sesam/n200-sim", "/usr/share/man/man1/sesam.1",
            "/usr/share/man/man7/OSSL_PROVIDER-sesam.7", "/usr/share/doc/sesam/openssl.cnf.example",
            "/usr/share/doc/sesam/sesam.spdx.json", "/usr/share/bash-completion/completions/sesam"} <= names
    examples = {path.name for path in (REPOSITORY / "docs" / "examples").iterdir()}
    assert examples == {path.name for path in files if path.parent.name == "examples"}


def test_nothing_is_configured(installed):
    _, files = installed
    assert [path for path in files if path.parts[0] in ("etc", "var")] == []


def test_the_installed_command_starts_the_installed_simulator(installed, tmp_path):
    root, files = installed
    (command,) = [root / path for path in files if path.parts[-2:] == ("bin", "sesam")]
    process = subprocess.Popen([command, "simulate", "--json", "--directory", tmp_path], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True, env=minimal_environment(None))
    try:
        for line in process.stdout:
            if line == "}\n":
                break
        device = json.loads((tmp_path / "ready.json").read_text())["pid"]
        program = run(["readlink", f"/proc/{device}/exe"]).stdout.strip()
        assert program == str(command.parents[1] / "libexec" / "sesam" / "n200-sim")
    finally:
        process.terminate()
        process.wait(60)
