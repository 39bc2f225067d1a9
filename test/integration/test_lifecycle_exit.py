# SPDX-License-Identifier: Apache-2.0
"""Invariant 3: a process may end in any state, even while its threads sign, without a crash or a hang."""
import socket

import pytest

from drivers.life import crashed_without_us, life_program, lives, modules_of_crash, start_life  # noqa: F401
from harness.programs import Done


@pytest.fixture
def cnf(device, openssl_cnf):
    device.create_key("exit")
    return openssl_cnf(device)


def told(failed: list[Done]) -> str:
    return "\n".join(f"{done.returncode} {modules_of_crash(done)} {done.stderr[:400]}" for done in failed)


def assert_all_ended_well(failed: list[Done]) -> None:
    assert not failed, told(failed)


def assert_no_crash_is_ours(failed: list[Done]) -> None:
    """If the application's threads are inside libcrypto at exit(), OpenSSL itself may crash."""
    ours = [done for done in failed if not crashed_without_us(done)]
    assert not ours, told(ours)


@pytest.mark.parametrize("end", ["return", "exit", "_exit", "free exit", "cleanup exit", "cleanup return"])
def test_a_process_that_has_signed_ends(lives, cnf, end):
    # The most common way to end gets as many runs as the hazard in facts.md needs to occur.
    runs = 150 if end == "return" else 25
    assert_all_ended_well(lives(cnf, f"watchdog=5 load sign=2 {end}", runs, uri="sesam:exit"))


def test_a_process_ends_while_its_threads_sign(lives, cnf):
    assert_no_crash_is_ours(lives(cnf, "load busy=8 watchdog=5 pause_ms=5 exit", 100, uri="sesam:exit"))


@pytest.mark.parametrize("end", ["return", "_exit", "cleanup _exit"])
def test_other_ends_while_threads_sign(lives, cnf, end):
    assert_no_crash_is_ours(lives(cnf, f"load busy=8 watchdog=5 pause_ms=5 {end}", 25, uri="sesam:exit"))


def test_a_process_ends_while_its_threads_keep_on_trying_to_sign(lives, cnf):
    # Their requests fail repeatedly while the provider is being torn down.
    failed = lives(cnf, "load busy=8 watchdog=5 expect_failures return", 25, uri="sesam:exit")
    assert_no_crash_is_ours(failed)


@pytest.mark.parametrize("pause_ms", [0, 5, 50])
def test_a_process_ends_while_its_first_signature_is_made(lives, simulator, openssl_cnf, pause_ms):
    device = simulator(delay_ms=200)
    device.create_key("exit")
    steps = f"watchdog=5 init background=1 [ load sign=1 ] pause_ms={pause_ms} exit"
    assert_no_crash_is_ours(lives(openssl_cnf(device), steps, 15, uri="sesam:exit"))


@pytest.fixture
def silent_port():
    """A port that accepts connections but sends nothing, so the TLS handshake never completes."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("pause_ms", [0, 2, 100])
def test_a_process_ends_soon_while_it_is_connecting(lives, device, openssl_cnf, silent_port, host, pause_ms):
    cnf = openssl_cnf(device, address=f"{host}:{silent_port}", connect_timeout_ms=20000, deadline_ms=20000)
    assert_no_crash_is_ours(lives(cnf, f"watchdog=4 init background=2 [ load ] pause_ms={pause_ms} exit", 10))


@pytest.mark.parametrize("busy", ["", "busy=8"])
def test_a_device_that_goes_away_is_an_error_and_no_hang(life_program, device, openssl_cnf, busy):
    device.create_key("exit")
    steps = f"load sign=1 {busy} expect_failures mark pause_ms=500 watchdog=20 sign_fails=3 idle exit"
    process = start_life(life_program, openssl_cnf(device, deadline_ms=1000), steps, uri="sesam:exit")
    assert process.stdout.readline() == b"mark\n"
    device.process.kill()
    device.process.wait(10)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors.decode()[-2000:]


@pytest.mark.parametrize("busy", ["", "busy=8"])
def test_a_device_that_comes_back_is_used_again(life_program, device, openssl_cnf, busy):
    device.create_key("exit")
    steps = f"load sign=1 {busy} expect_failures mark pause_ms=2500 expect_failures=0 sign=3 idle exit"
    process = start_life(life_program, openssl_cnf(device, deadline_ms=1000), steps, uri="sesam:exit")
    assert process.stdout.readline() == b"mark\n"
    port = device.port
    device.process.kill()
    device.process.wait(10)
    device.start(port)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors.decode()[-2000:]
