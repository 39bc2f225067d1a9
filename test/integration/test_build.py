# SPDX-License-Identifier: Apache-2.0
"""The results of the build: hardened files that do not depend on the build directory, and a bill of materials."""
import json
import platform
import re
import shutil

import pytest

from harness.flavour import not_counted, not_sanitized
from harness.paths import BUILD, COMMAND, MODULE, REPOSITORY, SIMULATOR
from harness.programs import run

pytestmark = [not_counted, not_sanitized("is built without optimization, which these checks need"),
              pytest.mark.skipif(not shutil.which("readelf"), reason="needs readelf")]
each_file = pytest.mark.parametrize("path", [MODULE, COMMAND, SIMULATOR], ids=lambda path: path.name)
CONTROL_FLOW = {"x86_64": ["IBT", "SHSTK"], "aarch64": ["BTI", "PAC"]}


def readelf(option, path):
    return run(["readelf", "-W", option, path]).stdout


@each_file
def test_it_is_hardened(path):
    dynamic, segments = readelf("-d", path), readelf("-l", path)
    assert "GNU_RELRO" in segments and re.search(r"\(FLAGS_1\) .*\bNOW\b", dynamic)
    assert "Elf file type is DYN" in segments and (path == MODULE or re.search(r"\(FLAGS_1\) .*\bPIE\b", dynamic))
    assert re.search(r"GNU_STACK .* RW ", segments)
    assert not re.search("RPATH|RUNPATH|TEXTREL", dynamic)


@each_file
def test_it_checks_its_stack_and_buffers(path):
    symbols = readelf("--dyn-syms", path)
    assert "__stack_chk_fail" in symbols
    assert re.search(r"__\w+_chk@", symbols)


# Checks object files: the linker marks a program only if all its objects are marked, and those of Debian's C library
# are not.
@pytest.mark.skipif(platform.machine() not in CONTROL_FLOW, reason="the processor has no such features")
@pytest.mark.parametrize("archive", ["base/libsesam_base.a", "transport/curl/libsesam_transport_curl.a",
                                     "test/simulator/libn200sim.a"])
def test_each_object_is_marked_for_the_protection_of_its_control_flow(archive):
    objects = readelf("-n", BUILD / archive).split("\nFile: ")[1:]
    assert objects
    assert [one for one in objects if not all(feature in one for feature in CONTROL_FLOW[platform.machine()])] == []


# scripts/fuzz builds with clang, which warns about flags of another processor; the build turns warnings into errors.
@pytest.mark.skipif(not shutil.which("clang++"), reason="needs clang++")
def test_clang_takes_every_flag_of_the_build(tmp_path):
    configured = run(["cmake", "-S", REPOSITORY, "-B", tmp_path, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++",
                      "-DSESAM_TESTS=OFF", "-DSESAM_COMMAND=OFF"], timeout=300)
    assert configured.returncode == 0, configured
    built = run(["cmake", "--build", tmp_path, "--target", "base/CMakeFiles/sesam_base.dir/hex.cc.o"], timeout=300)
    assert built.returncode == 0, built


@each_file
def test_it_does_not_name_the_directory_of_the_build(path):
    assert str(REPOSITORY).encode() not in path.read_bytes()


def test_the_bill_of_materials_names_what_the_build_is_made_of():
    bill = json.loads((BUILD / "sesam.spdx.json").read_text())
    assert bill["spdxVersion"] == "SPDX-2.3" and bill["dataLicense"] == "CC0-1.0"
    assert bill["SPDXID"] == "SPDXRef-DOCUMENT"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bill["creationInfo"]["created"])
    assert bill["creationInfo"]["creators"]
    assert bill["name"] and bill["documentNamespace"].startswith("urn:uuid:")
    packages = {package["name"]: package for package in bill["packages"]}
    assert set(packages) == {"sesam", "openssl", "curl", "simdjson", "cli11", "nlohmann-json", "nghttp2", "http-parser"}
    for package in packages.values():
        assert re.fullmatch(r"[0-9]+(\.[0-9]+)+[a-z]?(-\w+)?", package["versionInfo"]), package
        assert package["downloadLocation"] and package["licenseDeclared"] and package["filesAnalyzed"] is False
    depends_on = {(one["spdxElementId"], one["relatedSpdxElement"]) for one in bill["relationships"]
                  if one["relationshipType"] == "DEPENDS_ON"}
    assert depends_on == {("SPDXRef-sesam", package["SPDXID"]) for name, package in packages.items() if name != "sesam"}
    assert {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
            "relatedSpdxElement": "SPDXRef-sesam"} in bill["relationships"]


def test_the_bill_of_materials_has_the_versions_that_the_module_reports():
    bill = json.loads((BUILD / "sesam.spdx.json").read_text())
    built = MODULE.read_bytes()
    versions = {package["name"]: package["versionInfo"] for package in bill["packages"]}
    told = (f"{versions['sesam']}, OpenSSL {versions['openssl']}, libcurl {versions['curl']}, simdjson "
            f"{versions['simdjson']}")
    assert told.encode() in built
