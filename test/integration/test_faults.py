# SPDX-License-Identifier: Apache-2.0
"""Some rows of scripts/faults, for a short time each: threads sign, open keys and list them while the device fails."""
import json

import pytest

from harness.load import compile_load
import document
from rows import ROWS
from stage import Promise, Stage, holds
from table import markdown

SECONDS = 0.8
ROW = {row.name: row for row in ROWS}
QUICK = [
    "reset (TCP RST), every 10th request",
    "all connections closed, 20 times",
    "GOAWAY to all connections, 20 times",
    "GOAWAY that disowns the request, then closed, every 10th request",
    "REFUSED_STREAM, every 5th request",
    "421 Misdirected Request, every 10th request",
    "body truncated, every 10th reply",
    "stream limit of the live connection: 1, 100, 3, 256",
    "a core hangs for 300 ms, twice",
    "no answer at all",
    "the device's clock jumps by 50 years",
    "broken JSON, every 10th reply",
    "wrong content type, every 10th reply",
    "wrong signatures only, verify_signatures = yes",
    "another TLS certificate, trusted as well",
    "another TLS certificate, not trusted",
    "generation: 421, every 3rd request",
    "generation: reset, every 5th request",
    # Timeouts, busy devices and unavailable devices.
    "connection half-open (no reply), every 50th request",
    "device without power for 800 ms",
    "device restarts twice, 700 ms each",
    "device restarts twice, 700 ms each, HTTP/1.1",
    "no answer, every 50th request",
    "half of the body, then nothing, every 50th reply",
    "429 with Retry-After: 1, every 50th request",
    "503 with Retry-After: 1, every 50th request",
    "503 with Retry-After: 60, beyond the deadline, every 50th request",
    "500, every 10th request",
    "wrong signature, every 10th, verify_signatures = yes",
    "two nodes, the first refuses connections",
    "generation: REFUSED_STREAM, every 3rd request",
    "generation: GOAWAY that disowns the request, every 3rd",
]


# While these last, no call can succeed.
MUST_FAIL = {"no answer at all", "wrong signatures only, verify_signatures = yes",
             "another TLS certificate, not trusted"}


@pytest.fixture(scope="session")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@pytest.mark.parametrize("name", QUICK)
def test_what_is_promised_holds_under(name, tmp_path, load_program):
    row = ROW[name]
    tally, hits = Stage(row, tmp_path, SECONDS).run(load_program)
    assert holds(row, tally) == "yes", tally
    assert hits > 0 or not row.orders, "the fault did not happen"
    assert tally.failed > 0 or name not in MUST_FAIL, tally


def test_a_wrong_signature_is_seen_where_nothing_is_promised(tmp_path, load_program):
    """Otherwise the zeros in the column "wrong results" would prove nothing."""
    row = ROW["wrong signature, every 10th, verify_signatures = no"]
    tally, hits = Stage(row, tmp_path, SECONDS).run(load_program)
    assert row.promise == Promise.NOTHING
    assert tally.wrong > 0 and tally.failed == 0 and hits >= tally.wrong


@pytest.mark.parametrize("option, order, told", [
    ("fault", {"fault": "http-500", "count": -1}, "HTTP status 500"),
    ("network", {"do": "refuse"}, "cannot connect"),
])
def test_faults_can_be_ordered_on_the_simulators_command_line(simulator, openssl_cnf, openssl, option, order, told):
    device = simulator(**{option: [json.dumps(order)]})
    done = openssl(openssl_cnf(device, deadline_ms=500), "pkey", "-in", "sesam:web", "-pubout", check=False)
    assert done.returncode != 0 and told in done.stderr, str(done)


def test_every_row_has_a_name_of_its_own():
    assert len(ROW) == len(ROWS)


def test_a_table_is_written_between_its_own_markers(tmp_path):
    path = tmp_path / "document.md"
    others = f"{document.begin('scripts/other')}\nof others\n{document.END}\n"
    path.write_text(f"{others}{document.begin('scripts/faults')}\nobsolete\n{document.END}\nafter\n{others}")
    document.write("scripts/faults", markdown([]), path)
    text = path.read_text()
    assert text.startswith(others) and text.endswith(f"\nafter\n{others}")
    assert "obsolete" not in text and "| fault |" in text
