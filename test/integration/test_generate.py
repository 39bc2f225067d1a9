# SPDX-License-Identifier: Apache-2.0
"""Keys generated in the device by openssl and by BIND's tools."""
import pytest

OURS = ("-propquery", "?provider=sesam")
PIN = "87654321"


def generate(openssl, cnf, out, *options, algorithm="EC", uri="sesam:object=fresh", **more):
    return openssl(cnf, "genpkey", "-algorithm", algorithm, *OURS, "-pkeyopt", f"sesam_uri:{uri}",
                   *(part for option in options for part in ("-pkeyopt", option)), "-out", out, **more)


def only_key(device) -> dict:
    (key,) = device.keys()
    return key


@pytest.mark.parametrize("group, kind, bits", [
    ("P-256", "NIST", 256), ("prime256v1", "NIST", 256), ("P-384", "NIST", 384), ("secp521r1", "NIST", 521),
    ("brainpoolP256r1", "BRAINPOOL", 256), ("brainpoolP512r1", "BRAINPOOL", 512),
])
def test_openssl_makes_ec_keys_in_the_device(device, openssl_cnf, openssl, tmp_path, group, kind, bits):
    cnf, pem = openssl_cnf(device), tmp_path / "fresh.pem"
    generate(openssl, cnf, pem, f"group:{group}")
    key = only_key(device)
    assert (key["nice_name"], key["key_type"], key["key_len"], key["key_acl"], key["core"]) == ("fresh", kind, bits,
                                                                                                "FFFF", 1)
    assert device.requests() == {"getkeyattributes": 2, "genecckey": 1}
    (tmp_path / "data").write_text("data")
    openssl(cnf, "pkey", "-in", "sesam:fresh", "-pubout", "-out", tmp_path / "pub")
    openssl(cnf, "dgst", "-sha256", "-sign", pem, "-out", tmp_path / "sig", tmp_path / "data")
    assert "Verified OK" in openssl(cnf, "dgst", "-sha256", "-verify", tmp_path / "pub", "-signature", tmp_path / "sig",
                                    tmp_path / "data").stdout


