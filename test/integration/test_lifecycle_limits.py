# SPDX-License-Identifier: Apache-2.0
"""Invariant 3: a process without standard streams, descriptors, files or uninterrupted time uses a key."""
import os
import re
import shlex
import shutil
import subprocess

import pytest

from drivers.life import life, life_program, start_life  # noqa: F401
from harness.flavour import IN_A_CHILD, needs_trust_in_memory, not_sanitized
from harness.pki import Pki
from harness.programs import minimal_environment

LIMITS = {"uri": "sesam:limits"}


@pytest.fixture
def cnf(device, openssl_cnf):
    device.create_key("limits")
    return openssl_cnf(device, deadline_ms=3000)


# Only root may call chroot(2); other users need their own user namespace.
AS_ROOT = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]


@needs_trust_in_memory
@pytest.mark.parametrize("steps", [
    "init change_root load sign=2 free load sign=1 exit",
    "load sign=1 change_root sign=1 load sign=1 exit",
    "init change_root fork=3 [ load sign=1 exit ] load busy=2 fork=3 [ sign=1 exit ] idle exit",
    "load sign=1 fork=1 [ change_root sign=1 exit ] sign=1 exit",
], ids=["before the first key", "amidst", "then fork", "in a child"])
def test_keys_are_used_in_an_empty_root_directory(run, life_program, cnf, tmp_path, steps):
    (tmp_path / "root").mkdir()
    run([*AS_ROOT, life_program, "sesam:limits", *steps.split()], cnf,
        environment={"LIFE_ROOT": str(tmp_path / "root")})


@needs_trust_in_memory
@pytest.mark.parametrize("steps, is_told", [
    ("certificates=1 change_root pause_ms=2100 load sign=1 certificates=1 exit", "using what was read before"),
    ("load change_root pause_ms=2100 sign=1 certificates=1 exit", "using what was read before"),
    ("init change_root certificates=0 load sign=1 pause_ms=2100 certificates=0 exit", "using no certificates"),
], ids=["read before", "key opened before", "first key opened afterwards"])
def test_certificates_do_not_keep_a_key_from_opening_in_another_root_directory(
        run, life_program, device, openssl_cnf, tmp_path, steps, is_told):
    device.create_key("limits")
    (tmp_path / "root").mkdir()
    (tmp_path / "certificates").mkdir()
    pki = Pki(tmp_path / "pki")
    shutil.copy(pki.leaf("sesam:limits", openssl_cnf(device), pki.ca("issuing"), "limits"), tmp_path / "certificates")
    cnf = openssl_cnf(device, certificates=tmp_path / "certificates", log_level=2)
    done = run([*AS_ROOT, life_program, "sesam:limits", *steps.split()], cnf,
               environment={"LIFE_ROOT": str(tmp_path / "root")})
    line, = re.findall("certificates = .*cannot be read.*", done.stderr)
    assert is_told in line


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_a_program_without_standard_streams_signs(life_program, device, openssl_cnf, closed, tmp_path):
    """What the log or the program writes to descriptor 2 must not go into a connection that got that number."""
    device.create_key("limits")
    cnf = openssl_cnf(device, log_level=10)
    steps = "load sign=2 say free load sign=1 fork=1 [ say load sign=1 say exit ] busy=2 say idle sign=1 exit"
    command = f"exec {shlex.quote(str(life_program))} sesam:limits {steps} {closed}"
    assert subprocess.run(["sh", "-c", command.replace("[", "'['").replace("]", "']'")], env=minimal_environment(cnf),
                          timeout=60).returncode == 0
    assert device.counters()["connections_accepted"] == 2
    assert device.counters()["errors"] == {}


@pytest.mark.parametrize("output", ["stderr", "file", "syslog"])
def test_a_program_that_closes_its_standard_streams_later_signs(life, device, openssl_cnf, tmp_path, output):
    device.create_key("limits")
    cnf = openssl_cnf(device, log_level=10, log_output=tmp_path / "log" if output == "file" else output)
    device.fault("reset", count=2, command="eccsign")
    life(cnf, "init close_streams load sign=1 say sign=1 free load sign=1 say sign=1 exit", **LIMITS)
    # libcurl may reuse a connection that was reset.
    assert device.counters()["connections_accepted"] in (3, 4), "no connection but the two was lost"


def test_a_log_on_stderr_is_not_written_into_a_socket_of_the_program_that_got_its_number(life, device, openssl_cnf):
    device.create_key("limits")
    life(openssl_cnf(device, log_level=10), "init socket_for_stderr load sign=2 nothing_in_the_socket exit", **LIMITS)


def test_a_daemon_that_closes_all_descriptors_before_its_first_key_signs(life, cnf):
    life(cnf, "watchdog=20 init close_from=3 load sign=2 exit", **LIMITS)


LOST = "the program has closed descriptors that sesam uses: starting again with new ones"


@pytest.fixture(params=[False, True], ids=["HTTP/2", "HTTP/1.1"])
def served(request, simulator):
    device = simulator(http1=request.param)
    device.create_key("limits")
    return device


# After 20 ms, the I/O thread sleeps. Before that it may be reading, and mistake a socket with the same number for its
# own.
@pytest.mark.parametrize("own, pause_ms", [("own_files", 0), ("own_files", 300), ("own_sockets", 20),
                                           ("own_sockets", 300)])
