# SPDX-License-Identifier: Apache-2.0
"""A private key in a file is imported into the device on request, and only then."""
import pytest

from harness.keys import assert_signs, public_key

OURS = ("-propquery", "?provider=sesam")
CURVES = ["P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"]


def import_key(openssl, cnf, path, *options, algorithm="EC", uri="sesam:object=old", **more):
    return openssl(cnf, "genpkey", "-algorithm", algorithm, *OURS, "-pkeyopt", f"sesam_uri:{uri}", "-pkeyopt",
                   f"sesam_import:{path}", *(part for option in options for part in ("-pkeyopt", option)), **more)


@pytest.fixture
def key_file(openssl, tmp_path):
    """key_file("P-256") -> a PEM file with a new key, made without sesam"""
    def make(curve="P-256", name="old.key", *options):
        openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", f"group:{curve}", *options, "-out", tmp_path / name)
        return tmp_path / name
    return make


@pytest.mark.parametrize("curve", CURVES)
def test_the_key_in_the_device_is_the_one_in_the_file(device, openssl_cnf, openssl, key_file, tmp_path, curve):
    cnf, path = openssl_cnf(device), key_file(curve)
    import_key(openssl, cnf, path)
    assert device.requests() == {"getkeyattributes": 2, "importecckey": 1}
    assert public_key(openssl, cnf, "sesam:old", tmp_path).read_text() == openssl(None, "pkey", "-in", path,
                                                                                  "-pubout").stdout
    assert_signs(openssl, cnf, "sesam:old", tmp_path)


@pytest.mark.parametrize("form", [("-outform", "DER"), ("-traditional",), ("-traditional", "-outform", "DER")],
                         ids=["der", "sec1", "sec1 der"])
def test_every_form_of_a_key_file_is_read(device, openssl_cnf, openssl, key_file, tmp_path, form):
    openssl(None, "pkey", "-in", key_file(), *form, "-out", tmp_path / "other")
    import_key(openssl, openssl_cnf(device), tmp_path / "other")
    assert device.requests()["importecckey"] == 1


def test_parameters_before_the_key_are_passed_over(device, openssl_cnf, openssl, tmp_path):
    openssl(None, "ecparam", "-name", "prime256v1", "-genkey", "-out", tmp_path / "old")
    assert "EC PARAMETERS" in (tmp_path / "old").read_text()
    import_key(openssl, openssl_cnf(device), tmp_path / "old")
    assert device.requests()["importecckey"] == 1


def test_core_acl_and_pin_are_those_of_the_uri(device, openssl_cnf, openssl, key_file):
    import_key(openssl, openssl_cnf(device), key_file(), uri="sesam:object=old;core=2;acl=00FF;pin-value=24681357")
    (key,) = device.keys()
    assert (key["nice_name"], key["core"], key["key_acl"], key["has_pin"]) == ("old", 2, "00FF", True)


def test_what_is_written_wraps_the_uri_and_the_private_part_is_nowhere(device, openssl_cnf, openssl, key_file,
                                                                       tmp_path):
    path, log = key_file(), tmp_path / "log"
    scalar = openssl(None, "pkey", "-in", path, "-text", "-noout").stdout.split("priv:")[1].split("pub:")[0]
    scalar = "".join(scalar.split()).replace(":", "").lower()
    done = import_key(openssl, openssl_cnf(device, log_level=10, log_output=log), path)
    assert "SESAM KEY URI" in done.stdout
    for text in (done.stdout, done.stderr, log.read_text()):
        assert scalar not in text.lower()


@pytest.mark.parametrize("error", ["malformed request: {scalar}", "malformed request"])
def test_a_device_that_refuses_the_key_may_say_it_back_and_nobody_sees_it(device, openssl_cnf, openssl, key_file,
                                                                          tmp_path, error):
    path = key_file()
    text = openssl(None, "pkey", "-in", path, "-text", "-noout").stdout.split("priv:")[1].split("pub:")[0]
    scalar = "".join(text.split()).replace(":", "")[-64:]
    device.fault("error", command="importecckey", text=error.format(scalar=scalar))
    done = import_key(openssl, openssl_cnf(device), path, check=False)
    assert done.returncode != 0 and "malformed request" in done.stderr
    assert scalar not in done.stderr


