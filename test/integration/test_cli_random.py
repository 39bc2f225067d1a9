# SPDX-License-Identifier: Apache-2.0
"""`sesam random` and `sesam timestamp`: requests that need no key."""
import base64
import json
import time

import pytest

from harness.paths import COMMAND
from harness.terminal import run_at_terminal


def test_random_bytes_are_as_many_as_asked_for(device, openssl_cnf, sesam, tmp_path):
    cnf = openssl_cnf(device)
    assert len(sesam(cnf, "random", 5).output) == 5
    assert len(bytes.fromhex(sesam(cnf, "random", 40, "--hex").stdout)) == 40
    assert len(base64.b64decode(sesam(cnf, "random", 41, "--base64").stdout, validate=False)) == 41
    assert len(bytes.fromhex(json.loads(sesam(cnf, "random", 7, "--json").stdout)["random"])) == 7
    sesam(cnf, "random", 9, "--out", tmp_path / "file")
    assert len((tmp_path / "file").read_bytes()) == 9


def test_random_bytes_are_the_devices_and_not_the_same_twice(device, openssl_cnf, sesam):
    cnf = openssl_cnf(device)
    assert sesam(cnf, "random", 32).output != sesam(cnf, "random", 32).output
    assert device.requests() == {"getrandom": 2}


def test_many_random_bytes_take_several_requests(device, openssl_cnf, sesam):
    assert len(set(sesam(openssl_cnf(device), "random", 40_000).output)) == 256
    assert device.requests() == {"getrandom": 40}


@pytest.mark.parametrize("arguments", [["0"], ["-1"], ["16777217"], ["many"], [], ["5", "--hex", "--base64"]])
def test_another_number_is_a_matter_of_usage(shared_device, openssl_cnf, sesam, arguments):
    assert sesam(openssl_cnf(shared_device), "random", *arguments, check=False).returncode == 2


def test_what_cannot_be_written_is_an_error(device, openssl_cnf, sesam, tmp_path):
    done = sesam(openssl_cnf(device), "random", 5, "--out", tmp_path / "none" / "file", check=False)
    assert done.returncode == 1 and "No such file or directory" in done.stderr


@pytest.mark.parametrize("offset, told", [(3600, "ahead"), (-86400, "behind")])
def test_the_clocks_difference_is_told(device, openssl_cnf, sesam, offset, told):
    device.set_options(clock_offset_s=offset)
    cnf = openssl_cnf(device)
    assert told in sesam(cnf, "timestamp").stdout
    before = int(time.time())
    said = json.loads(sesam(cnf, "timestamp", "--json").stdout)
    after = int(time.time())
    assert said["difference_s"] == said["device"] - said["here"]
    assert abs(said["difference_s"] - offset) <= after - before + 1
    assert before <= said["here"] <= after


def test_the_devices_time_is_shown_as_a_date(device, openssl_cnf, sesam):
    device.set_options(clock_offset_s=int(1664657599 - time.time()))
    assert "2022-10-01 2" in sesam(openssl_cnf(device), "timestamp").stdout
    assert device.requests() == {"timestamp": 1}


def test_progress_is_shown_at_a_terminal(device, openssl_cnf):
    done, screen = run_at_terminal([COMMAND, "random", "40000"], openssl_cnf(device), errors_too=True)
    assert done.returncode == 0 and len(done.output) == 40000
    assert "3/3 random numbers" in screen and screen.rstrip("\r\n").endswith("\x1b[K")
