# SPDX-License-Identifier: Apache-2.0
"""The Debian package lists the user's remaining files when it is purged."""
import pytest

from harness.paths import REPOSITORY

POSTRM = REPOSITORY / "debian" / "sesam.postrm"
SYSTEM = "[sesam_providers]\ndefault = sesam_default_provider\nsesam = sesam_provider\n"
LEFT = {"sesam/pass": "secret\n", "bind/sesam.cnf": "", "systemd/system/named.service.d/sesam.conf": "",
        "apparmor.d/local/usr.sbin.named": "/etc/sesam/ r,\n", "ssl/openssl.cnf": SYSTEM}
OTHERS = {"apparmor.d/local/usr.sbin.named": "/srv/zones/ r,\n", "ssl/openssl.cnf": "# no sesam_provider\n[req]\n"}

pytestmark = pytest.mark.skipif(not POSTRM.exists(), reason="debian/ is not in the tarball")


@pytest.fixture
def said_by(run, tmp_path):
    """said_by(files, action) -> the output of the script if /etc has these files"""

    def call(files: dict[str, str], action: str) -> str:
        for name, text in files.items():
            path = tmp_path / "etc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        script = POSTRM.read_text().replace(" /etc/", f" {tmp_path}/etc/").replace("=/etc/", f"={tmp_path}/etc/")
        said = run(["sh", "-c", script, "postrm", action]).stdout
        assert all((tmp_path / "etc" / name).read_text() == text for name, text in files.items())
        return said

    return call


@pytest.mark.parametrize("name", LEFT)
def test_a_purge_names_what_is_left_of_sesam(said_by, tmp_path, name):
    said = said_by({name: LEFT[name]}, "purge").splitlines()
    named = tmp_path / "etc" / ("sesam" if name == "sesam/pass" else name)
    assert len(said) == 1 and f"sesam: {named} " in said[0]


def test_a_purge_is_silent_about_files_that_do_not_concern_sesam(said_by):
    assert said_by(OTHERS, "purge") == ""


def test_an_upgrade_is_silent(said_by):
    assert said_by(LEFT, "upgrade") == ""
