# SPDX-License-Identifier: Apache-2.0
"""A device that answers look-ups normally, and any other request with an endless flood of frames."""
import json
import socket
import ssl
import time
from typing import Any, Callable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived, StreamEnded
from hyperframe.frame import DataFrame, Frame, PingFrame, PriorityFrame, WindowUpdateFrame

from harness.listener import serve_connections
from harness.simulator import Simulator

FLOODS: dict[str, Callable[[int], Frame]] = {
    "WINDOW_UPDATE": lambda stream: WindowUpdateFrame(0, window_increment=1),
    "PRIORITY": lambda stream: PriorityFrame(stream, depends_on=0, stream_weight=1),
    "empty DATA": lambda stream: DataFrame(stream),
    "PING": lambda stream: PingFrame(0, opaque_data=b"sesamsim", flags=["ACK"]),
}
FOR_SECONDS = 20


class Flooder:
    """Has the certificate of the simulator `twin` and speaks only HTTP/2. `records` is its reply to look-ups."""

    def __init__(self, twin: Simulator, records: dict[str, Any], flood: str):
        self.name, self.flood = twin.ready["name"], FLOODS[flood]
        self.empty_data = flood == "empty DATA"
        self.records = json.dumps({"command": "getkeyattributes", "result": records}).encode()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(twin.tlscert, twin.tlscert.with_suffix(".key"))
        self.context.set_alpn_protocols(["h2"])
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.floods = 0
        self.lasted: list[float] = []  # seconds until the other side closed the connection
        serve_connections(self.socket, self._serve)

    @property
    def url(self) -> str:
        return f"https://{self.name}:{self.socket.getsockname()[1]}"

    def stop(self) -> None:
        self.socket.close()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with self.context.wrap_socket(connection, server_side=True) as tls:
                self._speak(tls)
        except OSError:
            pass  # the client closed the connection, as expected

    def _speak(self, tls: ssl.SSLSocket) -> None:
        state = H2Connection(H2Configuration(client_side=False))
        state.initiate_connection()
        posts: set[int] = set()
        while True:
            tls.sendall(state.data_to_send())
            data = tls.recv(65536)
            if not data:
                return
            for event in state.receive_data(data):
                if isinstance(event, RequestReceived) and dict(event.headers)[b":method"] == b"POST":
                    posts.add(event.stream_id)
                elif isinstance(event, StreamEnded) and event.stream_id in posts:
                    self._flood(tls, state, event.stream_id)
                elif isinstance(event, StreamEnded):
                    state.send_headers(event.stream_id, [(":status", "200")])
                    state.send_data(event.stream_id, self.records, end_stream=True)

    def _flood(self, tls: ssl.SSLSocket, state: H2Connection, stream: int) -> None:
        self.floods += 1
        if self.empty_data:
            state.send_headers(stream, [(":status", "200")])
        tls.sendall(state.data_to_send())
        frames = self.flood(stream).serialize() * 1000
        begun = time.monotonic()
        try:
            while time.monotonic() < begun + FOR_SECONDS:
                tls.sendall(frames)
        finally:
            self.lasted.append(time.monotonic() - begun)
