# SPDX-License-Identifier: Apache-2.0
"""docs/examples/offline-ksk: an offline KSK. The directory `left` has the KSK, `right` has the ZSK and the zone."""
import re

import pytest

from harness.bind import TRANSCRIPT_ZONE, ZONE
from harness.flavour import not_sanitized
from harness.paths import REPOSITORY

SCRIPT = REPOSITORY / "docs" / "examples" / "offline-ksk"


@pytest.fixture
def offline_ksk(tmp_path, device, openssl_cnf, run):
    cnf = openssl_cnf(device, log_level=1)

    def call(*labels, algorithm=13, zone_file=TRANSCRIPT_ZONE, **options):
        return run([SCRIPT, ZONE, zone_file, *labels], cnf, cwd=tmp_path,
                   environment={"ALGORITHM": str(algorithm)}, **options)

    return call


def keys_that_sign(directory) -> list[str]:
    return sorted(path.with_suffix(".key").read_text().split("DNSKEY ")[1][:3] for path in directory.glob("K*.private"))


def test_one_signature_of_the_ksk_completes_the_zone(tmp_path, device, offline_ksk):
    device.create_key("JP.example")
    done = offline_ksk("sesam:JP.example;core=1")
    assert "dnssec-verify: good\nldns-verify-zone: good\n" in done.stdout
    assert device.requests()["eccsign"] == 1
    assert (keys_that_sign(tmp_path / "left"), keys_that_sign(tmp_path / "right")) == (["257"], ["256"])
    signed = (tmp_path / "right" / f"{ZONE}.signed").read_text()
    assert len(re.findall(r"\sRRSIG\s+DNSKEY\s", signed)) == 1


def test_the_keys_go_on_being_used(tmp_path, device, offline_ksk):
    device.create_key("JP.example")
    offline_ksk("sesam:JP.example")
    keys = sorted(path.name for path in tmp_path.glob("*/K*"))
    assert "good" in offline_ksk("sesam:JP.example").stdout
    assert sorted(path.name for path in tmp_path.glob("*/K*")) == keys
    assert device.requests()["eccsign"] == 2


def serial(tmp_path) -> int:
    return int(re.search(r"\sSOA\s+\S+ \S+ (\d+) ", (tmp_path / "right" / f"{ZONE}.signed").read_text())[1])


@pytest.mark.parametrize("in_file, first, second", [
    (2022100101, 2022100101, 2022100102),
    (4294967295, 4294967295, 0),  # RFC 1982
    (0, 0, 1),
])
def test_a_zone_that_is_signed_again_has_a_later_serial(tmp_path, device, offline_ksk, in_file, first, second):
    device.create_key("JP.example")
    zone_file = tmp_path / ZONE
    zone_file.write_text(TRANSCRIPT_ZONE.read_text().replace("2022100101", str(in_file)))
    for expected in (first, second, second + 1):
        assert "good" in offline_ksk("sesam:JP.example", zone_file=zone_file).stdout
        assert serial(tmp_path) == expected
    zone_file.write_text(TRANSCRIPT_ZONE.read_text().replace("2022100101", str(second + 100)))
    offline_ksk("sesam:JP.example", zone_file=zone_file)
    assert serial(tmp_path) == second + 100


@not_sanitized("validns reads where it must not")
@pytest.mark.parametrize("zsk", [["sesam:JP-zsk;core=2"], []], ids=["zsk-in-another-core", "zsk-in-a-file"])
def test_rsa_is_good_for_all_three_verifiers(device, offline_ksk, zsk):
    device.create_key("JP.example", type="RSA", size=2048)
    device.create_key("JP-zsk", type="RSA", size=2048, core=2)
    done = offline_ksk("sesam:JP.example", *zsk, algorithm=8)
    assert done.stdout == "dnssec-verify: good\nldns-verify-zone: good\nvalidns: good\n"
    assert device.requests()["rsasign"] == (6 if zsk
                                            else 1)  # the ZSK's: SOA, NS, A, NSEC, and one of DNSKEY that is replaced


def test_a_signature_that_is_none_is_noticed(device, offline_ksk):
    device.create_key("JP.example")
    device.fault("wrong-signature", command="eccsign")
    done = offline_ksk("sesam:JP.example", check=False)
    assert done.returncode != 0
    assert "good" not in done.stdout


def test_a_key_that_is_not_there_is_told(device, offline_ksk):
    done = offline_ksk("sesam:JP.example", check=False)
    assert done.returncode != 0
    assert "unknown key" in done.stderr
