# SPDX-License-Identifier: Apache-2.0
"""sesam setup: the files that it writes for named, and its changes to the system's openssl.cnf."""
import os
import re
import stat

import pytest

from harness.keys import assert_signs
from harness.paths import COMMAND
from harness.setup import assert_nothing_written, fingerprint, place, words  # noqa: F401
from harness.simulator import USER


def test_named_gets_a_drop_in_and_a_configuration_of_its_own(device, words, place, sesam, openssl, tmp_path):
    done = sesam(None, *words(device, named=tmp_path / "named.service.d"))
    drop_in = (tmp_path / "named.service.d" / "sesam.conf").read_text()
    assert f"\nEnvironment=OPENSSL_CONF={place}/named.cnf\n" in drop_in
    assert "\ndeadline_ms = 1000\n" in (place / "named.cnf").read_text()
    assert "deadline_ms" not in (place / "openssl.cnf").read_text()
    assert "systemctl restart named" in done.stdout
    assert_signs(openssl, place / "named.cnf", "sesam:web", tmp_path)


def test_with_several_nodes_one_that_does_not_respond_leaves_named_time_for_the_next(simulator, words, place, sesam,
                                                                                     openssl, tmp_path):
    first, second = simulator(), simulator()
    again = words(first, "--url", second.url, "--fingerprint", fingerprint(second.tlscert), "--force",
                  named=tmp_path / "d")
    sesam(None, *again)
    own = place / "named.cnf"
    assert "\ndeadline_ms = 1000\n" in own.read_text() and "\nrequest_timeout_ms = 400\n" in own.read_text()
    assert "request_timeout_ms" not in (place / "openssl.cnf").read_text()
    second.take_keys_of(first)
    first.network("silence")
    assert_signs(openssl, own, "sesam:web", tmp_path)
    first.network("restore")
    own.write_text(own.read_text().replace("request_timeout_ms = 400", "request_timeout_ms = 300"))
    sesam(None, *again)
    assert "\nrequest_timeout_ms = 300\n" in own.read_text(), "the user's"
    sesam(None, *again, "--set", "deadline_ms=5000", "--set", "request_timeout_ms=2000")
    assert "\nrequest_timeout_ms = 2000\n" in own.read_text()


def test_settings_that_a_user_added_to_nameds_file_are_kept(device, words, place, sesam, tmp_path):
    again = words(device, "--force", named=tmp_path / "d")
    sesam(None, *again)
    own = place / "named.cnf"
    added = "log_output = syslog\ndeadline_ms = 2000\npin = 1\nuser = somebody\n"
    own.write_text(re.sub("^(deadline_ms|user) =.*\n", "", own.read_text(), flags=re.M).replace(
        "\nurl =", f"\n{added}url =", 1))
    sesam(None, *again)
    text = own.read_text()
    assert "\nlog_output = syslog\n" in text and "\ndeadline_ms = 2000\n" in text
    assert f"\nuser = {USER}\n" in text and "\npin =" not in text
    own.chmod(0o666)
    sesam(None, *again)
    assert "syslog" not in own.read_text()


def test_no_drop_in_is_written_unasked_for_another_directory(device, words, place, sesam):
    done = sesam(None, *words(device))
    assert "systemctl" not in done.stdout and not (place / "named.cnf").exists()


SYSTEM_FILES = {
    "debian 12": "openssl_conf = openssl_init\n\n[openssl_init]\n# providers = provider_sect\n\n[ req ]\nx = y\n",
    "debian 13": "openssl_conf = openssl_init\n[openssl_init]\nproviders = provider_sect\nssl_conf = ssl\n"
                 "[provider_sect]\ndefault = default_sect\n[default_sect]\n# activate = 1\n[ssl]\n",
    "bare": "[ req ]\nx = y\n",
    "without line break": "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\n[c]\nactivate = 1"}


@pytest.mark.parametrize("name", SYSTEM_FILES)
def test_the_systems_file_is_extended_and_a_backup_kept(device, words, sesam, openssl, tmp_path, name):
    system = tmp_path / "system.cnf"
    system.write_text(SYSTEM_FILES[name])
    system.chmod(0o640)
    sesam(None, *words(device, system=system))
    text = system.read_text()
    for line in SYSTEM_FILES[name].splitlines():
        assert line in text.splitlines()
    assert stat.S_IMODE(system.stat().st_mode) == 0o640
    backup, = tmp_path.glob("system.cnf.before-*")
    assert backup.read_text() == SYSTEM_FILES[name]
    assert_signs(openssl, system, "sesam:web", tmp_path)
    sesam(None, *words(device, system=system))
    assert system.read_text() == text and len(list(tmp_path.glob("system.cnf.before-*"))) == 1


