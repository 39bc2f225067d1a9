# SPDX-License-Identifier: Apache-2.0
"""PIN prompts through OpenSSL's passphrase callback: only if the URI has pin-source=ask:."""
import pytest

from drivers.life import compile_driver

PIN, WRONG_PIN = "24681357", "99887766"
ASK = "sesam:web?pin-source=ask:"


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "asked_pin.c")


@pytest.fixture
def web(simulator):
    device = simulator(pin_tries=3)
    device.create_key("web", pin=PIN)
    return device


def sign(openssl, cnf, uri, tmp_path, *options, **more):
    (tmp_path / "data").write_text("data")
    return openssl(cnf, "dgst", "-sha256", *options, "-sign", uri, "-out", tmp_path / "sig", tmp_path / "data", **more)


def test_openssl_takes_the_pin_from_passin(web, openssl_cnf, openssl, tmp_path):
    sign(openssl, openssl_cnf(web), ASK, tmp_path, "-passin", "env:THE_PIN", environment={"THE_PIN": PIN})
    assert web.requests() == {"getkeyattributes": 1, "eccsign": 1}


@pytest.mark.parametrize("program", [
    ("pkeyutl", "-sign", "-rawin", "-digest", "sha256", "-in", "data", "-out", "sig", "-inkey"),
    ("req", "-new", "-subj", "/CN=web", "-out", "csr", "-key"),
], ids=lambda words: words[0])
def test_other_commands_take_it_too(web, openssl_cnf, openssl, tmp_path, program):
    (tmp_path / "data").write_text("data")
    openssl(openssl_cnf(web), *program, ASK, "-passin", f"pass:{PIN}")
    assert web.requests()["eccsign"] == 1


def test_a_pem_file_remembers_that_the_pin_is_asked_for_and_holds_none(web, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(web)
    openssl(cnf, "pkey", "-in", ASK, "-passin", f"pass:{PIN}", "-out", tmp_path / "web.key")
    assert PIN not in (tmp_path / "web.key").read_text()
    sign(openssl, cnf, tmp_path / "web.key", tmp_path, "-passin", f"pass:{PIN}")
    assert web.requests()["eccsign"] == 1


def test_a_key_is_asked_for_once_in_a_process(web, openssl_cnf, openssl, run, driver, tmp_path):
    cnf = openssl_cnf(web, key_cache_seconds=0)
    openssl(cnf, "pkey", "-in", ASK, "-passin", f"pass:{PIN}", "-out", tmp_path / "web.key")
    done = run([driver, PIN, 2, ASK, "pkcs11:object=web?pin-source=ask:", f"file:{tmp_path / 'web.key'}", ASK], cnf)
    assert done.stdout == "asked 1 good 8\n", done


def test_threads_that_open_a_key_at_one_time_share_the_question(web, openssl_cnf, run, driver):
    done = run([driver, PIN, 1, "+", *[ASK] * 8], openssl_cnf(web))
    assert done.stdout == "asked 1 good 8\n", done


def test_each_key_is_asked_for(web, openssl_cnf, run, driver):
    web.create_key("other", pin=PIN)
    done = run([driver, PIN, 1, ASK, "sesam:other?pin-source=ask:"], openssl_cnf(web))
    assert done.stdout == "asked 2 good 2\n", done


def test_a_refused_pin_is_neither_sent_nor_asked_for_again(web, openssl_cnf, run, driver):
    done = run([driver, WRONG_PIN, 5, ASK, ASK, ASK], openssl_cnf(web, key_cache_seconds=0))
    assert done.stdout == "asked 1 good 0\n", done
    assert web.requests()["eccsign"] == 1
    assert WRONG_PIN not in done.stderr


@pytest.mark.parametrize("uri", ["sesam:web", f"sesam:web?pin-value={PIN}",
                                 f"sesam:web?pin-source=ask:&pin-value={PIN}"])
def test_nobody_is_asked_where_the_uri_does_not_say_so(web, openssl_cnf, run, driver, uri):
    web.control("POST", "/keys/change", {"key": "web", "pin_stored": True})
    done = run([driver, PIN, 1, uri], openssl_cnf(web))
    assert done.stdout == "asked 0 good 1\n", done


@pytest.mark.parametrize("answer, asked", [("-", 1), ("none", 0)])
def test_without_an_answer_the_key_does_not_open(web, openssl_cnf, run, driver, answer, asked):
    done = run([driver, answer, 1, ASK], openssl_cnf(web))
    assert done.stdout == f"asked {asked} good 0\n", done
    assert "PIN missing" in done.stderr and "did not ask for the PIN, or got no answer" in done.stderr
    assert web.requests() == {"getkeyattributes": 1}


def test_the_public_key_needs_no_pin(web, openssl_cnf, openssl):
    openssl(openssl_cnf(web), "pkey", "-pubin", "-in", ASK, "-passin", "pass:")


def test_a_key_to_be_made_has_nobody_to_ask(web, openssl_cnf, openssl, tmp_path):
    done = openssl(openssl_cnf(web), "genpkey", "-algorithm", "EC", "-propquery", "?provider=sesam", "-pkeyopt",
                   "sesam_uri:sesam:object=new?pin-source=ask:", check=False)
    assert done.returncode != 0 and "OpenSSL cannot ask for a PIN" in done.stderr
    assert "genecckey" not in web.requests()
