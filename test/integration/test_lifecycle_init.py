# SPDX-License-Identifier: Apache-2.0
"""Invariant 1: for programs that use no key, loading the provider causes no I/O, no thread and no output."""
import re
import shutil
import subprocess
import time

import pytest

from drivers.life import HERE, life, life_program, run_life  # noqa: F401
from harness.flavour import not_sanitized

BAD_SETTINGS = {
    "no url": {"url": None},
    "unknown key": {"colour": "green"},
    "malformed number": {"core": "many"},
    "no such file": {"tlscert": "/nonexistent/certificate.pem"},
    "secret not readable": {"pass": None, "pass_source": "file:/nonexistent/password"},
    "log not writable": {"log_output": "/nonexistent/directory/log", "log_level": 1},
    "not a url": {"url": "gopher:::///"},
    "no such vendor file": {"n200_conf": "/nonexistent/n200.conf"},
}
PROGRAMS = [["openssl", "version"], ["openssl", "list", "-digest-commands"], ["curl", "--version"], ["dig", "-v"],
            ["/usr/bin/python3", "-c", "import ssl; ssl.create_default_context()"]]


@pytest.fixture(scope="module")
def interpose(tmp_path_factory):
    library = tmp_path_factory.mktemp("interpose") / "interpose.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
                    HERE / "interpose.c", "-ldl"],
                   check=True, timeout=60)
    return library


def test_init_starts_no_thread_and_calls_neither_socket_nor_curl(life, shared_device, openssl_cnf, interpose):
    before = shared_device.counters()["connections_accepted"]
    cnf = openssl_cnf(shared_device, log_level=10)
    done = life(cnf, "alone init alone pause_ms=50 alone return", environment={"LD_PRELOAD": str(interpose)})
    assert done.stderr == ""
    assert shared_device.counters()["connections_accepted"] == before


@not_sanitized("the sanitizer's pthread_create comes first")
def test_the_first_key_starts_the_one_thread_and_curl(life, device, openssl_cnf, interpose):
    """The counterpart: the calls that the test above watches for are detected when they happen."""
    device.create_key("web")
    done = life(openssl_cnf(device), "init load sign=3 exit", environment={"LD_PRELOAD": str(interpose)})
    called = re.findall(r"^called: (\w+) by .*/sesam\.so$", done.stderr, re.M)
    assert called.count("pthread_create") == 1
    assert called.count("curl_global_init") == 1
    assert called.count("curl_multi_init") == 1
    assert called.count("socket") == 2, "the connection, and what wakes the thread"


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
@pytest.mark.parametrize("settings", [{}, {"core": "many"}], ids=["good", "bad"])
def test_init_makes_no_system_call_of_the_network_and_none_that_starts_a_thread(life_program, shared_device,
                                                                                openssl_cnf, run, tmp_path, settings):
    trace = tmp_path / "trace"
    calls = "trace=%network,clone,clone3,fork,vfork,epoll_create1,epoll_create,eventfd2"
    run(["strace", "-f", "-o", trace, "-e", calls, life_program, "sesam:web", "init", "return"],
        openssl_cnf(shared_device, **settings))
    assert [line for line in trace.read_text().splitlines() if "+++ exited" not in line] == []


@pytest.mark.parametrize("arguments", PROGRAMS, ids=lambda words: words[0].split("/")[-1] + words[1])
def test_programs_say_the_same_as_without_us_and_as_quickly(run, shared_device, openssl_cnf, arguments):
    without = run(arguments)
    cnf = openssl_cnf(shared_device)
    started = time.monotonic()
    done = run(arguments, cnf)
    assert time.monotonic() - started < 5
    assert (done.output, done.stderr) == (without.output, without.stderr)


@pytest.mark.parametrize("what", BAD_SETTINGS)
def test_a_bad_configuration_is_silent_until_a_key_is_used(life_program, run, shared_device, openssl_cnf, what):
    cnf = openssl_cnf(shared_device, **BAD_SETTINGS[what])
    for arguments in PROGRAMS:
        without = run(arguments)
        done = run(arguments, cnf)
        assert (done.output, done.stderr) == (without.output, without.stderr)
    assert run([life_program, "sesam:web", "alone", "init", "alone", "return"], cnf).stderr == ""
    done = run_life(life_program, cnf, "init", "load")
    assert done.returncode == 1 and "sesam" in done.stderr, "using a key says what is wrong"


def test_a_configuration_file_that_is_a_directory_or_missing_disturbs_nobody(run, tmp_path):
    for path in [tmp_path, tmp_path / "missing.cnf"]:
        assert run(["openssl", "version"], path).stderr == ""
