# SPDX-License-Identifier: Apache-2.0
"""Several devices that share their keys: as a list in `url`, and behind HAProxy as a load balancer."""
import socket
import struct
import threading
import time

import pytest

from harness.cluster import Balancer, Cluster
from harness.load import compile_load, run_load
from harness.metrics import wait_for
from harness.simulator import DEVICE_NAME

SECONDS = 1.5
DEADLINE_MS = 8000
SIGN = ("sign=sesam:web*8",)
SIGN_COMMAND = {"NIST": "eccsign", "RSA": "rsasign"}
SIZES = {"NIST": 256, "RSA": 2048}


@pytest.fixture(params=["HTTP/2", "HTTP/1.1"])
def cluster(request, tmp_path):
    one = Cluster(tmp_path / "cluster", http1=request.param == "HTTP/1.1").start()
    one.create_key("web")
    yield one
    one.stop()


@pytest.fixture
def balancer(tmp_path, cluster):
    one = Balancer(tmp_path / "balancer", cluster.nodes)
    cluster.reset_counters()  # which HAProxy's checks may have changed
    yield one
    one.stop()


@pytest.fixture
def configured(cluster, openssl_cnf):
    """configured(url) -> an openssl.cnf for that URL; default: all nodes in their order"""

    def make(url=None, **settings):
        settings = {"deadline_ms": DEADLINE_MS, "log_level": 1, **settings}
        return openssl_cnf(cluster.nodes[0], url=url or cluster.url, tlscert=cluster.tlscert, **settings)

    return make


@pytest.fixture(scope="session")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@pytest.fixture
def load(load_program):
    """load(cnf, during): eight threads sign for SECONDS, or until `during` returns. -> their tally"""

    def call(cnf, during, seconds=SECONDS, until_done=False):
        tally = run_load(load_program, cnf, seconds, SIGN, during, DEADLINE_MS / 1000 + 20, until_done)
        assert not tally.hung and tally.tried > 0 and tally.wrong == 0, tally
        return tally

    return call


def sign(openssl, cnf, **options):
    return openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", **options)


def away_for_a_while(node, how="restart", before_s=0.3, time_s=0.7):
    """Makes the node unavailable after `before_s`, for `time_s`."""
    time.sleep(before_s)
    node.network(how)
    time.sleep(time_s)
    node.network("restore")


def test_the_first_node_is_used_while_it_is_well(cluster, configured, openssl):
    assert sign(openssl, configured()).stderr == ""
    assert cluster.signatures() == [1, 0]
    assert cluster.nodes[1].counters()["connections_accepted"] == 0


def test_the_order_in_the_configuration_counts(cluster, configured, openssl):
    sign(openssl, configured(" ".join(node.url for node in reversed(cluster.nodes))))
    assert cluster.signatures() == [0, 1]


def test_the_second_node_serves_where_the_first_cannot_be_connected(cluster, configured, openssl):
    cluster.nodes[0].network("refuse")
    assert sign(openssl, configured()).stderr == ""
    assert cluster.signatures() == [0, 1]


@pytest.mark.parametrize("key_type", SIGN_COMMAND)
@pytest.mark.parametrize("status", [302, 404])
def test_the_second_node_serves_where_the_first_returns_a_page(cluster, configured, openssl, status, key_type):
    """Such as that of a proxy with an invalid configuration."""
    cluster.create_key("key", type=key_type, size=SIZES[key_type])
    first, second = cluster.nodes
    first.fault("not-json", -1, status=status)
    done = openssl(configured(), "dgst", "-sha256", "-sign", "sesam:key", "-out", "signature", "/dev/null")
    assert f"avoiding the node {first.url}: unexpected HTTP status: " in done.stderr, str(done)
    assert SIGN_COMMAND[key_type] not in first.requests() and first.requests()["getkeyattributes"] == 1
    assert second.requests()[SIGN_COMMAND[key_type]] == 1


def test_a_key_is_not_made_where_a_node_returns_a_page(cluster, configured, sesam):
    """The node that got the request is asked what became of it, and no other gets the request."""
    first, second = cluster.nodes
    first.fault("not-json", -1, "genecckey", status=404)
    done = sesam(configured(), "generate", "new", "--no-pin", check=False)
    assert done.returncode == 1 and "HTTP status 404" in done.stderr, str(done)
    assert [node.requests().get("genecckey", 0) for node in cluster.nodes] == [1, 0]


def test_no_node_at_all_is_a_clear_error(cluster, configured, openssl):
    for node in cluster.nodes:
        node.network("restart")
    done = sign(openssl, configured(deadline_ms=1000), check=False)
    assert done.returncode != 0
    assert "cannot connect: " in done.stderr and "that the device is up" in done.stderr


def test_signing_goes_on_while_the_first_node_is_away(cluster, configured, load):
    tally = load(configured(), lambda: away_for_a_while(cluster.nodes[0]))
    assert tally.failed == 0, tally
    assert all(cluster.signatures())


