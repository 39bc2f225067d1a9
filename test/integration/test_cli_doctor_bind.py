# SPDX-License-Identifier: Apache-2.0
"""sesam doctor --bind: BIND's K files whose private keys are in the device."""
import base64
import os
import re
import shutil

import pytest

from harness.bind import Bind
from harness.doctor import assert_only_bad, assert_only_warning, assert_tells, bad_steps, place  # noqa: F401
from harness.paths import MODULE

PIN = "12345678"


@pytest.fixture
def bind(tmp_path, device, openssl_cnf):
    """A zone's directory with the K files of the key 'ksk'."""
    device.create_key("ksk", pin=PIN)
    made = Bind(tmp_path / "zone", openssl_cnf(device, pin=PIN))
    made.key_from_label("sesam:ksk")
    return made


def test_k_files_of_keys_in_the_device(bind, doctor):
    steps = doctor(bind.openssl_conf, "--bind", bind.directory)
    assert bad_steps(steps) == [] and steps["K files"]["finding"].startswith("1 with a label, usable for user")
    assert steps["K files' keys"]["finding"].startswith("1 in the device")


def test_rsa_keys_too(device, bind, doctor):
    device.create_key("rsa", type="RSA", size=2048, pin=PIN)
    bind.key_from_label("sesam:rsa", 8)
    assert doctor(bind.openssl_conf, "--bind", bind.directory)["K files' keys"]["finding"].startswith("2 in the device")


def test_a_label_that_names_no_key(device, bind, doctor):
    device.delete_key("ksk")
    assert_only_bad(doctor(bind.openssl_conf, "--bind", bind.directory), "K files' keys", ".private: ", "unknown key",
                    "by sesam import --undo", "run: sesam list")


def test_a_label_that_names_another_key(device, bind, doctor):
    """The key was deleted, and another one made under the same name."""
    device.delete_key("ksk")
    device.create_key("ksk", pin=PIN)
    assert_only_bad(doctor(bind.openssl_conf, "--bind", bind.directory), "K files' keys",
                    "whose public key is not that of the DNSKEY", "change the label")


def test_a_label_that_is_no_uri_and_a_missing_public_half(bind, doctor):
    private, = bind.directory.glob("K*.private")
    private.with_suffix(".key").unlink()
    steps = doctor(bind.openssl_conf, "--bind", bind.directory)
    assert set(bad_steps(steps)) == {"K files", "K files' keys"}
    assert_tells(steps["K files"], f"{private.with_suffix('.key')}: No such file")
    private.write_text(re.sub("Label: .*", "Label: a3Nr", private.read_text()))
    assert_tells(doctor(bind.openssl_conf, "--bind", bind.directory)["K files' keys"], "is not a sesam: or pkcs11: URI")


@pytest.mark.parametrize("before, after, finding", [
    ("Label:", "Engine: cGtjczExAA==\nLabel:", 'has a line "Engine:"'),
    (r"Label: .*", f"Label: {base64.b64encode(b'sesam:ksk').decode()}", "does not end in a zero byte")])
def test_a_file_that_bind_refuses_although_its_label_names_the_key(bind, doctor, before, after, finding):
    private, = bind.directory.glob("K*.private")
    private.write_text(re.sub(before, after, private.read_text()))
    steps = doctor(bind.openssl_conf, "--bind", bind.directory)
    assert_only_bad(steps, "K files", f"{private}: ", finding, 'docs/BIND.md describes under "Engine labels"')
    assert steps["K files' keys"]["finding"].startswith("1 in the device")


def test_a_pin_in_a_label_is_a_warning(bind, doctor):
    private, = bind.directory.glob("K*.private")
    label = base64.b64encode(b"sesam:ksk?pin-value=99999999\0").decode()
    private.write_text(re.sub("Label: .*", f"Label: {label}", private.read_text()))
    steps = doctor(bind.openssl_conf, "--bind", bind.directory)
    assert_only_warning(steps, "K files", "its label contains a PIN", "replace the label, as docs/BIND.md describes")
    assert "99999999" not in str(steps["all"])


def test_directories_of_a_named_conf(bind, doctor, tmp_path):
    (tmp_path / "named.conf").write_text(f'options {{ directory "{tmp_path}"; }};\nzone "jp.example" {{ type primary; '
                                         'file "jp.example"; key-directory "zone"; };\n')
    steps = doctor(bind.openssl_conf, "--bind", tmp_path / "named.conf")
    assert bad_steps(steps) == [] and steps["K files' keys"]["finding"].startswith("1 in the device")
    (tmp_path / "named.conf").write_text("options {")
    assert_only_bad(doctor(bind.openssl_conf, "--bind", tmp_path / "named.conf"), "K files", "named-checkconf")


