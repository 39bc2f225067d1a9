# SPDX-License-Identifier: Apache-2.0
"""Invariant 4: one HTTP request per signature, one more per key and process, and no others."""
import pytest

PROGRAMS_THAT_USE_NO_KEY = [
    ["openssl", "version", "-a"],
    ["openssl", "list", "-providers", "-verbose"],
    ["openssl", "list", "-store-loaders"],
    ["openssl", "list", "-key-managers"],
    ["openssl", "list", "-signature-algorithms"],
    ["openssl", "dgst", "-sha256", "/dev/null"],
    ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "/dev/null"],
    ["curl", "--version"],
    ["dig", "-v"],
    ["dnssec-signzone", "-V"],
    ["nsupdate", "-V"],
    ["named", "-V"],
]


@pytest.mark.parametrize("arguments", PROGRAMS_THAT_USE_NO_KEY, ids=lambda words: "_".join(words[:3]))
def test_a_program_that_uses_no_key_makes_no_connection(shared_device, openssl_cnf, run, arguments):
    before = shared_device.counters()["connections_accepted"]
    run(arguments, openssl_cnf(shared_device))
    assert shared_device.counters()["connections_accepted"] == before


def test_one_signature_takes_one_sign_request_and_one_to_open_the_key(device, openssl_cnf, openssl):
    device.create_key("web")
    openssl(openssl_cnf(device), "dgst", "-sha256", "-sign", "sesam:web", "-out", "sig", "/dev/null")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}
    assert device.counters()["connections_accepted"] == 1
    assert device.counters()["http2_connections"] == 1


def test_a_device_whose_attributes_lack_the_public_key_takes_one_more(simulator, openssl_cnf, openssl):
    device = simulator(attributes_without_public_key=True)
    device.create_key("web")
    openssl(openssl_cnf(device), "dgst", "-sha256", "-sign", "sesam:web", "-out", "sig", "/dev/null")
    assert device.requests() == {"getkeyattributes": 1, "listkeys": 1, "eccsign": 1}


def test_http1_takes_the_same_requests(simulator, openssl_cnf, openssl):
    device = simulator(http1=True)
    device.create_key("web")
    openssl(openssl_cnf(device), "dgst", "-sha256", "-sign", "sesam:web", "-out", "sig", "/dev/null")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}
    assert device.counters()["http2_connections"] == 0


def test_showing_a_public_key_signs_nothing(device, openssl_cnf, openssl):
    device.create_key("web")
    openssl(openssl_cnf(device), "pkey", "-in", "sesam:web", "-pubout", "-text")
    assert device.requests() == {"getkeyattributes": 1}


def test_a_certificate_of_a_request_takes_one_signature(device, openssl_cnf, openssl):
    device.create_key("ca")
    cnf = openssl_cnf(device)
    openssl(cnf, "req", "-x509", "-key", "sesam:ca", "-subj", "/CN=ca", "-out", "ca.pem")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}
    openssl(cnf, "req", "-new", "-key", "sesam:ca", "-subj", "/CN=leaf", "-out", "leaf.csr")
    device.reset_counters()
    openssl(cnf, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "sesam:ca", "-CAcreateserial",
            "-out", "leaf.pem")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}


def test_a_listing_takes_one_request_per_key_type(simulator, openssl_cnf, openssl):
    device = simulator(populate=500)
    openssl(openssl_cnf(device), "storeutl", "sesam:")
    requests = device.requests()
    assert set(requests) == {"listkeys"}
    assert requests["listkeys"] <= 4  # NIST, BRAINPOOL, RSA, SYM


def test_a_connection_that_is_reset_costs_one_attempt(device, openssl_cnf, openssl, tmp_path):
    """libcurl 8.22 considers a connection that it has just used healthy, and retries with another one itself."""
    device.create_key("web")
    device.fault("reset", 1)
    cnf = openssl_cnf(device, log_level=5, log_output=tmp_path / "log")
    openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "sig", "/dev/null")
    assert (tmp_path / "log").read_text().count("retrying: ") == 1
    assert device.requests() == {"getkeyattributes": 2, "eccsign": 1}
