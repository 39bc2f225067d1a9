# SPDX-License-Identifier: Apache-2.0
"""RSA keys: PKCS#1 v1.5 and PSS."""
import pytest

PSS = ("-sigopt", "rsa_padding_mode:pss")


@pytest.fixture
def rsa(device, openssl_cnf, openssl, tmp_path):
    """rsa(bits) makes a key. -> openssl.cnf, and the file of the public key"""
    def make(bits: int = 2048):
        device.create_key("rsa", type="RSA", size=bits)
        cnf, public = openssl_cnf(device), tmp_path / "rsa.pub"
        openssl(cnf, "pkey", "-in", "sesam:rsa", "-pubout", "-out", public)
        (tmp_path / "data").write_text("what is to be signed")
        return cnf, public
    return make


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
@pytest.mark.parametrize("options", [(), PSS], ids=["pkcs1", "pss"])
def test_a_signature_verifies(device, rsa, openssl, tmp_path, bits, options):
    cnf, public = rsa(bits)
    openssl(cnf, "dgst", "-sha256", "-sign", "sesam:rsa", *options, "-out", tmp_path / "sig", tmp_path / "data")
    done = openssl(cnf, "dgst", "-sha256", "-verify", public, *options, "-signature", tmp_path / "sig",
                   tmp_path / "data")
    assert "Verified OK" in done.stdout
    assert (tmp_path / "sig").stat().st_size == bits // 8
    assert device.requests()["rsasign"] == 1


@pytest.mark.parametrize("digest", ["sha1", "sha224", "sha256", "sha384", "sha512", "sha512-224", "sha512-256",
                                    "sha3-256"])
@pytest.mark.parametrize("options", [(), PSS], ids=["pkcs1", "pss"])
def test_every_digest(rsa, openssl, tmp_path, digest, options):
    cnf, public = rsa()
    openssl(cnf, "dgst", f"-{digest}", "-sign", "sesam:rsa", *options, "-out", tmp_path / "sig", tmp_path / "data")
    assert "Verified OK" in openssl(cnf, "dgst", f"-{digest}", "-verify", public, *options, "-signature",
                                    tmp_path / "sig", tmp_path / "data").stdout


@pytest.mark.parametrize("salt, verified_as", [("digest", "32"), ("max", "222"), ("auto", "222"), ("20", "20"),
                                               ("0", "0")])
def test_salt_lengths(rsa, openssl, tmp_path, salt, verified_as):
    cnf, public = rsa()
    openssl(cnf, "dgst", "-sha256", "-sign", "sesam:rsa", *PSS, "-sigopt", f"rsa_pss_saltlen:{salt}", "-out",
            tmp_path / "sig", tmp_path / "data")
    assert "Verified OK" in openssl(cnf, "dgst", "-sha256", "-verify", public, *PSS, "-sigopt",
                                    f"rsa_pss_saltlen:{verified_as}",
                                    "-signature", tmp_path / "sig", tmp_path / "data").stdout


# The salt lengths: that of the digest, the longest for 2048 bits, and OpenSSL's names for them.
@pytest.mark.parametrize("digest, size", [("sha224", 28), ("sha256", 32), ("sha384", 48), ("sha512", 64)])
def test_every_salt_length_of_every_sha2(rsa, openssl, tmp_path, digest, size):
    cnf, public = rsa()
    most = 256 - size - 2
    for salt, verified_as in [("digest", size), ("max", most), ("auto", most), (str(most), most), ("0", 0), ("1", 1)]:
        openssl(cnf, "dgst", f"-{digest}", "-sign", "sesam:rsa", *PSS, "-sigopt", f"rsa_pss_saltlen:{salt}", "-out",
                tmp_path / "sig", tmp_path / "data")
        assert "Verified OK" in openssl(None, "dgst", f"-{digest}", "-verify", public, *PSS, "-sigopt",
                                        f"rsa_pss_saltlen:{verified_as}",
                                        "-signature", tmp_path / "sig", tmp_path / "data").stdout, salt
    done = openssl(cnf, "dgst", f"-{digest}", "-sign", "sesam:rsa", *PSS, "-sigopt", f"rsa_pss_saltlen:{most + 1}",
                   tmp_path / "data", check=False)
    assert done.returncode != 0 and f"the maximum is {most}" in done.stderr


