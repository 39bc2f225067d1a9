# SPDX-License-Identifier: Apache-2.0
"""Invariant 9: an open key always means the same key. If the device's operator deletes or replaces it, sesam detects
that, without an additional request per signature."""
import time
from contextlib import ExitStack

import pytest

from harness.session import session_of, session_program  # noqa: F401

REPLACED = "key was replaced on the device"
UNKNOWN = "unknown key"
BY_NAME = "POST command=eccsign core={core} key={name} pin={pin} hash={digest:hex} -> result:p1363:hex"


@pytest.fixture
def session(session_program, openssl_cnf):  # noqa: F811
    """session(device, key_cache_seconds=1, …) -> say("sign"), which returns the program's answer."""
    with ExitStack() as running:
        yield lambda device, uri="sesam:web", **settings: running.enter_context(
            session_of(session_program, uri, openssl_cnf(device, **settings)))


def replace(device, **fields) -> None:
    device.delete_key("web")
    device.create_key("web", **fields)


def until_it_is_asked_for(device, say, command) -> None:
    """Opens the key repeatedly, until the cache entry has expired and the device gets the request."""
    device.reset_counters()
    for _ in range(200):
        assert say("open") == "ok"
        if command in device.requests():
            return
        time.sleep(0.05)
    pytest.fail("the cache serves for ever")


def test_a_key_of_another_key_id_behind_the_name_is_noticed_and_opened_anew(device, session):
    device.create_key("web")
    say = session(device)
    assert [say("open"), say("sign")] == ["ok", "ok"]
    replace(device)
    device.reset_counters()
    assert say("sign") == REPLACED
    assert device.requests() == {"eccsign": 1, "getkeyattributes": 1}
    assert say("sign") == REPLACED
    assert device.requests() == {"eccsign": 1, "getkeyattributes": 1}, "what is known is not asked again"
    assert [say("open"), say("sign")] == ["ok", "ok"]


@pytest.mark.parametrize("without_public_key, look_ups", [(False, {"getkeyattributes": 1}),
                                                          (True, {"getkeyattributes": 1, "listkeys": 1})])
def test_a_key_that_the_program_generates_under_the_name_of_a_deleted_one_is_opened_next(simulator, session,
                                                                                         without_public_key, look_ups):
    device = simulator(attributes_without_public_key=without_public_key)
    device.create_key("web")
    say = session(device)
    assert [say("open"), say("keep"), say("sign-kept")] == ["ok", "ok", "ok"]
    device.delete_key("web")
    assert say("make") == "ok"
    device.reset_counters()
    assert [say("open"), say("sign"), say("open")] == ["ok", "ok", "ok"]
    assert device.requests() == {**look_ups, "eccsign": 1}
    assert say("sign-kept") == REPLACED


def test_a_deleted_key_is_unknown(device, session):
    device.create_key("web")
    say = session(device)
    assert say("open") == "ok"
    device.delete_key("web")
    assert [say("sign"), say("open")] == [UNKNOWN, UNKNOWN]


def test_a_uri_by_key_id_means_that_key_and_no_other(device, session):
    key = device.create_key("web")
    say = session(device, uri=f"sesam:key-id={key['key_id']};object=web")
    assert say("open") == "ok"
    replace(device)
    assert [say("sign"), say("open")] == [UNKNOWN, UNKNOWN]


def test_a_key_that_was_renumbered_is_found_by_its_name(device, session):
    """The new key has the same key_id, as after a factory reset, when the device counts from the beginning."""
    key = device.create_key("web", counter=77)
    say = session(device, verify_signatures="yes")
    assert say("open") == "ok"
    replace(device, counter=77)
    assert device.keys()[0]["key_id"] == key["key_id"]
    device.reset_counters()
    assert [say("sign"), say("sign")] == [REPLACED, REPLACED]
    assert device.requests() == {"eccsign": 5, "getkeyattributes": 1}, "a wrong signature is asked for again"
    assert [say("open"), say("sign")] == ["ok", "ok"]


def test_a_bad_signature_of_the_right_key_stays_a_bad_signature(device, session):
    device.create_key("web")
    say = session(device, verify_signatures="yes")
    assert say("open") == "ok"
    device.fault("wrong-signature", command="eccsign", count=5)
    assert [say("sign"), say("sign")] == ["invalid signature", "ok"]


@pytest.mark.parametrize("settings, counter", [({}, 77), ({"wire_ec_sign": BY_NAME}, 0)],
                         ids=["same-key-id", "signed-by-name"])
@pytest.mark.parametrize("told_by", ["getkeyattributes", "listkeys"])
def test_a_reopening_after_the_time_to_live_tells_the_keys_that_are_still_open(simulator, session, settings, counter,
                                                                               told_by):
    """The device signs with another key without an error, and no program verifies the signature."""
    device = simulator(attributes_without_public_key=told_by == "listkeys")
    device.create_key("web", counter=counter)
    say = session(device, key_cache_seconds=1, **settings)
    assert [say("open"), say("keep"), say("sign-kept")] == ["ok", "ok", "ok"]
    replace(device, counter=counter)
    until_it_is_asked_for(device, say, told_by)
    assert say("sign") == "ok", "the key that was opened anew"
    device.reset_counters()
    assert say("sign-kept") == REPLACED
    assert device.requests() == {}



def test_a_key_that_is_newer_than_the_listing_at_hand_is_found_in_a_new_one(simulator, session):
    """If getkeyattributes does not return the public key, a cached listing would hide all newer keys."""
    device = simulator(attributes_without_public_key=True)
    device.create_key("web")
    say = session(device)
    assert [say("open"), say("sign")] == ["ok", "ok"]
    replace(device)
    device.reset_counters()
    assert [say("sign"), say("open"), say("sign")] == [REPLACED, "ok", "ok"]
    assert device.requests() == {"eccsign": 2, "getkeyattributes": 2, "listkeys": 1}