def test_a_daemon_that_closes_all_descriptors_after_its_first_key_signs_and_its_own_are_unharmed(life, served,
                                                                                                 openssl_cnf, own,
                                                                                                 pause_ms):
    steps = f"watchdog=20 load sign=1 pause_ms={pause_ms} close_from=3 {own}=40 sign=2 own_unharmed nobody_spins exit"
    done = life(openssl_cnf(served, deadline_ms=4000, log_level=1), steps, **LIMITS)
    assert done.stderr.count(LOST) == 1, done.stderr
    assert served.requests()["eccsign"] == 3


def test_descriptors_are_closed_over_and_over(life, served, openssl_cnf):
    steps = "watchdog=20 load repeat=5 [ sign=2 close_from=3 own_files=8 sign=1 ] nobody_spins exit"
    life(openssl_cnf(served, deadline_ms=4000), steps, **LIMITS)


@pytest.mark.parametrize("steps", [
    "check_at_exit load sign=1 close_from=3 own_files=40 exit",
    "check_at_exit load sign=1 pause_ms=300 close_from=3 own_files=40 fork=3 [ exit ] fork=3 [ sign=1 exit ] sign=1 "
    "exit",
    "check_at_exit load sign=1 close_from=3 own_files=40 fork=2 [ _exit ] own_unharmed free exit",
    "check_at_exit load busy=4 close_from=3 own_files=40 exit",
], ids=["exit", "fork", "free", "busy"])
def test_a_process_without_our_descriptors_ends_and_forks(life, served, openssl_cnf, steps):
    done = life(openssl_cnf(served, deadline_ms=4000), f"watchdog=20 {steps}", **LIMITS)
    assert "was written to" not in done.stderr


def test_descriptors_are_closed_while_threads_sign(life, served, openssl_cnf):
    """Requests in flight are retried over a new connection."""
    steps = ("watchdog=20 load busy=4 close_from=3 own_files=40 pause_ms=1000 own_unharmed idle sign=1 own_unharmed "
             "nobody_spins exit")
    life(openssl_cnf(served, deadline_ms=4000), steps, **LIMITS)


def test_descriptors_are_closed_while_a_reply_is_awaited(life, simulator, openssl_cnf):
    """No event wakes a thread whose connection is closed: it must check by itself."""
    device = simulator(delay_ms=900)
    device.create_key("limits")
    steps = ("watchdog=20 load background=1 [ sign=1 say ] pause_ms=300 close_from=3 own_files=40 pause_ms=3000 "
             "own_unharmed exit")
    done = life(openssl_cnf(device, deadline_ms=8000, log_level=1), steps, **LIMITS)
    assert LOST in done.stderr and "said" in done.stderr, "within the 3 s, though the request may take 10"


def test_log_and_metrics_do_not_go_into_files_of_the_program(life, served, openssl_cnf, tmp_path):
    cnf = openssl_cnf(served, log_level=10, log_output=tmp_path / "log", metrics_file=tmp_path / "sesam.prom")
    steps = ("watchdog=20 check_at_exit load sign=1 close_from=3 own_files=40 sign=1 pause_ms=300 sign=1 own_unharmed "
             "exit")
    life(cnf, steps, **LIMITS)


@not_sanitized("UBSan looks at memory by means of descriptors")
@pytest.mark.parametrize("more", range(3))
def test_without_descriptors_the_first_key_is_an_error_that_says_so(life, cnf, more):
    """The missing descriptor may be that of epoll, of the thread's wake-up or of the socket."""
    done = life(cnf, f"watchdog=20 init spare_descriptors={more} load_fails spare_descriptors=-1 load sign=2 exit",
                **LIMITS)
    assert "the process has reached a resource limit" in done.stderr, done.stderr
    assert "Too many open files" in done.stderr, done.stderr


def test_without_descriptors_a_lost_connection_is_an_error_in_time_and_no_descriptor_is_lost(life_program, cnf, device):
    steps = ("watchdog=40 load sign=1 note_descriptors no_descriptors sign=1 mark pause_ms=500 sign_fails=2 "
             "busy_fails=8 "
             "spare_descriptors=-1 sign=2 busy=4 idle same_descriptors exit")
    process = start_life(life_program, cnf, steps, uri="sesam:limits")
    assert process.stdout.readline() == b"mark\n"
    device.network("close")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors.decode()


@not_sanitized("UBSan looks at memory by means of descriptors")
@needs_trust_in_memory
def test_descriptors_that_come_free_in_time_are_used(life, device, cnf):
    steps = "load sign=1 no_descriptors background=1 [ pause_ms=700 spare_descriptors=-1 ] sign=1 exit"
    device.fault("reset", count=1, command="eccsign")
    life(cnf, steps, **LIMITS)
    assert device.counters()["connections_accepted"] == 2


def test_without_descriptors_no_request_is_sent_over_a_connection_that_the_device_has_closed(life_program, served,
                                                                                             openssl_cnf):
    steps = ("watchdog=20 load sign=1 no_descriptors mark pause_ms=500 background=1 [ pause_ms=700 "
             "spare_descriptors=-1 ] sign=1 exit")
    process = start_life(life_program, openssl_cnf(served, log_level=2), steps, uri="sesam:limits")
    assert process.stdout.readline() == b"mark\n"
    served.network("close")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors.decode()
    retries = [line for line in errors.decode().splitlines() if "retrying: " in line]
    assert retries and all("Too many open files" in line for line in retries), errors.decode()


@not_sanitized(IN_A_CHILD)
@pytest.mark.parametrize("threads", ["", "busy=4"])
def test_signals_interrupt_nothing(life, cnf, threads):
    life(cnf, f"watchdog=60 interruptions load {threads} sign=100 repeat=20 [ load sign=1 free ] load fork=3 [ sign=1 "
              "exit ] "
         "idle sign=1 exit", **LIMITS)
