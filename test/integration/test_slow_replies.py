# SPDX-License-Identifier: Apache-2.0
"""A node that sends its replies so slowly that none completes is treated as failed, like one that sends nothing."""
import time

import pytest
from hyperframe.frame import DataFrame

from harness import abuses_http1 as http1
from harness.abuses_http2 import OK, send_headers
from harness.hostile_peer import Act, HostilePeer, Hostility, Request
from test_breaker import NOT_RESPONDING, Signer, signer_program  # noqa: F401

pytestmark = pytest.mark.alone
TIMEOUT_MS = 1000
PAUSE_S = 0.2


def over_http1(head: bytes, piece: bytes) -> Act:
    def act(hostility: Hostility, request: Request) -> None:
        hostility.send(head)
        for _ in hostility.until_closed():
            hostility.send(piece)
            time.sleep(PAUSE_S)

    return act


def body_over_http2(hostility: Hostility, request: Request) -> None:
    send_headers(hostility, request.stream, OK)
    for _ in hostility.until_closed():
        hostility.send(DataFrame(request.stream, b" ").serialize())
        time.sleep(PAUSE_S)


def interim_over_http2(hostility: Hostility, request: Request) -> None:
    for _ in hostility.until_closed():
        send_headers(hostility, request.stream, [(":status", "102")])
        time.sleep(PAUSE_S)


SLOWLY = {
    "a body, HTTP/2": ("h2", body_over_http2),
    "interim replies, HTTP/2": ("h2", interim_over_http2),
    "a body, HTTP/1.1": ("http/1.1", over_http1(http1.CHUNKED, b"1\r\n \r\n")),
    "headers, HTTP/1.1": ("http/1.1", over_http1(http1.HEAD, b"X: y\r\n")),
    "interim replies, HTTP/1.1": ("http/1.1", over_http1(b"", b"HTTP/1.1 102 Processing\r\n\r\n")),
}


@pytest.fixture(params=SLOWLY.values(), ids=SLOWLY.keys())
def slow(request, device):
    """-> a peer with the keys of `device`, and arm(kind), which makes it reply slowly to requests of that kind"""
    version, act = request.param
    device.create_key("web")
    peer = HostilePeer(device, version)
    yield peer, lambda kind: peer.arm(kind, act)
    peer.stop()


@pytest.fixture
def signer(openssl_cnf, signer_program):  # noqa: F811
    """signer(device, url) -> a program that signs with a key at that URL"""
    started = []

    def start(device, url):
        started.append(Signer(signer_program, openssl_cnf(device, url=url, request_timeout_ms=TIMEOUT_MS,
                                                          deadline_ms=3 * TIMEOUT_MS)))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def test_the_node_is_avoided_after_one_timeout(device, slow, signer):
    peer, be_slow = slow
    program = signer(device, f"{peer.url} {device.url}")
    be_slow("sign")
    outcomes = [program.sign() for _ in range(5)]
    assert all(made for made, _, _ in outcomes), outcomes
    assert peer.abused == 1 and all(seconds < TIMEOUT_MS / 2000 for _, seconds, _ in outcomes[1:]), outcomes


def test_a_lone_node_is_not_asked_again_at_once(device, slow, signer):
    peer, be_slow = slow
    program = signer(device, peer.url)
    be_slow("")
    made, _, error = program.sign()
    assert not made and NOT_RESPONDING not in error
    for limit_s in (2 * TIMEOUT_MS / 1000, 0.2, 0.2):  # the first waits for the result of a probe
        made, seconds, error = program.sign()
        assert not made and seconds < limit_s and NOT_RESPONDING in error, (seconds, error)
