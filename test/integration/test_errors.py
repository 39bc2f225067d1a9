# SPDX-License-Identifier: Apache-2.0
"""Requests that the device refuses: each is reported on OpenSSL's error stack and in one log line, with the key, the
endpoint, the device message and advice."""
import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from harness.keys import total_found
from harness.simulator import PASSWORD, USER

PIN, WRONG_PIN = "24681357", "99887766"
SECRETS = [PASSWORD, PIN, WRONG_PIN, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()]


@pytest.fixture
def failing(openssl_cnf, openssl, tmp_path):
    """failing(device, uri, …settings): signs, which must fail. -> the error, which must be the same on the error stack
    and in the log"""

    def call(device, uri: str = "sesam:web", arguments: tuple = (), **settings) -> str:
        log = tmp_path / "log"
        log.unlink(missing_ok=True)
        cnf = openssl_cnf(device, log_level=1, log_output=log, **settings)
        sign = ["dgst", "-sha256", "-sign", uri, "-out", "signature", "/dev/null"]
        done = openssl(cnf, *(arguments or sign), check=False)
        assert done.returncode != 0, str(done)
        ours = [line for line in done.stderr.splitlines() if ":sesam:" in line]
        lines = log.read_text().splitlines()
        assert len(ours) == 1 and len(lines) == 1, f"{done}\n{lines}"
        # <thread>:error:<code>:sesam:<function>:<reason>:sesam:0:<detail>; OpenSSL truncates it to 1,024 characters
        function, reason, detail = ours[0].split(":sesam:", 1)[1].replace(":sesam:0:", ":").split(":", 2)
        assert lines[0].endswith(f"{function}: {reason}: {detail}"), f"{ours}\n{lines}"
        for secret in SECRETS + [str(value) for key, value in settings.items() if key in ("pass", "pin")]:
            assert secret not in done.stderr + lines[0]
        return f"{reason}: {detail}"

    return call


def assert_tells(told: str, *parts: str) -> None:
    for part in parts:
        assert part in told, f"{part!r} is not in: {told}"


def test_an_unknown_key(device, failing):
    told = failing(device, "sesam:nobody")
    assert_tells(told, "unknown key: ", "'nobody'", device.url, '"unknown key"',
                 "'openssl storeutl sesam:' lists every key")
    assert device.requests() == {"getkeyattributes": 1}


def test_several_keys_of_one_name(device, failing):
    ids = [device.create_key("twin")["key_id"] for _ in range(2)]
    assert_tells(failing(device, "sesam:twin"), "several keys match: ", "'twin'", device.url, *ids, "sesam:key-id=")


def test_a_uri_that_does_not_fit_the_key(device, failing):
    key_id = device.create_key("web")["key_id"]
    told = failing(device, f"sesam:key-id={key_id};object=other")
    assert_tells(told, "the URI does not match the key: ", "'object'", key_id, device.url)


def test_a_wrong_pin(device, failing):
    key_id = device.create_key("web", pin=PIN)["key_id"]
    told = failing(device, f"sesam:web;pin-value={WRONG_PIN}")
    assert_tells(told, "wrong PIN: ", "'web'", key_id, device.url, '"wrong pin"', "this process does not send it again")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 1}


def test_a_wrong_pin_of_the_configuration(device, failing):
    device.create_key("web", pin=PIN)
    assert_tells(failing(device, pin=WRONG_PIN), "wrong PIN: ", "'web'", device.url)


def test_a_locked_key(simulator, failing):
    device = simulator(pin_tries=1)
    device.create_key("web", pin=PIN)
    failing(device, f"sesam:web;pin-value={WRONG_PIN}")
    assert_tells(failing(device, f"sesam:web;pin-value={PIN}"), "wrong PIN: ", "'web'", '"key locked"',
                 "the key is locked, unlock it")


def test_a_missing_pin(device, failing):
    key_id = device.create_key("web", pin=PIN)["key_id"]
    told = failing(device)
    assert_tells(told, "PIN missing: ", "'web'", key_id, device.url, '"pin missing"', "'pin' in openssl.cnf",
                 "pin-value", "pin-source")


def test_an_unreadable_pin_source(device, failing, tmp_path):
    device.create_key("web", pin=PIN)
    told = failing(device, f"sesam:web;pin-source=file:{tmp_path}/nothing")
    assert_tells(told, "PIN source cannot be read: ", f"{tmp_path}/nothing", "No such file or directory")


@pytest.mark.parametrize("uri, part", [
    ("sesam:object=a;object=b", "duplicate attribute 'object'"),
    ("sesam:web;pin-value=1?pin-value=2", "duplicate attribute 'pin-value'"),
    ("sesam:we%b", "malformed %-escape in the value of 'object'"),
    ("sesam:web;core=zero", "cores are numbered from 1"),
    ("sesam:key-id=hsm01", "a key_id is"),
])
def test_a_malformed_uri(shared_device, failing, uri, part):
    assert_tells(failing(shared_device, uri), "invalid key URI: ", part, "OSSL_PROVIDER-sesam(7)")