def test_loading_a_key_file_imports_nothing(device, openssl_cnf, openssl, key_file, tmp_path):
    cnf = openssl_cnf(device, sesam_first=True, default_properties="?provider=sesam")
    (tmp_path / "data").write_text("data")
    assert "BEGIN PUBLIC KEY" in openssl(cnf, "pkey", "-in", key_file(), "-pubout").stdout
    openssl(cnf, "dgst", "-sha256", "-sign", key_file(), "-out", tmp_path / "sig", tmp_path / "data", check=False)
    assert device.requests() == {}
    assert device.keys() == []


@pytest.mark.parametrize("fault", ["truncated", "missing-field", "wrong-type"])
def test_a_key_whose_answer_was_lost_is_found_by_its_name_and_sent_once(device, openssl_cnf, openssl, key_file, fault):
    device.fault(fault, command="importecckey")
    import_key(openssl, openssl_cnf(device), key_file())
    assert device.requests()["importecckey"] == 1
    assert len(device.keys()) == 1


def test_a_name_that_is_taken_is_refused_before_anything_is_sent(device, openssl_cnf, openssl, key_file):
    device.create_key("old")
    done = import_key(openssl, openssl_cnf(device), key_file(), check=False)
    assert "a key of that name exists" in done.stderr
    assert "importecckey" not in device.requests()


def test_another_curve_than_was_asked_for_is_refused(device, openssl_cnf, openssl, key_file):
    path = key_file("P-384")
    done = import_key(openssl, openssl_cnf(device), path, "group:P-256", check=False)
    assert "the key is on the curve secp384r1, not on P-256" in done.stderr
    assert "importecckey" not in device.requests()
    import_key(openssl, openssl_cnf(device), path, "group:P-384")


def test_what_cannot_be_imported_is_refused(device, openssl_cnf, openssl, key_file, tmp_path):
    cnf = openssl_cnf(device)
    openssl(None, "genpkey", "-algorithm", "RSA", "-out", tmp_path / "rsa")
    openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "group:secp256k1", "-out", tmp_path / "k1")
    openssl(None, "pkey", "-in", key_file(), "-pubout", "-out", tmp_path / "public")
    key_file("P-256", "locked", "-aes256", "-pass", "pass:secret")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "garbage").write_bytes(bytes(range(256)))
    for name, told in [("rsa", "only EC keys"), ("k1", "only EC keys"), ("public", "it contains no private key"),
                       ("locked", "it has a passphrase"),
                       ("empty", "it is not a valid private key"), ("garbage", "it is not a valid private key"),
                       ("absent", "No such file")]:
        done = import_key(openssl, cnf, tmp_path / name, check=False)
        assert done.returncode != 0 and told in done.stderr, f"{name}: {done}"
        is_about_contents = told not in ("only EC keys", "No such file")
        assert not is_about_contents or "key file cannot be imported" in done.stderr, f"{name}: {done}"
    done = import_key(openssl, cnf, tmp_path / "rsa", algorithm="RSA", check=False)
    assert "importing an RSA key" in done.stderr
    assert "importecckey" not in device.requests()


def test_a_file_whose_parts_do_not_belong_together_is_refused(device, openssl_cnf, openssl, key_file, tmp_path):
    """The private scalar does not match the public point."""
    openssl(None, "pkey", "-in", key_file(), "-traditional", "-outform", "DER", "-out", tmp_path / "der")
    der = bytearray((tmp_path / "der").read_bytes())
    der[20] ^= 1  # in the private part: SEQUENCE, INTEGER 1, OCTET STRING of 32 bytes from offset 7
    (tmp_path / "der").write_bytes(der)
    done = import_key(openssl, openssl_cnf(device), tmp_path / "der", check=False)
    assert "its components do not match" in done.stderr
    assert "importecckey" not in device.requests()
