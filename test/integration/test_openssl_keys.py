# SPDX-License-Identifier: Apache-2.0
"""The parts of a key that the openssl command shows, and those that it must not get."""
import re

import pytest

from harness.keys import public_key

CURVES = [(256, "prime256v1"), (384, "secp384r1"), (521, "secp521r1")]


@pytest.mark.parametrize("size, group", CURVES)
def test_pkey_text_describes_the_key(shared_device, openssl_cnf, openssl, size, group):
    record = shared_device.create_key(f"text-{size}", size=size)
    text = openssl(openssl_cnf(shared_device), "pkey", "-in", f"sesam:text-{size}", "-text", "-noout").stdout
    assert group in text
    assert f"{size} bit" in text
    shown = re.sub(r"[^0-9a-f]", "", text.split("pub:")[1].split("ASN1")[0]) if "pub:" in text else ""
    assert not shown or shown.startswith("04" + record["public_key"].lower())
    assert "priv:" not in text


@pytest.mark.parametrize("size, group", CURVES)
def test_pkey_pubout_is_the_public_key_that_the_device_told(shared_device, openssl_cnf, openssl, tmp_path, size, group):
    record = shared_device.create_key(f"pubout-{size}", size=size)
    pem = public_key(openssl, openssl_cnf(shared_device), f"sesam:pubout-{size}", tmp_path)
    der = openssl(None, "pkey", "-pubin", "-in", pem, "-outform", "DER").output
    assert der.endswith(b"\x04" + bytes.fromhex(record["public_key"]))
    assert group in openssl(None, "pkey", "-pubin", "-in", pem, "-text", "-noout").stdout


def test_pkey_check_finds_the_public_part_valid(shared_device, openssl_cnf, openssl):
    shared_device.create_key("pubcheck")
    done = openssl(openssl_cnf(shared_device), "pkey", "-in", "sesam:pubcheck", "-pubcheck", "-pubout")
    assert "Key is valid" in done.stdout + done.stderr


@pytest.mark.parametrize("form", [["-outform", "DER"], ["-traditional"]], ids=["der", "traditional"])
def test_the_private_key_cannot_be_written_out(device, openssl_cnf, openssl, tmp_path, form):
    device.create_key("web")
    out = tmp_path / "private"
    done = openssl(openssl_cnf(device), "pkey", "-in", "sesam:web", *form, "-out", out, check=False)
    assert done.returncode != 0
    assert not out.exists() or out.read_bytes() == b""
    assert "PRIVATE KEY" not in done.stdout
    assert set(device.requests()) == {"getkeyattributes"}


def test_pkey_writes_the_compressed_point(device, openssl_cnf, openssl, tmp_path):
    device.create_key("web")
    form = ("-ec_conv_form", "compressed", "-outform", "DER")
    openssl(openssl_cnf(device), "pkey", "-in", "sesam:web", "-pubout", *form, "-out", tmp_path / "public")
    der = (tmp_path / "public").read_bytes()
    assert der[26] in b"\x02\x03" and len(der) == 26 + 33


@pytest.mark.parametrize("form", ["MSBLOB", "PVK", "DER"])
def test_rsa_tells_why_it_cannot_write_the_private_key(shared_device, openssl_cnf, openssl, tmp_path, form):
    name = f"refused-{form}"
    shared_device.create_key(name, type="RSA", size=2048)
    cnf, out = openssl_cnf(shared_device), tmp_path / "private"
    done = openssl(cnf, "rsa", "-in", f"sesam:{name}", "-outform", form, "-out", out, check=False)
    assert done.returncode != 0 and (not out.exists() or out.read_bytes() == b"")
    assert "exporting the private part" in done.stderr, str(done)


@pytest.mark.parametrize("options", [[], ["-traditional"], ["-traditional", "-aes128", "-passout", "pass:secret"]],
                         ids=["plain", "traditional", "encrypted"])
def test_rsa_writes_the_uri_in_whatever_form(shared_device, openssl_cnf, openssl, tmp_path, options):
    """The file contains no secret, so it is never encrypted."""
    name = f"written-{len(options)}"
    shared_device.create_key(name, type="RSA", size=2048)
    cnf, out = openssl_cnf(shared_device), tmp_path / "uri.pem"
    openssl(cnf, "rsa", "-in", f"sesam:{name}", *options, "-out", out)
    assert out.read_text().startswith("-----BEGIN SESAM KEY URI-----")
    assert "Private-Key: (2048 bit)" in openssl(cnf, "pkey", "-in", out, "-noout", "-text").stdout


def test_openssl_list_tells_what_the_provider_offers(device, openssl_cnf, openssl):
    cnf = openssl_cnf(device)
    providers = openssl(cnf, "list", "-providers", "-verbose").stdout
    section = providers.split("\n  sesam\n")[1]
    assert re.search(r"version: \d+\.\d+\.\d+", section)
    assert re.search(r"status: active", section)
    assert "build info:" in section
    assert re.search(r"sesam", openssl(cnf, "list", "-store-loaders").stdout)
    assert re.search(r"sesam", openssl(cnf, "list", "-key-managers").stdout)
    assert re.search(r"ECDSA.* @ sesam", openssl(cnf, "list", "-signature-algorithms").stdout)
    assert device.counters()["connections_accepted"] == 0
