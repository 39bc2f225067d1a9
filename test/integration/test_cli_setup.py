# SPDX-License-Identifier: Apache-2.0
"""sesam setup: makes the files that programs need to use a device, without exposing the password."""
import json
import os
import re
import stat
import subprocess

import pytest

from harness.keys import assert_signs
from harness.paths import COMMAND
from harness.setup import PIN, assert_nothing_written, fingerprint, place, words  # noqa: F401
from harness.simulator import DEVICE_NAME, PASSWORD, USER
from harness.terminal import run_at_terminal

SECRET_FILES = {"pass": f"{PASSWORD}\n", "pin": f"{PIN}\n"}


@pytest.mark.parametrize("options", [{}, {"http1": True}], ids=["h2", "http1"])
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_one_command_leads_to_a_signature(simulator, words, place, sesam, openssl, tmp_path, options, type):
    device = simulator(**options)
    done = sesam(None, *words(device, "--type", type))
    assert stat.S_IMODE(place.stat().st_mode) == 0o755
    assert {file.name for file in place.iterdir()} == {"openssl.cnf", "device.pem", "pass", "pin"}
    for name, text in SECRET_FILES.items():
        assert (place / name).read_text() == text and stat.S_IMODE((place / name).stat().st_mode) == 0o600
    for name in ("openssl.cnf", "device.pem"):
        assert stat.S_IMODE((place / name).stat().st_mode) == 0o644
    assert PASSWORD not in str(done) and PIN not in (place / "openssl.cnf").read_text() + str(done)
    assert "cores: 1 to 2; core 1 is used" in done.stdout and "these files: made by" in done.stdout
    assert_signs(openssl, place / "openssl.cnf", "sesam:web", tmp_path)
    openssl(place / "openssl.cnf", "req", "-x509", "-key", "sesam:web", "-subj", "/CN=web", "-out", "web.crt")
    assert f"export OPENSSL_CONF={place}/openssl.cnf" in done.stdout


def test_a_second_run_changes_nothing_and_needs_no_options(device, words, place, sesam):
    sesam(None, *words(device))

    def files():
        return {file: (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino) for file in place.iterdir()}

    before = files()
    done = sesam(None, *words(device))
    assert done.stdout.count("unchanged") == 4
    done = sesam(None, "setup", "--directory", place, "--key", "web")
    assert done.stdout.count("unchanged") == 4 and "already trusted" in done.stdout
    assert before == files()
    assert len(device.keys()) == 1


def test_settings_that_a_user_added_are_kept(device, words, place, sesam):
    sesam(None, *words(device, "--set", "deadline_ms=7000"))
    assert "\ndeadline_ms = 7000\n" in (place / "openssl.cnf").read_text()
    assert sesam(None, *words(device)).stdout.count("unchanged") == 4


def test_other_contents_are_replaced_only_on_demand_and_with_a_backup(device, words, place, sesam, tmp_path):
    sesam(None, *words(device))
    (place / "pass").write_text("of yesterday\n")
    (place / "openssl.cnf").write_text("openssl_conf = mine\n")
    done = sesam(None, *words(device, "--yes"), check=False)
    assert done.returncode == 1 and "give --force" in done.stderr and "nothing was written" in done.stderr
    assert f"0600  {place}/pass  to be replaced\n" in done.stdout and f"{place}/pin  unchanged" in done.stdout
    assert "the old one is" not in done.stdout and ".before-" not in str(done) + str(list(place.iterdir()))
    assert (place / "pass").read_text() == "of yesterday\n"
    told = json.loads(sesam(None, "--json", *words(device, "--yes"), check=False).stdout)
    assert not told["written"] and {file["change"] for file in told["files"]} == {"to be replaced", "unchanged"}
    assert all("backup" not in file for file in told["files"])
    done = sesam(None, *words(device, "--force"))
    assert f"0600  {place}/pass  replaced; the old one is {place}/pass.before-" in done.stdout
    assert (place / "pass").read_text() == f"{PASSWORD}\n"
    backups = {file.name.split(".before-")[0]: file for file in place.iterdir() if ".before-" in file.name}
    assert set(backups) == {"pass", "openssl.cnf"}
    assert backups["pass"].read_text() == "of yesterday\n" and stat.S_IMODE(backups["pass"].stat().st_mode) == 0o600
    assert backups["openssl.cnf"].read_text() == "openssl_conf = mine\n"


def test_a_secret_that_others_can_read_gets_its_mode_back(device, words, place, sesam):
    sesam(None, *words(device))
    (place / "pin").chmod(0o644)
    assert "mode corrected" in sesam(None, *words(device)).stdout
    assert stat.S_IMODE((place / "pin").stat().st_mode) == 0o600


def test_a_dry_run_writes_nothing_and_makes_no_key(device, words, place, sesam):
    done = sesam(None, *words(device, "--dry-run"))
    assert not place.exists() and device.keys() == []
    assert f"{place}/pass  to be written\n" in done.stdout and "new\n" not in done.stdout
    assert f"--- {place}/openssl.cnf" in done.stdout and "pass_source = file:" in done.stdout
    assert PASSWORD not in done.stdout and PIN not in done.stdout


