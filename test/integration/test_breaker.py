# SPDX-License-Identifier: Apache-2.0
"""A device that does not respond: after one operation without a response, further ones fail immediately."""
import subprocess
import time

import pytest

from harness.cluster import Cluster
from harness.programs import minimal_environment
from harness.simulator import PASSWORD, USER

pytestmark = pytest.mark.alone
DEADLINE_MS = 1500
NOT_RESPONDING = "the device does not respond"

# Signs once for each line of input, and prints the duration of the signature, or the error.
SIGNER = """
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  EVP_PKEY *key = NULL;
  OSSL_STORE_CTX *store = OSSL_STORE_open(argv[argc - 1], NULL, NULL, NULL, NULL);
  while (store && !key && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  if (!key) return 1;
  puts("ready");
  fflush(stdout);
  for (char line[8]; fgets(line, sizeof line, stdin);) {
    unsigned char signature[600];
    size_t length = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const double start = now();
    ERR_clear_error();
    const int made = EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
                     EVP_DigestSign(context, signature, &length, (const unsigned char *)"x", 1) == 1;
    const char *text = "", *data = "";
    int flags = 0;
    unsigned long error = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);
    if (error) text = ERR_reason_error_string(error);
    printf("%d\\t%.3f\\t%s: %s\\n", made, now() - start, text ? text : "", flags & ERR_TXT_STRING ? data : "");
    fflush(stdout);
    EVP_MD_CTX_free(context);
  }
  return 0;
}
"""


@pytest.fixture(scope="session")
def signer_program(tmp_path_factory):
    directory = tmp_path_factory.mktemp("signer")
    (directory / "signer.c").write_text(SIGNER)
    subprocess.run(["gcc", "-O1", "-Wall", "-Werror", "-o", directory / "signer", directory / "signer.c", "-lcrypto"],
                   check=True)
    return directory / "signer"


