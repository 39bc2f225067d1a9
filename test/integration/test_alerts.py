# SPDX-License-Identifier: Apache-2.0
"""docs/examples: the alerts fire only when they should, and the dashboard's queries find the metrics."""
import json
import re

import pytest
import yaml

from drivers.life import life, life_program  # noqa: F401
from harness.flavour import needs_openssl_in_curl
from harness.metrics import parse
from harness.paths import REPOSITORY
from harness.promtool import check_rules, needs_promtool, run_tests

ALERTS = REPOSITORY / "docs/examples/alerts.yml"
DASHBOARD = json.loads((REPOSITORY / "docs/examples/grafana-dashboard.json").read_text())
QUERIES = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]
NAMED = 'instance="ns1",program="named"'


@pytest.fixture
def samples(life, device, openssl_cnf):
    """The metrics of a program that has signed and failed."""
    device.create_key("web")
    device.fault("error", 1, "eccsign", text="unknown command")
    return parse(life(openssl_cnf(device), "load sign_fails=1 sign=3 metrics exit").stdout)


def names_in(expression: str) -> set[str]:
    return set(re.findall(r"\bsesam_\w+", expression))


@needs_promtool
def test_the_rules_are_valid():
    check_rules(ALERTS)


def series(name: str, labels: str, values: str) -> dict[str, str]:
    return {"series": f"{name}{{{NAMED}{',' if labels else ''}{labels}}}", "values": values}


def failures(values: str, reason: str = "access_denied") -> dict[str, str]:
    return series("sesam_failures_total", f'reason="{reason}"', values)


def last_failure(values: str) -> dict[str, str]:
    return series("sesam_last_failure_timestamp_seconds", 'reason="access_denied"', values)


def certificate(days: int) -> dict[str, str]:
    return series("sesam_certificate_expiry_timestamp_seconds", 'node="https://a",certificate="device"',
                  f"{days * 86400}x30")


def in_bucket(bound: str, values: str) -> dict[str, str]:
    return series("sesam_request_duration_seconds_bucket", f'operation="ec_sign",le="{bound}"', values)


def signing(name: str, values: str) -> dict[str, str]:
    return series(name, 'operation="ec_sign"', values)


NODE = 'node="https://a"'
# Each case: the alert, series with a sample per minute, minutes at which the alert fires, and at which it does not.
CASES = {
    "a failure": ("SesamFailures", [failures("0x5 1x30")], [7], [4, 20]),
    "failures of a new process, before it is scraped first": (
        "SesamFailures", [failures("_ _ _ 12x30")], [4, 10], [2, 20]),
    "failures that are the same in each run of a command": (
        "SesamFailures", [failures("1x60"), last_failure("0x30 1800x30")], [31, 39], [20, 50]),
    "a process that fails nothing": ("SesamFailures", [failures("_ _ _ 0x30")], [], [4, 10, 20]),
    "a refused password": ("SesamDeviceRefuses", [failures("_ _ _ 12x30")], [4], [20]),
    "a time-out is no refusal": ("SesamDeviceRefuses", [failures("_ _ _ 12x30", "timed_out")], [], [4, 20]),
    "nothing succeeds": (
        "SesamNothingSucceeds",
        [series("sesam_last_success_timestamp_seconds", "", "60x100"), last_failure("_x5 300x100")],
        [12, 60], [4, 80]),
    "a success after a failure": (
        "SesamNothingSucceeds",
        [series("sesam_last_success_timestamp_seconds", "", "60x10 600x50"), last_failure("_x5 300x60")],
        [], [12, 30]),
    "a node that is avoided": (
        "SesamNodeUnhealthy", [series("sesam_node_healthy", NODE, "1x5 0x10 1x10")], [10], [4, 6, 20]),
    "a certificate that expires in 29 days": ("SesamCertificateExpires", [certificate(29)], [5], []),
    "a certificate that expires in 31 days": ("SesamCertificateExpires", [certificate(31)], [], [5, 25]),
    "all connections in use": (
        "SesamConnectionLimit",
        [series("sesam_connections_allowed", "", "4x40"), series("sesam_requests_in_flight", "", "2x9 8x30")],
        [25], [5, 12]),
    "no limit of connections": (
        "SesamConnectionLimit",
        [series("sesam_connections_allowed", "", "0x40"), series("sesam_requests_in_flight", "", "8x40")], [], [25]),
    "an audit that loses records": (
        "SesamAuditFails", [series("sesam_audit_failures_total", "", "_ _ 3x30")], [5], [25]),
    "many repetitions": (
        "SesamRepetitions",
        [signing("sesam_retries_total", "0+10x40"), signing("sesam_requests_total", "0+100x40")], [30], [2]),
    "slow signatures": (
        "SesamSlow", [in_bucket("1.0", "0x40"), in_bucket("2.5", "0+60x40"), in_bucket("+Inf", "0+60x40")],
        [30], [5]),
    "many connections": (
        "SesamReconnects", [series("sesam_connections_opened_total", "", "0x5 0+50x40")], [15], [4]),
}


@needs_promtool
@pytest.mark.parametrize("case", CASES)
def test_an_alert_fires_when_it_should_and_only_then(tmp_path, case):
    alert, given, fires, is_quiet = CASES[case]
    expression = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
    tests = [{"expr": expression, "eval_time": f"{minute}m", "exp_samples": [{"labels": "{}", "value": 1}]}
             for minute in fires]
    tests += [{"expr": expression, "eval_time": f"{minute}m", "exp_samples": []} for minute in is_quiet]
    run_tests(tmp_path, [ALERTS], [{"interval": "1m", "input_series": given, "promql_expr_test": tests}])


def test_each_alert_is_tested():
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert {rule["alert"] for rule in rules} == {alert for alert, _, fires, _ in CASES.values() if fires}


@needs_openssl_in_curl
def test_the_dashboard_shows_all_metrics_and_no_others(samples):
    told = {name for name, _ in samples}
    shown = set().union(*(names_in(query) for _, query in QUERIES))
    assert shown <= told, shown - told
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told}
    assert families <= {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}, "and leaves none out"


def test_the_dashboard_is_one_that_grafana_imports():
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"]) > 10
    places = {(x, y) for panel in DASHBOARD["panels"] for place in [panel["gridPos"]]
              for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
    assert len(places) == sum(panel["gridPos"]["w"] * panel["gridPos"]["h"] for panel in DASHBOARD["panels"]), "overlap"
    assert all(0 <= x < 24 for x, _ in places)
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    assert set(re.findall(r"\$(?!__)\{?(\w+)", json.dumps(DASHBOARD))) <= variables


@needs_openssl_in_curl
@needs_promtool
def test_each_query_of_the_dashboard_finds_something(tmp_path, samples):
    """Uses the series of a real program, with counters that increase."""
    given = []
    for (name, labels), number in samples.items():
        texts = ",".join(f'{label}="{text}"' for label, text in sorted(labels))
        rises = re.search(r"_(total|bucket|sum|count)$", name)
        given.append({"series": f'{name}{{{NAMED},{texts}}}',
                      "values": f"{number:.0f}+7x20" if rises else f"{max(number, 1):.0f}x20"})
    tests = []
    for title, query in QUERIES:
        query = query.replace("$__rate_interval", "5m").replace("$instance", ".*").replace("$program", ".*")
        tests.append({"expr": f"count({query}) > bool 0", "eval_time": "15m",
                      "exp_samples": [{"labels": "{}", "value": 1}]})
    run_tests(tmp_path, [], [{"interval": "1m", "input_series": given, "promql_expr_test": tests}])
