# SPDX-License-Identifier: Apache-2.0
"""Several devices that share their keys: as a list in `url`, and behind HAProxy as the load balancer."""
import time

import pytest

from harness.cluster import Balancer, Cluster
from harness.load import compile_load, run_load

SECONDS = 1.5
DEADLINE_MS = 8000
SIGN = ("sign=sesam:web*8",)


@pytest.fixture
def cluster(tmp_path):
    one = Cluster(tmp_path / "cluster").start()
    one.create_key("web")
    yield one
    one.stop()


@pytest.fixture
def balancer(tmp_path, cluster):
    one = Balancer(tmp_path / "balancer", cluster.nodes)
    cluster.reset_counters()  # of its checks
    yield one
    one.stop()


@pytest.fixture
def configured(cluster, openssl_cnf):
    """configured(url): openssl.cnf for that url; without one the nodes in their order."""

    def make(url=None, **settings):
        settings = {"deadline_ms": DEADLINE_MS, "log_level": 1, **settings}
        return openssl_cnf(cluster.nodes[0], url=url or cluster.url, tlscert=cluster.tlscert, **settings)

    return make


@pytest.fixture(scope="session")
def load_program(tmp_path_factory):
    return compile_load(tmp_path_factory.mktemp("load"))


@pytest.fixture
def load(load_program):
    """load(cnf, during): eight threads sign; `during` happens meanwhile. -> what they saw."""

    def call(cnf, during, seconds=SECONDS):
        tally = run_load(load_program, cnf, seconds, SIGN, during, DEADLINE_MS / 1000 + 20)
        assert not tally.hung and tally.tried > 0 and tally.wrong == 0, tally
        return tally

    return call


def sign(openssl, cnf, **options):
    return openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", **options)


def away_for_a_while(node, how="restart", before_s=0.3, time_s=0.7):
    """Nobody listens there from `before_s` on, for `time_s`."""
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


def test_no_node_at_all_is_a_clear_error(cluster, configured, openssl):
    for node in cluster.nodes:
        node.network("restart")
    done = sign(openssl, configured(deadline_ms=1000), check=False)
    assert done.returncode != 0
    assert "cannot connect: " in done.stderr and "that the device is up" in done.stderr


def test_nodes_are_drained_one_after_the_other_without_a_failure(cluster, configured, load):
    tally = load(configured(), lambda: [away_for_a_while(node, "drain", 0.2, 0.3) for node in cluster.nodes])
    assert tally.failed == 0, tally
    assert all(cluster.signatures())


def test_the_balancer_spreads_processes_over_the_nodes(cluster, balancer, configured, openssl):
    cnf = configured(balancer.url)
    for _ in range(20):  # two would do, but for a check that a busy machine answers too late
        assert sign(openssl, cnf).stderr == ""
        if all(cluster.signatures()):
            break
    assert all(cluster.signatures())


def test_signing_goes_on_while_nodes_behind_the_balancer_are_away(cluster, balancer, configured, load):
    tally = load(configured(balancer.url), lambda: [away_for_a_while(node, time_s=0.4) for node in cluster.nodes])
    assert tally.failed == 0, tally
    assert all(cluster.signatures())


def test_nodes_behind_the_balancer_are_drained_without_a_failure(cluster, balancer, configured, load):
    tally = load(configured(balancer.url), lambda: [away_for_a_while(node, "drain", 0.2, 0.4) for node in cluster.nodes])
    assert tally.failed == 0, tally
    assert all(cluster.signatures())


def test_signing_goes_on_after_all_nodes_behind_the_balancer_were_away(cluster, balancer, configured, load):
    def all_away():
        for node in cluster.nodes:
            node.network("restart", 500)

    assert load(configured(balancer.url), all_away).failed == 0