def test_a_raw_digest_is_signed(rsa, openssl, tmp_path):
    cnf, public = rsa()
    (tmp_path / "digest").write_bytes(bytes(range(32)))
    options = ("-in", tmp_path / "digest", "-pkeyopt", "digest:sha256")
    openssl(cnf, "pkeyutl", "-sign", "-inkey", "sesam:rsa", *options, "-out", tmp_path / "sig")
    assert "Successfully" in openssl(cnf, "pkeyutl", "-verify", "-pubin", "-inkey", public, *options, "-sigfile",
                                     tmp_path / "sig").stdout


def test_a_certificate_with_pss_has_complete_parameters(rsa, openssl, tmp_path):
    cnf, _ = rsa()
    openssl(cnf, "req", "-x509", "-key", "sesam:rsa", "-subj", "/CN=rsa", *PSS, "-sigopt", "rsa_pss_saltlen:digest",
            "-out", tmp_path / "crt")
    assert "OK" in openssl(cnf, "verify", "-CAfile", tmp_path / "crt", tmp_path / "crt").stdout
    text = openssl(cnf, "x509", "-in", tmp_path / "crt", "-noout", "-text").stdout
    for part in ("rsassaPss", "Hash Algorithm: sha256", "mgf1 with sha256", "Salt Length: 0x20"):
        assert part in text


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_requests_and_certificates_with_pss_verify_and_say_which(rsa, openssl, tmp_path, digest):
    cnf, _ = rsa()
    openssl(cnf, "req", "-x509", "-key", "sesam:rsa", "-subj", "/CN=ca", f"-{digest}", *PSS, "-out", tmp_path / "ca")
    openssl(cnf, "req", "-new", "-key", "sesam:rsa", "-subj", "/CN=web", f"-{digest}", *PSS, "-out", tmp_path / "csr")
    openssl(cnf, "x509", "-req", "-in", tmp_path / "csr", "-CA", tmp_path / "ca", "-CAkey", "sesam:rsa", f"-{digest}",
            *PSS, "-sigopt", "rsa_pss_saltlen:digest", "-out", tmp_path / "crt")
    verified = openssl(None, "req", "-in", tmp_path / "csr", "-verify", "-noout")
    assert "self-signature verify OK" in verified.stderr + verified.stdout  # stderr or stdout, depending on the version
    assert "OK" in openssl(None, "verify", "-CAfile", tmp_path / "ca", tmp_path / "crt").stdout
    for form, name in (("req", "csr"), ("x509", "crt"), ("x509", "ca")):
        text = openssl(None, form, "-in", tmp_path / name, "-noout", "-text").stdout
        assert "rsassaPss" in text and f"Hash Algorithm: {digest}" in text and f"mgf1 with {digest}" in text, name
    assert f"Salt Length: 0x{int(digest[3:]) // 8:02X}" in openssl(None, "x509", "-in", tmp_path / "crt", "-noout",
                                                                   "-text").stdout


@pytest.mark.parametrize("options", [(), ("-keyopt", "rsa_padding_mode:pss")], ids=["pkcs1", "pss"])
def test_a_signed_message_verifies(rsa, openssl, tmp_path, options):
    cnf, _ = rsa()
    openssl(cnf, "req", "-x509", "-key", "sesam:rsa", "-subj", "/CN=ca", "-out", tmp_path / "crt")
    openssl(cnf, "cms", "-sign", "-in", tmp_path / "data", "-signer", tmp_path / "crt", "-inkey", "sesam:rsa", *options,
            "-nodetach", "-outform", "PEM", "-out", tmp_path / "cms")
    openssl(None, "cms", "-verify", "-in", tmp_path / "cms", "-inform", "PEM", "-CAfile", tmp_path / "crt", "-purpose",
            "any", "-out", tmp_path / "out")
    assert (tmp_path / "out").read_bytes().replace(b"\r\n", b"\n").strip() == (tmp_path / "data").read_bytes()
    shown = openssl(None, "cms", "-cmsout", "-print", "-noout", "-in", tmp_path / "cms", "-inform", "PEM").stdout
    assert ("rsassaPss" in shown) == bool(options)


