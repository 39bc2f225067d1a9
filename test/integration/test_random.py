# SPDX-License-Identifier: Apache-2.0
"""The device's random numbers as OpenSSL's random generator or seed, if openssl.cnf selects them."""
import subprocess

import pytest

from drivers.life import compile_driver

GENERATOR = "random = SESAM-RAND\nproperties = provider=sesam\n"
SEED = "seed = SESAM-RAND\nseed_properties = provider=sesam\n"


@pytest.fixture
def random_cnf(openssl_cnf):
    """random_cnf(device, GENERATOR, …) -> an openssl.cnf with these lines in its section [random]"""
    return lambda device, lines, **settings: openssl_cnf(device, extra=f"\n[init]\nrandom = random\n[random]\n{lines}",
                                                         **settings)


def test_nothing_is_asked_of_the_device_where_openssl_cnf_does_not_choose_it(device, openssl_cnf, openssl):
    cnf = openssl_cnf(device)
    openssl(cnf, "rand", "-hex", 64)
    assert "SESAM-RAND" in openssl(cnf, "list", "-random-generators").stdout
    assert device.requests() == {}


def test_the_generator_gives_the_devices_numbers(device, random_cnf, openssl):
    cnf = random_cnf(device, GENERATOR)
    first, second = (openssl(cnf, "rand", 32).output for _ in range(2))
    assert len(first) == len(second) == 32 and first != second
    assert device.requests() == {"getrandom": 2}


def test_numbers_of_the_device_reach_the_program_unchanged(device, random_cnf, openssl):
    """The simulator's random numbers are unpredictable, so the wire row uses a member of another reply whose value is
    known: a public key of the requested length."""
    row = "GET /n200/getrandom/{byte_count}/ -> numbers"
    assert openssl(random_cnf(device, GENERATOR, wire_random=row), "rand", 1, check=False).returncode != 0
    row = "POST command=genecckey curve=NIST keysize=256 nice_name=n{byte_count} -> publickey"
    done = openssl(random_cnf(device, GENERATOR, wire_random=row), "rand", "-hex", 64)
    assert done.stdout.strip() == device.keys()[0]["public_key"].lower()


def test_much_is_asked_for_in_requests_of_a_bounded_size(device, random_cnf, openssl):
    assert len(openssl(random_cnf(device, GENERATOR), "rand", 10_000).output) == 10_000
    assert device.requests()["getrandom"] >= 10


def test_a_seed_source_seeds_openssls_own_generator(device, random_cnf, openssl):
    assert len(openssl(random_cnf(device, SEED), "rand", 100_000).output) == 100_000
    assert 1 <= device.requests()["getrandom"] <= 4


def test_keys_and_tls_of_a_program_work_with_either(device, random_cnf, openssl, tmp_path):
    device.create_key("web")
    for lines in (GENERATOR, SEED, GENERATOR + SEED):
        cnf = random_cnf(device, lines)
        openssl(cnf, "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", tmp_path / "key")
        openssl(cnf, "req", "-x509", "-key", "sesam:web", "-subj", "/CN=web", "-out", tmp_path / "crt")
        assert "OK" in openssl(cnf, "verify", "-CAfile", tmp_path / "crt", tmp_path / "crt").stdout


@pytest.mark.parametrize("lines", [GENERATOR, SEED], ids=["generator", "seed"])
@pytest.mark.parametrize("fault", [None, {"name": "http-503", "retry_after_s": 1}], ids=["at once", "after a retry"])
def test_a_job_does_not_pause_while_libcrypto_holds_its_lock(device, random_cnf, run, tmp_path, lines, fault):
    """Otherwise whatever runs next on the thread could draw no random numbers."""
    program = compile_driver(tmp_path, "random_job", "random_job.c")
    if fault:
        device.fault(**fault)
    done = run([program], random_cnf(device, lines))
    assert done.stdout == "finished 1, outside 1\n" and device.requests()["getrandom"] >= 1


@pytest.mark.parametrize("lines", [GENERATOR, SEED], ids=["generator", "seed"])
def test_the_connection_to_the_device_does_not_draw_on_it(device, random_cnf, openssl, lines):
    """Otherwise its TLS would wait for itself until the deadline."""
    openssl(random_cnf(device, lines, sesam_first=True, default_properties="?provider=sesam"), "rand", 16)
    assert device.counters()["tls_handshakes"] == 1


@pytest.mark.parametrize("lines", [GENERATOR, SEED], ids=["generator", "seed"])
@pytest.mark.parametrize("fault, told", [
    ({"name": "black-hole", "count": -1}, "timed out: getting random numbers"),
    ({"name": "error", "text": "access denied", "count": -1}, "access denied: getting random numbers"),
    ({"name": "not-json", "count": -1}, "reply cannot be used: getting random numbers"),
    ({"name": "short-signature", "count": -1}, "bytes, got a text of"),
], ids=["silent", "refused", "no json", "short"])
def test_a_device_that_gives_none_is_a_clear_error(device, random_cnf, openssl, tmp_path, lines, fault, told):
    device.fault(**fault)
    cnf = random_cnf(device, lines, request_timeout_ms=500, deadline_ms=1000, log_level=1, log_output=tmp_path / "log")
    done = openssl(cnf, "rand", 16, check=False)
    assert done.returncode != 0 and done.output == b""
    assert told in (tmp_path / "log").read_text()


