# SPDX-License-Identifier: Apache-2.0
"""Signatures of the openssl command with a key in the device."""
import hashlib

import pytest

from harness.keys import assert_signs, public_key, verifies

DIGESTS = ["sha1", "sha224", "sha256", "sha384", "sha512", "sha512-224", "sha512-256",
           "sha3-224", "sha3-256", "sha3-384", "sha3-512"]


@pytest.mark.parametrize("digest", DIGESTS)
def test_dgst_signs_with_every_digest(shared_device, openssl_cnf, openssl, tmp_path, digest):
    shared_device.create_key(f"digest-{digest}")
    assert_signs(openssl, openssl_cnf(shared_device), f"sesam:digest-{digest}", tmp_path, digest)


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("size", [256, 384, 521])
def test_dgst_signs_on_every_curve(shared_device, openssl_cnf, openssl, tmp_path, size, digest):
    shared_device.create_key(f"curve-{size}-{digest}", size=size)
    assert_signs(openssl, openssl_cnf(shared_device), f"sesam:curve-{size}-{digest}", tmp_path, digest)


def test_pkeyutl_signs_a_digest_computed_elsewhere(shared_device, openssl_cnf, openssl, tmp_path):
    shared_device.create_key("pkeyutl")
    cnf = openssl_cnf(shared_device)
    data, digest, signature = tmp_path / "data", tmp_path / "digest", tmp_path / "signature"
    data.write_bytes(b"some data")
    digest.write_bytes(hashlib.sha256(b"some data").digest())
    openssl(cnf, "pkeyutl", "-sign", "-inkey", "sesam:pkeyutl", "-pkeyopt", "digest:sha256", "-in", digest,
            "-out", signature)
    assert verifies(openssl, public_key(openssl, cnf, "sesam:pkeyutl", tmp_path), signature, data, "sha256")


def test_pkeyutl_signs_a_digest_whose_name_it_was_not_told(shared_device, openssl_cnf, openssl, tmp_path):
    shared_device.create_key("nameless")
    cnf = openssl_cnf(shared_device)
    data, digest, signature = tmp_path / "data", tmp_path / "digest", tmp_path / "signature"
    data.write_bytes(b"some data")
    digest.write_bytes(hashlib.sha384(b"some data").digest())
    openssl(cnf, "pkeyutl", "-sign", "-inkey", "sesam:nameless", "-in", digest, "-out", signature)
    assert verifies(openssl, public_key(openssl, cnf, "sesam:nameless", tmp_path), signature, data, "sha384")


def test_pkeyutl_rawin_hashes_the_file_itself(shared_device, openssl_cnf, openssl, tmp_path):
    shared_device.create_key("rawin")
    cnf = openssl_cnf(shared_device)
    data, signature = tmp_path / "data", tmp_path / "signature"
    data.write_bytes(b"x" * 100_000)
    openssl(cnf, "pkeyutl", "-sign", "-rawin", "-digest", "sha256", "-inkey", "sesam:rawin", "-in", data,
            "-out", signature)
    assert verifies(openssl, public_key(openssl, cnf, "sesam:rawin", tmp_path), signature, data, "sha256")


def test_a_digest_of_the_wrong_length_is_refused_before_the_device_sees_it(device, openssl_cnf, openssl, tmp_path):
    device.create_key("web")
    short = tmp_path / "short"
    short.write_bytes(b"only 20 bytes of it!")
    done = openssl(openssl_cnf(device), "pkeyutl", "-sign", "-inkey", "sesam:web", "-pkeyopt", "digest:sha256",
                   "-in", short, "-out", tmp_path / "signature", check=False)
    assert done.returncode != 0
    assert "eccsign" not in device.requests()


def test_the_provider_verifies_what_it_signed_without_asking_the_device(device, openssl_cnf, openssl, tmp_path):
    device.create_key("web")
    cnf = openssl_cnf(device)
    data, signature = tmp_path / "data", tmp_path / "signature"
    data.write_bytes(b"some data")
    openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", signature, data)
    device.reset_counters()
    done = openssl(cnf, "dgst", "-sha256", "-prverify", "sesam:web", "-signature", signature, data)
    assert "Verified OK" in done.stdout
    data.write_bytes(b"other data")
    assert openssl(cnf, "dgst", "-sha256", "-prverify", "sesam:web", "-signature", signature, data,
                   check=False).returncode != 0
    assert device.requests() == {"getkeyattributes": 2}


@pytest.mark.parametrize("options", [{"sesam_first": True}, {"default_properties": "?provider=sesam"}],
                         ids=["listed-first", "default-properties"])
def test_signing_works_where_sesam_is_preferred_for_everything(shared_device, openssl_cnf, openssl, tmp_path, options):
    name = "preferred-" + "-".join(options)
    shared_device.create_key(name)
    assert_signs(openssl, openssl_cnf(shared_device, **options), f"sesam:{name}", tmp_path)