def test_ec_keys_take_the_encoding_and_point_format_of_openssl(device, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(device)
    compressed = generate(openssl, cnf, tmp_path / "pem", "ec_paramgen_curve:P-256", "ec_param_enc:named_curve",
                          "point-format:compressed", "use-cofactor-flag:1")
    assert compressed.returncode == 0 and len(device.keys()) == 1
    for option, told in [("ec_param_enc:explicit", "named curves only"), ("encoding:explicit", "named curves only"),
                         ("point-format:other", "uncompressed, compressed or hybrid")]:
        done = generate(openssl, cnf, tmp_path / "pem", "ec_paramgen_curve:P-256", option, uri="sesam:object=second",
                        check=False)
        assert done.returncode != 0 and told in done.stderr, done
    assert len(device.keys()) == 1


def test_openssl_makes_rsa_keys_in_the_device(device, openssl_cnf, openssl, tmp_path):
    generate(openssl, openssl_cnf(device), tmp_path / "fresh.pem", "rsa_keygen_bits:3072", algorithm="RSA")
    key = only_key(device)
    assert (key["key_type"], key["key_len"]) == ("RSA", 3072)


def test_core_acl_and_pin_come_from_the_uri_or_the_configuration(device, openssl_cnf, openssl, tmp_path):
    generate(openssl, openssl_cnf(device), tmp_path / "pem", "group:P-256",
             uri=f"sesam:object=fresh;core=2;acl=00FF;pin-value={PIN}")
    key = only_key(device)
    assert (key["core"], key["key_acl"], key["has_pin"]) == (2, "00FF", True)
    assert PIN not in (tmp_path / "pem").read_text()
    generate(openssl, openssl_cnf(device, core=2, acl="0F0F", pin=PIN), tmp_path / "pem", "group:P-256",
             uri="sesam:object=second")
    key = next(key for key in device.keys() if key["nice_name"] == "second")
    assert (key["core"], key["key_acl"], key["has_pin"]) == (2, "0F0F", True)


def test_a_request_makes_its_own_key(device, openssl_cnf, openssl, tmp_path):
    cnf, pem = openssl_cnf(device), tmp_path / "new.pem"
    openssl(cnf, "req", "-x509", "-newkey", "ec", *OURS, "-pkeyopt", "group:P-256", "-pkeyopt",
            "sesam_uri:sesam:object=new", "-noenc", "-keyout", pem, "-subj", "/CN=new", "-out", tmp_path / "crt")
    assert "SESAM KEY URI" in pem.read_text()
    assert "OK" in openssl(cnf, "verify", "-CAfile", tmp_path / "crt", tmp_path / "crt").stdout


@pytest.mark.parametrize("uri, told", [
    ("sesam:core=1", "the URI gives no name"),
    ("sesam:token=hsm010123F13C56131E1EEE00000025;object=x", "every key of this device is its own token"),
    ("sesam:key-id=hsm010123F13C56131E1EEE0000000000000025;object=x", "every key of this device is its own token"),
    ("sesam:object=x;object=y", "duplicate attribute"),
])
def test_a_uri_that_cannot_name_a_new_key_is_refused(device, openssl_cnf, openssl, tmp_path, uri, told):
    done = generate(openssl, openssl_cnf(device), tmp_path / "pem", "group:P-256", uri=uri, check=False)
    assert done.returncode != 0
    assert told in done.stderr
    assert device.requests() == {}


def test_a_name_that_is_taken_and_a_curve_that_is_unknown_are_refused(device, openssl_cnf, openssl, tmp_path):
    taken = device.create_key("fresh")
    done = generate(openssl, openssl_cnf(device), tmp_path / "pem", "group:P-256", check=False)
    assert "a key of that name exists" in done.stderr and taken["key_id"] in done.stderr
    done = generate(openssl, openssl_cnf(device), tmp_path / "pem", "group:secp256k1", uri="sesam:object=other",
                    check=False)
    assert "the device has no curve secp256k1" in done.stderr
    assert "genecckey" not in device.requests()


@pytest.mark.parametrize("fault", ["truncated", "missing-field", "not-json"])
def test_a_key_whose_answer_was_lost_is_found_by_its_name(device, openssl_cnf, openssl, tmp_path, fault):
    device.fault(fault, count=1, command="genecckey")
    done = generate(openssl, openssl_cnf(device), tmp_path / "pem", "group:P-256", check=False)
    made = [key for key in device.keys() if key["nice_name"] == "fresh"]
    assert device.requests()["genecckey"] == 1, "it is never asked for twice"
    assert (done.returncode == 0) == (len(made) == 1), done.stderr
    assert len(made) <= 1


def test_a_key_that_the_device_is_still_at_when_the_request_times_out_is_waited_for(simulator, openssl_cnf, openssl,
                                                                                    tmp_path):
    device = simulator(keygen_ms=1500)
    generate(openssl, openssl_cnf(device, request_timeout_ms=500), tmp_path / "pem", "group:P-256")
    assert device.requests()["genecckey"] == 1
    assert device.requests()["getkeyattributes"] >= 3, "before, and more than once after"
    assert only_key(device)["nice_name"] == "fresh"


def test_a_key_that_does_not_come_is_an_error_at_the_deadline(device, openssl_cnf, openssl, tmp_path):
    device.fault("reset", command="genecckey")
    done = generate(openssl, openssl_cnf(device, deadline_ms=1000), tmp_path / "pem", "group:P-256", check=False)
    assert done.returncode != 0 and "connection lost" in done.stderr and "generating key 'fresh'" in done.stderr
    assert device.requests()["genecckey"] == 1
    assert device.keys() == []


@pytest.mark.parametrize("algorithm, option, padding", [
    ("RSA", "rsa_keygen_bits:2048", ()), ("RSA", "rsa_keygen_bits:2048", ("-sigopt", "rsa_padding_mode:pss")),
    ("EC", "group:P-384", ()),
], ids=["rsa", "pss", "ec"])
def test_a_certificate_of_a_key_that_was_made_with_it_verifies(device, openssl_cnf, openssl, tmp_path, algorithm,
                                                               option, padding):
    cnf = openssl_cnf(device)
    openssl(cnf, "req", "-x509", "-newkey", algorithm, *OURS, "-pkeyopt", option, "-pkeyopt",
            "sesam_uri:sesam:object=new", "-noenc",
            *padding, "-keyout", tmp_path / "pem", "-subj", "/CN=new", "-out", tmp_path / "crt")
    assert "OK" in openssl(cnf, "verify", "-CAfile", tmp_path / "crt", tmp_path / "crt").stdout


@pytest.mark.parametrize("place", ["sesam:core=1", "pkcs11:manufacturer=sematiconAG", "pkcs11:"])
@pytest.mark.parametrize("algorithm", ["ecdsap256sha256", "rsasha256"])
def test_dnssec_keygen_makes_its_keys_in_the_device(device, openssl_cnf, run, tmp_path, place, algorithm):
    (tmp_path / "named.conf").write_text(f"""
        key-store "hsm" {{ directory "."; pkcs11-uri "{place}"; }};
        dnssec-policy "hsm" {{ keys {{ csk key-store "hsm" lifetime unlimited algorithm {algorithm}; }}; }};
        options {{ key-directory "."; }};
        """)
    cnf = openssl_cnf(device)
    run(["dnssec-keygen", "-K", ".", "-k", "hsm", "-l", "named.conf", "jp.example"], cnf, cwd=tmp_path)
    key = only_key(device)
    assert key["nice_name"].startswith("jp.example")
    assert key["key_type"] == ("NIST" if algorithm.startswith("ec") else "RSA")
    zone = tmp_path / "jp.example"
    zone.write_text("$TTL 3600\n@ SOA ns.jp.example. admin.jp.example. 1 7200 3600 86400 3600\n@ NS ns\nns A "
                    "192.0.2.1\n")
    run(["dnssec-signzone", "-S", "-z", "-o", "jp.example", "jp.example"], cnf, cwd=tmp_path)
    run(["dnssec-verify", "-z", "-o", "jp.example", "jp.example.signed"], cnf, cwd=tmp_path)
