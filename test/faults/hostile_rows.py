# SPDX-License-Identifier: Apache-2.0
"""The rows of the table of hostile devices: each abuse, the reply that it replaces, and the limits."""
import json
from dataclasses import dataclass, field
from typing import Any

import loads  # first: it makes the tests' harness known  # noqa: F401

from harness import abuses_http1 as http1
from harness import abuses_http2 as http2
from harness import abuses_tls as tls
from harness.hostile_peer import Act, Hostility, OnConnection, Request

SETTINGS = {"connect_timeout_ms": 1000, "request_timeout_ms": 1000, "deadline_ms": 3000, "key_cache_seconds": 0}
MIB = 1 << 20
LISTING_BYTES = 8 * MIB


@dataclass(frozen=True)
class HostileRow:
    name: str
    act: Act | None = None
    kind: str = "sign"  # or open, list: the kind of request that gets the abuse
    version: str = "h2"
    on_connection: OnConnection | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    refused: bool = False  # no handshake may complete
    operation: str = ""  # what the threads do; default: `kind`

    @property
    def all_settings(self) -> dict[str, Any]:
        return SETTINGS | self.settings

    @property
    def deadline_ms(self) -> int:
        return self.all_settings["deadline_ms"]


def record(name: str, **more: Any) -> str:
    return json.dumps({"nice_name": name, "key_type": "NIST", "key_len": 256, **more})


def repeated(unit: str, first: str, last: str, size: int, first_number: int = 0) -> bytes:
    """Repeats `unit`, in which %d is replaced by a running number, up to about `size` bytes."""
    count = size // len(unit.replace("%d", str(first_number)))
    return (first + "".join(unit.replace("%d", str(first_number + n)) for n in range(count)) + last).encode()


