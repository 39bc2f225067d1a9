# SPDX-License-Identifier: Apache-2.0
"""A folder sees only its own headers and those that the folders it links publish."""
import json
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from harness.paths import BUILD, REPOSITORY

sys.path.append(str(REPOSITORY / "test" / "lint"))
from folders import read_folders, read_layers  # noqa: E402
from includes import Check  # noqa: E402

FOLDERS = read_folders()
HEADERS = {f"{name}/{path.name}": name for name in FOLDERS for path in (REPOSITORY / name).glob("*.h")}
HEADERS |= {f"test/{path.relative_to(REPOSITORY / 'test')}": "test" for path in (REPOSITORY / "test").rglob("*.h")}


@pytest.fixture(scope="module")
def command_for():
    """command_for(folder, source, *options) -> the compile command of that folder, applied to another source"""
    entries = json.loads((BUILD / "compile_commands.json").read_text())

    def command(folder, source, *options):
        library = f"CMakeFiles/sesam_{folder.replace('/', '_')}.dir/"
        entry = next(entry for entry in entries if library in entry["command"])
        words = shlex.split(entry["command"])
        words = words[:words.index("-o")] + words[words.index("-o") + 2:]
        return [word for word in words if word not in ("-c", entry["file"])] + [*options, str(source)]

    return command


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_compiler_finds_what_a_folder_may_include_and_nothing_else(command_for, tmp_path, folder):
    source = tmp_path / "source.cc"
    source.write_text("".join(f'#if __has_include("{header}")\nfound {header}\n#endif\n' for header in HEADERS))
    seen = subprocess.run(command_for(folder, source, "-E", "-P"), capture_output=True, text=True, check=True).stdout
    published = {f"{other}/{header}" for other in FOLDERS[folder].sees for header in FOLDERS[other].publishes}
    own = {header for header, owner in HEADERS.items() if owner == folder}
    assert set(re.findall(r"^found (\S+)$", seen, re.M)) == own | published


@pytest.mark.parametrize("folder, header, compiles", [
    ("keymgmt", "n200/device.h", True),
    ("keymgmt", "n200/reply_members.h", False),  # not published
    ("keymgmt", "transport/curl/loop.h", False),  # not published, in a folder that keymgmt does not link
    ("keymgmt", "store/loader.h", False),  # in a higher layer
    ("transport", "base/log.h", True),
    ("transport", "transport/curl/curl_driver.h", False),
    ("base", "test/simulator/hex.h", False),
])
def test_an_include_compiles_if_it_is_permitted(command_for, tmp_path, folder, header, compiles):
    assert (REPOSITORY / header).exists()
    source = tmp_path / "source.cc"
    source.write_text(f'#include "{header}"\n')
    done = subprocess.run(command_for(folder, source, "-fsyntax-only"), capture_output=True, text=True, check=False)
    if compiles:
        assert done.returncode == 0, done.stderr
    else:
        assert done.returncode != 0
        assert f"{header}: No such file" in done.stderr or f"'{header}' file not found" in done.stderr


@pytest.fixture
def sources(tmp_path):
    """A copy of all files that `scripts/lint includes` reads."""
    for name in {name.split("/")[0] for name in FOLDERS} | {"test/simulator"}:
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    for name in ("CMakeLists.txt", "docs/ARCHITECTURE.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    return tmp_path


def test_the_sources_include_nothing_that_they_must_not(sources):
    assert Check(sources).run() == []


@pytest.mark.parametrize("file, header, mistake", [
    ("n200/retry.cc", '"store/loader.h"', "n200 does not link store"),
    ("keymgmt/key.cc", '"n200/reply_members.h"', "n200 does not publish it"),
    ("keymgmt/key.h", '"test/simulator/hex.h"', "not a header of a product folder"),
    ("keymgmt/key.h", '"../n200/device.h"', "not a header of a product folder"),
    ("keymgmt/key.h", "<n200/device.h>", "with quotes"),
    ("n200/device.cc", "<curl/curl.h>", "for transport/curl/ alone"),
    ("transport/curl/loop.cc", "<simdjson.h>", "for n200/ alone"),
    ("transport/call.cc", "<openssl/core_dispatch.h>", "for ossl/ and for files with a dispatch table"),
    ("test/simulator/core.cc", '"base/hex.h"', "not in test/simulator"),
])
def test_a_forbidden_include_is_reported(sources, file, header, mistake):
    with open(sources / file, "a") as source:
        source.write(f"#include {header}\n")
    reported, = Check(sources).run()
    assert reported.startswith(f"{file}:") and reported.endswith(mistake) or mistake in reported


@pytest.mark.parametrize("old, new, mistake", [
    ("LINKS sesam_base", "LINKS sesam_base sesam_n200", "metrics/CMakeLists.txt: links n200, which is not in a lower"),
    ("LINKS sesam_base", "LINKS sesam_base CURL::libcurl", "links CURL::libcurl, which is for transport/curl alone"),
])
def test_a_forbidden_link_is_reported(sources, old, new, mistake):
    path = sources / "metrics" / "CMakeLists.txt"
    path.write_text(path.read_text().replace(old, new))
    reported, = Check(sources).run()
    assert mistake in reported


def test_an_exception_that_is_no_longer_needed_is_reported(sources, monkeypatch):
    monkeypatch.setattr("includes.EXCEPTIONS", {("base/hex.cc", "openssl/core_dispatch.h")})
    reported = Check(sources).run()
    assert any("base/hex.cc: the exception" in one and "no longer needed" in one for one in reported)


def test_every_layer_names_folders_of_the_build():
    assert sorted(name for layer in read_layers() for name in layer) == sorted(FOLDERS)
