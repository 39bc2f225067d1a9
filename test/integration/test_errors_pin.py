# SPDX-License-Identifier: Apache-2.0
"""A PIN that the device refused is never sent again by the same process: the device may lock the key."""
import pytest

from drivers.life import compile_driver
from harness.bind import Bind

PIN, WRONG_PIN = "24681357", "99887766"


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "refused_pin.c")


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "pin_trial.c")


@pytest.fixture
def web(simulator):
    device = simulator(pin_tries=3)
    device.create_key("web", pin=PIN)
    return device


def test_a_refused_pin_is_sent_once_by_a_process_that_goes_on_signing(web, openssl_cnf, run, driver):
    done = run([driver, 1, 20, f"sesam:web;pin-value={WRONG_PIN}"], openssl_cnf(web))
    assert done.stdout == "0\n"
    assert web.requests() == {"getkeyattributes": 1, "eccsign": 1}
    assert done.stderr.count(":wrong PIN:") == 20
    assert done.stderr.count("PIN previously rejected by the device; request not sent") == 19
    assert WRONG_PIN not in done.stderr


def test_a_refused_pin_is_sent_once_though_the_key_is_opened_again(web, openssl_cnf, run, driver):
    uris = [f"sesam:web;pin-value={WRONG_PIN}", f"pkcs11:object=web?pin-value={WRONG_PIN}"] * 2
    run([driver, 1, 2, *uris], openssl_cnf(web, key_cache_seconds=0))
    assert web.requests()["eccsign"] == 1


def test_the_right_pin_works_after_a_refused_one(web, openssl_cnf, run, driver):
    done = run([driver, 1, 3, f"sesam:web;pin-value={WRONG_PIN}", f"sesam:web;pin-value={PIN}"], openssl_cnf(web))
    assert done.stdout == "3\n"
    assert web.requests()["eccsign"] == 1 + 3


def test_a_pin_refused_for_one_key_is_sent_for_another(web, openssl_cnf, run, driver):
    web.create_key("other", pin=WRONG_PIN)
    done = run([driver, 1, 2, f"sesam:web;pin-value={WRONG_PIN}", f"sesam:other;pin-value={WRONG_PIN}"],
               openssl_cnf(web))
    assert done.stdout == "2\n"


def test_a_wrong_pin_sent_by_many_threads_at_once_does_not_lock_the_key(web, openssl_cnf, run, driver):
    run([driver, 32, 2, f"sesam:web;pin-value={WRONG_PIN}"], openssl_cnf(web))
    assert web.requests()["eccsign"] == 1


MANY = [("jobs", 256), ("plain-jobs", 256), ("workers", 16)]


@pytest.mark.parametrize("how, count", MANY)
def test_a_wrong_pin_is_sent_once_by_jobs_of_one_thread_and_by_forked_processes(simulator, openssl_cnf, run, trial, how,
                                                                                count):
    device = simulator(pin_tries=3, delay_ms=20)
    device.create_key("web", pin=PIN)
    done = run([trial, f"sesam:web;pin-value={WRONG_PIN}", how, count], openssl_cnf(device))
    assert done.stdout == "0\n"
    assert device.requests()["eccsign"] == 1
    assert done.stderr.count(":wrong PIN:") == count
    assert done.stderr.count("PIN previously rejected by the device; request not sent") == count - 1


@pytest.mark.parametrize("how, count", MANY)
def test_a_right_pin_serves_all_jobs_of_one_thread_and_all_forked_processes(simulator, openssl_cnf, run, trial, how,
                                                                            count):
    device = simulator(pin_tries=3, delay_ms=20)
    device.create_key("web", pin=PIN)
    done = run([trial, f"sesam:web;pin-value={PIN}", how, count], openssl_cnf(device))
    assert done.stdout == f"{count}\n", done.stderr
    assert device.requests()["eccsign"] == count


def test_a_process_that_is_killed_while_it_tries_a_pin_does_not_stop_the_others(simulator, openssl_cnf, run, trial):
    device = simulator(pin_tries=3, delay_ms=2000)
    device.create_key("web", pin=PIN)
    done = run([trial, f"sesam:web;pin-value={PIN}", "killed", 4], openssl_cnf(device))
    assert done.stdout == "3\n", done.stderr


def test_dnssec_signzone_with_a_wrong_pin_ends_and_does_not_lock_the_key(simulator, openssl_cnf, tmp_path):
    device = simulator(pin_tries=3)
    device.create_key("JP.example", pin=PIN)
    bind = Bind(tmp_path / "zone", openssl_cnf(device, log_level=1, log_output=tmp_path / "log"))
    bind.key_from_label(f"pkcs11:object=JP.example;pin-value={WRONG_PIN}")
    bind.add_names(200)
    device.reset_counters()
    signed = bind.sign("-n", 16, check=False)
    assert signed.done.returncode != 0
    assert device.requests()["eccsign"] == 1
    assert "wrong PIN: signing with key 'JP.example'" in (tmp_path / "log").read_text()
    assert WRONG_PIN not in (tmp_path / "log").read_text()
