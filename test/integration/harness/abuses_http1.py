# SPDX-License-Identifier: Apache-2.0
"""What a hostile device may send instead of a reply over HTTP/1.1 (RFC 9112)."""
from harness.hostile_peer import Act, Hostility, Request

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PIECE = b"X: " + b"y" * 1000 + b"\r\n"


def without_end(head: bytes, piece: bytes) -> Act:
    def act(hostility: Hostility, request: Request) -> None:
        hostility.send(head)
        hostility.without_end(piece * (1 + 16384 // len(piece)))

    return act


def slowly(head: bytes, piece: bytes) -> Act:
    def act(hostility: Hostility, request: Request) -> None:
        hostility.send(head)
        hostility.slowly(piece * 100)

    return act


def reply(raw: bytes) -> Act:
    """Sends the bytes unchanged, and keeps the connection open."""

    def act(hostility: Hostility, request: Request) -> None:
        hostility.send(raw)
        hostility.mute()

    return act


def with_lengths(*lengths: str) -> Act:
    return reply(HEAD + b"".join(f"Content-Length: {length}\r\n".encode()
                                 for length in lengths) + b'\r\n{"result":"00"}')


def with_body(body: bytes) -> Act:
    def act(hostility: Hostility, request: Request) -> bool:
        hostility.send(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return True

    return act


def chunk(size: str) -> Act:
    return reply(CHUNKED + size.encode() + b'\r\n{"result":"00"}')


def redirect(hostility: Hostility, request: Request) -> bool:
    location = f"https://{hostility.peer.twin.ready['name']}:{hostility.peer.elsewhere.port}{request.path}"
    hostility.send(f"HTTP/1.1 307 -\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
    return True


ENDLESS: dict[str, Act] = {
    "endless headers": without_end(HEAD, PIECE),
    "a header line without end": without_end(HEAD + b"X: ", b"y" * 1000),
    "endless trailers": without_end(CHUNKED + b"2\r\n{}\r\n0\r\n", PIECE),
    "endless 1xx": without_end(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "endless body": without_end(HEAD + b"\r\n", b" " * 1000),
    "endless chunks of a byte": without_end(CHUNKED, b"1\r\n \r\n"),
    "a chunk extension without end": without_end(CHUNKED + b"2;x=", b"y" * 1000),
}
