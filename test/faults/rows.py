# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: the faults of the device or the network, and what the provider guarantees under each."""
from typing import Any

from stage import GENERATE, OPEN, READ, SIGN, Promise, Row, Stage  # first: it makes the tests' harness known

from harness.resolver import NAME

FAIL_NEVER, FAIL_CLEARLY, NOTHING = Promise.NO_FAILURE, Promise.CLEAR_ERROR, Promise.NOTHING
QUICK_TIMEOUT = {"request_timeout_ms": 500}


def now_and_then(fault: str, every: int = 10, **more: Any) -> tuple[dict[str, Any], ...]:
    return ({"fault": fault, "every": every, **more},)


def always(fault: str, **more: Any) -> tuple[dict[str, Any], ...]:
    return ({"fault": fault, "count": -1, **more},)


def several_times(what: str, times: int, ms: int = 0):
    def act(stage: Stage) -> None:
        for _ in range(times):
            stage.wait(0.8 / times)
            stage.node.network(what, ms)

    return act


def first_node(what: str):
    """The first of two nodes is unavailable for half of the time."""

    def act(stage: Stage) -> None:
        stage.wait(0.2)
        stage.nodes[0].network(what)
        stage.wait(0.5)
        stage.nodes[0].network("restore")

    return act


def on_node(which: int, act):
    """Applies `act` to only one of two nodes, after a fifth of the time."""

    def do(stage: Stage) -> None:
        stage.wait(0.2)
        act(stage.nodes[which])

    return do


def restart_while_the_other_is(bad):
    """The second node is faulty all the time, and the first one restarts twice."""

    def do(stage: Stage) -> None:
        bad(stage.nodes[1])
        several_times("restart", 2, 700)(stage)

    return do


def untrusted(node) -> None:
    node.change_certificate()
    node.network("close")


def fails_all(name: str, **more: Any):
    return lambda node: node.fault(name, count=-1, **more)


def without_access(node) -> None:
    node.add_user("pkmaster", "another-password", ())


def one_after_the_other(stage: Stage) -> None:
    for node in stage.nodes:
        stage.wait(0.2)
        node.network("drain")
        stage.wait(0.2)
        node.network("restore")


def streams(stage: Stage) -> None:
    for max_streams in (1, 100, 3, 256):
        stage.wait(0.2)
        stage.node.set_options(max_streams=max_streams)


def clock(stage: Stage) -> None:
    for years in (-50, 50, 0):
        stage.wait(0.25)
        stage.node.set_options(clock_offset_s=years * 365 * 86400)


def certificate(stage: Stage) -> None:
    stage.wait(0.3)
    stage.node.change_certificate(**stage.next_certificate)
    stage.node.network("close")


def hanging_core(stage: Stage) -> None:
    for _ in range(2):
        stage.wait(0.3)
        stage.node.hang_core(300)


def dead_core(stage: Stage) -> None:
    stage.wait(0.3)
    stage.node.hang_core(-1)


def wrong_signatures(**how_often: int) -> tuple[dict[str, Any], ...]:
    return tuple({"fault": "wrong-signature", "command": command, **how_often} for command in ("eccsign", "rsasign"))


def connections(limit: int, surplus: str) -> dict[str, Any]:
    return {"http1": True, "max_connections": limit, "surplus": surplus}


HTTP1 = {"http1": True}
BY_NAME = {"name": NAME}
NO_ADDRESS = {"address": None}
VERIFY = {"verify_signatures": "yes"}
BAD_NODES = (
    ("has an untrusted certificate", untrusted),
    ("answers 500", fails_all("http-500")),
    ("answers 403", fails_all("status", status=403)),
    ("answers HTML", fails_all("not-json")),
    ("no longer knows the user", without_access),
)
SURPLUS = (("reset", "reset"), ("close", "closed"), ("close-after-tls", "closed after the handshake"),
           ("backlog", "not accepted"))


def wrong_from_now_on(node) -> None:
    for command in ("eccsign", "rsasign"):
        node.fault("wrong-signature", count=-1, command=command)


