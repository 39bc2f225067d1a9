# SPDX-License-Identifier: Apache-2.0
"""BIND 9.20's tools with a key in the device: the main use case."""
import base64
import os
import re

import pytest

from harness.bind import ZONE, Bind
from harness.flavour import not_counted
from harness.paths import let_everybody_enter

PIN = "12345678"


@pytest.fixture
def bind(tmp_path, device, openssl_cnf):
    """BIND's tools with a device for this test only, configured without a PIN."""
    return Bind(tmp_path / "zone", openssl_cnf(device))


@pytest.fixture
def certified(tmp_path, device, openssl_cnf, openssl):
    """certified(uri) -> BIND's tools, configured with a directory that contains a certificate for the key."""

    def make(uri):
        directory = tmp_path / "certificates"
        directory.mkdir()
        cnf = openssl_cnf(device, certificates=directory)
        openssl(cnf, "req", "-x509", "-key", uri, "-subj", "/CN=JP.example", "-out", directory / "JP.example.pem")
        assert "Certificate" in openssl(cnf, "storeutl", "-noout", "-certs", uri).stdout
        device.reset_counters()
        return Bind(tmp_path / "zone", cnf)

    return make


@pytest.fixture
def transcript_key(device):
    return device.create_key("JP.example", pin=PIN)


def transcript_label(record) -> str:
    return f"pkcs11:token={record['slot']};object=JP.example;pin-value={PIN}"


def assert_fully_signed(done) -> None:
    assert "Zone fully signed" in done.stdout + done.stderr, str(done)
    assert "KSKs: 1 active, 0 stand-by, 0 revoked" in done.stdout + done.stderr, str(done)


def test_the_transcript_is_signed_and_verified(device, bind, transcript_key):
    bind.key_from_label(transcript_label(transcript_key))
    device.reset_counters()
    signed = bind.sign()
    assert_fully_signed(signed.done)
    assert signed.generated == 5
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 5}
    assert device.counters()["connections_accepted"] <= 1
    assert_fully_signed(bind.verify())


@pytest.mark.parametrize("type, algorithm", [({}, 13), ({"type": "RSA", "size": 2048}, 8)], ids=["EC", "RSA"])
def test_certificates_in_the_store_do_not_disturb_it(device, certified, type, algorithm):
    device.create_key("JP.example", **type)
    bind = certified("sesam:JP.example")
    bind.key_from_label("sesam:JP.example", algorithm)
    device.reset_counters()
    assert_fully_signed(bind.sign().done)
    assert device.requests()["getkeyattributes"] == 1
    assert_fully_signed(bind.verify())


def test_the_dnskey_is_the_devices_public_key(bind, transcript_key):
    bind.key_from_label(transcript_label(transcript_key))
    key_file = next(bind.directory.glob(f"K{ZONE}.+013+*.key")).read_text()
    dnskey = re.search(r"DNSKEY 257 3 13 (.+)$", key_file, re.M).group(1).replace(" ", "")
    assert base64.b64decode(dnskey).hex().upper() == transcript_key["public_key"]


def test_a_sesam_label_needs_no_pin_where_the_device_stores_it(device, bind):
    device.create_key("JP.example", pin=PIN, pin_stored=True)
    bind.key_from_label("sesam:JP.example")
    assert_fully_signed(bind.sign().done)
    assert_fully_signed(bind.verify())


def test_a_sesam_label_needs_no_pin_where_the_configuration_has_it(tmp_path, device, openssl_cnf):
    device.create_key("JP.example", pin=PIN)
    bind = Bind(tmp_path / "zone", openssl_cnf(device, pin=PIN))
    bind.key_from_label("sesam:JP.example")
    assert_fully_signed(bind.sign().done)
    assert PIN not in "".join(path.read_text() for path in bind.directory.glob("K*"))


def test_p384_signs_as_algorithm_14(device, bind):
    device.create_key("JP.example", size=384)
    bind.key_from_label("sesam:JP.example", algorithm=14)
    signed = bind.sign()
    assert_fully_signed(signed.done)
    assert "ECDSAP384SHA384" in signed.done.stdout + signed.done.stderr
    assert_fully_signed(bind.verify())


def test_a_key_of_the_wrong_curve_is_refused_for_the_algorithm(device, bind):
    device.create_key("JP.example", size=384)
    assert bind.key_from_label("sesam:JP.example", algorithm=13, check=False).returncode != 0


