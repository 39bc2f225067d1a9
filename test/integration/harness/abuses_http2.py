# SPDX-License-Identifier: Apache-2.0
"""What a hostile device may send instead of a reply over HTTP/2 (RFC 9113)."""
import functools
import time
import zlib
from typing import Callable

from hyperframe.frame import (ContinuationFrame, DataFrame, ExtensionFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame,
                              PriorityFrame, PushPromiseFrame, RstStreamFrame, SettingsFrame, WindowUpdateFrame)

from harness.hostile_peer import PAUSE_S, Act, Hostility, Request

Headers = list[tuple[str, str]]
OK: Headers = [(":status", "200"), ("content-type", "application/json")]
AT_ONCE = 500  # frames in one write
FRAME_BYTES = 16384  # initial value of SETTINGS_MAX_FRAME_SIZE


def block(hostility: Hostility, headers: Headers) -> bytes:
    return hostility.state.encoder.encode(headers)


def send_headers(hostility: Hostility, stream: int, headers: Headers, *flags: str) -> None:
    hostility.send(HeadersFrame(stream, block(hostility, headers), flags=["END_HEADERS", *flags]).serialize())


def send_body(hostility: Hostility, stream: int, body: bytes) -> None:
    frames = [DataFrame(stream, body[at:at + FRAME_BYTES]) for at in range(0, len(body), FRAME_BYTES)]
    hostility.send(b"".join(frame.serialize() for frame in frames) + DataFrame(stream,
                                                                               flags=["END_STREAM"]).serialize())


def flood(make: Callable[[int], Frame], headers_first: bool = False) -> Act:
    def act(hostility: Hostility, request: Request) -> None:
        if headers_first:
            send_headers(hostility, request.stream, OK)
        hostility.without_end(make(request.stream).serialize() * AT_ONCE)

    return act


def continuations(first: Frame, piece: Callable[[Hostility], bytes]) -> Callable[[Hostility, int], None]:
    """A header block that never ends."""

    def send(hostility: Hostility, stream: int) -> None:
        hostility.send(first.serialize())
        for _ in hostility.until_closed():
            hostility.send(ContinuationFrame(stream, piece(hostility)).serialize() * 10)

    return send


def many_headers(hostility: Hostility) -> bytes:
    # Literal, never indexed (RFC 7541, section 6.2.3): 16 KiB of "x: yyy…".
    field = b"\x10\x01x\x7f\x00" + b"y" * 127
    return field * (FRAME_BYTES // len(field))


def endless_headers(hostility: Hostility, request: Request) -> None:
    first = HeadersFrame(request.stream, block(hostility, OK))
    continuations(first, many_headers)(hostility, request.stream)


def endless_trailers(hostility: Hostility, request: Request) -> None:
    send_headers(hostility, request.stream, OK)
    hostility.send(DataFrame(request.stream, b"{}").serialize())
    first = HeadersFrame(request.stream, block(hostility, [("x", "y")]), flags=["END_STREAM"])
    continuations(first, many_headers)(hostility, request.stream)


def empty_continuations(hostility: Hostility, request: Request) -> None:
    hostility.send(HeadersFrame(request.stream, block(hostility, OK)).serialize())
    hostility.without_end(ContinuationFrame(request.stream).serialize() * AT_ONCE)


def endless_1xx(hostility: Hostility, request: Request) -> None:
    for _ in hostility.until_closed():
        one = HeadersFrame(request.stream, block(hostility, [(":status", "103"), ("link", "</x>")]),
                           flags=["END_HEADERS"])
        hostility.send(one.serialize() * AT_ONCE)


def hpack_bomb(hostility: Hostility, request: Request) -> None:
    """Puts a field of 4,000 bytes into the dynamic table, then refers to it without end, with one byte each time."""
    first = HeadersFrame(request.stream, block(hostility, [*OK, ("x", "y" * 4000)]))
    newest = b"\xbe" * FRAME_BYTES  # index 62, the newest of the dynamic table
    continuations(first, lambda _: newest)(hostility, request.stream)


def pushes(hostility: Hostility, request: Request) -> None:
    promised = 2
    for _ in hostility.until_closed():
        head = block(hostility, [(":method", "GET"), (":scheme", "https"), (":authority", "x"), (":path", "/")])
        hostility.send(PushPromiseFrame(request.stream, promised, head, flags=["END_HEADERS"]).serialize())
        promised += 2


def endless_body(hostility: Hostility, request: Request) -> None:
    send_headers(hostility, request.stream, OK)
    hostility.without_end(DataFrame(request.stream, b" " * FRAME_BYTES).serialize())


def slow_body(hostility: Hostility, request: Request) -> None:
    send_headers(hostility, request.stream, OK)
    for _ in hostility.until_closed():
        hostility.send(DataFrame(request.stream, b" ").serialize())
        time.sleep(PAUSE_S)


def with_body(body: bytes | Callable[[], bytes], headers: Headers = OK) -> Act:
    def act(hostility: Hostility, request: Request) -> bool:
        send_headers(hostility, request.stream, headers)
        send_body(hostility, request.stream, body if isinstance(body, bytes) else body())
        return True

    return act


@functools.cache
def gzip_bomb() -> bytes:
    """256 MiB of zeros in 256 KiB."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(1 << 20)
    return b"".join(squeeze.compress(zeros) for _ in range(256)) + squeeze.flush()


def wrong_length(length: str) -> Act:
    return with_body(b'{"result":"00"}', [*OK, ("content-length", length)])


def redirect(hostility: Hostility, request: Request) -> bool:
    location = f"https://{hostility.peer.twin.ready['name']}:{hostility.peer.elsewhere.port}{request.path}"
    send_headers(hostility, request.stream, [(":status", "307"), ("location", location)], "END_STREAM")
    return True


def data_first(hostility: Hostility, request: Request) -> None:
    hostility.send(DataFrame(request.stream, b"{}", flags=["END_STREAM"]).serialize())
    hostility.mute()


def oversized_frame(hostility: Hostility, request: Request) -> None:
    send_headers(hostility, request.stream, OK)
    hostility.send(((1 << 24) - 1).to_bytes(3, "big") + b"\x00\x00" + request.stream.to_bytes(4, "big"))
    hostility.without_end(b" " * FRAME_BYTES)


FLOODS: dict[str, Act] = {
    "WINDOW_UPDATE": flood(lambda stream: WindowUpdateFrame(0, window_increment=1)),
    "PING": flood(lambda stream: PingFrame(0, opaque_data=b"sesamsim")),
    "PING answers": flood(lambda stream: PingFrame(0, opaque_data=b"sesamsim", flags=["ACK"])),
    "SETTINGS": flood(lambda stream: SettingsFrame(0, settings={SettingsFrame.MAX_CONCURRENT_STREAMS: 100})),
    "PRIORITY": flood(lambda stream: PriorityFrame(stream, depends_on=0, stream_weight=1)),
    "empty DATA": flood(lambda stream: DataFrame(stream), headers_first=True),
    "RST_STREAM": flood(lambda stream: RstStreamFrame(stream, error_code=8)),
    "GOAWAY": flood(lambda stream: GoAwayFrame(0, last_stream_id=stream, error_code=0)),
    "unknown frames": flood(lambda stream: ExtensionFrame(0xEE, 0, flag_byte=0, body=b"x")),
}
