# SPDX-License-Identifier: Apache-2.0
"""OSSL_PROVIDER_self_test(): checks the settings and the device, with read-only requests."""
import subprocess

import pytest

from drivers.life import compile_driver
from harness.programs import minimal_environment

CONFIGURATION = ["Start Configuration settings", "Pass Configuration settings", "Start Configuration tlscert",
                 "Pass Configuration tlscert", "Start Configuration client_cert", "Pass Configuration client_cert"]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("self_test"), "self_test", "self_test.c")


@pytest.fixture
def self_test(program, run):
    """self_test(cnf) -> the lines printed"""

    def call(cnf, **options):
        return run([program, "sesam:web"], cnf, **options).stdout.splitlines()

    return call


def test_each_check_is_reported_and_only_read_requests_are_sent(device, openssl_cnf, self_test):
    device.create_key("web")
    device.reset_counters()
    assert self_test(openssl_cnf(device)) == CONFIGURATION + ["Start Device timestamp", "Pass Device timestamp",
                                                              "passed"]
    assert device.requests() == {"timestamp": 2, "getkeyattributes": 1, "eccsign": 1}  # the last two: signing


def test_loading_the_provider_runs_no_self_test(device, openssl_cnf, openssl):
    openssl(openssl_cnf(device), "list", "-providers")
    assert device.requests() == {}


@pytest.mark.parametrize("setting, problem", [
    ({"core": "many"}, "core = many: allowed values: whole numbers"),
    ({"pass": "wrong"}, "access denied"),
    ({"tlscert": None}, "the device's certificate is not trusted"),
    ({"address": "127.0.0.1:9"}, "cannot connect")])
def test_a_failure_names_the_reason(device, openssl_cnf, self_test, setting, problem):
    lines = self_test(openssl_cnf(device, deadline_ms=1000, **setting), check=False)
    assert lines[-1] == "failed"
    assert problem in "\n".join(lines)
    failed = [line for line in lines if line.startswith("Fail ")]
    assert failed == ["Fail Configuration settings" if "core" in setting else "Fail Device timestamp"]


def test_trusted_certificates_are_read(device, openssl_cnf, self_test, tmp_path):
    broken = tmp_path / "broken.crt"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    lines = self_test(openssl_cnf(device, tlscert=broken), check=False)
    assert "Fail Configuration tlscert" in lines
    assert f"tlscert = {broken}: contains no valid certificate" in "\n".join(lines)


def test_a_client_key_of_another_certificate_is_named(device, openssl_cnf, self_test, run, tmp_path):
    for name in "ab":
        run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", f"{name}.key",
             "-out", f"{name}.crt"], cwd=tmp_path)
    lines = self_test(openssl_cnf(device, client_cert=tmp_path / "a.crt", client_key=tmp_path / "b.key"), check=False)
    assert "Fail Configuration client_cert" in lines
    assert "is not the key of the certificate in client_cert" in "\n".join(lines)
    device.create_key("web")
    assert self_test(openssl_cnf(device, client_cert=tmp_path / "a.crt",
                                 client_key=tmp_path / "a.key"))[-1] == "passed"


def test_after_a_failure_the_provider_works_again(device, openssl_cnf, program):
    device.create_key("web")
    port = device.ready["port"]
    device.stop()
    process = subprocess.Popen([program, "sesam:web"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True,
                               env=minimal_environment(openssl_cnf(device, deadline_ms=1000)))
    try:
        while (line := process.stdout.readline()) not in ("failed\n", ""):
            pass
        assert line == "failed\n", process.communicate()
        device.start(port)
        out, errors = process.communicate("\n", timeout=30)
        assert process.returncode == 0 and out.endswith("passed\n"), out + errors
    finally:
        process.kill()
        process.wait()


def test_an_encrypted_certificate_asks_nobody_for_a_passphrase(device, openssl_cnf, self_test, tmp_path):
    encrypted = tmp_path / "encrypted.crt"
    first, rest = device.tlscert.read_text().split("\n", 1)
    header = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n"
    encrypted.write_text(f"{first}\n{header}\n{rest}")
    lines = self_test(openssl_cnf(device, tlscert=encrypted), check=False)
    assert "Fail Configuration settings" in lines
    assert f"tlscert = {encrypted}: contains an encrypted certificate" in "\n".join(lines)