ROWS = (
    Row("none", FAIL_NEVER),
    # Connection faults.
    Row("reset (TCP RST), every 10th request", FAIL_NEVER, now_and_then("reset")),
    Row("reset, every 10th request, HTTP/1.1", FAIL_NEVER, now_and_then("reset"), device=HTTP1),
    Row("all connections closed, 20 times", FAIL_NEVER, during=several_times("close", 20)),
    Row("all connections closed, 20 times, HTTP/1.1", FAIL_NEVER, during=several_times("close", 20), device=HTTP1),
    Row("all connections reset, 20 times", FAIL_NEVER, during=several_times("reset", 20)),
    Row("GOAWAY, every 10th request", FAIL_NEVER, now_and_then("goaway")),
    Row("GOAWAY to all connections, 20 times", FAIL_NEVER, during=several_times("goaway", 20)),
    Row("GOAWAY that disowns the request, then closed, every 10th request", FAIL_NEVER, now_and_then("goaway-hard")),
    Row("REFUSED_STREAM, every 5th request", FAIL_NEVER, now_and_then("refused-stream", 5)),
    Row("421 Misdirected Request, every 10th request", FAIL_NEVER, now_and_then("misdirected")),
    Row("body truncated, every 10th reply", FAIL_NEVER, now_and_then("truncated")),
    Row("stream limit of the live connection: 1, 100, 3, 256", FAIL_NEVER, during=streams),
    Row("connection half-open (no reply), every 50th request", FAIL_NEVER, now_and_then("silent", 50),
        settings=QUICK_TIMEOUT),
    Row("device without power for 800 ms", FAIL_NEVER, during=several_times("silence", 1, 800), settings=QUICK_TIMEOUT),
    Row("device without power for ever", FAIL_CLEARLY, during=several_times("silence", 1),
        settings={"deadline_ms": 3000, **QUICK_TIMEOUT}),
    Row("connections refused for 700 ms, twice, nothing closed", FAIL_NEVER, during=several_times("refuse", 2, 700)),
    Row("device restarts twice, 700 ms each", FAIL_NEVER, during=several_times("restart", 2, 700)),
    Row("device restarts twice, 700 ms each, HTTP/1.1", FAIL_NEVER, during=several_times("restart", 2, 700),
        device=HTTP1),
    Row("device restarts and does not come back", FAIL_CLEARLY, during=several_times("restart", 1),
        settings={"deadline_ms": 2000}),
    Row("new connections reset for 700 ms, old ones too", FAIL_NEVER,
        during=lambda stage: (several_times("reset-new", 1, 700)(stage), stage.node.network("reset"))),
    # Timing faults.
    Row("no answer, every 50th request", FAIL_NEVER, now_and_then("black-hole", 50), settings=QUICK_TIMEOUT),
    Row("no answer at all", FAIL_CLEARLY, always("black-hole"), settings={"deadline_ms": 2000, **QUICK_TIMEOUT}),
    Row("half of the body, then nothing, every 50th reply", FAIL_NEVER, now_and_then("stalled", 50),
        settings=QUICK_TIMEOUT),
    Row("300 ms late, every 10th reply", FAIL_NEVER, now_and_then("slow", ms=300)),
    Row("a core hangs for 300 ms, twice", FAIL_NEVER, during=hanging_core),
    Row("a core hangs for ever", FAIL_CLEARLY, during=dead_core, settings={"deadline_ms": 2000, **QUICK_TIMEOUT}),
    Row("the device's clock jumps by 50 years", FAIL_NEVER, during=clock),
    # Faulty replies.
    Row("429 with Retry-After: 1, every 50th request", FAIL_NEVER, now_and_then("http-429", 50)),
    Row("503 with Retry-After: 1, every 50th request", FAIL_NEVER, now_and_then("http-503", 50)),
    Row("503 without Retry-After, every 50th request", FAIL_NEVER, now_and_then("http-503", 50, retry_after_s=-1)),
    Row("503 with Retry-After: 60, beyond the deadline, every 50th request", FAIL_CLEARLY,
        now_and_then("http-503", 50, retry_after_s=60)),
    Row("503 always", FAIL_CLEARLY, always("http-503"), settings={"deadline_ms": 3000}),
    Row("500, every 10th request", FAIL_CLEARLY, now_and_then("http-500")),
    Row("403, every 10th request", FAIL_CLEARLY, now_and_then("status", status=403)),
    # Without listings, where 404 means that the device has no keys of that type (docs/DECISIONS.md).
    Row("404, every 10th request", FAIL_CLEARLY, now_and_then("status", status=404), loads=(*SIGN, OPEN)),
    Row("HTML, every 10th reply", FAIL_CLEARLY, now_and_then("not-json")),
    Row("broken JSON, every 10th reply", FAIL_CLEARLY, now_and_then("bad-json")),
    Row("wrong content type, every 10th reply", FAIL_CLEARLY, now_and_then("wrong-content-type")),
    Row("oversized body, every 10th reply", FAIL_CLEARLY, now_and_then("oversized")),
    Row("`result` missing, every 10th reply", FAIL_CLEARLY, now_and_then("missing-field")),
    Row("`result` of the wrong type, every 10th reply", FAIL_CLEARLY, now_and_then("wrong-type")),
    Row("`key_type` missing, every 3rd reply", FAIL_CLEARLY, now_and_then("missing-field", 3, field="key_type"),
        loads=READ),
    Row("`public_key` of the wrong type, every 3rd reply", FAIL_CLEARLY,
        now_and_then("wrong-type", 3, field="public_key"), loads=READ),
    Row("signature too short, every 10th", FAIL_CLEARLY, now_and_then("short-signature", command="eccsign")),
    Row("wrong signature, every 10th, verify_signatures = yes", FAIL_NEVER,
        wrong_signatures(every=10), settings=VERIFY),
    Row("wrong signatures only, verify_signatures = yes", FAIL_CLEARLY, wrong_signatures(count=-1),
        settings={"deadline_ms": 2000, **VERIFY}, loads=SIGN),
    Row("wrong signature, every 10th, verify_signatures = no", NOTHING, wrong_signatures(every=10),
        settings={"verify_signatures": "no"}, loads=SIGN),
    Row("another TLS certificate, trusted as well", FAIL_NEVER, during=certificate, trust_next=True),
    Row("another TLS certificate, not trusted", FAIL_CLEARLY, during=certificate, settings={"deadline_ms": 2000}),
    # Two nodes of a cluster.
    Row("two nodes, the first refuses connections", FAIL_NEVER, during=first_node("restart"), nodes=2),
    Row("two nodes, the first is without power", FAIL_NEVER, during=first_node("silence"), nodes=2,
        settings=QUICK_TIMEOUT),
    Row("two nodes, drained one after the other", FAIL_NEVER, during=one_after_the_other, nodes=2),
    *(Row(f"two nodes, the first {what}", FAIL_NEVER, during=on_node(0, act), nodes=2, loads=(*SIGN, OPEN))
      for what, act in BAD_NODES),
    *(Row(f"two nodes, the first restarts twice, the second {what}", FAIL_NEVER, during=restart_while_the_other_is(act),
          nodes=2, loads=SIGN) for what, act in BAD_NODES),
    *(Row(f"two nodes, the first {what}, by name", FAIL_NEVER, during=on_node(0, act), nodes=2, loads=(*SIGN, OPEN),
          device=BY_NAME, settings=NO_ADDRESS) for what, act in BAD_NODES[:2]),
    Row("two nodes, the first makes wrong signatures", FAIL_NEVER, during=on_node(0, wrong_from_now_on), nodes=2,
        loads=SIGN, settings=VERIFY),
    # Devices whose host name is resolved.
    Row("device restarts twice, 700 ms each, by name", FAIL_NEVER, during=several_times("restart", 2, 700),
        device=BY_NAME, settings=NO_ADDRESS),
    Row("device restarts twice, 700 ms each, by name, HTTP/1.1", FAIL_NEVER, during=several_times("restart", 2, 700),
        device=BY_NAME | HTTP1, settings=NO_ADDRESS),
    Row("all connections reset, 20 times, by name", FAIL_NEVER, during=several_times("reset", 20), device=BY_NAME,
        settings=NO_ADDRESS),
    # Devices that limit connections.
    *(Row(f"{limit} connections allowed, a further one is {what}", FAIL_NEVER, device=connections(limit, surplus))
      for limit in (2, 4, 8) for surplus, what in SURPLUS),
    Row("connection: close with each reply, HTTP/1.1", FAIL_NEVER, now_and_then("goaway", 1), device=HTTP1),
    Row("HTTP/1.0", FAIL_NEVER, device=HTTP1 | {"http10": True}),
    Row("connections of 10 requests, HTTP/1.1", FAIL_NEVER, device=HTTP1 | {"max_requests": 10}),
    Row("idle connections closed after 20 ms, HTTP/1.1", FAIL_NEVER, device=HTTP1 | {"idle_ms": 20}),
    # Requests that change the device: never executed twice, and retried only if they were certainly not executed.
    # libcurl does not distinguish a refused stream, or one that GOAWAY excludes, from a lost one.
    Row("generation: REFUSED_STREAM, every 3rd request", FAIL_CLEARLY, now_and_then("refused-stream", 3),
        loads=GENERATE),
    Row("generation: GOAWAY that disowns the request, every 3rd", FAIL_CLEARLY, now_and_then("goaway-hard", 3),
        loads=GENERATE),
    Row("generation: 421, every 3rd request", FAIL_NEVER, now_and_then("misdirected", 3), loads=GENERATE),
    Row("generation: reset, every 5th request", FAIL_CLEARLY, now_and_then("reset", 5), loads=GENERATE),
    Row("generation: body truncated, every 5th reply", FAIL_CLEARLY, now_and_then("truncated", 5), loads=GENERATE),
    Row("generation: no answer, every 10th request", FAIL_CLEARLY, now_and_then("black-hole", 10),
        settings=QUICK_TIMEOUT, loads=GENERATE),
    Row("generation: device restarts twice, 700 ms each", FAIL_CLEARLY, during=several_times("restart", 2, 700),
        loads=GENERATE),
)
