# SPDX-License-Identifier: Apache-2.0
"""`cmake --install`, which the Debian package also uses. scripts/package tests the package itself, in clean chroots."""
import json
import re
import subprocess
from pathlib import Path

import pytest

from harness.flavour import not_counted, not_sanitized
from harness.paths import BUILD, REPOSITORY
from harness.programs import minimal_environment, run


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """-> the root directory of the installation, and the files in it"""
    root = tmp_path_factory.mktemp("root")
    run(["cmake", "--install", BUILD], environment={"DESTDIR": str(root)}, timeout=300)
    return root, sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def in_a_prefix(tmp_path_factory):
    """Installs into a user's directory. -> the directory, and the output of the installation"""
    prefix = tmp_path_factory.mktemp("home") / "sesam"
    done = run(["cmake", "--install", BUILD, "--prefix", prefix], timeout=300)
    return prefix, done.stdout + done.stderr


def simulate(command, directory):
    """Starts a simulated device with an installed command. Returns when it is ready."""
    process = subprocess.Popen([command, "simulate", "--json", "--directory", directory], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True, env=minimal_environment(None))
    for line in process.stdout:
        if line == "}\n":
            break
    return process


def test_all_parts_are_where_they_belong(installed):
    root, files = installed
    modules = run(["openssl", "version", "-m"]).stdout.split('"')[1]
    names = {f"/{path}".replace("/usr/local/", "/usr/") for path in files}
    assert {f"{modules}/sesam.so", "/usr/bin/sesam", "/usr/libexec/sesam/n200-sim", "/usr/share/man/man1/sesam.1",
            "/usr/share/man/man7/OSSL_PROVIDER-sesam.7", "/usr/share/doc/sesam/openssl.cnf.example",
            "/usr/share/doc/sesam/sesam.spdx.json", "/usr/share/bash-completion/completions/sesam",
            "/usr/share/fish/vendor_completions.d/sesam.fish"} <= names
    assert any(path.parent.parent.name == "zsh" and path.name == "_sesam" for path in files)
    examples = {path.name for path in (REPOSITORY / "docs" / "examples").iterdir()}
    assert examples == {path.name for path in files if path.parent.name == "examples"}
    guides = {path.name for path in (REPOSITORY / "docs").glob("*.md")}
    assert guides == {path.name for path in files if path.suffix == ".md" and path.parent.name == "docs"}


def test_the_links_of_the_installed_guides_lead_somewhere(installed):
    root, files = installed
    guides = [root / path for path in files if path.suffix == ".md"]
    assert {"README.md", "CHANGELOG.md", "OPERATIONS.md"} <= {path.name for path in guides}
    for guide in guides:
        for target in re.findall(r"\]\(([^)#]+)", guide.read_text()):
            if not target.startswith("https://"):
                assert (guide.parent / target).exists(), f"{guide.name}: {target}"


@not_counted
@not_sanitized("is larger")
def test_no_debug_information_is_installed(installed):
    root, files = installed
    assert sum((root / path).lstat().st_size for path in files) < 30 * 1024 * 1024
    for path in files:
        if path.name in ("sesam.so", "sesam", "n200-sim") and "bash-completion" not in path.parts:
            assert ".debug_info" not in run(["readelf", "-SW", root / path]).stdout, path


@not_counted
def test_what_is_installed_looks_for_no_library_in_directories_of_its_own(installed):
    root, _ = installed
    programs = [path for path in root.rglob("*") if path.name in ("sesam.so", "sesam", "n200-sim") and path.is_file()]
    dynamic = [run(["readelf", "-d", path], check=False).stdout for path in programs]
    assert sum("(NEEDED)" in text for text in dynamic) == 3 and not any("PATH)" in text for text in dynamic)


@not_sanitized("needs the sanitizer's library in every program")
def test_a_user_installs_into_a_directory_of_theirs_and_is_told_the_modules_path(in_a_prefix, tmp_path):
    prefix, printed = in_a_prefix
    places = [Path(line) for line in re.findall(r"^-- (?:Installing|Up-to-date): (.+)$", printed, re.M)]
    assert places and all(place.is_relative_to(prefix) for place in places)
    module = Path(re.search(r"^ +module = (.+)$", printed, re.M)[1])
    assert module.is_relative_to(prefix) and module.is_file()
    process = simulate(prefix / "bin" / "sesam", tmp_path / "device")
    try:
        cnf = tmp_path / "device" / "openssl.cnf"
        assert f"module = {module}\n" in cnf.read_text()
        (tmp_path / "file").write_text("data")
        run(["openssl", "dgst", "-sha256", "-sign", "sesam:web", "-out", tmp_path / "sig", tmp_path / "file"], cnf)
    finally:
        process.terminate()
        process.wait(60)


def test_what_was_installed_is_uninstalled_as_the_readme_says(tmp_path):
    there, manifest = tmp_path / "there", BUILD / "install_manifest.txt"
    run(["cmake", "--install", BUILD, "--prefix", there], timeout=300)
    assert all(Path(line).is_relative_to(there) for line in manifest.read_text().splitlines())
    command = re.search(r"^ +sudo (xargs .*?) *#", (REPOSITORY / "README.md").read_text(), re.M)[1]
    run(["bash", "-c", command.replace("build/install_manifest.txt", str(manifest))])
    assert [path for path in there.rglob("*") if path.is_file() or path.is_symlink()] == []


def test_nothing_is_configured(installed):
    _, files = installed
    assert [path for path in files if path.parts[0] in ("etc", "var")] == []


def test_the_installed_command_starts_the_installed_simulator(installed, tmp_path):
    root, files = installed
    (command,) = [root / path for path in files if path.parts[-2:] == ("bin", "sesam")]
    process = simulate(command, tmp_path)
    try:
        device = json.loads((tmp_path / "ready.json").read_text())["pid"]
        program = run(["readlink", f"/proc/{device}/exe"]).stdout.strip()
        assert program == str(command.parents[1] / "libexec" / "sesam" / "n200-sim")
    finally:
        process.terminate()
        process.wait(60)