def test_a_malformed_uri_does_not_tell_its_pin(device, openssl_cnf, openssl, tmp_path):
    log = tmp_path / "log"
    cnf = openssl_cnf(device, log_level=1, log_output=log)
    for uri in (f"sesam:web;pin-value={PIN}?pin-value={PIN}", f"sesam:web;{PIN}", f"sesam:web;pin-value={PIN}%"):
        done = openssl(cnf, "dgst", "-sha256", "-sign", uri, "/dev/null", check=False)
        ours = [line for line in done.stderr.splitlines()
                if ":sesam:store_" in line]  # openssl repeats the URI itself
        assert len(ours) == 1 and PIN not in ours[0], str(done)
    assert PIN not in log.read_text() and len(log.read_text().splitlines()) == 3


@pytest.mark.parametrize("user", [{"pass": "not-the-password"}, {"user": "nobody"}], ids=["password", "user"])
def test_access_denied_to_a_wrong_user_or_password(device, failing, user):
    device.create_key("web")
    told = failing(device, **user)
    assert_tells(told, "access denied: ", "'web'", device.url, '"access denied"', "'user'/'pass' in openssl.cnf",
                 "access rule", "device's web UI", "HTTP POST and HTTP GET")
    assert device.counters()["requests_total"] == 1


@pytest.mark.parametrize("rule, requests", [("post", {"getkeyattributes": 1}),
                                            ("get", {"getkeyattributes": 1, "eccsign": 1})])
def test_access_denied_for_want_of_an_access_rule(device, failing, rule, requests):
    device.create_key("web")
    device.add_user("half", "half-secret", rules=(rule,))
    told = failing(device, user="half", **{"pass": "half-secret"})
    assert_tells(told, "access denied: ", "'web'", device.url, '"access denied"', "no access rule", "device's web UI")
    assert device.requests() == requests


@pytest.mark.parametrize("uri, reason", [("sesam:nobody", "unknown key"), ("sesam:web", "PIN missing"),
                                         (f"sesam:web;pin-value={WRONG_PIN}", "wrong PIN")])
def test_errors_that_come_with_status_200(simulator, failing, uri, reason):
    device = simulator(errors_as_200=True)
    device.create_key("web", pin=PIN)
    told = failing(device, uri)
    assert_tells(told, f"{reason}: ", device.url, f'device message: "{reason.lower()}"')
    assert "HTTP status" not in told


def test_an_unknown_core(device, failing):
    device.create_key("web")
    assert_tells(failing(device, "sesam:web;core=9"), "not in that core: ", "'web'", '"unknown core"', device.url)


def test_a_key_of_another_core(device, failing):
    device.create_key("web", core=2)
    assert_tells(failing(device), "not in that core: ", "'web'", '"unknown key"', "not in core 1")


def test_a_key_of_a_type_that_cannot_sign(device, failing):
    device.create_key("web", type="SYM", size=256)
    assert_tells(failing(device), "unsupported key: ", "'web'", "SYM", "256 bits")


def test_a_secret_in_the_devices_words_is_redacted(device, failing):
    device.create_key("web", pin=PIN)
    device.fault("error", command="eccsign", status=500, text=f"pin {PIN} of {PASSWORD}")
    assert_tells(failing(device, f"sesam:web;pin-value={PIN}"), "pin <secret> of <secret>")


def test_a_secret_that_the_device_quotes_in_another_encoding_is_redacted(device, failing):
    pin = "a/b+c=d&e"
    device.create_key("web", pin=pin)
    header = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    device.fault("error", command="eccsign", status=500,
                 text=f"Basic {header} {header.rstrip('=')} pin={quote(pin, safe='')} "
                                                             f"{pin.encode().hex().upper()} "
                                                             f"{base64.b64encode(pin.encode()).decode()}")
    assert_tells(failing(device, f"sesam:web?pin-value={quote(pin, safe='')}"),
                 '"Basic <secret>== <secret> pin=<secret> <secret> <secret>"')


def test_storeutl_ends_after_each_failure(device, openssl_cnf, openssl):
    device.create_key("twin")
    device.create_key("twin")
    for uri in ("sesam:nobody", "sesam:twin", "pkcs11:object=nobody", "sesam:", "sesam:web;type=cert"):
        device.clear_faults()
        if uri == "sesam:":
            device.fault("http-500", count=-1)
        done = openssl(openssl_cnf(device), "storeutl", uri, check=False, timeout=20)
        assert total_found(done.stdout) == 0 and "BEGIN" not in done.stdout, str(done)
        assert done.returncode != 0, str(done)


def test_dnssec_keyfromlabel_ends_and_the_log_tells_why(device, openssl_cnf, run, tmp_path):
    cnf = openssl_cnf(device, log_level=1, log_output=tmp_path / "log")
    done = run(["dnssec-keyfromlabel", "-a", "13", "-l", "pkcs11:object=nobody", "-f", "KSK", "jp.example"], cnf,
               cwd=tmp_path, check=False, timeout=20)
    assert done.returncode != 0
    assert "unknown key: looking up key 'nobody'" in Path(tmp_path / "log").read_text()
