# SPDX-License-Identifier: Apache-2.0
"""A node that sends frames without end and never replies must not occupy the I/O thread."""
import time

import pytest

from drivers.life import life, life_program  # noqa: F401
from harness.flavour import needs_openssl_in_curl
from harness.flood import FLOODS, Flooder
from harness.load import compile_load, run_load

pytestmark = [pytest.mark.alone, needs_openssl_in_curl]
DEADLINE_MS = 4000


@pytest.fixture(scope="session")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@pytest.fixture
def flooding(device):
    """flooding("PING") -> a node that has the key `web` of `device`, and floods instead of signing"""
    made = []

    def make(flood):
        record = device.create_key("web")
        attributes = {"nice_name": "web", **record}
        made.append(Flooder(device, {record["key_id"]: attributes}, flood))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.mark.parametrize("flood", FLOODS)
def test_the_other_node_serves(device, openssl_cnf, load_program, flooding, flood):
    bad = flooding(flood)
    cnf = openssl_cnf(device, url=f"{bad.url} {device.url}", request_timeout_ms=1500, deadline_ms=DEADLINE_MS,
                      log_level=1)
    tally = run_load(load_program, cnf, 2, ("sign=sesam:web*4",), lambda: None, DEADLINE_MS / 1000 + 20)
    assert not tally.hung and tally.tried > 100 and tally.failed == 0 and tally.wrong == 0, tally
    assert bad.floods > 0
    assert tally.longest_ms < DEADLINE_MS


def test_a_lone_node_is_an_error_in_time(device, openssl_cnf, openssl, flooding):
    bad = flooding("WINDOW_UPDATE")
    cnf = openssl_cnf(device, url=bad.url, request_timeout_ms=1500, deadline_ms=DEADLINE_MS, log_level=1)
    start = time.monotonic()
    done = openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", check=False)
    assert "keeps sending data without completing a reply" in done.stderr
    assert time.monotonic() - start < DEADLINE_MS / 1000 + 3


def test_the_connection_is_closed_though_the_process_has_no_descriptor_left(device, openssl_cnf, life, flooding):
    bad = flooding("PING")
    cnf = openssl_cnf(device, url=bad.url, request_timeout_ms=8000, deadline_ms=8000, log_level=1)
    done = life(cnf, "watchdog=20 load no_descriptors sign_fails=1 exit")
    assert done.stderr.count("keeps sending data without completing a reply; closing the connection") == 1, done.stderr
    assert max(bad.lasted) < 4 and "timed out" not in done.stderr, done.stderr
