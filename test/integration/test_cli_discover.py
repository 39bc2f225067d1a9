# SPDX-License-Identifier: Apache-2.0
"""`sesam discover`: finds the signing command of a device if it is not the assumed one."""
import json
import re

import pytest

from harness.foreign_device import ForeignDevice
from harness.keys import assert_signs
from harness.paths import COMMAND
from harness.terminal import run_at_terminal

PIN = "24681357"
MAX_REQUESTS = 400

DIALECTS = {
    "other-names": {"command": "signecc", "fields": {"key_to_use": "key", "hash_to_sign": "hash"}},
    "strict": {"command": "signhash", "fields": {"digest": "hash"}, "strict": True},
    "names-of-its-own": {"command": "sign_digest", "fields": {"hsm_key": "key", "digest_value": "hash"},
                         "strict": True},
    "as-assumed": {"command": "eccsign"},
}


def found_row(done) -> str:
    row = re.search(r"^(wire_(?:ec|rsa)_sign) = (.*)$", done.stdout, re.M)
    assert row, str(done)
    return row[2]


@pytest.fixture
def foreign(tmp_path):
    device = ForeignDevice(tmp_path / "foreign")
    yield device
    device.stop()


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_the_printed_line_signs(simulator, openssl_cnf, openssl, sesam, tmp_path, dialect):
    device = simulator(sign_dialect=json.dumps(dialect), pin_tries=1)
    done = sesam(openssl_cnf(device, pin=PIN), "discover", "--make-key", "web", "--yes")
    row = found_row(done)
    assert f"command={dialect['command']} " in row and "pin={pin}" in row
    assert PIN not in str(done)
    assert_signs(openssl, openssl_cnf(device, pin=PIN, wire_ec_sign=row), "sesam:web", tmp_path)


@pytest.mark.parametrize("pin", [PIN, None])
def test_an_rsa_row_serves_for_both_paddings_and_all_hashes(simulator, openssl_cnf, openssl, sesam, tmp_path, pin):
    dialect = {"command": "signrsa", "as": "rsasign", "fields": {"digest": "hash", "pad": "padding",
                                                                 "hash_type": "hashalg"}}
    device = simulator(sign_dialect=json.dumps(dialect))
    done = sesam(openssl_cnf(device, pin=pin), "discover", "--make-key", "ca", "--type", "RSA", "--yes",
                 *([] if pin else ["--no-pin"]))
    cnf = openssl_cnf(device, pin=pin, wire_rsa_sign=found_row(done))
    for digest in ("sha256", "sha512"):
        assert_signs(openssl, cnf, "sesam:ca", tmp_path, digest)
    (tmp_path / "data").write_bytes(b"to be signed")
    openssl(cnf, "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sign", "sesam:ca", "-out", "signature", "data")


def test_a_device_that_shares_nothing_with_the_simulator(foreign, openssl_cnf, openssl, sesam, tmp_path):
    cnf = openssl_cnf(foreign, pin=PIN)
    done = sesam(cnf, "discover", "--make-key", "web", "--yes")
    row = found_row(done)
    assert row == ("POST command=signDigest core={core} hsm_id={key_id} key_pin={pin} digest_b64={digest:base64} -> "
                   "data.signature:der:base64")
    assert "sesam delete hsm" in done.stdout and "sesam discover, 20" in done.stdout
    assert foreign.wrong_pins == 0
    assert_signs(openssl, openssl_cnf(foreign, pin=PIN, wire_ec_sign=row), "sesam:web", tmp_path)


def test_what_is_sent_is_bounded_and_changes_no_key(foreign, openssl_cnf, sesam):
    sesam(openssl_cnf(foreign, pin=PIN), "discover", "--make-key", "--yes")
    assert len(foreign.journal) <= MAX_REQUESTS
    plan = json.loads(sesam(None, "discover", "--dry-run", "--json").stdout)
    allowed = {*plan["commands"], plan["control"], "genecckey", "getkeyattributes"}
    assert {command for _, command, _ in foreign.journal} <= allowed
    assert len(foreign.sent("genecckey")) == 1
    assert all("sign" in name.lower() for name in plan["commands"])
    assert not [name for name in plan["commands"] for word in ("assign", "import", "cert", "delete", "set")
                if word in name.lower()]
    assert all(PIN not in fields.values() for method, _, fields in foreign.journal if method == "GET")


