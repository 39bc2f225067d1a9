# SPDX-License-Identifier: Apache-2.0
"""Some rows of `scripts/faults hostile`: whatever the device sends, programs do not crash or hang, and their memory
use stays low."""
import socket
import ssl

import pytest

from harness.abuses_tls import limited_to_tls_1_1, tls_1_1
from harness.flavour import not_sanitized
from harness.hostile_peer import HostilePeer
from harness.load import compile_load
import document
import hostile
from hostile_rows import ROWS

SECONDS = 0.8
ROW = {row.name: row for row in ROWS}
QUICK = [
    "endless trailers",
    "endless 1xx",
    "HPACK bomb",
    "empty CONTINUATION without end",
    "gzip bomb, 256 MiB in 256 KiB",
    "redirect",
    "flood of PING",
    "flood of SETTINGS",
    "JSON nested 30,000 deep",
    "endless trailers, HTTP/1.1",
    "redirect, HTTP/1.1",
    "two different Content-Length, HTTP/1.1",
    "a chunk of 2^64 bytes, HTTP/1.1",
    "Content-Length negative, HTTP/1.1",
    "not HTTP, HTTP/1.1",
    "a handshake of a byte a second",
    "TLS 1.1 only",
    "the record of a key of another name",
    "the signature of another message, verify_signatures = yes",
    "a listing of numbered empty records",
    "an endless listing",
]


@pytest.fixture(scope="session")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@not_sanitized("a sanitizer takes memory of its own")
@pytest.mark.parametrize("name", QUICK)
def test_what_is_promised_holds_under(name, tmp_path, load_program):
    outcome = hostile.run(ROW[name], load_program, tmp_path, SECONDS)
    assert not outcome.complaints(), outcome


def test_a_client_that_accepts_tls_1_1_gets_it_from_that_peer(device):
    """Otherwise the row of TLS 1.1 would prove nothing."""
    peer = HostilePeer(device, "http/1.1")
    peer.arm_handshake(tls_1_1)
    client = limited_to_tls_1_1(ssl._create_unverified_context())
    with socket.create_connection(("127.0.0.1", peer.port)) as plain, client.wrap_socket(plain) as tls:
        assert tls.version() == "TLSv1.1"
    peer.stop()


def test_every_row_has_a_name_of_its_own():
    assert len(ROW) == len(ROWS)


def test_the_table_is_written_between_markers_of_its_own():
    assert document.begin("scripts/faults hostile") in document.RELIABILITY.read_text()
    assert hostile.markdown([]).startswith("| abuse |")