def test_an_unknown_label_is_an_error_that_ends(device, bind):
    done = bind.key_from_label("sesam:no-such-key", check=False, timeout=20)
    assert done.returncode != 0
    assert not list(bind.directory.glob("K*"))


def test_two_thousand_names_with_64_threads_take_one_connection(device, bind):
    device.create_key("JP.example")
    bind.add_names(2000)
    bind.key_from_label("sesam:JP.example")
    device.reset_counters()
    before = device.counters()["connections_accepted"]
    signed = bind.sign("-n", 64)
    assert_fully_signed(signed.done)
    assert signed.generated == 4005  # an A and an NSEC per name, and the apex
    assert device.requests() == {"getkeyattributes": 1, "eccsign": signed.generated}
    counters = device.counters()
    assert counters["connections_accepted"] - before <= 1
    assert counters["http1_connections"] == 0
    assert counters["streams_in_flight_max"] > 8  # the threads really share the connection
    assert_fully_signed(bind.verify())


def test_attributes_without_the_public_key_take_one_listing(tmp_path, simulator, openssl_cnf):
    device = simulator(attributes_without_public_key=True)
    device.create_key("JP.example")
    bind = Bind(tmp_path / "zone", openssl_cnf(device))
    bind.key_from_label("sesam:JP.example")
    device.reset_counters()
    signed = bind.sign()
    assert device.requests() == {"getkeyattributes": 1, "listkeys": 1, "eccsign": signed.generated}


def test_an_http1_device_signs_the_zone_over_kept_alive_connections(tmp_path, simulator, openssl_cnf):
    device = simulator(http1=True)
    device.create_key("JP.example")
    bind = Bind(tmp_path / "zone", openssl_cnf(device))
    bind.add_names(200)
    bind.key_from_label("sesam:JP.example")
    device.reset_counters()
    signed = bind.sign("-n", 16)
    assert_fully_signed(signed.done)
    counters = device.counters()
    assert device.requests() == {"getkeyattributes": 1, "eccsign": signed.generated}
    assert counters["http2_connections"] == 0
    assert counters["connections_accepted"] <= 64


def test_signing_waits_for_the_device_in_parallel(tmp_path, simulator, openssl_cnf):
    """405 signatures of 20 ms each take more than 8 s one after the other, but not with 64 in flight."""
    device = simulator(delay_ms=20)
    device.create_key("JP.example")
    bind = Bind(tmp_path / "zone", openssl_cnf(device))
    bind.add_names(200)
    bind.key_from_label("sesam:JP.example")
    signed = bind.sign("-n", 64)
    assert signed.generated == 405
    assert signed.per_second > 4 * 50


def test_a_zone_signed_again_keeps_its_signatures_and_asks_for_none(device, bind, transcript_key):
    bind.key_from_label(transcript_label(transcript_key))
    bind.sign()
    bind.zone_file.write_text(bind.signed_file.read_text())
    device.reset_counters()
    signed = bind.sign("-P")
    assert signed.generated == 0
    assert "eccsign" not in device.requests()


@pytest.mark.parametrize("options", [{"sesam_first": True}, {"default_properties": "?provider=sesam"}],
                         ids=["listed-first", "default-properties"])
def test_the_zone_is_signed_where_sesam_is_preferred_for_everything(tmp_path, device, openssl_cnf, options):
    device.create_key("JP.example")
    bind = Bind(tmp_path / "zone", openssl_cnf(device, **options))
    bind.key_from_label("sesam:JP.example")
    signed = bind.sign()
    assert_fully_signed(signed.done)
    assert_fully_signed(bind.verify())


@pytest.mark.parametrize("program", [
    ["dig", "-v"],
    ["curl", "--version"],
    ["openssl", "version"],
], ids=lambda words: words[0])
@not_counted
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_unreadable_secrets_do_not_disturb_a_program_that_uses_no_key(shared_device, openssl_cnf, run, tmp_path,
                                                                     program):
    secret = tmp_path / "secret"
    secret.write_text("sesam-demo\n")
    secret.chmod(0o600)  # readable only by root
    cnf = openssl_cnf(shared_device, **{"pass": None, "pass_source": f"file:{secret}", "log_level": 1})
    let_everybody_enter(tmp_path)
    quiet = run(program, None, user="nobody", group="nogroup", extra_groups=[])
    done = run(program, cnf, user="nobody", group="nogroup", extra_groups=[])
    assert (done.stdout, done.stderr) == (quiet.stdout, quiet.stderr)