class Signer:
    """A program with an open key; sign() -> (made, seconds, error)."""

    def __init__(self, program, cnf, uri="sesam:web"):
        self.process = subprocess.Popen([program, uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.PIPE, env=minimal_environment(cnf))
        assert self.process.stdout.readline() == "ready\n", self.process.communicate(timeout=10)

    def sign(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        made, seconds, error = self.process.stdout.readline().rstrip("\n").split("\t")
        return made == "1", float(seconds), error

    def stop(self):
        self.process.kill()
        self.process.communicate()


AXES = [{"http1": False, "type": "NIST", "pin": None}, {"http1": True, "type": "RSA", "pin": "4711"}]


@pytest.fixture(params=AXES, ids=["HTTP/2, EC, no PIN", "HTTP/1.1, RSA, PIN"])
def signing(request, simulator, openssl_cnf, signer_program):
    """A device, and a program that has signed once with a key in it."""
    axes = request.param
    device = simulator(http1=axes["http1"])
    device.create_key("web", type=axes["type"], size=2048 if axes["type"] == "RSA" else 256,
                      **({"pin": axes["pin"]} if axes["pin"] else {}))
    cnf = openssl_cnf(device, deadline_ms=DEADLINE_MS, request_timeout_ms=1000, connect_timeout_ms=1000,
                      pin=axes["pin"])
    signer = Signer(signer_program, cnf)
    assert signer.sign()[0]
    yield device, signer
    signer.stop()


@pytest.mark.parametrize("outage", ["silence", "restart"])
def test_after_an_unanswered_operation_others_fail_at_once(signing, outage):
    device, signer = signing
    device.network(outage)
    made, seconds, error = signer.sign()
    assert not made and NOT_RESPONDING not in error and seconds > 0.5 * DEADLINE_MS / 1000
    made, seconds, error = signer.sign()  # waits for the result of a probe, for at most half of the deadline
    assert not made and NOT_RESPONDING in error and seconds < 0.7 * DEADLINE_MS / 1000
    for _ in range(20):
        made, seconds, error = signer.sign()
        assert not made and seconds < 0.2
        assert NOT_RESPONDING in error and " ms ago; next attempt in " in error
    device.network("restore")


@pytest.mark.parametrize("outage", ["silence", "restart"])
def test_the_device_is_used_again_soon_after_it_is_back(signing, outage):
    device, signer = signing
    device.network(outage)
    signer.sign()
    signer.sign()
    device.network("restore")
    start = time.monotonic()
    while not signer.sign()[0]:
        assert time.monotonic() - start < 6
        time.sleep(0.05)
    assert all(signer.sign()[0] for _ in range(10))


def test_a_restart_of_700_ms_is_not_seen(signing):
    device, signer = signing
    for _ in range(2):
        device.network("restart", 700)
        assert signer.sign()[0]


def test_a_core_that_hangs_stops_no_other(simulator, openssl_cnf, signer_program):
    device = simulator()
    device.create_key("web")
    device.create_key("other", core=2)
    cnf = openssl_cnf(device, deadline_ms=DEADLINE_MS, request_timeout_ms=1000)
    hung, other = Signer(signer_program, cnf), Signer(signer_program, cnf, "sesam:object=other;core=2")
    try:
        device.hang_core(-1)
        for _ in range(2):
            made, _, error = hung.sign()
            assert not made and NOT_RESPONDING not in error
        assert other.sign()[0]
    finally:
        hung.stop()
        other.stop()


def until_not_responding(signer):
    for _ in range(50):
        if NOT_RESPONDING in signer.sign()[2]:
            return
        time.sleep(0.05)
    pytest.fail("the node is still asked")


def back_within(signer, seconds):
    start = time.monotonic()
    while not signer.sign()[0]:
        assert time.monotonic() - start < seconds
        time.sleep(0.05)


@pytest.mark.parametrize("dialect", [None, "error-html"])
@pytest.mark.parametrize("http1", [False, True], ids=["http2", "http1"])
def test_a_password_that_changed_during_an_outage_is_found(tmp_path, simulator, openssl_cnf, signer_program, dialect,
                                                           http1):
    """The device refuses the probe, in one case with an HTML page."""
    device = simulator(http1=http1, **({"dialect": dialect} if dialect else {}))
    device.create_key("web")
    password = tmp_path / "pass"
    password.write_text(PASSWORD + "\n")
    password.chmod(0o600)
    signer = Signer(signer_program, openssl_cnf(device, **{"pass": None, "pass_source": f"file:{password}",
                                                           "deadline_ms": DEADLINE_MS}))
    try:
        assert signer.sign()[0]
        device.network("restart")
        until_not_responding(signer)
        password.write_text("changed-4711\n")
        device.add_user(USER, "changed-4711")
        device.network("restore")
        back_within(signer, 6)
    finally:
        signer.stop()


def test_a_device_that_answers_the_probe_with_html_is_used_again(simulator, openssl_cnf, signer_program):
    device = simulator()
    device.create_key("web")
    device.fault("not-json", command="timestamp", count=-1)
    signer = Signer(signer_program, openssl_cnf(device, deadline_ms=DEADLINE_MS))
    try:
        assert signer.sign()[0]
        device.network("restart")
        until_not_responding(signer)
        device.network("restore")
        back_within(signer, 6)
    finally:
        signer.stop()


@pytest.mark.parametrize("outage", ["silence", "restart"])
@pytest.mark.parametrize("back", [0, 1])
def test_either_node_is_used_again_after_both_were_away(tmp_path, openssl_cnf, signer_program, outage, back):
    cluster = Cluster(tmp_path / "cluster").start()
    cluster.create_key("web")
    signer = Signer(signer_program, openssl_cnf(cluster.nodes[0], url=cluster.url, tlscert=cluster.tlscert,
                                                deadline_ms=DEADLINE_MS, request_timeout_ms=700,
                                                connect_timeout_ms=700))
    try:
        assert signer.sign()[0]
        for node in cluster.nodes:
            node.network(outage)
        until_not_responding(signer)
        cluster.nodes[back].network("restore")
        cluster.reset_counters()
        back_within(signer, 10)
        for _ in range(10):
            made, seconds, error = signer.sign()
            assert made and seconds < 0.3, (seconds, error)  # without trying the other node first
        assert cluster.signatures()[1 - back] == 0
    finally:
        signer.stop()
        cluster.stop()


def test_a_node_that_answers_probes_only_costs_few_signatures(tmp_path, openssl_cnf, signer_program):
    """Each further failure doubles the pause before the node is tried again: 1 s, 2 s, 4 s."""
    cluster = Cluster(tmp_path / "cluster").start()
    cluster.create_key("web")
    signer = Signer(signer_program, openssl_cnf(cluster.nodes[0], url=cluster.url, tlscert=cluster.tlscert,
                                                request_timeout_ms=500, deadline_ms=3000))
    try:
        assert signer.sign()[0]
        cluster.nodes[0].hang_core(-1)
        cluster.reset_counters()
        start = time.monotonic()
        while time.monotonic() - start < 8:
            assert signer.sign()[0]
            time.sleep(0.05)
        assert cluster.signatures()[0] <= 4
    finally:
        cluster.nodes[0].hang_core(0)
        signer.stop()
        cluster.stop()
