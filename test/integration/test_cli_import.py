# SPDX-License-Identifier: Apache-2.0
"""`sesam import`: private keys from files into the device."""
import base64
import json
import shutil
from urllib.parse import quote

import pytest

from harness.keys import assert_signs, public_key
from harness.paths import COMMAND
from harness.terminal import run_at_terminal

PIN, PASSPHRASE = "24681357", "of the old key's file"
CURVES = ["P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"]
ENCRYPTED = ("-aes256", "-pass", f"pass:{PASSPHRASE}")


@pytest.fixture
def key_file(openssl, tmp_path):
    """key_file("old.pem", "P-256") -> a PEM file with a new key, made without sesam"""
    def make(name="old.pem", curve="P-256", *options):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", f"group:{curve}", *options, "-out", tmp_path / name)
        return tmp_path / name
    return make


def names(device) -> list[str]:
    return sorted(key["nice_name"] for key in device.keys())


@pytest.mark.parametrize("curve", CURVES)
def test_the_key_in_the_device_is_the_one_in_the_file(device, openssl_cnf, openssl, sesam, key_file, tmp_path, curve):
    cnf, path = openssl_cnf(device, pin=PIN), key_file(curve=curve)
    done = sesam(cnf, "import", path)
    (key,) = device.keys()
    assert (key["nice_name"], key["has_pin"]) == ("old", True)
    assert f"sesam:key-id={key['key_id']};object=old" in done.stdout
    assert f"pkcs11:token={key['slot']};object=old" in done.stdout
    assert public_key(openssl, cnf, "sesam:old", tmp_path).read_text() == openssl(None, "pkey", "-in", path,
                                                                                  "-pubout").stdout
    assert_signs(openssl, cnf, "sesam:old", tmp_path)


def test_name_core_rights_and_pin_are_those_that_are_given(device, openssl_cnf, sesam, key_file, tmp_path):
    (tmp_path / "pin").write_text(PIN)
    done = sesam(openssl_cnf(device), "--json", "import", key_file(), "--name", "new", "--core", "2", "--acl", "00FF",
                 "--pin-source", f"file:{tmp_path / 'pin'}")
    (key,) = device.keys()
    assert (key["nice_name"], key["core"], key["key_acl"], key["has_pin"]) == ("new", 2, "00FF", True)
    assert (json.loads(done.stdout)["name"], json.loads(done.stdout)["key_id"]) == ("new", key["key_id"])


@pytest.mark.parametrize("form", ["PKCS#8", "SEC 1", "DER"])
def test_other_forms_of_files_serve_as_well(device, openssl_cnf, openssl, sesam, key_file, tmp_path, form):
    path = key_file()
    options = {"PKCS#8": [], "SEC 1": ["-traditional"], "DER": ["-outform", "DER"]}[form]
    openssl(None, "pkey", "-in", path, *options, "-out", tmp_path / "file.der")
    sesam(openssl_cnf(device), "import", tmp_path / "file.der", "--no-pin")
    assert names(device) == ["file"]


@pytest.mark.parametrize("traditional", [[], ["-traditional"]], ids=["PKCS#8", "SEC 1"])
def test_the_passphrase_of_an_encrypted_file_is_asked_for(device, openssl_cnf, openssl, key_file, tmp_path,
                                                          traditional):
    openssl(None, "pkey", "-in", key_file(), *traditional, "-aes256", "-passout", f"pass:{PASSPHRASE}", "-out",
            tmp_path / "locked.pem")
    cnf = openssl_cnf(device, pin=PIN)
    done, screen = run_at_terminal([COMMAND, "import", tmp_path / "locked.pem"], cnf, ("Passphrase of ", PASSPHRASE))
    assert done.returncode == 0, f"{done}{screen}"
    assert PASSPHRASE not in screen + str(done)
    assert public_key(openssl, cnf, "sesam:locked", tmp_path).read_text() == openssl(None, "pkey", "-in",
                                                                                     tmp_path / "old.pem",
                                                                                     "-pubout").stdout


def test_the_passphrase_may_come_from_a_file(device, openssl_cnf, sesam, key_file, tmp_path):
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    path, cnf = key_file("locked.pem", "P-256", *ENCRYPTED), openssl_cnf(device)
    for passphrase, told in [(None, "--passphrase-file"), ("wrong", "the passphrase is wrong")]:
        options = []
        if passphrase:
            (tmp_path / "wrong").write_text(passphrase)
            options = ["--passphrase-file", tmp_path / "wrong"]
        done = sesam(cnf, "import", path, "--no-pin", *options, check=False)
        assert done.returncode == 1 and told in done.stderr, str(done)
    assert "importecckey" not in device.requests()
    sesam(cnf, "import", path, "--no-pin", "--passphrase-file", tmp_path / "passphrase")
    assert names(device) == ["locked"]


def test_no_part_of_the_private_key_is_told(device, openssl_cnf, openssl, sesam, key_file, tmp_path):
    path, log = key_file(), tmp_path / "log"
    scalar = openssl(None, "pkey", "-in", path, "-text", "-noout").stdout.split("priv:")[1].split("pub:")[0]
    scalar = "".join(scalar.split()).replace(":", "").lower()
    cnf = openssl_cnf(device, pin=PIN, log_level=10, log_output=log)
    encoded = base64.b64encode(bytes.fromhex(scalar[-64:])).decode()
    device.fault("error", command="importecckey",
                 text=f"malformed request: {scalar[-64:].upper()} {encoded} {quote(encoded, safe='')}")
    refused = sesam(cnf, "import", path, check=False)
    assert refused.returncode == 1 and "malformed request" in refused.stderr
    done = sesam(cnf, "import", path)
    for text in (str(refused), str(done), log.read_text()):
        assert scalar[-64:] not in text.lower() and PIN not in text and encoded[:20] not in text


