# SPDX-License-Identifier: Apache-2.0
"""Ports for servers that must be told theirs."""
import os
import random
import socket

# Below those that the kernel hands out itself (net.ipv4.ip_local_port_range), which anything may get at any time. Each
# process of a parallel run has its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
FIRST, SPAN = 10000 + WORKER % 4 * 5000, 5000
_taken = random.randrange(SPAN)  # somewhere else in each run


def free_port() -> int:
    """A port of this machine where nobody listens, and that no other test is given for a long time."""
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