def test_everything_can_be_answered_at_the_terminal(device, place, openssl, tmp_path):
    done, screen = run_at_terminal(
        [COMMAND, "setup", "--directory", place], None,
        ("Name of the device", f"127.0.0.1:{device.port}"), ("further node", ""), ("Type yes to trust it", "yes"),
        ("User on the device", USER), (f"Password of {USER}", "mistyped"), ("again", PASSWORD),
        ("PIN of the keys", PIN), ("name of a new one", "web"), ("Make it?", "yes"))
    assert done.returncode == 0, (done, screen)
    assert fingerprint(device.tlscert) in screen
    assert "Subject" in done.stderr and DEVICE_NAME in done.stderr and "Valid" in done.stderr
    assert PASSWORD not in screen + str(done) and PIN not in screen + str(done)
    cnf = (place / "openssl.cnf").read_text()
    assert f"url = https://{DEVICE_NAME}:{device.port}\naddress = 127.0.0.1\n" in cnf
    assert_signs(openssl, place / "openssl.cnf", "sesam:web", tmp_path)


def test_the_user_is_asked_before_a_file_is_replaced(device, words, place, sesam):
    sesam(None, *words(device))
    (place / "pin").write_text("1\n")
    arguments = [COMMAND, *words(device)]
    done, _ = run_at_terminal(arguments, None, ("Replace", "no"))
    assert done.returncode == 1 and (place / "pin").read_text() == "1\n"
    done, _ = run_at_terminal(arguments, None, ("Replace", "yes"))
    assert done.returncode == 0 and (place / "pin").read_text() == f"{PIN}\n"


@pytest.mark.parametrize("password", ["pa#ss$wo\\rd", "'\"`", " with spaces "])
def test_a_password_with_special_characters_works(device, words, sesam, openssl, place, tmp_path, password):
    device.add_user("odd#user$1", password)
    (tmp_path / "password").write_text(password)
    sesam(None, *words(device, user="odd#user$1"))
    assert_signs(openssl, place / "openssl.cnf", "sesam:web", tmp_path)


def test_a_directory_with_special_characters_works(device, words, sesam, openssl, tmp_path):
    place = tmp_path / "it's #1 $HOME"
    done = sesam(None, *words(device, directory=place))
    assert_signs(openssl, place / "openssl.cnf", "sesam:web", tmp_path)
    export = next(line for line in done.stdout.splitlines() if "export" in line)
    shell = f"{export.strip()}; exec openssl pkey -in sesam:web -pubout"
    subprocess.run(["bash", "-c", shell], check=True, capture_output=True)
    done = sesam(None, *words(device, directory=place, named=tmp_path / "named"), check=False)
    assert done.returncode == 1 and "--no-named" in done.stderr


def test_the_address_is_asked_for_if_the_name_cannot_be_resolved(device, words, place):
    arguments = [COMMAND, *words(device, without=["address"])]
    done, _ = run_at_terminal(arguments, None, ("Address to connect to", "127.0.0.1"))
    assert done.returncode == 0 and "\naddress = 127.0.0.1\n" in (place / "openssl.cnf").read_text()


def test_a_key_may_be_named_by_a_uri_with_a_core(device, words, sesam):
    device.create_key("web", pin=PIN, core=2)
    sesam(None, *words(device, without=["make-key"], key="sesam:object=web;core=2"))


def test_links_in_the_directory_are_replaced_and_not_followed(device, words, place, sesam, tmp_path):
    place.mkdir(parents=True)
    (tmp_path / "victim").write_text("precious")
    (place / "pass").symlink_to(tmp_path / "victim")
    sesam(None, *words(device, "--force"))
    assert (tmp_path / "victim").read_text() == "precious" and not (place / "pass").is_symlink()


