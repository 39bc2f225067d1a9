# SPDX-License-Identifier: Apache-2.0
"""Invariant 3: fork in any state. The child signs over its own connection; the parent's connection keeps working."""
import os

import pytest

from drivers.life import life, life_amid_threads, life_program, lives, waited_for_a_lock  # noqa: F401
from harness.flavour import IN_A_CHILD, not_sanitized
from harness.metrics import wait_for

CHILDREN = 200
# With SESAM_MANY_FORKS=1, as many as the hazard in facts.md needs to occur.
BUSY_CHILDREN = 2000 if os.environ.get("SESAM_MANY_FORKS") else CHILDREN
FORK = {"uri": "sesam:fork", "timeout": 400}


@pytest.fixture
def forking(device, openssl_cnf):
    device.create_key("fork")
    return openssl_cnf(device, deadline_ms=4000)  # a forked child's watchdog waits 5 s


@pytest.mark.parametrize("before", ["", "init", "load", "load sign=1"])
def test_children_sign_whatever_the_parent_did_before(life, device, forking, before):
    own = "" if "load" in before else "load"
    life(forking, f"watchdog=120 {before} fork=20 [ {own} sign=1 exit ] {own} sign=1 exit", **FORK)
    assert device.requests()["eccsign"] == 20 + 1 + before.count("sign=1")


@not_sanitized(IN_A_CHILD)
def test_children_fork_off_a_parent_whose_threads_sign(life_amid_threads, forking):
    steps = f"load busy=8 watchdog=300 fork={BUSY_CHILDREN} [ sign=1 exit ] idle sign=1 exit"
    life_amid_threads(forking, steps, **FORK)


@not_sanitized(IN_A_CHILD)
def test_children_load_the_key_anew_while_the_parents_threads_sign(life_amid_threads, forking):
    life_amid_threads(forking, "load busy=4 watchdog=120 fork=50 [ load sign=1 free _exit ] idle sign=1 exit", **FORK)


def test_children_start_threads_of_their_own(life_amid_threads, forking):
    steps = "load busy=4 watchdog=120 fork=20 [ sign=1 busy=4 pause_ms=5 idle exit ] idle exit"
    life_amid_threads(forking, steps, **FORK)


@not_sanitized(IN_A_CHILD)
def test_a_fork_while_the_first_signatures_are_made(lives, forking):
    """The fork happens while the I/O thread, its library context and the connection are being created, and OpenSSL
    makes its first fetches. If a thread holds a lock of libcrypto at that time, the child hangs, with or without sesam.
    If sesam's thread waits for that lock, the child gets an error at its deadline."""
    failed = lives(forking, "watchdog=20 load background=4 [ sign=1 ] fork=3 [ sign=1 exit ] pause_ms=50 sign=1 exit",
                   25, **FORK)
    ours = [str(done) for done in failed if not waited_for_a_lock(done)]
    assert not ours, "\n".join(ours)


@not_sanitized(IN_A_CHILD)
def test_threads_fork(life_amid_threads, forking):
    life_amid_threads(forking, "load busy=4 watchdog=120 thread=10 [ fork=3 [ sign=1 exit ] ] idle sign=1 exit", **FORK)


def test_children_fork_again(life, forking):
    steps = "load sign=1 watchdog=120 fork=10 [ fork=2 [ sign=1 exit ] sign=1 fork=2 [ sign=1 exit ] exit ] sign=1 exit"
    life(forking, steps, **FORK)


def test_children_without_exec_or_signature_leave_the_parent_in_peace(life, device, forking):
    steps = "load sign=1 watchdog=60 repeat=20 [ fork=2 [ exit ] fork=2 [ _exit ] fork=1 [ free exit ] sign=1 ] exit"
    life(forking, steps, **FORK)
    assert device.counters()["connections_accepted"] == 1, "the parent's connection stood it all"


def test_each_child_has_a_connection_of_its_own(life, device, forking):
    life(forking, "load sign=1 fork=5 [ sign=3 exit ] sign=1 exit", **FORK)
    assert device.counters()["connections_accepted"] == 6
    assert device.counters()["errors"] == {}


def test_programs_are_spawned_while_threads_sign(life, device, forking):
    life(forking, "load busy=8 watchdog=120 spawn=50 thread=2 [ spawn=10 ] idle sign=1 exit", **FORK)
    assert device.counters()["connections_accepted"] == 1


@pytest.mark.parametrize("before", ["", "busy=4"])
def test_a_daemon_signs(life, device, forking, before):
    life(forking, f"load sign=1 {before} daemon sign=2 _exit", **FORK)  # the daemon ends with _exit

    def has_ended():
        counters = device.counters()
        return counters["connections_accepted"] == 2 and counters["connections_open"] == 0

    wait_for(has_ended, "the daemon has ended")
    assert device.requests()["eccsign"] == 3 or before and device.requests()["eccsign"] > 3


def test_children_unload_what_the_parent_loaded(life, device, openssl_cnf):
    device.create_key("fork")
    cnf = openssl_cnf(device)
    cnf.write_text(cnf.read_text().replace("sesam.so\nactivate = 1\n", "sesam.so\n"))
    steps = "watchdog=60 provider load sign=1 fork=20 [ free unload provider load sign=1 exit ] sign=1 free unload exit"
    life(cnf, steps, **FORK)


def test_a_child_ends_while_its_own_threads_sign(life, forking):
    life(forking, "load sign=1 watchdog=60 fork=30 [ busy=2 _exit ] sign=1 exit", **FORK)
