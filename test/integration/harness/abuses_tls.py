# SPDX-License-Identifier: Apache-2.0
"""What a hostile device may do instead of a TLS handshake."""
import socket
import ssl
import time
import warnings

from harness.hostile_peer import FOR_SECONDS, PAUSE_S, HostilePeer


def first_flight(peer: HostilePeer, connection: socket.socket) -> bytes:
    """The server's reply to this client's hello; it is not sent."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = peer.context.wrap_bio(incoming, outgoing, server_side=True)
    while not outgoing.pending:
        incoming.write(connection.recv(65536))
        try:
            server.do_handshake()
        except ssl.SSLWantReadError:
            pass
    return outgoing.read()


def half_a_handshake(peer: HostilePeer, connection: socket.socket) -> None:
    flight = first_flight(peer, connection)
    connection.sendall(flight[:len(flight) // 2])
    time.sleep(FOR_SECONDS)


def slow_handshake(peer: HostilePeer, connection: socket.socket) -> None:
    """Sends one byte per second."""
    for byte in first_flight(peer, connection)[:FOR_SECONDS]:
        connection.sendall(bytes([byte]))
        time.sleep(PAUSE_S)


def mute_handshake(peer: HostilePeer, connection: socket.socket) -> None:
    time.sleep(FOR_SECONDS)


def endless_handshake(peer: HostilePeer, connection: socket.socket) -> None:
    """Sends TLS records that never complete a handshake message."""
    connection.recv(65536)
    end = time.monotonic() + FOR_SECONDS
    while time.monotonic() < end:
        connection.sendall(b"\x16\x03\x03\x00\x04\x0b\xff\xff\xff" * 1000)


def closed_at_once(peer: HostilePeer, connection: socket.socket) -> None:
    pass


def limited_to_tls_1_1(context: ssl.SSLContext) -> ssl.SSLContext:
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def tls_1_1(peer: HostilePeer, connection: socket.socket) -> None:
    """Offers only TLS 1.1. The client's minimum is TLS 1.2, so a completed handshake is an error."""
    with limited_to_tls_1_1(peer.make_context()).wrap_socket(connection, server_side=True) as tls:
        peer.speak(tls)
