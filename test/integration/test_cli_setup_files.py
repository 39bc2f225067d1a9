# SPDX-License-Identifier: Apache-2.0
"""sesam setup: other users' access to its files, and the steps that it reports."""
import json
import os
import stat

import pytest

from harness.paths import COMMAND
from harness.setup import place, words  # noqa: F401
from harness.terminal import run_at_terminal

FOREIGN = 12345  # a user and group ID that is not in use


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_steps_that_were_skipped_are_named_so_in_json(device, words, place, sesam):
    told = json.loads(sesam(None, "--json", *words(device, without=["make-key"])).stdout)
    assert told["healthy"] and told["written"]
    results = {step["step"]: step["result"] for step in told["steps"]}
    assert results["key"] == results["signature"] == "skipped"


@pytest.mark.parametrize("mode", [0o666, 0o664])
@pytest.mark.parametrize("name", ["openssl.cnf", "device.pem"])
def test_a_file_that_others_can_write_gets_its_mode_back(device, words, place, sesam, name, mode):
    sesam(None, *words(device))
    (place / name).chmod(mode)
    done = sesam(None, *words(device))
    assert f"0644  {place}/{name}  mode corrected" in done.stdout and done.stdout.count("unchanged") == 3
    assert mode_of(place / name) == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["openssl.cnf", "device.pem", "pass"])
def test_a_file_of_another_user_becomes_ones_own(device, words, place, sesam, name):
    sesam(None, *words(device))
    os.chown(place / name, FOREIGN, FOREIGN)
    assert "mode corrected" in sesam(None, *words(device)).stdout
    assert (place / name).stat().st_uid == 0 and (place / name).stat().st_gid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_directory_of_a_group_is_refused(device, words, place, sesam):
    place.mkdir(parents=True)
    os.chown(place, 0, FOREIGN)
    place.chmod(0o775)
    done = sesam(None, *words(device), check=False)
    assert done.returncode == 1 and "can be written by its group" in done.stderr and not list(place.iterdir())


def test_no_key_is_made_if_a_file_has_no_place(device, words, place, sesam, tmp_path):
    (tmp_path / "file").write_text("")
    done = sesam(None, *words(device, named=f"{tmp_path}/file/named.service.d"), check=False)
    assert done.returncode == 1 and "nothing was written" in done.stderr
    drop_in = tmp_path / "file/named.service.d/sesam.conf"
    assert f"{tmp_path}/file: Not a directory: {drop_in} cannot be written" in done.stderr
    assert not device.keys() and not place.exists()


def test_the_backup_of_a_secret_that_others_could_read_is_closed(device, words, place, sesam):
    sesam(None, *words(device))
    (place / "pass").write_text("of yesterday\n")
    (place / "pass").chmod(0o644)
    sesam(None, *words(device, "--force"))
    backup, = place.glob("pass.before-*")
    assert backup.read_text() == "of yesterday\n" and mode_of(backup) == 0o600


def test_the_new_key_and_its_trial_are_recorded(device, words, place, sesam, tmp_path):
    audit = tmp_path / "audit"
    settings = ["--set", f"audit_output={audit}", "--set", "audit_required=yes"]
    sesam(None, *words(device, "--dry-run", *settings))
    assert not audit.exists()
    sesam(None, *words(device, *settings))
    events = [field for line in audit.read_text().splitlines() for field in line.split() if field.startswith("event=")]
    assert events == ["event=generate", "event=sign", "event=sign"], "the last by the files as they were written"


def test_no_key_is_made_that_cannot_be_recorded(device, words, place, sesam, tmp_path):
    done = sesam(None, *words(device, "--set", f"audit_output={tmp_path}/none/audit", "--set", "audit_required=yes"),
                 check=False)
    assert done.returncode == 1 and device.keys() == [] and not place.exists()


def test_no_key_is_made_if_the_files_may_not_be_written(device, words, place, sesam):
    place.mkdir(parents=True)
    (place / "openssl.cnf").write_text("openssl_conf = mine\n")
    done = sesam(None, *words(device), check=False)
    assert done.returncode == 1 and "give --force" in done.stderr and device.keys() == []
    done = sesam(None, *words(device, "--force", f"--named={place}/a b", directory=place / "a b"), check=False)
    assert done.returncode == 1 and "without spaces" in done.stderr and device.keys() == []


def test_no_key_is_made_if_the_user_does_not_agree_to_replace_a_file(device, words, place):
    place.mkdir(parents=True)
    (place / "openssl.cnf").write_text("openssl_conf = mine\n")
    done, _ = run_at_terminal([COMMAND, *words(device)], None, ("Replace", "no"))
    assert done.returncode == 1 and device.keys() == []
    done, screen = run_at_terminal([COMMAND, *words(device)], None, ("Replace", "yes"))
    assert done.returncode == 0 and len(device.keys()) == 1, (done, screen)


SYSTEM = "# a remark of the administrator\n[ req ]\nx = y\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_systems_file_keeps_its_owner_and_group(device, words, sesam, tmp_path):
    system = tmp_path / "system.cnf"
    system.write_text(SYSTEM)
    os.chown(system, FOREIGN, FOREIGN + 1)
    system.chmod(0o640)
    sesam(None, *words(device, system=system))
    status = system.stat()
    assert "sesam" in system.read_text()
    assert (status.st_uid, status.st_gid, mode_of(system)) == (FOREIGN, FOREIGN + 1, 0o640)


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o644])
def test_a_dry_run_shows_of_a_closed_file_only_what_is_added(device, words, sesam, tmp_path, mode):
    system = tmp_path / "system.cnf"
    system.write_text(SYSTEM)
    system.chmod(mode)
    shown = sesam(None, *words(device, "--dry-run", system=system)).stdout.split(f"--- {system}\n")[1]
    assert ("remark" in shown) == (mode == 0o644)
    assert "[sesam_provider]" in shown and "openssl_conf = sesam_openssl_init" in shown


@pytest.mark.parametrize("mode", [0o666, 0o646])
def test_no_setting_is_taken_from_a_file_that_others_can_write(device, words, place, sesam, mode):
    sesam(None, *words(device))
    (place / "openssl.cnf").chmod(mode)
    done = sesam(None, "setup", "--directory", place, "--key", "web", check=False)
    assert done.returncode == 1 and "its settings are not used" in done.stderr and "--url" in done.stderr
    done = sesam(None, "--config", place / "openssl.cnf", "setup", "--directory", place, "--key", "web", check=False)
    assert done.returncode == 1 and "correct its owner and mode" in done.stderr