def test_nodes_are_drained_one_after_the_other_without_a_failure(cluster, configured, load):
    tally = load(configured(), lambda: [away_for_a_while(node, "drain", 0.2, 0.3) for node in cluster.nodes])
    assert tally.failed == 0, tally
    assert all(cluster.signatures())


def test_the_balancer_spreads_processes_over_the_nodes(cluster, balancer, configured, openssl):
    cnf = configured(balancer.url)
    for _ in range(20):  # two would suffice if a busy machine did not answer a check too late
        assert sign(openssl, cnf).stderr == ""
        if all(cluster.signatures()):
            break
    assert all(cluster.signatures())


@pytest.mark.parametrize("how", ["restart", "drain"])
def test_nodes_behind_the_balancer_are_away_one_after_the_other(cluster, balancer, configured, load, how):
    """Each while it is in use, until the other one is used: HAProxy waits 500 ms before it connects to another node,
    and takes one that was away only after a check."""
    def each_once():
        for _ in cluster.nodes:
            cluster.reset_counters()
            wait_for(lambda: any(cluster.signatures()), "no node is used", timeout=20)
            used, other = sorted(cluster.nodes, key=lambda node: -node.requests().get("eccsign", 0))
            used.network(how)
            cluster.reset_counters()
            wait_for(lambda: other.requests().get("eccsign", 0) > 0, f"no node but {used.url} is used", timeout=20)
            used.network("restore")
            used.reset_counters()
            wait_for(lambda: used.counters()["connections_accepted"] > 1, "HAProxy does not check the node", timeout=20)

    assert load(configured(balancer.url), each_once, seconds=60, until_done=True).failed == 0


def test_signing_goes_on_after_all_nodes_behind_the_balancer_were_away(cluster, balancer, configured, load):
    def all_away():
        for node in cluster.nodes:
            node.network("restart", 500)

    assert load(configured(balancer.url), all_away).failed == 0


def test_a_first_node_that_is_well_again_is_used_again(cluster, configured, load):
    """Without a failure and without a new process: the node is probed, but not with users' requests."""
    def serves_alone():
        cluster.reset_counters()
        time.sleep(0.2)
        on_first, on_second = cluster.signatures()
        return on_first > 0 and on_second == 0

    def watch():
        away_for_a_while(cluster.nodes[0])
        wait_for(serves_alone, "the first node is not used again", timeout=30)

    tally = load(configured(), watch, seconds=60, until_done=True)
    assert tally.failed == 0, tally


def test_signing_goes_on_while_the_first_node_is_without_power(cluster, configured, load):
    """The only sign is missing replies: some requests time out once, then the other node is used."""
    def without_power():
        wait_for(lambda: cluster.signatures()[0] > 0, "the first node is not used", timeout=20)
        cluster.nodes[0].network("silence")
        # Eight threads that wait for a timeout for each signature would make less than a tenth of this.
        wait_for(lambda: cluster.signatures()[1] > 4000, "the second node does not take over", timeout=20)
        cluster.nodes[0].network("restore")

    tally = load(configured(request_timeout_ms=500), without_power, seconds=60, until_done=True)
    assert tally.failed == 0, tally


def test_signing_goes_on_after_all_nodes_were_away(cluster, configured, load):
    def all_away():
        for node in cluster.nodes:
            node.network("restart", 500)

    assert load(configured(), all_away).failed == 0


def test_signing_goes_on_while_a_node_behind_the_balancer_is_without_power(cluster, balancer, configured, load):
    """The node is the one in use. After a failed check, HAProxy closes the connections to it."""
    def mute_the_one_in_use():
        wait_for(lambda: any(cluster.signatures()), "no node is used", timeout=6)
        away_for_a_while(max(cluster.nodes, key=lambda node: node.requests().get("eccsign", 0)), "silence", time_s=1.5)

    tally = load(configured(balancer.url, request_timeout_ms=300, connect_timeout_ms=500), mute_the_one_in_use,
                 seconds=2.5)
    assert tally.failed == 0, tally
    assert all(cluster.signatures())


def test_signing_stays_with_a_node_that_is_slow_with_one_command(cluster, configured, load_program):
    """A timeout is attributed to the command, not to the node, as long as the node answers all other commands."""
    cluster.nodes[0].fault("black-hole", command="genecckey", count=-1)
    tally = run_load(load_program, configured(request_timeout_ms=400, deadline_ms=3000), SECONDS,
                     (*SIGN, "generate=sesam:object=new*1"), lambda: None, 20)
    assert not tally.hung and tally.wrong == 0, tally
    assert cluster.nodes[0].requests()["genecckey"] > 0
    assert cluster.signatures()[1] == 0


def test_the_second_node_is_tried_where_the_first_fails_in_two_ways(cluster, configured, openssl):
    """Like a node that restarts, the first one resets a connection and refuses the next."""
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]

        def end():
            connection, _ = first.accept()
            first.close()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() sends a reset
            connection.close()

        ending = threading.Thread(target=end)
        ending.start()
        sign(openssl, configured(f"https://{DEVICE_NAME}:{port} {cluster.nodes[1].url}"))
        ending.join(10)
    assert cluster.signatures() == [0, 1]
