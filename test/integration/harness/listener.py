# SPDX-License-Identifier: Apache-2.0
"""The accept loop of the test servers that are written in Python."""
import socket
import threading
from typing import Callable


def serve_connections(listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    """Calls `serve` in a new thread for each connection until the listener is closed. Returns immediately."""

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
