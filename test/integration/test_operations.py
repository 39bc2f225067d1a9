# SPDX-License-Identifier: Apache-2.0
"""docs/OPERATIONS.md: its instructions for changes and for an unavailable device."""
import re

import pytest

from harness.bind import ZONE
from harness.keys import assert_signs
from harness.paths import REPOSITORY
from harness.policy import LASTING, key_store, policy

GUIDE = (REPOSITORY / "docs" / "OPERATIONS.md").read_text()
POLICY = key_store("hsm", "sesam:core=1") + policy('key-store "hsm"', 'key-store "hsm"', more=LASTING)


def change_zone_file(one, old: str, new: str, more: str = "") -> None:
    one.zone_file.write_text(one.zone_file.read_text().replace(old, new, 1) + more)
    one.rndc("reload", ZONE)


def is_served(one, name: str) -> bool:
    return "RRSIG" in one.dig(f"{name}.{ZONE}", "A", "+dnssec")


def test_an_update_is_refused_while_the_device_is_away_and_accepted_afterwards(device, named):
    one = named(device, POLICY, "inline-signing no; allow-update { 127.0.0.1; };", deadline_ms=1000).start()
    one.wait_until("the zone is signed", one.is_signed)
    port = device.port
    device.stop()
    assert "SERVFAIL" in one.add_names(["refused"], check=False).stderr
    assert one.is_signed()
    device.start(port)
    one.wait_until("an update is accepted", lambda: one.add_names(["accepted"], check=False).returncode == 0)
    assert is_served(one, "accepted") and not is_served(one, "refused")
    one.stop()


@pytest.mark.parametrize("remedy", ["a higher serial", "a restart"])
def test_a_zone_file_changed_while_the_device_was_away_needs_a_higher_serial_or_a_restart(device, named, remedy):
    assert "receive_secure_serial: failure" in GUIDE
    one = named(device, POLICY, "inline-signing yes;", deadline_ms=1000).start()
    one.wait_until("the zone is signed", one.is_signed)
    port = device.port
    device.stop()
    change_zone_file(one, "2022100101", "2022100202", "host\tIN A\t192.0.2.1\n")
    one.wait_until("named gives the change up", lambda: "receive_secure_serial: failure" in one.tell())
    device.start(port)
    one.rndc("reload", ZONE)
    one.rndc("sign", ZONE)
    one.wait_until("the zone is still signed", one.is_signed)
    assert not is_served(one, "host")
    if remedy == "a restart":
        one.stop()
        one.start()
    else:
        change_zone_file(one, "2022100202", "2022100203")
    one.wait_until("the change is served", lambda: is_served(one, "host"))
    one.stop()


def test_a_file_of_old_and_new_certificate_works_before_and_after_the_change(device, openssl_cnf, openssl, run,
                                                                              tmp_path):
    device.create_key("web")
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
         "/CN=seSAM-nserie-101", "-keyout", tmp_path / "new.key", "-out", tmp_path / "new.crt"])
    both = tmp_path / "device.crt"
    both.write_bytes(device.tlscert.read_bytes() + (tmp_path / "new.crt").read_bytes())
    cnf = openssl_cnf(device, tlscert=both)
    assert_signs(openssl, cnf, "sesam:web", tmp_path)
    device.change_certificate(tlscert=tmp_path / "new.crt", tlskey=tmp_path / "new.key")
    assert_signs(openssl, cnf, "sesam:web", tmp_path)
    assert openssl(openssl_cnf(device), "pkey", "-in", "sesam:web", "-pubout", check=False).returncode != 0


def test_the_labels_of_k_files_are_printed_as_the_guide_says(device, named, run):
    one = named(device, POLICY).start()
    one.wait_until("the zone is signed", one.is_signed)
    one.stop()
    command = re.search(r"^ +(for file in .*)$", GUIDE, re.M)[1].replace("/var/lib/bind/keys", str(one.directory))
    labels = run(["bash", "-c", command]).stdout.split()
    assert len(labels) == 2 and all(label.startswith("sesam:core=1;object=") for label in labels)


def test_the_password_file_is_replaced_as_the_guide_says(run, tmp_path):
    block = re.search(r"^ {7}cd /etc/sesam.*?(?=^$)", GUIDE, re.M | re.S)[0].replace("/etc/sesam", str(tmp_path))
    (tmp_path / "pass").write_text("old\n")
    (tmp_path / "pass").chmod(0o640)
    run(["bash", "-c", f"umask 022; {block}"], stdin=b"a \\new$ one\n")
    assert [path.name for path in tmp_path.iterdir()] == ["pass"]
    assert (tmp_path / "pass").read_text() == "a \\new$ one\n"
    assert (tmp_path / "pass").stat().st_mode & 0o777 == 0o640
    failed = run(["bash", "-c", block], check=False)  # without a password on the standard input
    assert failed.returncode != 0 and (tmp_path / "pass").read_text() == "a \\new$ one\n"
