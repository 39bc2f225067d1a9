# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: the module that openssl.cnf names. A foreign or damaged one is not executed."""
import shutil

import pytest

from harness.doctor import assert_only_bad, bad_steps, rewrite
from harness.paths import MODULE


def with_module(cnf, module):
    rewrite(cnf, (str(MODULE), str(module)))
    return cnf


def test_another_providers_module(device, openssl_cnf, doctor, run):
    directory = run(["openssl", "version", "-m"]).stdout.split('"')[1]
    steps = doctor(with_module(openssl_cnf(device), f"{directory}/legacy.so"))
    assert_only_bad(steps, "module", "legacy.so is another provider's module", f"set module = {MODULE}")


@pytest.mark.parametrize("size", [40, 20000, 2_000_000])
def test_a_module_that_is_cut_off(device, openssl_cnf, doctor, tmp_path, size):
    (tmp_path / "sesam.so").write_bytes(MODULE.read_bytes()[:size])
    steps = doctor(with_module(openssl_cnf(device), tmp_path / "sesam.so"))
    assert_only_bad({name: step for name, step in steps.items() if name != "libcrypto"}, "module", "sesam.so is ",
                    "install sesam.so again")


def test_a_module_that_crashes(device, openssl_cnf, doctor, run, tmp_path):
    """It has the provider's name, so it is tried: in a process of its own."""
    (tmp_path / "crash.c").write_text('#include <stdlib.h>\n'
                                      'const char *name = "sesam: sematicon N200 provider";\n'
                                      'int OSSL_provider_init(void) { abort(); }\n')
    run(["cc", "-shared", "-fPIC", "-o", "crash.so", "crash.c", "-Wl,--no-as-needed", "-lcrypto"], cwd=tmp_path)
    steps = doctor(with_module(openssl_cnf(device), tmp_path / "crash.so"))
    assert_only_bad(steps, "module", "crash.so cannot be loaded", "killed by signal 6")
    assert steps["access by POST"]["result"] == "good"


def test_a_module_that_is_none(device, openssl_cnf, doctor, tmp_path):
    (tmp_path / "sesam.so").write_text("not a library")
    cnf = openssl_cnf(device)
    rewrite(cnf, (str(MODULE), str(tmp_path / "sesam.so")))
    assert bad_steps(doctor(cnf)) == ["module", "libcrypto"]


def test_a_module_of_another_libcrypto(device, openssl_cnf, doctor, tmp_path):
    """Its name is as long, so it may be written over."""
    other = tmp_path / "sesam.so"
    shutil.copy(MODULE, other)
    other.write_bytes(other.read_bytes().replace(b"libcrypto.so.", b"libcrypto.sx."))
    cnf = openssl_cnf(device)
    rewrite(cnf, (str(MODULE), str(other)))
    steps = doctor(cnf)
    assert bad_steps(steps) == ["module", "libcrypto"]
    assert "libcrypto.sx." in steps["module"]["finding"] and "libcrypto.sx." in steps["libcrypto"]["finding"]
    assert "built for" in steps["libcrypto"]["cure"]


def test_a_module_in_openssls_directory(device, openssl_cnf, doctor, tmp_path):
    cnf = openssl_cnf(device)
    rewrite(cnf, (f"module = {MODULE}\n", ""))
    steps = doctor(cnf, environment={"OPENSSL_MODULES": str(tmp_path)})
    assert_only_bad(steps, "module", str(tmp_path / "sesam.so"), f"module = {MODULE}")
    shutil.copy(MODULE, tmp_path / "sesam.so")
    assert bad_steps(doctor(cnf, environment={"OPENSSL_MODULES": str(tmp_path)})) == []