SIGNATURE = '"result":"00",'
BOMBS = {
    "JSON nested 30,000 deep": b'{"result":' + b"[" * 30_000,
    "a member 4,000 times": b"{" + SIGNATURE.encode() * 4000 + b'"x":0}',
    "a string of NUL bytes": json.dumps({"result": "\0" * 5000}).encode(),
}
LISTINGS = {
    "a listing of empty records": repeated('"":{},', '{"result":{', '"z":{}}}', LISTING_BYTES),
    "a listing of numbered empty records": repeated('"%d":{},', '{"result":{', '"z":{}}}', LISTING_BYTES),
    "a listing with member names of 1 MiB": repeated(f'"{"n" * MIB}%d":{{}},', '{"result":{', '"z":{}}}',
                                                     LISTING_BYTES),
    "a listing of one record over and over": repeated(f'"k":{record("web")},', '{"result":{', '"z":{}}}',
                                                      LISTING_BYTES),
    "a listing of short records": repeated('"hsm010123F13C56131E1EEE%d":{},', '{"result":{', '"z":{}}}', LISTING_BYTES,
                                           first_number=10**15),
    "a listing nested 1,000,000 deep": b'{"result":{"z":' + b"[" * 1_000_000,
    "a listing that breaks off": b'{"result":{' + b'"z":{},' * (LISTING_BYTES // 7),
}


def swapped_signature(hostility: Hostility, request: Request) -> bool | None:
    """Sends the reply to the previous request."""
    peer = hostility.peer
    before = peer.last_reply
    peer.honest_reply(request)
    return respond(before)(hostility, request)


def lying_record(**differing: Any) -> Act:
    """Sends the reply to a look-up, with some members of another key's record."""

    def act(hostility: Hostility, request: Request) -> bool | None:
        reply = json.loads(hostility.peer.honest_reply(request)[1])
        for one in reply["result"].values():
            one.update(differing)
        return respond(json.dumps(reply).encode())(hostility, request)

    return act


def respond(body: bytes) -> Act:
    def act(hostility: Hostility, request: Request) -> bool | None:
        return (http1 if hostility.state is None else http2).with_body(body)(hostility, request)

    return act


OF_HTTP2 = {
    "endless headers": http2.endless_headers,
    "endless trailers": http2.endless_trailers,
    "endless 1xx": http2.endless_1xx,
    "empty CONTINUATION without end": http2.empty_continuations,
    "HPACK bomb": http2.hpack_bomb,
    "PUSH_PROMISE without end": http2.pushes,
    "DATA before HEADERS": http2.data_first,
    "a frame of 16 MiB": http2.oversized_frame,
    "a body over the cap": http2.with_body(b'{"result":"' + b"0" * (1 << 20)),
    "endless body": http2.endless_body,
    "a body of a byte a second": http2.slow_body,
    "gzip bomb, 256 MiB in 256 KiB": http2.with_body(http2.gzip_bomb, [*http2.OK, ("content-encoding", "gzip")]),
    "Content-Length too long": http2.wrong_length("1000"),
    "Content-Length too short": http2.wrong_length("3"),
    "Content-Length negative": http2.wrong_length("-1"),
    "redirect": http2.redirect,
    **{f"flood of {name}": act for name, act in http2.FLOODS.items()},
    **{name: http2.with_body(body) for name, body in BOMBS.items()},
}
OF_HTTP1 = {
    **http1.ENDLESS,
    "headers of a byte a second": http1.slowly(b"", http1.HEAD),
    "a body over the cap": http1.with_body(b'{"result":"' + b"0" * (1 << 20)),
    "a body of a byte a second": http1.slowly(http1.HEAD + b"Content-Length: 100\r\n\r\n", b" "),
    "gzip bomb, 256 MiB in 256 KiB": lambda hostility, request: http1.reply(
        http1.HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + http2.gzip_bomb())(hostility, request),
    "Content-Length too long": http1.with_lengths("1000"),
    "Content-Length too short": http1.with_lengths("3"),
    "Content-Length negative": http1.with_lengths("-1"),
    "Content-Length of 20 digits": http1.with_lengths("9" * 20),
    "two different Content-Length": http1.with_lengths("3", "15"),
    "a chunk of negative size": http1.chunk("-1"),
    "a chunk of 2^64 bytes": http1.chunk("10000000000000000"),
    "a chunk of 2^63 bytes": http1.chunk("7fffffffffffffff"),
    "a chunk size that is not a number": http1.chunk("zz"),
    "not HTTP": http1.reply(b"\0" * 100_000),
    "redirect": http1.redirect,
}
OF_TLS = {
    "no answer in the handshake": tls.mute_handshake,
    "half a handshake": tls.half_a_handshake,
    "a handshake of a byte a second": tls.slow_handshake,
    "a handshake without end": tls.endless_handshake,
    "connections closed at once": tls.closed_at_once,
}
MORE_TIME = {"request_timeout_ms": 5000, "deadline_ms": 8000}  # a large listing takes longer
VERIFY = {"verify_signatures": "yes"}

ROWS = (
    *(HostileRow(name, act) for name, act in OF_HTTP2.items()),
    *(HostileRow(f"{name}, HTTP/1.1", act, version="http/1.1") for name, act in OF_HTTP1.items()),
    *(HostileRow(name, on_connection=act) for name, act in OF_TLS.items()),
    HostileRow("TLS 1.1 only", on_connection=tls.tls_1_1, refused=True),
    *(HostileRow(f"{name}, at a look-up", act, "open") for name, act in (
        ("endless trailers", http2.endless_trailers),
        ("JSON nested 30,000 deep", http2.with_body(BOMBS["JSON nested 30,000 deep"])))),
    HostileRow("endless trailers, HTTP/1.1, at a look-up", http1.ENDLESS["endless trailers"], "open", "http/1.1"),
    HostileRow("the record of a key of another name", lying_record(nice_name="other"), "open"),
    HostileRow("a record of another type", lying_record(key_type="RSA"), "open"),
    HostileRow("a record of another length", lying_record(key_len=384), "open"),
    HostileRow("a point that is not on the curve", lying_record(public_key="00" * 64), "open"),
    HostileRow("the signature of another message, verify_signatures = yes", swapped_signature, settings=VERIFY),
    *(HostileRow(name, http2.with_body(body), "list", settings=MORE_TIME) for name, body in LISTINGS.items()),
    *(HostileRow(f"{name}, asked for the public part of one key", http2.with_body(body), "list", settings=MORE_TIME,
                 operation="open")
      for name, body in LISTINGS.items()),
    HostileRow("an endless listing", http2.endless_body, "list", settings=MORE_TIME | {"max_listing_mib": 16}),
    HostileRow("a listing of empty records, HTTP/1.1", http1.with_body(LISTINGS["a listing of empty records"]), "list",
               "http/1.1", settings=MORE_TIME),
)
