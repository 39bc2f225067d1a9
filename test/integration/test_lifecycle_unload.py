# SPDX-License-Identifier: Apache-2.0
"""Invariant 3: providers are unloaded and loaded again, many at the same time, when idle and while signing."""
import pytest

from drivers.life import crashed_without_us, life, life_program, lives  # noqa: F401

UNLOAD = {"uri": "sesam:unload"}


@pytest.fixture
def configured(device, openssl_cnf):
    device.create_key("unload")
    return openssl_cnf(device)


@pytest.fixture
def inactive(configured):
    """An openssl.cnf that defines the provider but does not activate it; the program loads it."""
    configured.write_text(configured.read_text().replace("sesam.so\nactivate = 1\n", "sesam.so\n"))
    return configured


@pytest.mark.parametrize("steps", [
    "repeat=30 [ provider load sign=1 free unload ] exit",
    "repeat=30 [ provider load sign=1 unload free ] exit",  # the key keeps the provider loaded
    "provider load sign=1 unload sign=1 provider sign=1 free load sign=1 exit",
    "repeat=30 [ provider unload ] provider load sign=1 exit",
    "repeat=10 [ provider load busy=4 unload pause_ms=5 idle free ] provider load sign=1 exit",
    "provider provider provider load sign=1 unload sign=1 exit",
    "provider load sign=1 free unload cleanup exit",
])
def test_a_provider_comes_and_goes(life, inactive, steps):
    life(inactive, f"watchdog=25 {steps}", **UNLOAD)


def test_a_freed_library_context_leaves_no_thread(life, inactive, device, openssl_cnf):
    # With a separate library context, as OpenSSL keeps an unloaded provider until its context is freed.
    steps = "alone context=1 load sign=1 free_context alone context=1 load busy=2 idle free_context alone return"
    life(inactive, steps, environment={"LIFE_CONF_1": str(openssl_cnf(device))}, **UNLOAD)
    assert device.counters()["connections_open"] == 0


@pytest.mark.parametrize("steps", [
    "load sign=1 context load sign=1 context load sign=1 free_context sign=1 free_context sign=1 exit",
    "load sign=1 repeat=20 [ context load sign=1 free_context ] sign=1 exit",
    "context load sign=1 context load sign=1 return",
    "load sign=1 context load busy=4 fork=10 [ sign=1 exit ] idle sign=1 free_context sign=1 exit",
])
def test_library_contexts_with_the_same_configuration(life, configured, steps):
    life(configured, f"watchdog=25 {steps}", **UNLOAD)


def test_a_library_context_comes_and_goes_while_threads_of_another_sign(lives, configured):
    # libcrypto itself occasionally finds no algorithm while another thread loads openssl.cnf.
    steps = "watchdog=25 load busy=4 repeat=10 [ context load sign=1 free_context ] idle sign=1 exit"
    ours = [str(done) for done in lives(configured, steps, 2, **UNLOAD)
            if done.returncode != 1 or "a thread could not sign" not in done.stderr or ":sesam:" in done.stderr]
    assert not ours, "\n".join(ours)


def test_library_contexts_with_the_same_configuration_share_a_connection(life, device, openssl_cnf):
    device.create_key("unload")
    steps = "load sign=1 context load sign=1 context load sign=1 free_context sign=1 free_context sign=1 exit"
    life(openssl_cnf(device), steps, **UNLOAD)
    assert device.counters()["connections_accepted"] == 1
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 5}


def test_library_contexts_with_different_devices(life, simulator, openssl_cnf):
    devices = [simulator(), simulator()]
    for device in devices:
        device.create_key("unload")
    first, second = (openssl_cnf(device) for device in devices)
    steps = ("load sign=2 context=1 load sign=1 busy=2 fork=5 [ sign=1 exit ] idle free_context sign=2 context=1 load "
             "sign=1 return")
    life(first, steps, environment={"LIFE_CONF_1": str(second)}, **UNLOAD)
    assert devices[0].requests()["eccsign"] == 4
    assert devices[1].requests()["eccsign"] >= 1 + 2 + 5 + 1


def test_two_contexts_end_while_both_sign(lives, configured):
    # The threads start last: in 3.0, libcrypto itself occasionally fails to sign while another thread loads
    # openssl.cnf.
    failed = lives(configured, "load context load busy=4 watchdog=5 sign=1 exit", 20, **UNLOAD)
    assert not [done for done in failed if not crashed_without_us(done)], str(failed)