def test_a_systems_file_that_configures_sesam_otherwise_is_left_alone(device, words, place, sesam, tmp_path):
    system = tmp_path / "system.cnf"
    text = "openssl_conf = a\n[a]\nproviders = b\n[b]\ndefault = c\nsesam = d\n[c]\nactivate = 1\n[d]\nactivate = 1\n"
    system.write_text(text)
    done = sesam(None, *words(device, system=system), check=False)
    assert_nothing_written(done, place)
    assert system.read_text() == text and list(tmp_path.glob("system.cnf.*")) == []


@pytest.mark.parametrize("name", ["openssl.cnf", "../sesam/openssl.cnf", "link", "named.cnf"])
def test_the_systems_file_must_not_be_one_of_those_that_are_written(device, words, place, sesam, name):
    place.mkdir(parents=True)
    for cnf in ("openssl.cnf", "named.cnf"):
        (place / cnf).write_text("[ req ]\nx = y\n")
    (place / "link").symlink_to("openssl.cnf")
    done = sesam(None, *words(device, "--force", system=place / name, named=place / "drop-ins"), check=False)
    assert done.returncode == 1 and "is one of the files in --directory" in done.stderr, done
    assert device.keys() == [] and (place / "openssl.cnf").read_text() == "[ req ]\nx = y\n"
    assert len(list(place.iterdir())) == 3


def test_without_system_no_file_outside_of_the_directory_is_touched(device, words, place, sesam, tmp_path):
    system = tmp_path / "system.cnf"
    system.write_text(SYSTEM_FILES["debian 12"])
    sesam(system, *words(device))
    assert system.read_text() == SYSTEM_FILES["debian 12"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_who_may_not_write_there_is_told_before_anything_is_asked(device, words, sesam, tmp_path):
    tmp_path.chmod(0o755)
    done = sesam(None, *words(device, directory="/etc/sesam-of-a-test"), check=False, user="nobody")
    assert done.returncode == 1 and "run this as root" in done.stderr and device.requests() == {}


# Runs a command twice with another /etc that has BIND and AppArmor, and keeps a copy of it.
OTHER_ETC = """
cp /etc/ld.so.cache "$COPY.libraries" &&  # tells where those of the program are
  mount -t tmpfs none /etc && cp "$COPY.libraries" /etc/ld.so.cache || exit 77
mkdir -p /etc/bind /etc/systemd/system /etc/apparmor.d/local
touch /etc/apparmor.d/usr.sbin.named
echo '# by the administrator' >/etc/apparmor.d/local/usr.sbin.named
"$@" && "$@"
status=$?
cp -r /etc/. "$COPY"
exit $status
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have another /etc")
def test_where_bind_is_everything_for_named_is_written(device, words, run, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    done = run(["unshare", "--mount", "sh", "-c", OTHER_ETC, "-", COMMAND, *words(device, without=["directory"])],
               environment={"COPY": str(copy)}, timeout=120, check=False)
    if done.returncode == 77 or done.stderr.startswith("unshare: "):
        pytest.skip("no mount namespace")
    assert done.returncode == 0, done
    names = {"device.pem", "pass", "pin", "openssl.cnf", "named.cnf"}
    assert {file.name for file in (copy / "sesam").iterdir()} == names
    drop_in = (copy / "systemd" / "system" / "named.service.d" / "sesam.conf").read_text()
    assert "Environment=OPENSSL_CONF=/etc/sesam/named.cnf\n" in drop_in
    profile = (copy / "apparmor.d" / "local" / "usr.sbin.named").read_text()
    assert profile == "# by the administrator\n/etc/sesam/ r,\n/etc/sesam/** r,\n"
    assert len(list((copy / "apparmor.d" / "local").glob("usr.sbin.named.before-*"))) == 1
    assert "apparmor_parser -r /etc/apparmor.d/usr.sbin.named" in done.stdout
