# SPDX-License-Identifier: Apache-2.0
"""Many replies arrive at the same time, and no request follows that would make the I/O thread read again."""
from drivers.life import compile_driver
from harness.axes import KEY

THREADS, ROUNDS = 64, 100
TIMEOUT_MS = 8000  # after this time, libcurl itself checks again


def test_nothing_waits_for_the_next_request(world, run, tmp_path):
    for node in world.cluster.nodes:
        node.set_options(delay_ms=10)
    burst = compile_driver(tmp_path, "burst", "burst.c", libraries=("-lcrypto", "-lpthread"))
    cnf = world.configure(tmp_path / "bursts.cnf", connect_timeout_ms=TIMEOUT_MS, request_timeout_ms=TIMEOUT_MS,
                          max_in_flight=THREADS)
    done = run([burst, f"sesam:{KEY}", THREADS, ROUNDS], cnf, timeout=300)
    assert int(done.stdout) < TIMEOUT_MS / 2 and done.stderr == ""
    assert world.signatures() == THREADS * ROUNDS
