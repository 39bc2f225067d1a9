# SPDX-License-Identifier: Apache-2.0
"""Decryption and key agreement: refused with a clear error for keys in the device, left to OpenSSL for all others."""
import pytest

from drivers.life import compile_driver
from harness import configuration
from harness.programs import run
from harness.simulator import Simulator

PLACES = {
    "listed last": {},
    "listed first": {"sesam_first": True},
    "asked for": {"default_properties": "?provider=sesam"},
    "listed first and asked for": {"sesam_first": True, "default_properties": "?provider=sesam"},
}
OAEP = ("-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256")


@pytest.fixture(params=PLACES)
def place(request):
    return PLACES[request.param]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A device with a key of each type, and a directory with their certificates, data that OpenSSL encrypted for them
    without sesam, and keys in files."""
    directory = tmp_path_factory.mktemp("decrypt")
    device = Simulator(directory / "device").start()
    cnf = configuration.write(directory / "openssl.cnf", configuration.settings_for(device))

    def openssl(cnf, *arguments):
        run(["openssl", *arguments], cnf, cwd=directory, timeout=120)

    (directory / "message").write_text("for the device's eyes only\n")
    for name, kind in (("ec", {}), ("rsa", {"type": "RSA", "size": 2048})):
        device.create_key(name, **kind)
        openssl(cnf, "req", "-x509", "-key", f"sesam:{name}", "-subj", f"/CN={name}", "-out", f"{name}.crt")
        openssl(cnf, "pkey", "-in", f"sesam:{name}", "-pubout", "-out", f"{name}.pub")
        openssl(None, "cms", "-encrypt", "-aes-256-gcm", "-in", "message", "-out", f"{name}.cms", f"{name}.crt")
    openssl(None, "smime", "-encrypt", "-aes256", "-in", "message", "-out", "rsa.smime", "rsa.crt")
    openssl(None, "pkeyutl", "-encrypt", "-pubin", "-inkey", "rsa.pub", "-in", "message", "-out", "rsa.secret")
    for name, algorithm in (("file", ("EC", "-pkeyopt", "group:P-256")), ("file-rsa", ("RSA",))):
        openssl(None, "genpkey", "-algorithm", *algorithm, "-out", f"{name}.key")
        openssl(None, "pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
    yield device, directory
    device.stop()


@pytest.fixture
def secret(made):
    device, _ = made
    device.reset_counters()
    return device


@pytest.fixture
def openssl(made):
    _, directory = made
    return lambda cnf, *arguments, **options: run(["openssl", *arguments], cnf, cwd=directory, **options)


REFUSED = {
    "cms, RSA": ("RSA decryption", "rsa", ["cms", "-decrypt", "-debug_decrypt", "-in", "rsa.cms", "-inkey", "sesam:rsa",
                                           "-recip", "rsa.crt"]),
    "cms, EC": ("ECDH", "ec", ["cms", "-decrypt", "-in", "ec.cms", "-inkey", "sesam:ec", "-recip", "ec.crt"]),
    "smime": ("RSA decryption", "rsa", ["smime", "-decrypt", "-in", "rsa.smime", "-inkey", "sesam:rsa", "-recip",
                                        "rsa.crt"]),
    "smime without a certificate": ("RSA decryption", "rsa", ["smime", "-decrypt", "-in", "rsa.smime", "-inkey",
                                                              "sesam:rsa"]),
    "pkeyutl": ("RSA decryption", "rsa", ["pkeyutl", "-decrypt", "-in", "rsa.secret", "-inkey", "sesam:rsa"]),
    "pkeyutl, OAEP": ("RSA decryption", "rsa", ["pkeyutl", "-decrypt", "-in", "rsa.secret", "-inkey", "sesam:rsa",
                                                *OAEP]),
    "derive": ("ECDH", "ec", ["pkeyutl", "-derive", "-inkey", "sesam:ec", "-peerkey", "file.pub"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_key_in_the_device_does_not_decrypt_and_says_why(secret, openssl_cnf, openssl, place, what):
    operation, name, arguments = REFUSED[what]
    done = openssl(openssl_cnf(secret, **place), *arguments, check=False)
    assert done.returncode != 0
    assert f"operation not offered:sesam:0:{operation} with key '{name}' (hsm" in done.stderr
    assert "the device only signs; use a key in a file" in done.stderr
    assert "for the device's eyes" not in done.stdout
    assert secret.requests() == {"getkeyattributes": 1}


def test_cms_hides_the_error_of_an_rsa_key_but_the_log_does_not(secret, openssl_cnf, openssl, tmp_path):
    """CMS_decrypt(3) continues with a random key, so that the error reveals nothing; -debug_decrypt prevents that."""
    done = openssl(openssl_cnf(secret, log_level=1, log_output=tmp_path / "log"), "cms", "-decrypt", "-in", "rsa.cms",
                   "-inkey", "sesam:rsa", "-recip", "rsa.crt", check=False)
    assert done.returncode != 0 and "not offered" not in done.stderr
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert "operation not offered: RSA decryption with key 'rsa'" in line


def test_everybody_encrypts_for_a_key_in_the_device(secret, openssl_cnf, openssl, place):
    cnf = openssl_cnf(secret, **place)
    openssl(cnf, "cms", "-encrypt", "-aes-256-gcm", "-in", "message", "-out", "a", "rsa.crt")
    openssl(cnf, "cms", "-encrypt", "-aes-256-gcm", "-in", "message", "-out", "b", "ec.crt")
    openssl(cnf, "smime", "-encrypt", "-aes256", "-in", "message", "-out", "c", "rsa.crt")
    openssl(cnf, "pkeyutl", "-encrypt", "-pubin", "-inkey", "rsa.pub", "-in", "message", "-out", "d")
    assert secret.requests() == {}
    openssl(cnf, "pkeyutl", "-encrypt", "-inkey", "sesam:rsa", "-in", "message", "-out", "e")
    assert secret.requests() == {"getkeyattributes": 1}


@pytest.mark.parametrize("padding", [(), OAEP], ids=["PKCS#1", "OAEP"])
def test_keys_in_files_encrypt_and_decrypt(secret, openssl_cnf, openssl, place, padding):
    cnf = openssl_cnf(secret, **place)
    openssl(cnf, "pkeyutl", "-encrypt", "-pubin", "-inkey", "file-rsa.pub", *padding, "-in", "message", "-out", "mine")
    for reader in (cnf, None):
        assert "for the device's eyes" in openssl(reader, "pkeyutl", "-decrypt", "-inkey", "file-rsa.key", *padding,
                                                  "-in", "mine").stdout
    assert secret.requests() == {}


def test_keys_in_files_agree_with_the_public_key_of_one_in_the_device(secret, openssl_cnf, openssl, place):
    arguments = ("pkeyutl", "-derive", "-inkey", "file.key", "-peerkey", "ec.pub")
    assert openssl(openssl_cnf(secret, **place), *arguments).output == openssl(None, *arguments).output
    assert secret.requests() == {}


def test_a_public_key_in_our_key_management_encrypts_as_openssl_does(secret, made, openssl_cnf, openssl, tmp_path):
    """The programs above use public keys in OpenSSL's default provider; an application may import them into sesam."""
    _, directory = made
    program = compile_driver(tmp_path, "encrypt", "encrypt.c")
    assert run([program, "file-rsa.pub", "ciphertext"], openssl_cnf(secret), cwd=directory).stderr == ""
    assert openssl(None, "pkeyutl", "-decrypt", "-inkey", "file-rsa.key", *OAEP, "-in",
                   "ciphertext").stdout == "encrypted by sesam"
    assert secret.requests() == {}
