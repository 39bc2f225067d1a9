# SPDX-License-Identifier: Apache-2.0
"""`sesam delete`: deletion is permanent, so it must not happen by accident."""
import json

import pytest

from harness.foreign_device import KEY_ID
from harness.lying_device import LyingDevice
from harness.paths import COMMAND
from harness.terminal import run_at_terminal

PIN, WRONG_PIN = "24681357", "99887766"
OTHER_ID = KEY_ID[:-2] + "43"


@pytest.fixture
def web(device):
    device.create_key("other", pin=PIN)
    return device.create_key("web", pin=PIN)


def names(device) -> list[str]:
    return [key["nice_name"] for key in device.keys()]


def test_the_key_whose_name_is_typed_is_gone(device, web, openssl_cnf):
    done, screen = run_at_terminal([COMMAND, "delete", "web"], openssl_cnf(device, pin=PIN),
                                   ("Type its name, web,", "web"))
    assert done.returncode == 0, f"{done}{screen}"
    assert "Deleted: web" in done.stdout and web["key_id"] in done.stdout
    assert "will be permanently deleted" in done.stderr
    assert names(device) == ["other"]
    assert device.requests()["deletekey"] == 1


def test_a_name_of_two_keys_deletes_neither_even_if_the_device_returns_only_one(tmp_path, openssl_cnf, sesam):
    lying = LyingDevice(tmp_path / "lying")
    lying.others["NIST"] = {OTHER_ID: {"key_type": "NIST", "nice_name": "web"}}
    done = sesam(openssl_cnf(lying), "delete", "--yes", "web", check=False)
    lying.stop()
    assert done.returncode == 1 and "several keys match" in done.stderr and f"{KEY_ID}, {OTHER_ID}" in done.stderr
    assert "name one of them by its key_id" in done.stderr and not lying.sent("deletekey")


@pytest.mark.parametrize("answer", ["yes", "y", "WEB", "other", "web "])
def test_another_answer_deletes_nothing(device, web, openssl_cnf, answer):
    done, _ = run_at_terminal([COMMAND, "delete", "web"], openssl_cnf(device, pin=PIN), ("Type its name", answer))
    assert done.returncode == 1 and "the key was not deleted" in done.stderr
    assert names(device) == ["other", "web"]
    assert "deletekey" not in device.requests()


def test_without_a_terminal_it_needs_yes(device, web, openssl_cnf, sesam):
    cnf = openssl_cnf(device, pin=PIN)
    done = sesam(cnf, "delete", "web", stdin=b"web\n", check=False)
    assert done.returncode == 1 and "use --yes" in done.stderr and "cannot be undone" in done.stderr
    assert device.requests() == {}
    assert json.loads(sesam(cnf, "delete", "web", "--yes", "--json").stdout) == {"deleted": web["key_id"],
                                                                                 "name": "web"}
    assert names(device) == ["other"]


@pytest.mark.parametrize("name", ["key_id", "slot", "id"])
def test_any_of_its_names_will_do(device, web, openssl_cnf, sesam, name):
    sesam(openssl_cnf(device, pin=PIN), "delete", "--yes", web[name])
    assert names(device) == ["other"]


def test_a_key_of_another_core_is_named_by_a_uri(device, openssl_cnf, sesam):
    device.create_key("far", core=2, pin=PIN)
    cnf = openssl_cnf(device)
    done = sesam(cnf, "delete", "--yes", f"sesam:far;pin-value={PIN}", check=False)
    assert done.returncode == 1 and "not in that core" in done.stderr and PIN not in done.stderr
    assert names(device) == ["far"]
    sesam(cnf, "delete", "--yes", f"sesam:far;core=2;pin-value={PIN}")
    assert names(device) == []


def test_the_pin_is_that_of_the_pin_source(device, web, openssl_cnf, sesam, tmp_path):
    (tmp_path / "pin").write_text(PIN)
    sesam(openssl_cnf(device, pin=WRONG_PIN), "delete", "--yes", "web", "--pin-source", f"file:{tmp_path / 'pin'}")
    done, screen = run_at_terminal([COMMAND, "delete", "--yes", "other", "--pin-source", "ask:"], openssl_cnf(device),
                                   ("PIN", PIN))
    assert done.returncode == 0 and PIN not in screen, f"{done}{screen}"
    assert names(device) == []


def test_what_the_device_refuses_is_told(device, web, openssl_cnf, sesam):
    for settings, told in [({"pin": WRONG_PIN}, "wrong PIN"), ({}, "PIN missing")]:
        done = sesam(openssl_cnf(device, **settings), "delete", "--yes", "web", check=False)
        assert done.returncode == 1 and told in done.stderr and WRONG_PIN not in done.stderr, str(done)
    done = sesam(openssl_cnf(device, pin=PIN), "delete", "--yes", "nobody", check=False)
    assert done.returncode == 1 and "unknown key" in done.stderr
    assert names(device) == ["other", "web"]


def test_of_two_keys_of_one_name_neither_is_deleted(device, openssl_cnf, sesam):
    ids = [device.create_key("twin")["key_id"] for _ in range(2)]
    done = sesam(openssl_cnf(device), "delete", "--yes", "twin", check=False)
    assert done.returncode == 1 and "several keys match" in done.stderr and all(key_id in done.stderr for key_id in ids)
    assert len(device.keys()) == 2


@pytest.mark.parametrize("fault", ["truncated", "stalled", "missing-field", "bad-json"])
def test_a_key_whose_deletion_lost_its_answer_is_seen_to_be_gone(device, web, openssl_cnf, sesam, fault):
    device.fault(fault, command="deletekey")
    sesam(openssl_cnf(device, pin=PIN, request_timeout_ms=1000), "delete", "--yes", "web")
    assert device.requests()["deletekey"] == 1
    assert names(device) == ["other"]


def test_a_key_that_is_still_there_after_a_lost_answer_is_told_to_be_so(device, web, openssl_cnf, sesam):
    device.fault("black-hole", command="deletekey")
    done = sesam(openssl_cnf(device, pin=PIN, request_timeout_ms=500, deadline_ms=2000), "delete", "--yes", "web",
                 check=False)
    assert done.returncode == 1 and "the key still exists" in done.stderr
    assert device.requests()["deletekey"] == 1
    assert names(device) == ["other", "web"]
