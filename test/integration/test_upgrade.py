# SPDX-License-Identifier: Apache-2.0
"""Upgrade and downgrade: files of earlier versions are still read, and files of a later version are either read, or
refused with the name of the unknown setting."""
import re

import pytest

from harness.keys import assert_signs
from harness.paths import MODULE, REPOSITORY

VERSIONS = REPOSITORY / "test" / "data" / "versions"
EARLIER = sorted(path.name for path in VERSIONS.iterdir() if path.is_dir())
PIN = "12345678"


@pytest.fixture
def of_version(device, tmp_path):
    """of_version("0.1.0") -> the openssl.cnf of that version, filled in for a device that has the key in its files"""
    def make(version):
        key = device.create_key("web", pin=PIN)
        assert key["id"] and "0025" in str(key), "the files name the first key of a new device"
        for name, secret in (("pass", "sesam-demo\n"), ("pin", f"{PIN}\n")):
            (tmp_path / name).write_text(secret)
            (tmp_path / name).chmod(0o600)
        text = (VERSIONS / version / "openssl.cnf").read_text()
        values = {"module": MODULE, "url": device.url, "tlscert": device.tlscert, "directory": tmp_path}
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        path = tmp_path / "openssl.cnf"
        path.write_text(text)
        return path

    return make


@pytest.mark.parametrize("version", EARLIER)
def test_configuration_pem_file_and_uris_of_an_earlier_version_work(of_version, openssl, tmp_path, version):
    cnf = of_version(version)
    assert_signs(openssl, cnf, VERSIONS / version / "web.key", tmp_path)
    for uri in (VERSIONS / version / "uris").read_text().split():
        assert_signs(openssl, cnf, uri, tmp_path)
    assert not (tmp_path / "log").read_text(), "no setting of it is warned about"
    assert list(tmp_path.glob("*.prom")) and (tmp_path / "audit.log").read_text()


def test_the_newest_file_has_every_setting_until_its_version_is_released():
    """Except settings that exclude others, that need a special device, or that are OpenSSL's."""
    newest = max(EARLIER, key=lambda version: [int(part) for part in version.split(".")])
    if f"## [{newest}] - unreleased" not in (REPOSITORY / "CHANGELOG.md").read_text():
        pytest.skip(f"{newest} was released: its files stay as they are")
    known, kept = (set(re.findall(r"^(?:# )?([a-z_\d]+) = ", path.read_text(), re.M))
                   for path in (REPOSITORY / "openssl.cnf.example", VERSIONS / newest / "openssl.cnf"))
    others = {"pass", "pin", "keygen_pin", "client_cert", "client_key", "n200_conf", "random", "properties", "seed",
              "seed_properties"}
    assert known - kept == others, f"add the new settings to {VERSIONS / newest / 'openssl.cnf'}"


@pytest.mark.parametrize("version", EARLIER)
def test_the_current_pem_file_is_one_that_earlier_versions_read(of_version, openssl, tmp_path, version):
    """If this fails, PEM files must be made again after a downgrade: document that in docs/OPERATIONS.md."""
    cnf = of_version(version)
    openssl(cnf, "pkey", "-in", "sesam:web", "-out", tmp_path / "web.key")
    assert (tmp_path / "web.key").read_text().strip() == (VERSIONS / version / "web.key").read_text().strip()


def test_a_setting_of_a_later_version_is_refused_by_name_when_a_key_is_used(device, openssl_cnf, openssl):
    device.create_key("web")
    cnf = openssl_cnf(device, setting_of_the_future="yes")
    assert openssl(cnf, "version").stderr == ""
    done = openssl(cnf, "pkey", "-in", "sesam:web", "-pubout", check=False)
    assert done.returncode != 0 and "setting_of_the_future" in done.stderr
    cnf.write_text(re.sub("^setting_of_the_future.*\n", "", cnf.read_text(), flags=re.M))
    openssl(cnf, "pkey", "-in", "sesam:web", "-pubout")


def test_an_attribute_of_a_later_version_is_ignored_in_a_uri_that_names_a_key(device, openssl_cnf, openssl, tmp_path):
    device.create_key("web")
    assert_signs(openssl, openssl_cnf(device), "sesam:object=web;attribute-of-the-future=1", tmp_path)
