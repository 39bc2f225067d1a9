# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: a correct set-up, the errors that a new user corrects step by step, the format of the report."""
import json

import pytest

from harness.configuration import settings_for, write
from harness.doctor import PIN, assert_only_bad, assert_only_warning, bad_steps, names, steps_with
from harness.paths import MODULE
from harness.simulator import PASSWORD

STEPS = ["configuration file", "provider's section", "default provider", "default properties", "module", "libcrypto",
         "files", "log file", "settings", "secrets' files", "host name", "connection", "certificate", "HTTP",
         "access by GET", "clock", "connections", "key", "signature"]


@pytest.fixture
def web(device):
    return device.create_key("web", pin=PIN)


def test_all_is_well(device, web, openssl_cnf, doctor):
    cnf = openssl_cnf(device, pin=PIN)
    steps = doctor(cnf, "--key", "web")
    assert names(steps) == STEPS
    assert steps_with(steps, "good") == STEPS
    found = {name: steps[name]["finding"] for name in STEPS}
    assert found["configuration file"] == f"{cnf}, named by OPENSSL_CONF"
    assert str(MODULE) in found["module"] and "OpenSSL " in found["module"] and "libcrypto.so." in found["libcrypto"]
    assert "CN=seSAM-nserie-101, no subjectAltName, self-signed, valid until" in found["certificate"]
    assert str(device.tlscert) in found["certificate"]
    assert found["host name"] == "127.0.0.1, an IP address" and found["HTTP"] == "HTTP/2 over TLSv1.3"
    assert "pkmaster" in found["access by GET"] and web["key_id"] in found["key"] and "verified" in found["signature"]
    assert steps["all"]["summary"] == "No problem found." and "configuration" not in steps["all"]


def test_in_words_it_ends_with_one_line(device, web, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device, pin=PIN), "doctor", "--key", "web")
    *steps, empty, last = done.stdout.splitlines()
    assert [line[0] for line in steps] == ["✓"] * len(STEPS) and empty == "" and last == "No problem found."
    assert done.stderr == "" and PASSWORD not in done.output.decode() and PIN not in done.stdout
    done = sesam(openssl_cnf(device, core=9), "doctor", check=False)
    assert done.stdout.splitlines()[-1].startswith("1 problem found, 2 checks skipped: correct the first problem")


def test_print_config_prints_a_configuration_that_works_and_nothing_else(device, web, openssl_cnf, sesam, openssl,
                                                                         tmp_path):
    done = sesam(openssl_cnf(device, pin=PIN, key_cache_seconds=7), "doctor", "--key", "web", "--print-config")
    example = done.stdout
    assert "✓ signature: " in done.stderr and "No problem found." in done.stderr and "✓" not in example
    assert PASSWORD not in str(done) and PIN not in str(done) and "key_cache_seconds = 7\n" in example
    for name, text in (("pass", PASSWORD), ("pin", PIN)):
        assert f"file:/etc/sesam/{name} " in example
        example = example.replace(f"/etc/sesam/{name} ", f"{tmp_path / name} ")
        (tmp_path / name).write_text(text)
    (tmp_path / "example.cnf").write_text(example)
    openssl(tmp_path / "example.cnf", "pkeyutl", "-sign", "-rawin", "-digest", "sha256", "-inkey", "sesam:web", "-in",
            "pin", "-out", "sig")


def test_print_config_has_the_settings_even_if_something_is_wrong(device, openssl_cnf, sesam, doctor):
    done = sesam(openssl_cnf(device, core=9), "doctor", "--print-config", check=False)
    assert "core = 9\n" in done.stdout and "✗ access by POST: " in done.stderr
    report = doctor(openssl_cnf(device), "--print-config")["all"]
    assert report["configuration"].startswith("openssl_conf = ")


def test_without_utf8_marks_are_ascii(device, openssl_cnf, sesam):
    cnf = openssl_cnf(device, core=9, log_level=1, log_output="log")
    done = sesam(cnf, "doctor", check=False, environment={"LC_ALL": "C"})
    assert done.output.isascii() and "ok configuration file: " in done.stdout
    assert "WARNING log file: " in done.stdout and "FAILED access by POST: " in done.stdout
    assert "\n  -> " in done.stdout


def test_a_warning_is_a_failure_only_if_strict(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device, log_level=1, log_output="log")
    steps = doctor(cnf)
    assert_only_warning(steps, "log file", "log_output = log is a relative path", "use an absolute path")
    assert steps["all"]["healthy"] and steps["all"]["summary"] == "No problem found, 1 warning, 2 checks skipped."
    assert not doctor(cnf, "--strict")["all"]["healthy"]
    assert doctor(openssl_cnf(device), "--strict")["all"]["healthy"]