def test_a_bad_configuration_is_told_when_numbers_are_wanted(device, random_cnf, openssl):
    done = openssl(random_cnf(device, GENERATOR, url=None), "rand", 16, check=False)
    assert done.returncode != 0 and "url is not set" in done.stderr


DRIVER = r"""
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);         \
      ERR_print_errors_fp(stderr);                                    \
      return 1;                                                       \
    }                                                                 \
  } while (0)

static EVP_RAND_CTX *shared;
static int good;

static void *draw(void *unused) {
  unsigned char out[64];
  for (int i = 0; i < 20; ++i)
    if (EVP_RAND_generate(shared, out, sizeof out, 256, 0, NULL, 0)) __atomic_fetch_add(&good, 1, __ATOMIC_RELAXED);
  return unused;
}

int main(void) {
  unsigned char out[64], other[64], zero[64] = {0};
  unsigned int strength = 0;
  size_t most = 0;
  OSSL_PARAM params[] = {OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
                         OSSL_PARAM_construct_size_t(OSSL_RAND_PARAM_MAX_REQUEST, &most), OSSL_PARAM_construct_end()};
  pthread_t threads[16];
  EVP_RAND *type = EVP_RAND_fetch(NULL, "SESAM-RAND", "provider=sesam");
  EVP_RAND *drbg_type = EVP_RAND_fetch(NULL, "HASH-DRBG", NULL);
  OSSL_PARAM digest[] = {OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_DIGEST, (char *)"SHA512", 0),
                         OSSL_PARAM_construct_end()};
  EVP_RAND_CTX *drbg;
  CHECK(type != NULL && drbg_type != NULL);
  shared = EVP_RAND_CTX_new(type, NULL);
  CHECK(shared != NULL);
  CHECK(EVP_RAND_get_state(shared) == EVP_RAND_STATE_UNINITIALISED);
  CHECK(!EVP_RAND_generate(shared, out, sizeof out, 0, 0, NULL, 0));
  CHECK(!EVP_RAND_instantiate(shared, 257, 0, NULL, 0, NULL));
  ERR_clear_error();
  CHECK(EVP_RAND_instantiate(shared, 256, 1, (const unsigned char *)"x", 1, NULL));
  CHECK(EVP_RAND_get_state(shared) == EVP_RAND_STATE_READY);
  CHECK(EVP_RAND_CTX_get_params(shared, params) && strength == 256 && most == 65536);
  CHECK(EVP_RAND_generate(shared, out, sizeof out, 256, 1, (const unsigned char *)"y", 1) &&
        memcmp(out, zero, sizeof out) != 0);
  CHECK(EVP_RAND_reseed(shared, 1, (const unsigned char *)"z", 1, NULL, 0));
  CHECK(EVP_RAND_verify_zeroization(shared));
  for (int i = 0; i < 16; ++i) CHECK(pthread_create(&threads[i], NULL, draw, NULL) == 0);
  for (int i = 0; i < 16; ++i) pthread_join(threads[i], NULL);
  CHECK(good == 320);
  drbg = EVP_RAND_CTX_new(drbg_type, shared);
  CHECK(drbg != NULL && EVP_RAND_instantiate(drbg, 256, 0, NULL, 0, digest));
  CHECK(EVP_RAND_generate(drbg, out, sizeof out, 256, 0, NULL, 0) &&
        EVP_RAND_generate(drbg, other, sizeof other, 256, 1, NULL, 0));
  CHECK(memcmp(out, other, sizeof out) != 0);
  EVP_RAND_CTX_free(drbg);
  CHECK(EVP_RAND_uninstantiate(shared) && EVP_RAND_get_state(shared) == EVP_RAND_STATE_UNINITIALISED);
  CHECK(!EVP_RAND_generate(shared, out, sizeof out, 0, 0, NULL, 0));
  EVP_RAND_CTX_free(shared);
  EVP_RAND_free(type);
  EVP_RAND_free(drbg_type);
  return 0;
}
"""


def test_every_function_of_a_generator_works_from_many_threads(device, openssl_cnf, run, tmp_path):
    (tmp_path / "driver.c").write_text(DRIVER)
    subprocess.run(["cc", "-o", tmp_path / "driver", tmp_path / "driver.c", "-lcrypto", "-pthread"], check=True,
                   timeout=60)
    run([tmp_path / "driver"], openssl_cnf(device))
    # One for the first call, 320 for the threads, one for the parent's seed, and one more for prediction resistance.
    assert device.requests()["getrandom"] >= 323
    assert device.counters()["connections_accepted"] == 1