def test_no_pin_goes_out_after_a_refusal_that_is_not_understood(foreign, openssl_cnf, sesam):
    foreign.make_key("web", "99887766")
    done = sesam(openssl_cnf(foreign, pin=PIN), "discover", "web", "--send-pin", "--yes", check=False)
    assert done.returncode == 1 and PIN not in str(done)
    assert "No further request carried it" in done.stdout and "authorisation value" in done.stdout
    assert foreign.wrong_pins == 1
    assert len([fields for _, _, fields in foreign.journal if PIN in fields.values()]) == 1


def test_a_wrong_pin_costs_one_try(simulator, openssl_cnf, sesam):
    device = simulator(pin_tries=3)
    device.create_key("web", pin="99887766")
    done = sesam(openssl_cnf(device, pin=PIN), "discover", "web", "--send-pin", "--yes", check=False)
    assert done.returncode == 1 and "wrong pin" in done.stdout and PIN not in str(done)
    assert device.counters()["errors"]["wrong pin"] == 1


def test_a_named_key_keeps_its_pin_at_home(foreign, openssl_cnf, sesam):
    foreign.make_key("web", PIN)
    done = sesam(openssl_cnf(foreign, pin=PIN), "discover", "web", "--yes", check=False)
    assert done.returncode == 1 and "--send-pin" in done.stdout and "signDigest" in done.stdout
    assert "sesam delete" not in done.stdout
    assert all(PIN not in fields.values() for _, _, fields in foreign.journal)


def test_it_stops_at_the_first_401(foreign, openssl_cnf, sesam):
    foreign.unauthorized = True
    done = sesam(openssl_cnf(foreign, pin=PIN), "discover", "--make-key", "web", "--yes", check=False)
    assert done.returncode == 1 and "401" in done.stdout
    assert "sesam delete hsm" in done.stdout, "the key is there"
    assert len([command for method, command, _ in foreign.journal if method == "POST"]) == 2


def test_what_was_answered_is_grouped(simulator, openssl_cnf, sesam):
    device = simulator(sign_dialect='{"command": "unheardof"}')
    done = sesam(openssl_cnf(device, pin=PIN), "discover", "--make-key", "--yes", check=False)
    assert done.returncode == 1
    assert re.search(r"\d+ times: answered: HTTP status 404, device message: .*unknown command", done.stdout), str(done)
    assert device.counters()["requests_total"] <= MAX_REQUESTS


def test_a_dry_run_sends_nothing(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device), "discover", "--dry-run")
    assert "POST command=eccsign core={core} key={key_id}" in done.stdout
    assert "GET /n200/COMMAND/{key_id}/{digest:hex}/" in done.stdout
    assert device.counters()["requests_total"] == 0


def test_it_asks_before_it_sends(device, openssl_cnf, sesam):
    cnf = openssl_cnf(device, pin=PIN)
    done = sesam(cnf, "discover", "--make-key", check=False)
    assert done.returncode == 1 and "use --yes" in done.stderr
    done, screen = run_at_terminal([COMMAND, "discover", "--make-key"], cnf, ("Type yes to continue", "no"))
    assert done.returncode == 1 and "no request was sent" in done.stderr
    assert "at most 400 requests" in done.stderr + screen
    assert device.counters()["requests_total"] == 0


def test_json_says_the_same(device, openssl_cnf, sesam):
    found = json.loads(sesam(openssl_cnf(device, pin=PIN), "--json", "discover", "--make-key", "web", "--yes").stdout)
    assert (found["found"], found["setting"], found["key"]) == (True, "wire_ec_sign", "web")
    assert found["row"] == ("POST command=eccsign core={core} key={key_id} pin={pin} hash={digest:hex} -> "
                            "result:p1363:hex")
    assert found["requests"] <= MAX_REQUESTS and found["delete_with"].startswith("sesam delete hsm")


@pytest.mark.parametrize("arguments", [[], ["web", "--make-key", "other"], ["web", "--max-requests", "500"],
                                       ["--make-key", "--type", "DSA"]])
def test_a_wrong_command_line_is_a_matter_of_usage(device, openssl_cnf, sesam, arguments):
    done = sesam(openssl_cnf(device), "discover", *arguments, check=False)
    assert done.returncode == 2, str(done)
    assert device.counters()["requests_total"] == 0


def test_an_unknown_signing_command_leads_here(simulator, openssl_cnf, openssl):
    device = simulator(sign_dialect='{"command": "signecc"}')
    device.create_key("web", pin=PIN)
    done = openssl(openssl_cnf(device, pin=PIN), "dgst", "-sha256", "-sign", "sesam:web", "/dev/null", check=False)
    assert done.returncode != 0 and "sesam discover" in done.stderr
