# SPDX-License-Identifier: Apache-2.0
"""`sesam import` of a K*.private file: the key moves into the device and remains the zone's key."""
import base64
import re
import shutil
from pathlib import Path

import pytest

from harness.bind import ZONE, Bind

PIN = "12345678"
ALGORITHMS = {13: ("ECDSAP256SHA256", 32), 14: ("ECDSAP384SHA384", 48)}


@pytest.fixture
def bind(tmp_path, device, openssl_cnf):
    return Bind(tmp_path / "zone", openssl_cnf(device, pin=PIN))


def make_key(bind: Bind, algorithm: int = 13) -> Path:
    """Makes a KSK in files with BIND alone. -> its K*.private file"""
    name = bind.tool("dnssec-keygen", "-a", ALGORITHMS[algorithm][0], "-f", "KSK", ZONE).stdout.strip()
    return bind.directory / f"{name}.private"


def dnskey(text: str) -> tuple[str, str]:
    """The parameters (flags, protocol, algorithm) and the public key of the only DNSKEY in a K*.key file or zone."""
    found = re.findall(r"DNSKEY\s+(\d+ 3 \d+) \(?([^;)]+)", text)
    assert len(found) == 1, text
    return found[0][0], "".join(found[0][1].split())


def refuse(sesam, bind, path, *told):
    done = sesam(bind.openssl_conf, "import", path, check=False)
    assert done.returncode == 1
    for part in told:
        assert part in done.stderr, str(done)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_existing_zone_is_signed_by_the_imported_key_under_the_same_dnskey(device, bind, sesam, tmp_path, algorithm):
    private = make_key(bind, algorithm)
    before = dnskey(private.with_suffix(".key").read_text())
    bind.sign()  # with the keys in files
    assert dnskey(bind.signed_file.read_text()) == before
    assert device.requests() == {}

    done = sesam(bind.openssl_conf, "import", private)
    assert f"sesam:key-id={device.keys()[0]['key_id']};object=" in done.stdout
    assert device.keys()[0]["nice_name"] == private.stem
    (tmp_path / "away").mkdir()
    for file in bind.directory.glob(f"K{ZONE}.*"):
        shutil.move(file, tmp_path / "away")

    label = "sesam:" + private.stem.replace("+", "%2B")
    bind.key_from_label(label, algorithm)
    assert "PrivateKey" not in private.read_text()
    assert dnskey(private.with_suffix(".key").read_text()) == before
    device.reset_counters()
    signed = bind.sign()
    assert device.requests()["eccsign"] == signed.generated > 0
    assert dnskey(bind.signed_file.read_text()) == before
    assert "Zone fully signed" in (verified := bind.verify()).stdout + verified.stderr


def test_a_private_number_that_begins_with_zeros_is_padded(device, bind, sesam, tmp_path):
    """BIND writes all bytes; other tools may leave out leading zeros."""
    path = tmp_path / "short.private"
    path.write_text("Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: "
                    f"{base64.b64encode(bytes([1])).decode()}\n")
    sesam(bind.openssl_conf, "import", path)
    generator = "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"  # x of P-256's G, SEC 2
    assert device.keys()[0]["public_key"].startswith(generator)


def test_a_key_whose_public_half_beside_it_is_anothers_is_refused(device, bind, sesam):
    one, other = make_key(bind), make_key(bind)
    shutil.copy(other.with_suffix(".key"), one.with_suffix(".key"))
    refuse(sesam, bind, one, "it is not the private key of the .key file beside it")
    one.with_suffix(".key").unlink()
    sesam(bind.openssl_conf, "import", one)
    assert device.requests()["importecckey"] == 1


@pytest.mark.parametrize("replace, by, told", [
    (r"Algorithm: 13.*", "Algorithm: 15 (ED25519)", "only keys of the algorithms 13"),
    (r"PrivateKey: .*", "", "it contains no private key"),
    (r"PrivateKey: .*", "PrivateKey: !", "it contains no private key"),
    (r"PrivateKey: .*", "PrivateKey: " + "A" * 44, "it contains no private key"),
    (r"PrivateKey: .*", "PrivateKey: " + "A" * 43 + "=", "its number is not a valid private key"),
    (r"PrivateKey: .*", "PrivateKey: " + "/" * 42 + "8=", "its number is not a valid private key"),
    (r"PrivateKey: .*", "Label: sesam:JP.example", "BIND uses it by a label"),
], ids=["Ed25519", "none", "no base64", "too long", "zero", "above the order", "a label"])
def test_what_is_no_usable_key_is_refused(device, bind, sesam, replace, by, told):
    private = make_key(bind)
    private.write_text(re.sub(replace, by, private.read_text()))
    refuse(sesam, bind, private, told)
    assert "importecckey" not in device.requests()


def test_a_directory_of_k_files_is_imported_by_its_private_ones(device, bind, sesam):
    stems = sorted(make_key(bind, algorithm).stem for algorithm in (13, 14))
    done = sesam(bind.openssl_conf, "import", "--dir", bind.directory)
    assert "2 of 2 imported" in done.stdout and done.stderr == ""
    assert sorted(key["nice_name"] for key in device.keys()) == stems
