# SPDX-License-Identifier: Apache-2.0
"""The core tests for each combination of the axes of a set-up: pairwise, or all combinations (scripts/test
--all-axes)."""
import signal
import time

import pytest

from drivers.life import life, life_amid_threads, life_program  # noqa: F401
from harness.axes import ALL, DEADLINE_MS, KEY, PAIRWISE, pairs_of
from harness.bind import Bind
from harness.flavour import IN_A_CHILD, needs_trust_in_memory, not_sanitized
from harness.keys import assert_signs, total_found
from harness.load import compile_load, run_load
from harness.ports import free_port
from harness.resolver import CAN_ANSWER, NAME
from harness.tls import REPLY, Identity, Server, fetch
from test_program_nginx import CONFIGURATION as NGINX

# Seconds. Far more than a normal opening takes, which is a few hundredths, and less than the 3 s of one that waits for
# a timer of libcurl.
SOON_S = 2


@pytest.fixture(scope="session")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


def test_the_selection_has_every_pair_of_values():
    wanted = set().union(*map(pairs_of, ALL))
    assert set().union(*map(pairs_of, PAIRWISE)) == wanted
    assert len(PAIRWISE) < len(ALL) == 32


def test_keys_are_opened_listed_and_sign(world, openssl, tmp_path):
    assert_signs(openssl, world.cnf, f"sesam:{KEY}", tmp_path)
    assert total_found(openssl(world.cnf, "storeutl", "sesam:").stdout) == 1


def test_the_name_is_looked_up_by_the_resolver(world, openssl, tmp_path):
    """libcurl resolves localhost itself, which would not test the resolver's descriptors."""
    if world.looked_up is None or not CAN_ANSWER:
        pytest.skip("nothing is looked up")
    assert_signs(openssl, world.cnf, f"sesam:{KEY}", tmp_path)
    assert NAME in world.looked_up.read_text()


def test_each_opening_is_quick(world, openssl):
    for _ in range(10):
        start = time.monotonic()
        openssl(world.cnf, "dgst", "-sha256", "-sign", f"sesam:{KEY}", "-out", "signature", "/dev/null")
        assert time.monotonic() - start < SOON_S


def test_a_signature_is_one_request(world, life):  # noqa: F811
    life(world.cnf, "load sign=20 exit")
    assert world.signatures() == 20
    assert sum(sum(node.requests().values()) for node in world.cluster.nodes) == 21


def test_threads_sign_through_a_restart(world, load_program):
    def restart():
        time.sleep(0.4)
        world.device.network("restart", 700)

    tally = run_load(load_program, world.cnf, 1.8, (f"sign=sesam:{KEY}*8",), restart, DEADLINE_MS / 1000 + 20)
    assert not tally.hung and tally.failed == 0 and tally.wrong == 0, tally
    assert tally.tried > 200  # threads that wait for a timer would make only a handful


@not_sanitized(IN_A_CHILD)
def test_children_sign(world, life_amid_threads):  # noqa: F811
    life_amid_threads(world.cnf, "load busy=4 watchdog=120 fork=10 [ sign=1 exit ] idle sign=1 exit", timeout=120)


@needs_trust_in_memory
def test_nginx_serves(world, tmp_path, run):
    cnf = world.cnf
    identity = Identity(world.set_up.key, f"sesam:{KEY}", tmp_path / "web.key", tmp_path / "web.crt")
    run(["openssl", "pkey", "-in", identity.uri, "-out", identity.key], cnf)
    run(["openssl", "req", "-x509", "-key", identity.uri, "-subj", "/CN=web", "-addext", "subjectAltName=DNS:localhost",
         "-days", "2", "-out", identity.certificate], cnf)
    port, path = free_port(), tmp_path / "nginx.conf"
    path.write_text(NGINX.format(directory=tmp_path, port=port, certificate=identity.certificate, key=identity.key,
                                 reply=REPLY))
    with Server(["nginx", "-c", path, "-e", "stderr"], cnf, port, tmp_path) as server:
        for version in ("1.2", "1.3"):
            assert fetch(port, identity.certificate, version).stdout == REPLY
        assert server.end(signal.SIGQUIT) == 0


def test_a_zone_is_signed(world, tmp_path):
    bind = Bind(tmp_path / "zone", world.cnf)
    bind.add_names(50)
    bind.key_from_label(f"sesam:{KEY}", 13 if world.set_up.key == "EC" else 8)
    bind.sign("-n", 8)
    bind.verify()