def test_rsa_keys_are_not_offered(device, openssl_cnf, openssl, sesam, tmp_path):
    openssl(None, "genpkey", "-algorithm", "RSA", "-out", tmp_path / "rsa.pem")
    (tmp_path / "Kjp.example.+008+00001.private").write_text("Private-key-format: v1.3\nAlgorithm: 8 (RSASHA256)\n"
                                                             "Modulus: AQAB\n")
    for name in ("rsa.pem", "Kjp.example.+008+00001.private"):
        done = sesam(openssl_cnf(device), "import", tmp_path / name, "--no-pin", check=False)
        assert done.returncode == 1 and "RSA" in done.stderr and "only signs" not in done.stderr
        assert name != "rsa.pem" or "run: sesam generate NAME --type RSA" in done.stderr
    assert device.requests() == {}


def test_what_holds_no_ec_key_is_refused(device, openssl_cnf, openssl, sesam, key_file, tmp_path):
    (tmp_path / "empty.pem").write_text("")
    openssl(None, "pkey", "-in", key_file(), "-pubout", "-out", tmp_path / "public.pem")
    openssl(None, "genpkey", "-algorithm", "ED25519", "-out", tmp_path / "ed.pem")
    for name, told in [("empty.pem", "it is not a valid private key"), ("public.pem", "it contains no private key"),
                       ("ed.pem", "only EC keys"), ("absent.pem", "No such file")]:
        done = sesam(openssl_cnf(device), "import", tmp_path / name, "--no-pin", check=False)
        assert done.returncode == 1 and told in done.stderr, str(done)
        assert name != "absent.pem" or "passphrase" not in done.stderr
    assert "importecckey" not in device.requests()


def test_a_directory_is_imported_file_by_file_and_one_that_fails_stops_no_other(device, openssl_cnf, openssl, sesam,
                                                                                key_file, tmp_path):
    for n in range(3):
        key_file(f"keys/web{n}.pem")
    openssl(None, "genpkey", "-algorithm", "RSA", "-out", tmp_path / "keys" / "rsa.pem")
    (tmp_path / "keys" / "README").write_text("not a key\n")
    device.create_key("web1")
    cnf = openssl_cnf(device)
    done = sesam(cnf, "import", "--dir", tmp_path / "keys", "--no-pin", check=False)
    assert done.returncode == 1
    assert names(device) == ["web0", "web1", "web2"]
    assert "2 of 4 imported" in done.stdout and "sesam:key-id=" in done.stdout
    assert "rsa.pem" in done.stderr and "a key of that name exists" in done.stderr and "README" not in done.stderr
    assert "[" not in done.stderr  # no progress if stderr is not a terminal
    told = json.loads(sesam(cnf, "import", "--json", "--dir", tmp_path / "keys", "--no-pin", check=False).stdout)
    assert told["keys"] == [] and len(told["failed"]) == 4


def test_progress_is_shown_at_a_terminal(device, openssl_cnf, key_file, tmp_path):
    files = [key_file(f"web{n}.pem") for n in range(3)]
    done, screen = run_at_terminal([COMMAND, "import", *files, "--pin-source", "ask:"], openssl_cnf(device),
                                   ("PIN of the new key:", PIN), ("again:", PIN), errors_too=True)
    assert done.returncode == 0 and "3 of 3 imported" in done.stdout, f"{done}{screen}"
    for shown in ("1/3", "2/3", "3/3", "#"):
        assert shown in screen
    assert screen.rstrip("\r\n").endswith("\x1b[K")  # the progress is erased at the end
    assert len(device.keys()) == 3


@pytest.mark.parametrize("arguments, told", [
    ([], "--dir is required"),
    (["a", "b", "--name", "c"], "--name: requires exactly one FILE"),
    (["--dir", "/", "--name", "c"], "--name: requires exactly one FILE"),
])
def test_a_wrong_command_line_is_a_matter_of_usage(shared_device, openssl_cnf, sesam, arguments, told):
    done = sesam(openssl_cnf(shared_device), "import", *arguments, check=False)
    assert done.returncode == 2 and told in done.stderr, str(done)


def test_a_directory_without_keys_is_an_error(device, openssl_cnf, sesam, tmp_path):
    (tmp_path / "none").mkdir()
    for name, told in [("none", "no file in it ends in"), ("absent", "No such file")]:
        done = sesam(openssl_cnf(device), "import", "--dir", tmp_path / name, "--no-pin", check=False)
        assert done.returncode == 1 and told in done.stderr


def test_a_key_whose_answer_was_lost_is_found_by_its_name_and_sent_once(device, openssl_cnf, sesam, key_file):
    device.fault("truncated", command="importecckey")
    sesam(openssl_cnf(device), "import", key_file(), "--no-pin")
    assert device.requests()["importecckey"] == 1 and names(device) == ["old"]


def test_a_progress_bar_needs_no_name_that_steers_the_terminal(device, openssl_cnf, sesam, key_file, tmp_path):
    path = key_file()
    shutil.copy(path, tmp_path / "evil\x1b[31m.pem")
    (tmp_path / "evil\x1b[31m.pem").write_text("no key")
    done = sesam(openssl_cnf(device), "import", tmp_path / "evil\x1b[31m.pem", "--no-pin", check=False)
    assert done.returncode == 1 and "\x1b" not in done.stderr and "evil\\x1b[31m" in done.stderr