@pytest.mark.parametrize("options, told", [
    ((), "RSA without a digest"),
    (("-pkeyopt", "digest:sha256", "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_mgf1_md:sha1"),
     "MGF1 of another digest"),
    (("-pkeyopt", "rsa_padding_mode:none"), "is not offered; use pkcs1 or pss"),
], ids=["no digest", "mgf1", "no padding"])
def test_what_the_device_cannot_be_asked_is_refused(device, rsa, openssl, tmp_path, options, told):
    cnf, _ = rsa()
    (tmp_path / "digest").write_bytes(bytes(range(32)))
    done = openssl(cnf, "pkeyutl", "-sign", "-inkey", "sesam:rsa", "-in", tmp_path / "digest", *options, "-out",
                   tmp_path / "sig", check=False)
    assert done.returncode != 0
    assert told in done.stderr
    assert "rsasign" not in device.requests()


@pytest.mark.parametrize("size", [256, 384, 512])
def test_brainpool_keys_sign(device, openssl_cnf, openssl, tmp_path, size):
    device.create_key("bp", type="BRAINPOOL", size=size)
    cnf = openssl_cnf(device)
    (tmp_path / "data").write_text("what is to be signed")
    openssl(cnf, "pkey", "-in", "sesam:bp", "-pubout", "-out", tmp_path / "pub")
    openssl(cnf, "dgst", "-sha256", "-sign", "sesam:bp", "-out", tmp_path / "sig", tmp_path / "data")
    assert "Verified OK" in openssl(cnf, "dgst", "-sha256", "-verify", tmp_path / "pub", "-signature", tmp_path / "sig",
                                    tmp_path / "data").stdout
    assert f"brainpoolP{size}r1" in openssl(cnf, "pkey", "-in", "sesam:bp", "-text", "-noout").stdout


@pytest.mark.parametrize("options", [("-pkeyopt", "digest:sha256"), ()], ids=["digest", "DigestInfo"])
def test_what_was_signed_is_recovered_without_the_device(device, rsa, openssl, tmp_path, options):
    cnf, public = rsa()
    (tmp_path / "digest").write_bytes(bytes(range(32)))
    openssl(cnf, "pkeyutl", "-sign", "-inkey", "sesam:rsa", "-pkeyopt", "digest:sha256", "-in", tmp_path / "digest",
            "-out", tmp_path / "sig")
    before = device.requests()
    for key in (("-inkey", "sesam:rsa"), ("-pubin", "-inkey", public)):
        openssl(cnf, "pkeyutl", "-verifyrecover", *key, *options, "-in", tmp_path / "sig", "-out",
                tmp_path / key[0][1:])
    assert (tmp_path / "inkey").read_bytes() == (tmp_path / "pubin").read_bytes()
    assert (tmp_path / "inkey").read_bytes().endswith(bytes(range(32)))
    assert device.requests()["rsasign"] == before["rsasign"]


def test_genrsa_is_refused_with_the_reason(device, openssl_cnf, openssl, tmp_path):
    """It has no option that could name the key."""
    done = openssl(openssl_cnf(device), "genrsa", "-propquery", "provider=sesam", "-out", tmp_path / "made",
                   check=False)
    assert done.returncode != 0 and "no URI gives its name" in done.stderr, str(done)
    assert device.keys() == []


def test_rsa_pss_keys_are_not_made(device, openssl_cnf, openssl, tmp_path):
    done = openssl(openssl_cnf(device), "genpkey", "-algorithm", "RSA-PSS", "-propquery", "provider=sesam", "-pkeyopt",
                   "sesam_uri:sesam:object=made", "-out", tmp_path / "made", check=False)
    assert done.returncode != 0 and device.keys() == []


@pytest.mark.parametrize("option, offered", [("rsa_keygen_pubexp:65537", True), ("rsa_keygen_primes:2", True),
                                             ("rsa_keygen_pubexp:3", False), ("rsa_keygen_primes:3", False)])
def test_the_usual_exponent_and_primes_may_be_asked_for(device, openssl_cnf, openssl, tmp_path, option, offered):
    done = openssl(openssl_cnf(device), "genpkey", "-algorithm", "RSA", "-propquery", "?provider=sesam", "-pkeyopt",
                   "sesam_uri:sesam:object=made", "-pkeyopt", option, "-out", tmp_path / "made", check=False)
    assert (done.returncode == 0) == offered, str(done)
    assert ("the device makes keys with" in done.stderr) == (not offered), str(done)
    assert len(device.keys()) == offered
