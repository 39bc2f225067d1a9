# SPDX-License-Identifier: Apache-2.0
"""The provider's metrics in its parameters, compared with the device's counters."""
import re
import time
from datetime import datetime, timezone

import pytest
import yaml

from drivers.life import life, life_program  # noqa: F401
from harness.flavour import IN_A_CHILD, needs_openssl_in_curl, not_sanitized
from harness.metrics import params, parse, value
from harness.paths import REPOSITORY
from harness.ports import free_port
from harness.simulator import DEVICE_NAME

EVERY = {"signatures", "requests", "retries", "failures", "in-flight", "connections-opened", "connections-open",
         "key-cache-hits", "key-cache-misses"}


@pytest.fixture
def signing(device, openssl_cnf):
    device.create_key("web")
    return openssl_cnf(device)


def test_the_openssl_command_lists_the_parameters(openssl, openssl_cnf, shared_device):
    listed = openssl(openssl_cnf(shared_device), "list", "-providers", "-verbose").stdout
    for name in EVERY | {"metrics"}:
        assert re.search(rf"sesam-{name}\b", listed), listed


def test_all_is_zero_before_a_key_is_used(life, device, openssl_cnf):
    told, = params(life(openssl_cnf(device), "init params exit").stdout)
    assert told == dict.fromkeys(EVERY, 0)
    assert device.counters()["connections_accepted"] == 0, "and nobody is asked for it"


def test_parameters_tell_what_the_device_has_seen(life, device, signing):
    told, = params(life(signing, "load sign=3 params exit").stdout)
    assert told == {"signatures": 3, "requests": 4, "retries": 0, "failures": 0, "in-flight": 0,
                    "connections-opened": 1, "connections-open": 1, "key-cache-hits": 0, "key-cache-misses": 1}
    assert sum(device.requests().values()) == 4


def test_a_key_that_is_opened_again_is_a_hit(life, signing):
    told, = params(life(signing, "load free load free load params exit").stdout)
    assert (told["key-cache-misses"], told["key-cache-hits"], told["requests"]) == (1, 2, 1)


def test_repetitions_and_failures_are_told(life, device, signing):
    device.fault("reset", 2, "eccsign")
    told, = params(life(signing, "load sign=1 params exit").stdout)
    assert (told["failures"], told["signatures"]) == (0, 1)
    assert 2 <= told["retries"] <= 4  # libcurl 8 may reuse each connection that was reset
    assert told["requests"] == 2 + told["retries"] and told["connections-opened"] >= 3
    device.fault("error", -1, "eccsign", text="unknown command")
    done = life(signing, "load sign_fails=2 metrics exit")
    samples = parse(done.stdout)
    assert value(samples, "sesam_failures_total", reason="unknown_command") == 2
    assert value(samples, "sesam_failures_total") == 2
    assert value(samples, "sesam_signatures_total") == 0
    assert value(samples, "sesam_requests_total", operation="ec_sign") == 2


def test_the_text_tells_all_by_operation(life, device, signing):
    samples = parse(life(signing, "load sign=5 metrics exit").stdout)
    assert value(samples, "sesam_requests_total", operation="ec_sign") == 5
    assert value(samples, "sesam_requests_total", operation="find_key") == 1
    assert value(samples, "sesam_requests_total") == 6
    for operation, number in {"ec_sign": 5, "find_key": 1}.items():
        assert value(samples, "sesam_request_duration_seconds_count", operation=operation) == number
        assert value(samples, "sesam_request_duration_seconds_bucket", operation=operation, le="+Inf") == number


def test_durations_are_those_of_the_device(life, simulator, openssl_cnf):
    device = simulator(delay_ms=300)
    device.create_key("web")
    samples = parse(life(openssl_cnf(device), "load sign=2 metrics exit").stdout)
    assert value(samples, "sesam_request_duration_seconds_bucket", operation="ec_sign", le="0.25") == 0
    assert value(samples, "sesam_request_duration_seconds_bucket", operation="ec_sign", le="10.0") == 2
    assert value(samples, "sesam_request_duration_seconds_sum", operation="ec_sign") >= 0.6


