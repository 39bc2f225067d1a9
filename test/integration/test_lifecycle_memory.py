# SPDX-License-Identifier: Apache-2.0
"""Invariant 3 without memory: each allocation of any thread and library fails in turn. No crash, no hang, no leak, and
everything works again when memory is available."""
import subprocess

import pytest

from drivers.life import HERE, compile_driver, life, life_program, lives, modules_of_crash  # noqa: F401
from harness.flavour import not_sanitized

pytestmark = not_sanitized("malloc is the sanitizer's there")
PIN = "12345678"
MEMORY = {"uri": "sesam:memory", "timeout": 400}


@pytest.fixture(scope="module")
def no_memory(tmp_path_factory):
    library = tmp_path_factory.mktemp("no_memory") / "no_memory.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
                    HERE / "no_memory.c", "-ldl"],
                   check=True, timeout=60)
    return {"environment": {"LD_PRELOAD": str(library)}, **MEMORY}


@pytest.fixture
def cnf(device, openssl_cnf):
    device.create_key("memory", pin=PIN)  # a PIN that is not verified yet when memory runs out
    return openssl_cnf(device, key_cache_seconds=0, deadline_ms=8000, pin=PIN)


@pytest.mark.parametrize("operation", ["signing", "loading"])
@pytest.mark.parametrize("times", [1, 5, 1_000_000])
def test_each_request_for_memory_is_refused_in_turn(life, cnf, no_memory, operation, times):
    # _exit: OPENSSL_cleanup() of 3.0 frees a store loader twice if adding it to the cache has failed.
    steps = (f"watchdog=200 load sign=3 note_descriptors starved_{operation}={times} sign=1 same_descriptors alone=2 "
             "free _exit")
    tried, failed = map(int, life(cnf, steps, **no_memory).stdout.split())
    assert tried > 10, "it takes memory at all"
    assert failed > 5, "and fails without"


NEW_PROCESS = "init {} _exit"  # OpenSSL's own initialization may fail permanently
ANEW = "load sign=1 free {} load sign=1 _exit"
# A new thread and connection, with OpenSSL already initialized.
IN_A_CHILD = "load sign=1 fork=1 [ watchdog=60 {} %s _exit ] sign=1 _exit"


@pytest.mark.parametrize("steps,step", [
    (NEW_PROCESS, "starved_at"),
    (NEW_PROCESS, "starved_from"),
    (ANEW, "starved_at"),
    (ANEW, "starved_from"),
    (IN_A_CHILD % "load sign=1", "starved_at"),
    (IN_A_CHILD % "", "starved_from"),  # 3.0: a library context whose providers all failed to load stays without them
], ids=["of the process, once", "of the process", "anew, once", "anew", "of a child, once", "of a child"])
def test_the_first_use_of_a_key_without_memory(lives, cnf, no_memory, steps, step):
    """Thousands of allocations: of the I/O thread, libcurl, its library context and the handshake. The test fails some
    of them, at increasing intervals."""
    places = [int(1.15 ** n + n) for n in range(1, 60)]
    bad = [done for nth in places for done in lives(cnf, f"watchdog=60 {steps.format(f'{step}={nth}')}", 1,
                                                    **no_memory)]
    assert not bad, "\n".join(f"{' '.join(done.arguments)}: {done.returncode} {modules_of_crash(done)} "
                              f"{done.stderr[:300]}" for done in bad)


def test_a_key_that_the_device_made_is_found_though_memory_was_short_for_the_reply(device, openssl_cnf, run, no_memory,
                                                                                  tmp_path):
    program = compile_driver(tmp_path, "generations", "generations.c")
    done = run([program, 100, 4], openssl_cnf(device, deadline_ms=3000), timeout=100,
               environment=no_memory["environment"])
    made = {key["nice_name"] for key in device.keys()}
    outcomes = [outcome for n, outcome in enumerate(done.stdout.split()) if f"zone-ksk-{n}" in made]
    # The first key without a failure; then keys with a failure after the request was sent, first in reading the reply.
    assert outcomes[:10] == ["made"] * 10, str(done)
