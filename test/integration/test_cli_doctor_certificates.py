# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: the directory in the setting `certificates`."""
import shutil

import pytest

from harness.doctor import assert_only_bad, assert_only_warning, bad_steps, make_dated, rewrite


@pytest.fixture
def directory(tmp_path):
    made = tmp_path / "certificates"
    made.mkdir()
    return made


@pytest.fixture
def cnf(device, openssl_cnf, directory):
    device.create_key("web")
    return openssl_cnf(device, certificates=directory)


def certify(openssl, cnf, path, days=400, key="sesam:web"):
    openssl(cnf, "req", "-x509", "-key", key, "-subj", "/CN=web", "-days", days, "-out", path)


def test_certificates_of_keys_are_counted(cnf, directory, doctor, openssl, tmp_path):
    certify(openssl, cnf, directory / "web.pem")
    openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "other.key")
    certify(openssl, cnf, directory / "other.pem", key=tmp_path / "other.key")
    steps = doctor(cnf)
    assert bad_steps(steps) == []
    found = f"2 certificates in 2 files of {directory}, 1 of them for keys in the device"
    assert steps["certificates"]["finding"] == found


def test_certificates_that_are_no_use(cnf, directory, doctor, openssl, tmp_path):
    assert_only_warning(doctor(cnf), "certificates", "no certificate in")
    openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "other.key")
    certify(openssl, cnf, directory / "other.pem", key=tmp_path / "other.key")
    assert_only_warning(doctor(cnf), "certificates", "none of them for a key in the device", "run: sesam list")


def test_a_certificate_that_expires_soon(cnf, directory, doctor, openssl):
    certify(openssl, cnf, directory / "web.pem", days=5)
    assert_only_warning(doctor(cnf), "certificates", f"{directory}/web.pem: the certificate of 'CN = web' expires in ",
                        "renew it")


def test_a_certificate_that_has_expired(cnf, directory, doctor, openssl, tmp_path):
    certify(openssl, cnf, directory / "web.pem")
    expired = make_dated(openssl, tmp_path, "20200101000000Z", "20210101000000Z")
    shutil.copy(expired, directory / "expired.pem")
    assert_only_warning(doctor(cnf), "certificates", f"{directory}/expired.pem: the certificate of",
                        "'CN = seSAM-nserie-101' expired on Jan  1 00:00:00 2021", "renew it")


def test_a_certificate_that_cannot_be_parsed(cnf, directory, doctor, openssl):
    certify(openssl, cnf, directory / "web.pem")
    text = (directory / "web.pem").read_text()
    (directory / "bad.pem").write_text(text[:100] + text[200:])
    assert_only_bad(doctor(cnf), "certificates", f"{directory}/bad.pem: 1 of 1 certificates cannot be parsed")


def test_a_directory_that_is_missing(cnf, directory, doctor):
    rewrite(cnf, (f"certificates = {directory}", f"certificates = {directory}/none"))
    assert_only_bad(doctor(cnf), "files", f"certificates = {directory}/none: No such file or directory")