def test_requests_in_flight_are_told_while_they_are(life, device, signing):
    device.set_options(delay_ms=2000)
    told = params(life(signing, "init background=3 [ load ] pause_ms=1000 params pause_ms=2500 params exit").stdout)
    assert [one["in-flight"] for one in told] == [1, 0], "three threads that ask the same are one request"
    assert told[1]["key-cache-hits"] == 2


@not_sanitized(IN_A_CHILD)
def test_a_child_counts_from_zero_whatever_is_under_way_in_its_parent(life, signing):
    steps = "load sign=2 busy=8 watchdog=120 fork=10 [ params sign=2 params exit ] idle params exit"
    told = params(life(signing, steps, timeout=180).stdout)
    for fresh, after in zip(told[0:20:2], told[1:20:2]):
        assert fresh == dict.fromkeys(EVERY, 0)
        assert (after["signatures"], after["requests"], after["in-flight"]) == (2, 2, 0)
        assert (after["connections-opened"], after["connections-open"]) == (1, 1)
    parent = told[20]
    assert parent["signatures"] == parent["requests"] - 1 > 2
    assert (parent["in-flight"], parent["connections-open"]) == (0, 1)


@not_sanitized(IN_A_CHILD)
def test_a_child_knows_which_node_its_parent_avoids(life, device, signing, openssl_cnf):
    away = f"https://{DEVICE_NAME}:{free_port()}"
    cnf = openssl_cnf(device, url=f"{away} {device.url}")
    samples = parse(life(cnf, "load sign=1 watchdog=60 fork=1 [ sign=2 metrics exit ] exit").stdout)
    assert value(samples, "sesam_node_healthy", node=away) == 0
    assert value(samples, "sesam_node_healthy", node=device.url) == 1


def test_numbers_survive_an_instance_and_its_connection_does_not(life, device, signing, openssl_cnf):
    other = str(openssl_cnf(device, max_in_flight=8))  # so its pipeline differs from that of the instance that stays
    told, = params(life(signing, "init context=1 load sign=2 free_context params exit",
                        environment={"LIFE_CONF_1": other}).stdout)
    assert (told["signatures"], told["requests"], told["connections-opened"]) == (2, 3, 1)
    assert (told["in-flight"], told["connections-open"]) == (0, 0)


@needs_openssl_in_curl
def test_times_of_success_failure_and_of_the_certificates_end_are_told(life, run, device, signing):
    before = int(time.time())
    device.fault("error", 1, "eccsign", text="unknown command")
    samples = parse(life(signing, "load sign_fails=1 sign=1 metrics exit").stdout)
    told = [value(samples, "sesam_last_success_timestamp_seconds"),
            value(samples, "sesam_last_failure_timestamp_seconds", reason="unknown_command")]
    assert all(before - 1 <= moment <= time.time() + 1 for moment in told), told
    end = run(["openssl", "x509", "-in", device.tlscert, "-noout", "-enddate"], None).stdout.strip()
    expected = datetime.strptime(end, "notAfter=%b %d %H:%M:%S %Y GMT").replace(tzinfo=timezone.utc).timestamp()
    assert value(samples, "sesam_certificate_expiry_timestamp_seconds", node=device.url,
                 certificate="device") == expected


@needs_openssl_in_curl
def test_the_example_of_alerts_uses_metrics_that_there_are(life, device, signing):
    device.fault("error", 1, "eccsign", text="unknown command")
    text = (REPOSITORY / "docs/examples/alerts.yml").read_text()
    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 4
    samples = parse(life(signing, "load sign_fails=1 sign=1 metrics exit").stdout)
    told = {name for name, _ in samples}
    values = {value for _, labels in samples for _, value in labels}
    for rule in rules:
        used = set(re.findall(r"sesam_\w+", rule["expr"]))
        assert used and used <= told, rule
        for pattern in re.findall(r'=~?"([^"]*)"', rule["expr"]):
            assert set(pattern.split("|")) <= values, rule
