# SPDX-License-Identifier: Apache-2.0
"""Port numbers for servers that cannot choose a free port themselves."""
import os
import random
import socket

# The ports are below the kernel's ephemeral range (net.ipv4.ip_local_port_range), which any process may get at any
# time. Each worker of a parallel run has its own range.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
FIRST, SPAN = 10000 + WORKER % 4 * 5000, 5000
_taken = random.randrange(SPAN)  # each run starts at a different port


def free_port() -> int:
    """Returns a port that is not in use. It is not returned again before all other ports of the range."""
    global _taken
    for _ in range(SPAN):
        _taken = (_taken + 1) % SPAN
        with socket.socket() as probe:
            try:
                probe.bind(("", FIRST + _taken))
            except OSError:
                continue
            return FIRST + _taken
    raise AssertionError(f"no port from {FIRST} on is free")
