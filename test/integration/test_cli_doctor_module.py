# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: the module that openssl.cnf names. A foreign or damaged one is not executed."""
import os
import shutil

import pytest

from harness.doctor import assert_only_bad, assert_tells, bad_steps, place, rewrite  # noqa: F401
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
    """The module has the provider's name, so doctor tries to load it, in a separate process."""
    (tmp_path / "crash.c").write_text('#include <stdlib.h>\n'
                                      'const char *name = "sesam: sematicon N200 provider";\n'
                                      'int OSSL_provider_init(void) { abort(); }\n')
    run(["cc", "-shared", "-fPIC", "-o", "crash.so", "crash.c", "-Wl,--no-as-needed", "-lcrypto"], cwd=tmp_path)
    steps = doctor(with_module(openssl_cnf(device), tmp_path / "crash.so"))
    assert_only_bad(steps, "module", "crash.so cannot be loaded", "killed by signal 6")
    assert steps["access by POST"]["result"] == "good"


def test_a_file_that_is_no_module(device, openssl_cnf, doctor, tmp_path):
    (tmp_path / "sesam.so").write_text("not a library")
    cnf = openssl_cnf(device)
    rewrite(cnf, (str(MODULE), str(tmp_path / "sesam.so")))
    assert bad_steps(doctor(cnf)) == ["module", "libcrypto"]


def test_a_module_of_another_libcrypto(device, openssl_cnf, doctor, tmp_path):
    """The other name has the same length, so it can be replaced in the file."""
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


@pytest.fixture
def spy(place, run):
    """A module that records which user loads it."""
    (place / "spy.c").write_text('#include <stdio.h>\n#include <unistd.h>\n'
                                 'const char *name = "sesam: sematicon N200 provider";\n'
                                 'int OSSL_provider_init(void) { return 0; }\n'
                                 '__attribute__((constructor)) static void start(void) {\n'
                                 f'  FILE *f = fopen("{place}/loaded", "w");\n'
                                 '  if (f) { fprintf(f, "%d", (int)geteuid()); fclose(f); }\n}\n')
    run(["cc", "-shared", "-fPIC", "-o", "spy.so", "spy.c", "-Wl,--no-as-needed", "-lcrypto"], cwd=place)
    return place / "spy.so"


def loaded_as(spy):
    """The user who loaded the module since the last call, or None."""
    file = spy.parent / "loaded"
    user = int(file.read_text()) if file.exists() else None
    file.unlink(missing_ok=True)
    return user


def test_a_users_own_module_is_loaded_as_that_user(device, openssl_cnf, doctor, place, spy):
    cnf = with_module(openssl_cnf(device), spy)
    shutil.chown(place, "nobody")
    shutil.chown(spy, "nobody")
    spy.chmod(0o700)
    assert "module" in bad_steps(doctor(cnf, "--as", "nobody"))
    assert loaded_as(spy) == 65534
    steps = doctor(cnf)
    assert_only_bad(steps, "module", f"{spy} can be replaced, as {place} belongs to user 'nobody'",
                    f"chown root {place}")
    assert loaded_as(spy) is None and steps["libcrypto"]["result"] == "skipped"


@pytest.mark.parametrize("owner, mode, cause, cure", [
    ("daemon", 0o755, "belongs to user 'daemon'", "chown root"),
    ("root", 0o757, "can be written by every user", "chmod o-w"),
    ("root:daemon", 0o775, "can be written by group 'daemon'", "chmod g-w"),
])
def test_a_module_that_others_can_change_is_not_loaded(device, openssl_cnf, doctor, spy, owner, mode, cause, cure):
    cnf = with_module(openssl_cnf(device), spy)
    shutil.chown(spy, *owner.split(":"))
    spy.chmod(mode)
    for words in ((), ("--as", "nobody")):
        assert_tells(doctor(cnf, *words)["module"], f"{spy} {cause}", "not loaded", f"run: {cure} {spy}")
        assert loaded_as(spy) is None


def test_each_directory_and_link_to_the_module_counts(device, openssl_cnf, doctor, place, spy):
    """Including the directory of the link, and directories that the path only passes through."""
    outer = place / "outer"
    outer.mkdir()
    (outer / "link").symlink_to(place)
    cnf = with_module(openssl_cnf(device), outer / "link" / "spy.so")
    doctor(cnf)
    assert loaded_as(spy) == 0
    outer.chmod(0o1777)
    doctor(cnf)
    assert loaded_as(spy) == 0
    os.lchown(outer / "link", 65534, -1)
    assert_tells(doctor(cnf)["module"], f"{outer}/link belongs to user 'nobody'", f"chown -h root {outer}/link")
    os.lchown(outer / "link", 0, -1)
    outer.chmod(0o777)
    assert_tells(doctor(cnf)["module"], f"as {outer} can be written by every user", f"chmod o-w {outer}")
    assert loaded_as(spy) is None


def test_a_module_that_only_root_can_read(device, openssl_cnf, doctor, place):
    """named and nginx load the module before they switch to another user."""
    shutil.copy(MODULE, place / "sesam.so")
    (place / "sesam.so").chmod(0o700)
    steps = doctor(with_module(openssl_cnf(device), place / "sesam.so"), "--as", "nobody")
    assert steps["module"]["result"] == "good" and steps["files"]["result"] == "warning"


def test_a_module_that_is_a_fifo(device, openssl_cnf, doctor, tmp_path):
    os.mkfifo(tmp_path / "sesam.so")
    steps = doctor(with_module(openssl_cnf(device), tmp_path / "sesam.so"))
    assert_only_bad(steps, "module", "is not a regular file")