# Runs a command with a small file system mounted on the directory in the first argument.
FULL_DISK = """
mount -t tmpfs -o size=8k none "$1" || exit 77
place=$1; shift
"$@"
status=$?
find "$place"
exit $status
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_full_disk_leaves_nothing_at_all(device, words, run, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    done = run(["unshare", "--mount", "sh", "-c", FULL_DISK, "-", small, COMMAND,
                *words(device, directory=small / "sesam")], timeout=60, check=False)
    if done.returncode == 77 or done.stderr.startswith("unshare: "):
        pytest.skip("no mount namespace")
    assert done.returncode == 1 and "No space left on device" in done.stderr and "nothing was written" in done.stderr
    assert done.stdout.splitlines()[-1] == str(small)


def test_the_nodes_of_a_cluster_are_trusted_one_by_one(simulator, words, place, sesam, openssl, tmp_path):
    first, second = simulator(), simulator()
    one_of_two = words(first, "--url", second.url)
    assert_nothing_written(sesam(None, *one_of_two, check=False), place)
    assert second.requests() == {}
    sesam(None, *one_of_two, "--fingerprint", fingerprint(second.tlscert))
    assert (place / "device.pem").read_text().count("BEGIN CERTIFICATE") == 2
    second.take_keys_of(first)
    first.stop()
    assert_signs(openssl, place / "openssl.cnf", "sesam:web", tmp_path)


def test_a_wrong_password_is_told_and_nothing_is_written(device, words, place, sesam, tmp_path):
    (tmp_path / "password").write_text("wrong")
    done = sesam(None, *words(device), check=False)
    assert_nothing_written(done, place)
    assert "access denied" in done.stdout
    done = sesam(None, "--json", *words(device), check=False)
    told = json.loads(done.stdout)
    assert not told["healthy"] and not told["written"] and told["steps"][-1]["step"] == "user" and told["files"] == []
    assert all(json.loads(line) for line in done.stderr.splitlines()), done.stderr


def test_a_wrong_pin_is_sent_once_and_nothing_is_written(device, words, place, sesam, tmp_path):
    device.create_key("web", pin="99999999")
    done = sesam(None, *words(device), check=False)
    assert_nothing_written(done, place)
    assert "wrong PIN" in done.stdout and device.counters()["errors"]["wrong pin"] == 1


def test_keys_without_pin(device, words, place, sesam):
    sesam(None, *words(device, "--no-pin", without=["pin-source"]))
    assert {file.name for file in place.iterdir()} == {"openssl.cnf", "device.pem", "pass"}


def test_the_password_may_come_from_stdin(device, words, place, sesam):
    sesam(None, *words(device, pass_source="stdin:"), stdin=f"{PASSWORD}\n".encode())
    assert (place / "pass").read_text() == f"{PASSWORD}\n"


@pytest.mark.parametrize("source", [PASSWORD, "file:", "env:", "stdin", "ask:me"])
def test_a_source_of_the_password_that_is_not_one_is_a_matter_of_usage(device, words, place, sesam, source):
    done = sesam(None, *words(device, pass_source=source), check=False)
    assert done.returncode == 2 and not place.exists(), str(done)
    assert "--pass-source: expected file:PATH, env:NAME, stdin: or ask:\n" in done.stderr
    assert PASSWORD not in done.stderr and device.requests() == {}


def test_a_core_that_is_not_there_is_told(device, words, place, sesam):
    done = sesam(None, *words(device, core="9"), check=False)
    assert_nothing_written(done, place)
    assert "1 to 2" in done.stdout and "--core" in done.stdout


REFUSALS = {
    "unknown name": ({"url": "https://no-such-device.invalid"}, ["address"], "--address"),
    "no connection": ({"url": "https://127.0.0.1:9", "address": "127.0.0.1:9"}, [], "--address"),
    "no key": ({"key": "no key"}, ["make-key"], "give --make-key 'no key'"),
    "no key of a URI": ({"key": "sesam:object=none"}, ["make-key"], "--make-key NAME"),
    "another fingerprint": ({"fingerprint": "AB" * 32}, [], "another machine may have answered"),
    "no trust": ({}, ["fingerprint"], "the device's display"),
    "no user": ({"user": "nobody-of-the-device"}, [], "correct --user"),
    "another core": ({"core": "9"}, [], "--core"),
    "no device": ({}, ["url", "address"], "give --url"),
    "no setting": ({"set": "no_such=1"}, [], "sesam setup --help"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_the_advice_is_about_the_options_as_there_is_no_openssl_cnf(device, words, place, sesam, name):
    options, without, advice = REFUSALS[name]
    done = sesam(None, *words(device, without=without, **options), check=False)
    assert_nothing_written(done, place)
    told = done.stdout + done.stderr
    assert advice in told and not re.search("openssl[.]cnf|'tlscert'|run: sesam doctor", told), told


def test_the_report_may_be_json(device, words, place, sesam):
    told = json.loads(sesam(None, "--json", *words(device)).stdout)
    assert told["healthy"] and told["written"] and told["key"] == "web"
    assert told["openssl_conf"] == f"{place}/openssl.cnf"
    assert {"path": f"{place}/pass", "mode": "0600", "change": "new"} in told["files"]
    assert {step["result"] for step in told["steps"]} == {"good"}


def test_a_directory_of_others_is_refused(device, words, place, sesam):
    place.mkdir(parents=True)
    place.chmod(0o777)
    done = sesam(None, *words(device), check=False)
    assert done.returncode == 1 and "can be written by every user" in done.stderr and not list(place.iterdir())


def test_files_of_secrets_that_are_not_used_any_more_are_named(device, words, place, sesam):
    assert "No longer used" not in sesam(None, *words(device)).stdout
    done = sesam(None, *words(device, "--no-pin", "--force", without=["pin-source", "make-key"]))
    assert f"No longer used: {place}/pin; delete it." in done.stdout and f"{place}/pass;" not in done.stdout