def test_wrong_in_five_ways_one_after_the_other(device, web, openssl_cnf, simulator, doctor, tmp_path):
    """A new user corrects one error after the other, as doctor advises."""
    other_certificate = simulator().tlscert
    module = tmp_path / "nowhere" / "sesam.so"
    settings = settings_for(device, url=f"https://no-such-host.invalid:{device.port}", address=None,
                            tlscert=other_certificate, core=2, pin="1111", **{"pass": "wrong"})
    cnf = tmp_path / "five.cnf"

    write(cnf, settings, module=module)
    steps = doctor(cnf, "--key", "web")
    assert bad_steps(steps) == ["module", "host name"]
    assert str(module) in steps["module"]["finding"] and f"module = {MODULE}" in steps["module"]["cure"]
    assert "'url'" in steps["host name"]["cure"] and "'address'" in steps["host name"]["cure"]
    assert "no-such-host.invalid" in steps["host name"]["finding"]
    assert all(steps[name]["result"] == "skipped" for name in STEPS[STEPS.index("connection"):])

    write(cnf, settings | {"url": device.url, "address": "127.0.0.1"})
    assert_only_bad(doctor(cnf, "--key", "web"), "certificate", "not trusted", str(other_certificate),
                    "compare the SHA-256 fingerprint")

    settings |= {"url": device.url, "address": "127.0.0.1", "tlscert": device.tlscert}
    write(cnf, settings)
    assert_only_bad(doctor(cnf, "--key", "web"), "access by GET", "access denied", "'user'/'pass'", "access rule")

    settings["pass"] = PASSWORD
    write(cnf, settings)
    assert_only_bad(doctor(cnf, "--key", "web"), "signature", "not in that core", "core 2", "correct 'core'")

    settings["core"] = 1
    write(cnf, settings)
    assert_only_bad(doctor(cnf, "--key", "web"), "signature", "wrong PIN", "correct the PIN in")

    settings["pin"] = PIN
    write(cnf, settings)
    assert bad_steps(doctor(cnf, "--key", "web")) == []


@pytest.mark.parametrize("rules, words, name, told", [
    ("post", ["--key", "web"], "access by GET", "add an access rule"),
    ("get", ["--key", "web"], "signature", "user and password are right, as a GET was authorized"),
    ("get", [], "access by POST", "user and password are right, as a GET was authorized")])
def test_a_missing_access_rule(device, web, openssl_cnf, doctor, rules, words, name, told):
    device.add_user("half", "of it", (rules,))
    steps = doctor(openssl_cnf(device, user="half", pin=PIN, **{"pass": "of it"}), *words)
    assert_only_bad(steps, name, "access denied", "access rule", told)


def test_a_locked_key_is_to_be_unlocked(simulator, openssl_cnf, doctor):
    device = simulator(pin_tries=1)
    device.create_key("web", pin=PIN)
    doctor(openssl_cnf(device, pin="1111"), "--key", "web")
    steps = doctor(openssl_cnf(device, pin=PIN), "--key", "web")
    assert_only_bad(steps, "signature", "the key is locked", "unlock the key")


@pytest.mark.parametrize("core, told", [(1, None), (9, "unknown core")])
def test_without_a_key_the_core_is_looked_at(device, openssl_cnf, doctor, core, told):
    device.reset_counters()
    steps = doctor(openssl_cnf(device, core=core))
    if told:
        assert_only_bad(steps, "access by POST", told, "correct 'core'")
    else:
        assert bad_steps(steps) == [] and steps["key"]["result"] == steps["signature"]["result"] == "skipped"
        assert "sesam doctor --key KEY" in steps["key"]["finding"]
    assert device.requests() == {"timestamp": 1, "eccsign": 1}


def test_a_key_that_is_not_there(device, web, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(device), "--key", "nobody")
    assert_only_bad(steps, "key", "unknown key", "nobody", "run: sesam list")
    assert steps["signature"]["result"] == "skipped"


@pytest.fixture
def cluster(device, simulator, openssl_cnf):
    """cluster(second, pin=…) -> an openssl.cnf with two nodes"""

    def make(second, first=device, **settings):
        both = device.tlscert.parent / "both.pem"
        both.write_bytes(first.tlscert.read_bytes() + second.tlscert.read_bytes())
        return openssl_cnf(first, url=f"{first.url} {second.url}", tlscert=both, **settings)

    return make


def on_nodes(report, name):
    return {step["node"]: step["result"] for step in report["all"]["steps"] if step["step"] == name}


def test_each_node_is_looked_at(device, web, simulator, cluster, doctor):
    second = simulator(http1=True)
    report = doctor(cluster(second, pin=PIN), "--key", "web")
    versions = [step["finding"][:8] for step in report["all"]["steps"] if step["step"] == "HTTP"]
    assert versions == ["HTTP/2 o", "HTTP/1.1"]
    assert on_nodes(report, "signature") == {device.url: "good", second.url: "skipped"}
    assert on_nodes(report, "key") == {device.url: "good", second.url: "bad"}
    second.create_key("another")
    second.create_key("web", pin=PIN)
    assert "is not the key of the first node" in doctor(cluster(second, pin=PIN), "--key", "web")["key"]["finding"]
    second.stop()
    report = doctor(cluster(second))
    assert on_nodes(report, "access by POST")[device.url] == "good" and bad_steps(report) == ["connection"]


def test_the_connections_of_a_node_are_those_of_its_own_http_version(simulator, cluster, doctor):
    report = doctor(cluster(simulator(), first=simulator(http1=True)))
    told = [step["finding"] for step in report["all"]["steps"] if step["step"] == "connections"]
    assert told == ["several; no limit reached", "one for all requests"]


def test_a_rejected_pin_is_not_sent_to_the_next_node(device, web, simulator, cluster, doctor):
    second = simulator(pin_tries=1)
    second.create_key("web", pin=PIN)
    assert on_nodes(doctor(cluster(second, pin="1111"), "--key", "web"), "signature") == {device.url: "bad",
                                                                                       second.url: "skipped"}
    assert "eccsign" not in second.requests()


@pytest.mark.parametrize("options, told", [({}, "one for all requests"), ({"http1": True}, "no limit reached"),
                                           ({"http1": True, "max_connections": 4, "delay_ms": 5},
                                            "allows 4 at a time")],
                         ids=["HTTP/2", "HTTP/1.1", "a limit"])
def test_the_connections_that_the_device_allows_are_told(simulator, openssl_cnf, sesam, options, told):
    done = sesam(openssl_cnf(simulator(**options)), "doctor", check=False)
    assert told in done.stdout, str(done)
