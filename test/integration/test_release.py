# SPDX-License-Identifier: Apache-2.0
"""scripts/release in a copy of the sources: it updates the version in all files, and a release is reproducible."""
import json
import os
import re
import shutil
import subprocess
import tarfile

import pytest

from harness.paths import REPOSITORY

pytestmark = pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="needs a git checkout")
needs_packaging = pytest.mark.skipif(not (shutil.which("dh") and shutil.which("lintian")),
                                     reason="needs debhelper and lintian: SESAM_PACKAGE=1 scripts/install")


@pytest.fixture
def copy(tmp_path):
    """-> call("scripts/release", …), which runs in a separate repository with a copy of these sources"""
    root = tmp_path / "copy"
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=REPOSITORY,
                           check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (REPOSITORY / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, root / name, follow_symlinks=False)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    for key in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        environment[key] = "test@localhost"

    def call(*words, check=True):
        done = subprocess.run(words, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
        assert not check or done.returncode == 0, done.stdout
        return done

    call.root = root
    call("git", "init", "-q")
    call("git", "add", "-A")
    call("git", "commit", "-q", "-m", "sources")
    return call


def test_a_prepared_version_is_in_every_file_that_has_one(copy):
    call, new = copy, "9.8.7"
    assert "fill it in" in call("scripts/release", "prepare", new).stdout
    call("git", "commit", "-qam", "changes")
    call("scripts/release", "prepare", new)
    text = {name: (call.root / name).read_text() for name in ("CMakeLists.txt", "CHANGELOG.md", "docs/sesam.1",
                                                              "docs/OSSL_PROVIDER-sesam.7", "debian/changelog",
                                                              "packaging/sesam.spec")}
    assert f"project(sesam VERSION {new} " in text["CMakeLists.txt"]
    assert re.search(rf"^## \[{new}\] - \d{{4}}-\d\d-\d\d$", text["CHANGELOG.md"], re.M)
    for page in ("docs/sesam.1", "docs/OSSL_PROVIDER-sesam.7"):
        assert f'.Os "sesam {new}"' in text[page] and re.search(r"^\.Dd [A-Z][a-z]+ \d+, \d{4}$", text[page], re.M)
    assert text["debian/changelog"].startswith(f"sesam ({new}-1) unstable;")
    assert "UNRELEASED" not in text["debian/changelog"]
    assert f"Version:        {new}\n" in text["packaging/sesam.spec"]
    call("git", "commit", "-qam", "release")
    assert call("scripts/release", "prepare", new, check=False).returncode != 0


def test_all_files_have_the_same_version():
    version = re.search(r"project\(sesam VERSION ([\d.]+)", (REPOSITORY / "CMakeLists.txt").read_text())[1]
    for name, line in (("docs/sesam.1", f'.Os "sesam {version}"'), ("CHANGELOG.md", f"## [{version}] - "),
                       ("docs/OSSL_PROVIDER-sesam.7", f'.Os "sesam {version}"'),
                       ("debian/changelog", f"sesam ({version}-1) "),
                       ("packaging/sesam.spec", f"Version:        {version}\n")):
        assert line in (REPOSITORY / name).read_text(), name


@needs_packaging
def test_a_release_is_reproducible_and_whole(copy):
    call, out = copy, copy.root / "build" / "release"
    version = re.search(r"sesam VERSION ([\d.]+)", (call.root / "CMakeLists.txt").read_text())[1]
    call("scripts/release", "build")
    names = {path.name for path in out.iterdir()}
    assert names == {f"sesam-{version}.tar.gz", f"sesam-{version}.spdx.json", f"sesam_{version}-1.dsc", "SHA256SUMS",
                     f"sesam_{version}-1.debian.tar.xz", f"sesam_{version}.orig.tar.gz"}
    call("scripts/release", "verify")
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    call("scripts/release", "build")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    assert json.loads(first[f"sesam-{version}.spdx.json"])["name"] == f"sesam-{version}"
    with tarfile.open(out / f"sesam-{version}.tar.gz") as tar:
        members = tar.getmembers()
    assert f"sesam-{version}/CMakeLists.txt" in {member.name for member in members}
    assert {(member.uname, member.gname) for member in members} == {("root", "root")}
    (out / f"sesam-{version}.tar.gz").write_bytes(b"changed")
    assert call("scripts/release", "verify", check=False).returncode != 0


def test_debian_builds_with_the_packages_that_the_sources_are_built_with():
    """scripts/packages.sh and debian/control name the same libraries."""
    packages = subprocess.run(["bash", "-c", 'source scripts/packages.sh; printf "%s\\n" "${build_packages[@]}"'],
                              cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    control = (REPOSITORY / "debian" / "control").read_text().split("Build-Depends:")[1].split("Standards-Version")[0]
    depends = set(re.findall(r"^ ([\w.+-]+)", control, re.M)) - {"debhelper-compat"}
    assert depends == set(packages) - {"g++"}  # part of build-essential
