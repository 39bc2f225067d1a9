# SPDX-License-Identifier: Apache-2.0
"""The module's copies of secrets are wiped before their memory is released, wherever the secret comes from."""
import json
import subprocess
from pathlib import Path

import pytest

from drivers.life import HERE
from harness.flavour import not_sanitized

pytestmark = not_sanitized("malloc is the sanitizer's there")
PIN, PASSWORD = "90817263", "Correct+Horse/9917="


@pytest.fixture(scope="module")
def freed(tmp_path_factory) -> Path:
    library = tmp_path_factory.mktemp("freed") / "freed.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library, HERE / "freed.c",
                    "-ldl"], check=True, timeout=60)
    return library


@pytest.fixture
def released(freed, run, tmp_path):
    """released(secret, cnf, program, …) -> the call stacks that released memory which contained the secret"""

    def watch(secret: str | bytes, cnf: Path, *command, **options) -> str:
        raw = secret.encode() if isinstance(secret, str) else secret
        report = tmp_path / "report"
        report.unlink(missing_ok=True)
        run(command, cnf, cwd=tmp_path, environment={
            "LD_PRELOAD": str(freed), "SESAM_TEST_SECRET": bytes(byte ^ 0x5A for byte in raw).hex(),
            "SESAM_TEST_REPORT": str(report), **options.pop("environment", {})}, **options)
        return report.read_text()

    return watch


@pytest.fixture
def device(device):
    device.create_key("web", pin=PIN)
    device.add_user("kilo", PASSWORD)
    device.create_key("rsa", type="RSA", size=2048, pin=PIN)
    return device


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data").write_text("data")


@pytest.mark.parametrize("text", [
    f'{{"keygen_pin": "{PIN}"}}',
    f'{{"user": "kilo", "pass": "{PASSWORD}", "keygen_pin":{PIN}}}',
    json.dumps({"pass": PASSWORD, "keygen_pin": PIN, "user": "kilo"}).replace("/", "\\/"),
], ids=["one", "a number", "escaped"])
@pytest.mark.parametrize("secret", [PIN, PASSWORD], ids=["PIN", "password"])
def test_the_file_of_n200_conf_is_wiped(device, openssl_cnf, released, tmp_path, text, secret):
    vendor = tmp_path / "N200.conf"
    vendor.write_text(text)
    vendor.chmod(0o600)
    user = {"user": None, "pass": None} if PASSWORD.split("/")[0] in text else {}
    cnf = openssl_cnf(device, n200_conf=vendor, **user)
    assert released(secret, cnf, "openssl", "pkey", "-in", "sesam:web", "-noout") == ""


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("secret", [PIN, PASSWORD], ids=["PIN", "password"])
@pytest.mark.parametrize("form", ["value", "file", "environment"])
def test_the_settings_are_wiped(device, openssl_cnf, released, tmp_path, form, secret):
    for name, text in (("pin", PIN), ("password", PASSWORD)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    settings = {"value": {"pin": PIN, "pass": PASSWORD},
                "file": {"pin_source": f"file:{tmp_path}/pin", "pass_source": f"file:{tmp_path}/password"},
                "environment": {"pin_source": "env:SESAM_PIN", "pass_source": "env:SESAM_PASS"}}[form]
    cnf = openssl_cnf(device, **{"user": "kilo", "pass": None, "log_level": 1, **settings})
    assert released(secret, cnf, "openssl", "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "data",
                    environment={"SESAM_PIN": PIN, "SESAM_PASS": PASSWORD}) == ""


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("attribute", ["value", "source"])
def test_a_pin_in_a_uri_is_wiped(device, openssl_cnf, released, tmp_path, attribute):
    (tmp_path / "pin").write_text(PIN)
    (tmp_path / "pin").chmod(0o600)
    pin = {"value": f"pin-value={PIN}", "source": f"pin-source=file:{tmp_path}/pin"}[attribute]
    assert released(PIN, openssl_cnf(device), "openssl", "dgst", "-sha256", "-sign", f"sesam:web?{pin}", "-out",
                    "signature", "data") == ""


@pytest.mark.parametrize("algorithm, size", [("EC", "group:P-256"), ("RSA", "rsa_keygen_bits:2048")])
def test_a_pin_in_the_uri_of_a_new_key_is_wiped(device, openssl_cnf, released, algorithm, size):
    assert released(PIN, openssl_cnf(device), "openssl", "genpkey", "-algorithm", algorithm, "-propquery",
                    "?provider=sesam", "-pkeyopt", size, "-pkeyopt",
                    f"sesam_uri:sesam:object=new?pin-value={PIN}") == ""


# The DER form of a URI, as pkcs11-provider would write it, including the PIN.
def pem_of(uri: str) -> str:
    def element(tag: int, text: bytes) -> bytes:
        assert len(text) < 128
        return bytes((tag, len(text))) + text

    der = element(0x30, element(0x1A, b"sesam key URI v1.0") + element(0x0C, uri.encode()))
    done = subprocess.run(["base64"], input=der, capture_output=True, check=True)
    return f"-----BEGIN SESAM KEY URI-----\n{done.stdout.decode()}-----END SESAM KEY URI-----\n"


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("key", ["web", "rsa"])
@pytest.mark.parametrize("form", ["the PIN", "the line of the file"])
def test_a_pin_in_a_pem_file_is_wiped(device, openssl_cnf, released, tmp_path, key, form):
    pem = pem_of(f"sesam:{key}?pin-value={PIN}")
    (tmp_path / "key.pem").write_text(pem)
    secret = PIN if form == "the PIN" else pem.splitlines()[1][-20:]
    assert released(secret, openssl_cnf(device), "openssl", "dgst", "-sha256", "-sign", "key.pem", "-out", "signature",
                    "data") == ""


def test_a_release_is_found(device, openssl_cnf, released):
    """The name of a key, which is not a secret, is released as it is."""
    name = "a-name-of-more-than-15-bytes"
    device.create_key(name)
    assert "sesam.so" in released(name, openssl_cnf(device), "openssl", "pkey", "-in", f"sesam:object={name}", "-noout")