def test_a_directory_of_a_named_conf_that_does_not_exist(bind, doctor, tmp_path):
    (tmp_path / "named.conf").write_text(
        f'options {{ directory "{tmp_path}"; key-directory "zone"; }};\n'
        'zone "jp.example" { type primary; file "jp.example"; key-directory "zonee"; };\n')
    steps = doctor(bind.openssl_conf, "--bind", tmp_path / "named.conf")
    assert_only_bad(steps, "K files", f"{tmp_path}/zonee", "No such file or directory",
                    "correct the path in 'key-directory'")
    assert steps["K files' keys"]["finding"].startswith("1 in the device")


@pytest.mark.parametrize("directory", ["{tmp_path}/zone", "zone"], ids=["absolute", "relative"])
def test_the_directory_of_a_key_store(bind, doctor, tmp_path, directory):
    """It takes precedence over key-directory. If it is relative, it is below named's own directory."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "named.conf").write_text(
        f'key-store "hsm" {{ directory "{directory.format(tmp_path=tmp_path)}"; pkcs11-uri "pkcs11:"; }};\n'
        f'options {{ directory "{tmp_path}"; key-directory "keys"; }};\n')
    steps = doctor(bind.openssl_conf, "--bind", tmp_path / "named.conf")
    assert bad_steps(steps) == [] and steps["K files' keys"]["finding"].startswith("1 in the device")


def test_a_long_named_conf_is_read_to_its_end(bind, doctor, tmp_path):
    """named-checkconf prints more than 64 KiB before the zone with the keys."""
    zones = "".join(f'zone "z{number}.example" {{ type primary; file "z{number}.example"; }};\n'
                    for number in range(1500))
    (tmp_path / "named.conf").write_text(f'options {{ directory "{tmp_path}"; }};\n{zones}zone "jp.example" {{ '
                                         'type primary; file "jp.example"; key-directory "zone"; };\n')
    steps = doctor(bind.openssl_conf, "--bind", tmp_path / "named.conf")
    assert bad_steps(steps) == [] and steps["K files' keys"]["finding"].startswith("1 in the device")


def test_no_k_files(bind, doctor, tmp_path):
    (tmp_path / "empty").mkdir()
    steps = doctor(bind.openssl_conf, "--bind", tmp_path / "empty")
    assert_only_warning(steps, "K files", "no K*.private file with a label")
    assert_only_bad(doctor(bind.openssl_conf, "--bind", tmp_path / "none"), "K files", "No such file or directory")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_k_files_that_named_cannot_read(bind, doctor):
    """Only root can enter pytest's directory, like an unsuitable key-directory."""
    private, = bind.directory.glob("K*.private")
    steps = doctor(bind.openssl_conf, "--bind", bind.directory, "--as", "daemon")
    assert "K files" in bad_steps(steps)
    assert_tells(steps["K files"], str(private.parent), "Permission denied (as user 'daemon')", "into the directory")
    assert shutil.which("named-checkconf")


NOBODY = {"user": 65534, "group": 65534, "extra_groups": []}


@pytest.fixture
def as_nobody(bind, device, doctor, place):  # noqa: F811
    """as_nobody() -> the steps of the doctor that runs as a user who is not root; K files are in place/keys."""
    for name, path in (("tls.crt", device.tlscert), ("sesam.so", MODULE)):
        shutil.copy(path, place / name)
    shutil.copytree(bind.directory, place / "keys")
    for path in (place / "keys", *(place / "keys").iterdir()):
        shutil.chown(path, 65534, 65534)
    cnf = place / "openssl.cnf"
    cnf.write_text(bind.openssl_conf.read_text().replace(str(MODULE), str(place / "sesam.so"))
                   .replace(str(device.tlscert), str(place / "tls.crt")))
    cnf.chmod(0o644)
    return lambda: doctor(cnf, "--bind", place / "keys", cwd=place, **NOBODY)


def test_k_files_that_the_doctors_own_user_cannot_read(as_nobody, place):  # noqa: F811
    assert as_nobody()["K files"]["result"] == "good"
    private, = (place / "keys").glob("K*.private")
    other = private.with_name("Kother.example.+013+00001.private")
    shutil.copy(private, other)
    other.chmod(0o600)
    steps = as_nobody()
    assert_tells(steps["K files"], f"{other}: Permission denied", "to that group")
    assert steps["K files' keys"]["finding"].startswith("1 in the device")
    shutil.chown(private, "root")
    assert_tells(as_nobody()["K files"], f"{private}: Permission denied", "1 more cannot be read")


@pytest.mark.parametrize("mode, told", [(0o700, "key-directory = "), (0o704, "K file = ")])
def test_a_key_directory_that_the_doctors_own_user_cannot_read(as_nobody, place, mode, told):  # noqa: F811
    shutil.chown(place / "keys", "root", "root")
    (place / "keys").chmod(mode)
    steps = as_nobody()
    assert steps["K files"]["result"] == "bad"
    assert_tells(steps["K files"], f"{told}{place}/keys", "Permission denied")
