# SPDX-License-Identifier: Apache-2.0
"""A device that turns hostile: it has the certificate of a simulator and forwards requests to it, until a test arms it
with an abuse."""
import http.client
import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Callable, Iterator

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded
from h2.exceptions import H2Error

from harness.listener import serve_connections
from harness.simulator import Simulator

FOR_SECONDS = 12  # longer than any deadline of the tests
PAUSE_S = 1.0  # a slow peer's pause between two bytes


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    stream: int = 0

    @property
    def kind(self) -> str:
        """"sign", "open" or "list"."""
        return "sign" if self.method == "POST" else "list" if "listkeys" in self.path else "open"


class Hostility:
    """What an abuse works with: the peer, the connection, and the state of HTTP/2 if in use."""

    def __init__(self, peer: "HostilePeer", tls: ssl.SSLSocket, state: H2Connection | None):
        self.peer, self.tls, self.state = peer, tls, state

    def send(self, data: bytes) -> None:
        self.tls.sendall(data)
        self.peer.sent += len(data)

    def until_closed(self) -> Iterator[None]:
        """Iterates until the test stops the peer or FOR_SECONDS have passed. Sending fails as soon as the client has
        closed the connection, which ends the caller's loop."""
        end = time.monotonic() + FOR_SECONDS
        while time.monotonic() < end and not self.peer.stopped:
            yield

    def without_end(self, data: bytes) -> None:
        for _ in self.until_closed():
            self.send(data)

    def slowly(self, data: bytes) -> None:
        """Sends one byte per second."""
        for _, byte in zip(self.until_closed(), data):
            self.send(bytes([byte]))
            time.sleep(PAUSE_S)
    def mute(self) -> None:
        for _ in self.until_closed():
            time.sleep(0.1)


Act = Callable[[Hostility, Request], bool | None]  # True: the reply is complete, and the connection stays open
OnConnection = Callable[["HostilePeer", socket.socket], None]


class Elsewhere:
    """The target of redirects: counts connections."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self.socket.accept()[0].close()
                self.visits += 1


class HostilePeer:
    """Calls `act` instead of replying to a request of `kind` ("": of any kind), or `on_connection` instead of the
    handshake."""

    def __init__(self, twin: Simulator, alpn: str = "h2"):
        self.twin, self.alpn = twin, alpn
        self.context = self.make_context()
        self.onward = ssl._create_unverified_context()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.elsewhere = Elsewhere()
        self.act: Act | None = None
        self.kind = ""
        self.hides_public_keys = False  # in replies to look-ups; only a listing has them
        self.on_connection: OnConnection | None = None
        self.abused = 0  # number of abuses so far
        self.sent = 0  # bytes sent by abuses
        self.handshakes = 0  # completed since arm_handshake()
        self.last_reply = b""
        self.stopped = False
        self.connections: list[socket.socket] = []
        serve_connections(self.socket, self._serve)

    @property
    def url(self) -> str:
        return f"https://{self.twin.ready['name']}:{self.port}"

    @property
    def port(self) -> int:
        return self.socket.getsockname()[1]

    def make_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.twin.tlscert, self.twin.tlscert.with_suffix(".key"))
        context.set_alpn_protocols([self.alpn])
        return context

    def arm(self, kind: str, act: Act) -> None:
        self.kind, self.act = kind, act

    def arm_handshake(self, on_connection: OnConnection) -> None:
        """Applies to new connections; closes the present ones."""
        self.on_connection, self.handshakes = on_connection, 0
        for one in self.connections:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.stopped = True
        for one in (self.socket, self.elsewhere.socket):
            one.close()

    def _serve(self, connection: socket.socket) -> None:
        # If the client closes the connection while we write, the result is an OSError such as ssl.SSLError: expected.
        with connection, suppress(OSError, ValueError, H2Error):
            if self.on_connection:
                self.abused += 1
                self.on_connection(self, connection)
                return
            with self.context.wrap_socket(connection, server_side=True) as tls:
                self.connections.append(tls)
                self.speak(tls)

    def speak(self, tls: ssl.SSLSocket) -> None:
        self.handshakes += 1
        (self._speak_http2 if tls.selected_alpn_protocol() == "h2" else self._speak_http1)(tls)

    def _ask_twin(self, request: Request) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.twin.port, timeout=10, context=self.onward)
        try:
            names = ("authorization", "content-type")
            connection.request(request.method, request.path, request.body or None,
                               {name: value for name, value in request.headers.items() if name in names})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def honest_reply(self, request: Request) -> tuple[int, bytes]:
        status, body = self._ask_twin(request)
        if request.kind == "sign":
            self.last_reply = body
        if request.kind == "open" and self.hides_public_keys:
            reply = json.loads(body)
            for record in reply["result"].values():
                record.pop("public_key", None)
            body = json.dumps(reply).encode()
        return status, body

    def _is_abused(self, request: Request) -> bool:
        if self.act is None or self.kind not in ("", request.kind):
            return False
        self.abused += 1
        return True

    def _speak_http1(self, tls: ssl.SSLSocket) -> None:
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                if not (more := tls.recv(65536)):
                    return
                buffer += more
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            length = int(headers.get("content-length", 0))
            while len(buffer) < length:
                buffer += tls.recv(65536)
            request = Request(*first.split(" ")[:2], headers, buffer[:length])
            buffer = buffer[length:]
            if self._is_abused(request):
                if not self.act(Hostility(self, tls, None), request):
                    return  # closes the connection
                continue
            status, body = self.honest_reply(request)
            tls.sendall(b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        % (status, len(body)) + body)

    def _speak_http2(self, tls: ssl.SSLSocket) -> None:
        state = H2Connection(H2Configuration(client_side=False))
        state.initiate_connection()
        heads: dict[int, dict[str, str]] = {}
        bodies: dict[int, bytes] = {}
        while True:
            tls.sendall(state.data_to_send())
            if not (data := tls.recv(65536)):
                return
            for event in state.receive_data(data):
                if isinstance(event, RequestReceived):
                    heads[event.stream_id] = {name.decode(): value.decode() for name, value in event.headers}
                elif isinstance(event, DataReceived):
                    state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
                elif isinstance(event, StreamEnded):
                    stream = event.stream_id
                    head = heads.pop(stream)
                    request = Request(head[":method"], head[":path"], head, bodies.pop(stream, b""), stream)
                    if self._is_abused(request):
                        tls.sendall(state.data_to_send())
                        if not self.act(Hostility(self, tls, state), request):
                            return
                        continue
                    status, body = self.honest_reply(request)
                    state.send_headers(stream, [(":status", str(status)), ("content-type", "application/json")])
                    for at in range(0, len(body), 16384):
                        state.send_data(stream, body[at:at + 16384])
                    state.end_stream(stream)
