# SPDX-License-Identifier: Apache-2.0
"""A user name and password that the device has refused are not sent again immediately: the device may lock the user."""
import subprocess
import time

import pytest

from drivers.life import compile_driver
from harness.programs import minimal_environment
from harness.simulator import PASSWORD, USER

THREADS = 16


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "driver", "refused_access.c")


@pytest.fixture
def web(simulator):
    device = simulator()
    device.create_key("web")
    return device


class Signing:
    """A program whose threads sign continuously."""

    def __init__(self, driver, cnf, seconds):
        self.process = subprocess.Popen([driver, "sesam:web", str(THREADS), str(seconds)], env=minimal_environment(cnf),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def second(self):
        """-> (signatures, failures) of the next second"""
        return tuple(int(word) for word in self.process.stdout.readline().split())

    def end(self):
        _, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors
        return errors


def refused(device):
    return device.counters()["errors"].get("access denied", 0)


def test_a_password_that_is_wrong_from_the_start_is_sent_once(web, openssl_cnf, run, driver):
    done = run([driver, "sesam:web", THREADS, 1], openssl_cnf(web, **{"pass": "wrong"}), check=False)
    assert done.returncode == 3
    assert refused(web) == 1


def test_a_password_that_is_changed_is_sent_a_few_times_and_works_again_when_it_is_right(web, openssl_cnf, driver):
    signing = Signing(driver, openssl_cnf(web, verify_signatures="no"), 12)
    assert signing.second()[1] == 0
    web.add_user(USER, "another")
    seconds = [signing.second() for _ in range(5)]
    assert seconds[-1][0] == 0 and seconds[-1][1] > THREADS, "failures come at once"
    # Requests in flight at the change, one after 1 s and one after 3 s.
    assert refused(web) <= THREADS + 3
    web.add_user(USER, PASSWORD)
    time.sleep(0.1)
    after = [signing.second() for _ in range(5)]
    assert after[-1][0] > 0, f"a success clears the memory: {after}"
    errors = signing.end()
    assert "access denied" in errors
    assert "this request was not sent; next attempt in" in errors
    assert PASSWORD not in errors


def test_a_rule_that_forbids_signing_does_not_keep_from_listing(web, openssl_cnf, openssl):
    web.add_user("half", "half-secret", rules=("get",))
    cnf = openssl_cnf(web, user="half", **{"pass": "half-secret"})
    assert "sesam:key-id=" in openssl(cnf, "storeutl", "sesam:").stdout
    assert openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "/dev/null", check=False).returncode != 0


def test_the_doctor_asks_each_node_whatever_was_refused_before(web, simulator, openssl_cnf, sesam, tmp_path):
    other = simulator()
    (tmp_path / "both.pem").write_text(web.tlscert.read_text() + other.tlscert.read_text())
    cnf = openssl_cnf(web, url=f"{web.url} {other.url}", tlscert=tmp_path / "both.pem", **{"pass": "wrong"})
    done = sesam(cnf, "doctor", "--key", "web", check=False)
    assert refused(web) == refused(other) == 1 and "access denied" in done.stdout, done
    assert "this request was not sent" not in done.stdout + done.stderr
