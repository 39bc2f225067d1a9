# SPDX-License-Identifier: Apache-2.0
"""Several devices that differ in a key: in its PIN, or in whether it exists."""
import json
import threading
import time
from contextlib import ExitStack

import pytest

from drivers.life import compile_driver
from harness.cluster import Cluster
from harness.session import session_of, session_program  # noqa: F401

PIN, OLD_PIN = "24681357", "99887766"


@pytest.fixture(params=["HTTP/2", "HTTP/1.1"])
def cluster(request, tmp_path):
    one = Cluster(tmp_path / "cluster", http1=request.param == "HTTP/1.1", pin_tries=3).start()
    yield one
    one.stop()


@pytest.fixture
def configured(cluster, openssl_cnf):
    def make(**settings):
        settings = {"deadline_ms": 8000, "log_level": 1, "pin": PIN, "url": cluster.url, **settings}
        return openssl_cnf(cluster.nodes[0], tlscert=cluster.tlscert, **settings)

    return make


@pytest.fixture(scope="module")
def deleter(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "store_delete.c")


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "refused_pin.c")


@pytest.fixture
def session(session_program, configured, tmp_path):  # noqa: F811
    """session() -> say("sign"), which returns the program's answer. Its log is tmp_path/session.log."""
    with ExitStack() as running:

        def start(**settings):
            log = running.enter_context(open(tmp_path / "session.log", "wb"))
            return running.enter_context(session_of(session_program, "sesam:web", configured(**settings), log))

        yield start


def restore_from_an_old_backup(cluster) -> None:
    """The second node gets the key with its old PIN."""
    made = cluster.nodes[0].create_key("web", pin=PIN)
    journal = cluster.directory / "backup" / "state" / "keys.jsonl"
    journal.parent.mkdir(parents=True)
    text = (cluster.nodes[0].directory / "state" / "keys.jsonl").read_text()
    assert f'"{PIN}"' in text
    journal.write_text(text.replace(f'"{PIN}"', f'"{OLD_PIN}"'))
    cluster.nodes[1].control("POST", "/keys/take", {"journal": str(journal)})
    assert [key["key_id"] for key in cluster.nodes[1].keys()] == [made["key_id"]]


def wrong_pins(node) -> list[int]:
    return [key["wrong_pins"] for key in node.keys()]


def names(node) -> list[str]:
    return [key["nice_name"] for key in node.keys()]


def share_deletion(first, second) -> None:
    """Deletes the key on the second node half a second after the first."""
    give_up = time.monotonic() + 15
    while names(first) and time.monotonic() < give_up:
        time.sleep(0.02)
    time.sleep(0.5)
    second.delete_key("web")


def test_a_pin_that_one_node_rejects_still_signs_on_the_others(cluster, session, tmp_path):
    restore_from_an_old_backup(cluster)
    say = session()
    assert [say("open"), say("sign")] == ["ok", "ok"]
    for _ in range(2):
        cluster.nodes[0].network("restart", 300)
        assert say("sign") == "ok", "it waits for the node that knows the PIN"
        assert [say("sign") for _ in range(5)] == ["ok"] * 5
        time.sleep(0.5)
    assert [wrong_pins(node) for node in cluster.nodes] == [[0], [1]], "each node gets a wrong PIN once"
    log = (tmp_path / "session.log").read_text()
    assert log.count("the nodes differ: " + cluster.nodes[1].url + " does not accept the PIN of key 'web'") == 1, log
    assert PIN not in log


def test_many_threads_send_a_wrong_pin_to_each_node_once(cluster, configured, run, signer):
    restore_from_an_old_backup(cluster)
    run([signer, 32, 2, "sesam:web"], configured(pin="11112222"))
    assert [wrong_pins(node) for node in cluster.nodes] == [[1], [0]]
    cluster.nodes[0].network("refuse")
    run([signer, 32, 2, "sesam:web"], configured())
    assert [wrong_pins(node) for node in cluster.nodes] == [[1], [1]]


SIGN_COMMAND = {"NIST": "eccsign", "RSA": "rsasign"}
SIZES = {"NIST": 256, "RSA": 2048, "SYM": 256}


@pytest.mark.parametrize("key_type", SIGN_COMMAND)
@pytest.mark.parametrize("listed", [False, True], ids=["record", "listing"])
def test_a_key_that_only_the_second_node_has_signs_there(cluster, configured, openssl, sesam, key_type, listed):
    first, second = cluster.nodes
    second.create_key("only2", type=key_type, size=SIZES[key_type], pin=PIN)
    for node in cluster.nodes:
        node.set_options(attributes_without_public_key=listed)
    differ = f"the nodes differ: {first.url} does not have key 'only2'; avoiding it for this key"
    shown = sesam(configured(), "show", "only2")
    assert second.keys()[0]["key_id"] in shown.stdout and differ in shown.stderr, str(shown)
    cluster.reset_counters()
    done = openssl(configured(), "dgst", "-sha256", "-sign", "sesam:only2", "-out", "signature", "/dev/null")
    assert first.requests() == {"getkeyattributes": 1}
    listings = {"listkeys": 1} if listed else {}
    assert second.requests() == {"getkeyattributes": 1, SIGN_COMMAND[key_type]: 1} | listings
    assert differ in done.stderr, str(done)


