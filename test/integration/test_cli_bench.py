# SPDX-License-Identifier: Apache-2.0
"""`sesam bench`: counts the device's signatures, and draws charts."""
import json
import xml.etree.ElementTree as ElementTree

import pytest

from harness.paths import COMMAND

PERCENTILES = ["p50", "p90", "p99", "max"]


@pytest.fixture
def bench(device, openssl_cnf, run, tmp_path):
    """bench("web", "--threads", 4, …) runs for one second, with a device that has the keys web and rsa."""
    device.create_key("web")
    device.create_key("rsa", type="RSA", size=2048)

    def call(*words, **options):
        return run([COMMAND, "bench", "--seconds", 1, *words], openssl_cnf(device), cwd=tmp_path, timeout=120,
                   **options)

    return call


@pytest.mark.parametrize("key, command", [("web", "eccsign"), ("sesam:rsa", "rsasign")])
def test_every_signature_is_counted(bench, device, key, command):
    result = json.loads(bench(key, "--threads", 4, "--json").stdout)
    assert result["threads"] == 4 and result["failures"] == 0 and result["signatures"] > 4
    # One more signature before the measurement starts.
    assert device.requests() == {"getkeyattributes": 1, command: result["signatures"] + 1}
    assert result["per_second"] == pytest.approx(result["signatures"] / result["seconds"])


def test_latencies_are_those_of_the_device(bench, device):
    device.set_options(delay_ms=50)
    result = json.loads(bench("web", "--threads", 2, "--json").stdout)
    latencies = [result["latency_us"][name] for name in PERCENTILES]
    assert latencies == sorted(latencies) and latencies[0] >= 50_000
    assert result["signatures"] <= 2 * result["seconds"] / 0.05 + 2


def test_it_draws(bench, tmp_path):
    done = bench("web", "--threads", 3, "--svg", "latency.svg")
    first_line, second_line, _, *plot = done.stdout.splitlines()
    signatures = int(first_line.split()[0])
    assert "by 3 threads" in first_line and all(name in second_line for name in PERCENTILES)
    assert any("█" in line for line in plot)
    assert sum(int(line.split()[-1]) for line in plot) == signatures
    svg = ElementTree.parse(tmp_path / "latency.svg").getroot()
    assert svg.tag.endswith("svg") and len(list(svg.iter("{http://www.w3.org/2000/svg}rect"))) == len(plot) + 1
    assert done.stderr == ""  # no progress without a terminal


def test_without_utf8_it_draws_in_ascii(bench):
    done = bench("web", environment={"LC_ALL": "C"})
    assert "#" in done.stdout and done.stdout.isascii()


def test_a_device_that_begins_to_fail_is_told(bench, device):
    device.fault("error", command="eccsign", count=-1, every=20, text="out of order")
    done = bench("web", "--threads", 2, "--json", check=False)
    result = json.loads(done.stdout)
    assert done.returncode == 1 and result["failures"] == 2 and "out of order" in result["first_failure"]
    assert json.loads(done.stderr)["error"]["reason"] == "device_error" and "out of order" in done.stderr
    assert 0 < result["signatures"] < 40
    done = bench("web", "--threads", 2, check=False)
    assert "2 of 2 threads failed" in done.stderr and "out of order" in done.stderr


@pytest.mark.parametrize("words, status, told", [
    (["nobody"], 1, "unknown key"),
    (["web", "--threads", 0], 2, "--threads"),
    ([], 2, "KEY"),
])
def test_what_is_wrong_is_told(bench, words, status, told):
    done = bench(*words, check=False)
    assert done.returncode == status and told in done.stderr