def test_a_key_that_only_the_second_node_has_encrypts_there(cluster, configured, sesam):
    first, second = cluster.nodes
    second.create_key("only2", type="SYM", size=SIZES["SYM"], pin=PIN)
    sesam(configured(), "encrypt", "only2", stdin=b"hello")
    assert "encrypt" not in first.requests() and second.requests()["encrypt"] == 1


def test_a_key_that_no_node_has_is_looked_up_once_on_each(cluster, configured, sesam):
    first, second = cluster.nodes
    done = sesam(configured(), "show", "nokey", check=False)
    assert done.returncode == 1 and "unknown key" in done.stderr and "no other node has it" in done.stderr, str(done)
    assert [node.requests()["getkeyattributes"] for node in cluster.nodes] == [1, 1]
    second.network("refuse")
    done = sesam(configured(deadline_ms=2000), "show", "nokey", check=False)
    assert done.returncode == 1 and "unknown key" in done.stderr, str(done)
    assert "not every node could be asked; " in done.stderr and second.url in done.stderr, str(done)


def test_a_key_that_is_deleted_is_gone_from_all_nodes(cluster, configured, sesam):
    cluster.create_key("web", pin=PIN)
    first, second = cluster.nodes
    done = sesam(configured(), "delete", "--yes", "web", check=False)
    assert done.returncode == 1 and "Deleted" not in done.stdout, str(done)
    key_id = second.keys()[0]["key_id"]
    assert f"deleted from {first.url}; {second.url} still has it" in done.stderr and key_id in done.stderr, str(done)
    assert [names(node) for node in cluster.nodes] == [[], ["web"]]
    assert [node.requests()["deletekey"] for node in (first,)] == [1] and "deletekey" not in second.requests()
    refused = sesam(configured(), "generate", "web", check=False)
    assert refused.returncode == 1 and f"at {second.url}: {key_id}" in refused.stderr, str(refused)
    done = sesam(configured(), "delete", "--yes", "web")
    assert "Deleted: web" in done.stdout
    assert [names(node) for node in cluster.nodes] == [[], []]
    done = sesam(configured(), "delete", "--yes", "web", check=False)
    assert done.returncode == 1 and "unknown key" in done.stderr, str(done)


def test_the_error_of_a_deletion_that_a_node_did_not_see_is_for_programs_too(cluster, configured, sesam):
    cluster.create_key("web", pin=PIN)
    done = sesam(configured(), "--json", "delete", "--yes", "web", check=False)
    error = json.loads(done.stderr)["error"]
    assert done.returncode == 1 and error["reason"] == "deletion_incomplete"
    assert "choose another name" not in error["message"]


def test_nodes_that_share_their_keys_are_given_time_for_it(cluster, configured, sesam):
    cluster.create_key("web", pin=PIN)
    sharing = threading.Thread(target=share_deletion, args=cluster.nodes)
    sharing.start()
    done = sesam(configured(), "delete", "--yes", "web")
    sharing.join(20)
    assert "Deleted: web" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("away", [0, 1])
def test_a_node_that_is_away_during_a_deletion_is_named(cluster, configured, sesam, away):
    cluster.create_key("web", pin=PIN)
    cluster.nodes[away].network("refuse")
    done = sesam(configured(deadline_ms=3000), "delete", "--yes", "web", check=False)
    assert done.returncode == 1 and "Deleted" not in done.stdout, str(done)
    assert f"deleted from {cluster.nodes[1 - away].url}" in done.stderr, str(done)
    assert f"whether {cluster.nodes[away].url} still has it is not known" in done.stderr, str(done)
    cluster.nodes[away].network("restore")
    sesam(configured(), "delete", "--yes", "web")
    assert [names(node) for node in cluster.nodes] == [[], []]


def test_a_key_that_cannot_be_looked_up_on_all_nodes_is_not_simply_unknown(cluster, configured, sesam):
    cluster.nodes[1].network("refuse")
    done = sesam(configured(deadline_ms=2000), "delete", "--yes", "web", check=False)
    assert done.returncode == 1 and "unknown key" in done.stderr, str(done)
    assert "not every node could be asked" in done.stderr and cluster.nodes[1].url in done.stderr, str(done)


def test_a_program_that_deletes_is_told_the_same(cluster, configured, run, deleter):
    cluster.create_key("web", pin=PIN)
    done = run([deleter, "-", "sesam:web"], configured())
    assert done.stdout == "asked 0 deleted 0 failed 0\n", str(done)
    assert "not deleted from all nodes" in done.stderr and f"{cluster.nodes[1].url} still has it" in done.stderr
    assert "choose another name" not in done.stderr, str(done)
    done = run([deleter, "-", "sesam:web"], configured())
    assert done.stdout == "asked 0 deleted 1 failed 0\n", str(done)
    assert [names(node) for node in cluster.nodes] == [[], []]


def test_a_key_that_survived_its_deletion_signs_on_the_node_that_has_it(cluster, configured, run, deleter):
    cluster.create_key("web", pin=PIN)
    first, second = cluster.nodes
    first.fault("black-hole", command="deletekey")
    first.fault("error", -1, "eccsign", text="unknown key")  # as if the key were deleted there afterwards
    done = run([deleter, "-", "open:sesam:web", "sesam:web"], configured(request_timeout_ms=500, deadline_ms=2000))
    assert "no response received, and the key still exists" in done.stderr, str(done)
    assert "kept key signs" in done.stdout, str(done)
    assert cluster.signatures() == [1, 1]
