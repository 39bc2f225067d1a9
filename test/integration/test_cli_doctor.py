# SPDX-License-Identifier: Apache-2.0
"""sesam doctor: names the cause of what is wrong, and the cure."""
import contextlib
import json
import shutil
import socket
import threading
import time

import pytest

from harness.configuration import settings_for, write
from harness.paths import MODULE
from harness.resolver import CAN_ANSWER, resolving
from harness.simulator import PASSWORD
from harness.tls import make_file_identity

PIN = "24681357"
STEPS = ["configuration file", "provider's section", "default provider", "default properties", "module", "libcrypto",
         "settings",
         "secrets' files", "host name", "connection", "certificate", "HTTP", "access by GET", "clock", "connections",
         "key", "signature"]


@pytest.fixture
def doctor(sesam):
    """doctor(cnf, …) -> its steps by name; holds the exit status against them."""

    def call(cnf, *words, **options):
        done = sesam(cnf, "doctor", "--json", *words, check=False, **options)
        told = json.loads(done.stdout)
        assert done.stderr == "" and told["well"] == (done.returncode == 0)
        assert told["well"] == all(step["result"] != "bad" for step in told["steps"])
        for step in told["steps"]:
            assert step["finding"] and ("cure" in step) == (step["result"] == "bad"), step
            assert PASSWORD not in str(step) and PIN not in str(step)
        return {step["step"]: step for step in told["steps"]} | {"configuration": told["configuration"]}

    return call


def bad_steps(steps):
    return [name for name, step in steps.items() if name != "configuration" and step["result"] == "bad"]


def assert_only_bad(steps, name, *told):
    """That step alone is bad; cause and cure are told."""
    assert bad_steps(steps) == [name]
    for words in told:
        assert words in steps[name]["finding"] + " => " + steps[name]["cure"], steps[name]


@pytest.fixture
def web(device):
    return device.create_key("web", pin=PIN)


def test_all_is_well(device, web, openssl_cnf, doctor):
    cnf = openssl_cnf(device, pin=PIN)
    steps = doctor(cnf, "--key", "web")
    assert [name for name in steps if name != "configuration"] == STEPS
    assert {step["result"] for name, step in steps.items() if name != "configuration"} == {"good"}
    found = {name: steps[name]["finding"] for name in STEPS}
    assert found["configuration file"] == f"{cnf}, named by OPENSSL_CONF"
    assert str(MODULE) in found["module"] and "OpenSSL " in found["module"] and "libcrypto.so." in found["libcrypto"]
    assert "CN=seSAM-nserie-101, no subjectAltName, valid until" in found["certificate"]
    assert str(device.tlscert) in found["certificate"]
    assert found["host name"] == "127.0.0.1 is 127.0.0.1" and found["HTTP"] == "HTTP/2 over TLSv1.3"
    assert "pkmaster" in found["access by GET"] and web["key_id"] in found["key"] and "verified" in found["signature"]


def test_in_words_it_ends_with_a_configuration(device, web, openssl_cnf, sesam, openssl, tmp_path):
    done = sesam(openssl_cnf(device, pin=PIN), "doctor", "--key", "web")
    lines, _, example = done.stdout.partition("An openssl.cnf with these settings:\n\n")
    assert [line[0] for line in lines.splitlines() if line] == ["✓"] * len(STEPS)
    assert PASSWORD not in done.stdout and PIN not in done.stdout
    for name, text in (("pass", PASSWORD), ("pin", PIN)):
        assert f"file:/etc/sesam/{name} " in example
        example = example.replace(f"/etc/sesam/{name} ", f"{tmp_path / name} ")
        (tmp_path / name).write_text(text)
    (tmp_path / "example.cnf").write_text(example)
    openssl(tmp_path / "example.cnf", "pkeyutl", "-sign", "-rawin", "-digest", "sha256", "-inkey", "sesam:web", "-in",
            "pin", "-out", "sig")


def test_without_utf8_marks_are_ascii(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device, core=9), "doctor", check=False, environment={"LC_ALL": "C"})
    assert done.output.isascii() and "ok configuration file: " in done.stdout
    assert "FAILED access by POST: " in done.stdout
    assert "\n  -> " in done.stdout and "An openssl.cnf with" not in done.stdout
    done = sesam(openssl_cnf(device, core=9), "doctor", "--print-config", check=False, environment={"LC_ALL": "C"})
    assert "An openssl.cnf with" in done.stdout and "core = 9\n" in done.stdout


def test_wrong_in_five_ways_one_after_the_other(device, web, openssl_cnf, simulator, doctor, tmp_path):
    """What a new user corrects, step by step, by what doctor says."""
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
                    "'tlscert' must name")

    settings |= {"url": device.url, "address": "127.0.0.1", "tlscert": device.tlscert}
    write(cnf, settings)
    assert_only_bad(doctor(cnf, "--key", "web"), "access by GET", "access denied", "'user'/'pass'", "access rule")

    settings["pass"] = PASSWORD
    write(cnf, settings)
    assert_only_bad(doctor(cnf, "--key", "web"), "signature", "not in that core", "core 2", "correct 'core'")

    settings["core"] = 1
    write(cnf, settings)
    assert_only_bad(doctor(cnf, "--key", "web"), "signature", "wrong PIN", "correct it in")

    settings["pin"] = PIN
    write(cnf, settings)
    assert bad_steps(doctor(cnf, "--key", "web")) == []


@pytest.mark.parametrize("rules, words, name", [("post", ["--key", "web"], "access by GET"),
                                                ("get", ["--key", "web"], "signature"), ("get", [], "access by POST")])
def test_a_missing_access_rule(device, web, openssl_cnf, doctor, rules, words, name):
    device.add_user("half", "of it", (rules,))
    steps = doctor(openssl_cnf(device, user="half", pin=PIN, **{"pass": "of it"}), *words)
    assert_only_bad(steps, name, "access denied", "add an access rule")


@pytest.mark.parametrize("core, told", [(1, None), (9, "unknown core")])
def test_without_a_key_the_core_is_looked_at(device, openssl_cnf, doctor, core, told):
    device.reset_counters()
    steps = doctor(openssl_cnf(device, core=core))
    if told:
        assert_only_bad(steps, "access by POST", told, "correct 'core'")
    else:
        assert bad_steps(steps) == [] and steps["key"]["result"] == steps["signature"]["result"] == "skipped"
        assert "--key" in steps["key"]["finding"]
    assert device.requests() == {"timestamp": 1, "eccsign": 1}


def test_a_key_that_is_not_there(device, web, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(device), "--key", "nobody")
    assert_only_bad(steps, "key", "unknown key", "nobody")
    assert steps["signature"]["result"] == "skipped"


def test_a_clock_that_is_wrong(simulator, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(simulator(clock_offset_s=-4000)))
    assert_only_bad(steps, "clock", "behind ours", "NTP")


def test_a_port_where_nobody_listens(device, openssl_cnf, doctor):
    assert_only_bad(doctor(openssl_cnf(device, address="127.0.0.1:1")), "connection",
                    "127.0.0.1 port 1: Connection refused", "'url' and 'address'")


def test_a_name_that_is_not_in_the_certificate(device, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(device, url=f"https://hsm.example:{device.port}"))
    assert_only_bad(steps, "certificate", "another host name", "hsm.example", "CN=seSAM-nserie-101",
                    "use the certificate's name in 'url'")


def test_a_certificate_that_no_ca_of_the_system_issued(device, openssl_cnf, doctor):
    assert_only_bad(doctor(openssl_cnf(device, tlscert=None)), "certificate", "tlscert is not set",
                    "'tlscert' must name")


def test_a_certificate_that_has_run_out(simulator, openssl_cnf, doctor, openssl, tmp_path):
    key, _ = make_file_identity(tmp_path, "seSAM-nserie-101")
    (tmp_path / "ca.cnf").write_text("[ca]\ndefault_ca=x\n[x]\ndatabase=db\nserial=serial\nnew_certs_dir=.\n"
                                     "default_md=sha256\npolicy=p\n"
                                     "[p]\ncommonName=supplied\n[req]\ndistinguished_name=dn\n[dn]\n")
    (tmp_path / "db").touch()
    openssl(tmp_path / "ca.cnf", "req", "-new", "-key", key, "-subj", "/CN=seSAM-nserie-101", "-out", "csr")
    openssl(tmp_path / "ca.cnf", "ca", "-batch", "-selfsign", "-create_serial", "-keyfile", key, "-in", "csr",
            "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-out", "old.crt", "-notext")
    old = simulator(tls_cert=tmp_path / "old.crt", tls_key=key)
    cnf = openssl_cnf(old, tlscert=tmp_path / "old.crt")
    assert_only_bad(doctor(cnf), "certificate", "certificate has expired", "Jan  1 00:00:00 2021",
                    "from Jan  1 00:00:00 2020")
    done = openssl(cnf, "pkey", "-in", "sesam:web", "-pubout", check=False)
    assert "the device's certificate is not valid at this time" in done.stderr
    assert "renew the device's certificate" in done.stderr


def test_http_1(simulator, openssl_cnf, doctor):
    assert doctor(openssl_cnf(simulator(http1=True)))["HTTP"]["finding"].startswith("HTTP/1.1 over TLSv1")


def test_a_client_certificate_is_shown(simulator, openssl_cnf, doctor, tmp_path):
    key, certificate = make_file_identity(tmp_path, "client")
    device = simulator(client_ca=certificate)
    assert bad_steps(doctor(openssl_cnf(device, client_cert=certificate, client_key=key))) == []
    assert "access by GET" in bad_steps(doctor(openssl_cnf(device)))


def test_something_else_than_tls(device, openssl_cnf, doctor):
    port = device.ready["control_port"]
    assert_only_bad(doctor(openssl_cnf(device, url=f"https://seSAM-nserie-101:{port}")), "certificate", "TLS failed",
                    "'url'")


@contextlib.contextmanager
def slow_handshake():
    """-> a port whose peer begins a TLS record and sends a byte of it every 0.1 s."""
    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    def drip(connection):
        with contextlib.suppress(OSError), connection:
            for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + bytes(600):
                connection.sendall(bytes([byte]))
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_a_handshake_that_does_not_end(device, openssl_cnf, doctor):
    with slow_handshake() as port:
        begun = time.monotonic()
        steps = doctor(openssl_cnf(device, url=f"https://seSAM-nserie-101:{port}", connect_timeout_ms=700))
        assert time.monotonic() - begun < 10
    assert_only_bad(steps, "certificate", "timed out", "no complete TLS handshake within 700 ms")


@pytest.mark.skipif(not CAN_ANSWER, reason="needs a resolver of our own")
def test_a_look_up_that_does_not_end(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device, address=None, connect_timeout_ms=700)
    with resolving("127.0.0.1", "delay_ms=30000"):
        begun = time.monotonic()
        steps = doctor(cnf)
        assert time.monotonic() - begun < 10
    assert_only_bad(steps, "host name", "seSAM-nserie-101: no reply within 700 ms")


def test_an_address_that_does_not_respond(device, openssl_cnf, doctor):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:  # its queue is full, so that SYNs are dropped
        port = server.getsockname()[1]
        with contextlib.ExitStack() as queue:
            for _ in range(4):
                waiting = queue.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(("127.0.0.1", port))
            steps = doctor(openssl_cnf(device, url=f"https://seSAM-nserie-101:{port}", connect_timeout_ms=700))
    assert_only_bad(steps, "connection", "timed out", f"127.0.0.1 port {port}")


def rewrite(cnf, *changes):
    text = cnf.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    cnf.write_text(text)


@pytest.mark.parametrize("old, new, name, told", [
    ("openssl_conf = init\n", "", "provider's section", "no 'openssl_conf = SECTION'"),
    ("providers = providers\n", "", "provider's section", "no 'providers = SECTION'"),
    ("[providers]", "[others]", "provider's section", "section [providers] is missing"),
    ("[sesam_provider]", "[others]", "provider's section", "section [sesam_provider] is missing"),
    ("sesam.so\nactivate = 1\n", "sesam.so\n", "provider's section", "[sesam_provider] lacks activate = 1"),
    ("default = default_provider\n", "", "default provider", "is not listed"),
    ("[default_provider]\nactivate = 1\n", "[default_provider]\n", "default provider",
     "[default_provider] lacks activate = 1"),
])
def test_what_openssl_cnf_lacks(device, openssl_cnf, doctor, old, new, name, told):
    cnf = openssl_cnf(device)
    rewrite(cnf, (old, new))
    steps = doctor(cnf)
    assert bad_steps(steps)[0] == name and told in steps[name]["finding"]


def test_sesam_before_default(device, openssl_cnf, doctor):
    assert_only_bad(doctor(openssl_cnf(device, sesam_first=True)), "default provider", "behind sesam",
                    "put 'default = default_provider' before")


@pytest.mark.parametrize("properties", ["?provider=sesam", "provider=sesam", "fips=yes"])
def test_default_properties_that_break_programs(device, openssl_cnf, doctor, properties):
    steps = doctor(openssl_cnf(device, default_properties=properties))
    assert_only_bad(steps, "default properties", properties, "remove it from [algorithms]")


def test_a_file_that_is_not_there_or_broken(doctor, tmp_path):
    steps = doctor(tmp_path / "missing.cnf")
    assert_only_bad(steps, "configuration file", "missing.cnf: No such file or directory (named by OPENSSL_CONF)",
                    "OPENSSL_CONF")
    assert {step["result"] for name, step in steps.items() if name in STEPS[1:]} == {"skipped"}
    assert_only_bad(doctor(None, tmp_path), "configuration file", f"{tmp_path} is a directory")
    (tmp_path / "broken.cnf").write_text("a = 1\nb = c$d\n")
    assert_only_bad(doctor(None, tmp_path / "broken.cnf"), "configuration file",
                    "broken.cnf, line 2: variable has no value", "named on the command line", "put a \\ before $")


def test_wrong_settings(device, openssl_cnf, doctor):
    steps = doctor(openssl_cnf(device, core="x"))
    assert_only_bad(steps, "settings", "core = x", "whole numbers", "openssl.cnf")
    assert steps["host name"]["result"] == "skipped"


def test_a_secret_that_all_can_read(device, openssl_cnf, doctor):
    cnf = openssl_cnf(device)
    cnf.chmod(0o644)
    assert_only_bad(doctor(cnf), "secrets' files", str(cnf), "read by every user", "chmod")


def test_a_module_that_is_none(device, openssl_cnf, doctor, tmp_path):
    (tmp_path / "sesam.so").write_text("not a library")
    cnf = openssl_cnf(device)
    rewrite(cnf, (str(MODULE), str(tmp_path / "sesam.so")))
    assert bad_steps(doctor(cnf)) == ["module", "libcrypto"]


def test_a_module_of_another_libcrypto(device, openssl_cnf, doctor, tmp_path):
    """Its name is as long, so it may be written over."""
    other = tmp_path / "sesam.so"
    shutil.copy(MODULE, other)
    other.write_bytes(other.read_bytes().replace(b"libcrypto.so.", b"libcrypto.sx."))
    cnf = openssl_cnf(device)
    rewrite(cnf, (str(MODULE), str(other)))
    steps = doctor(cnf)
    assert bad_steps(steps) == ["module", "libcrypto"]
    assert "libcrypto.sx." in steps["module"]["finding"] and "libcrypto.sx." in steps["libcrypto"]["finding"]
    assert "built for" in steps["libcrypto"]["cure"]


def test_a_module_in_openssls_directory(device, openssl_cnf, doctor, tmp_path):
    cnf = openssl_cnf(device)
    rewrite(cnf, (f"module = {MODULE}\n", ""))
    steps = doctor(cnf, environment={"OPENSSL_MODULES": str(tmp_path)})
    assert_only_bad(steps, "module", str(tmp_path / "sesam.so"), f"module = {MODULE}")
    shutil.copy(MODULE, tmp_path / "sesam.so")
    assert bad_steps(doctor(cnf, environment={"OPENSSL_MODULES": str(tmp_path)})) == []


def test_all_nodes_of_a_cluster_are_looked_at(device, simulator, openssl_cnf, sesam):
    second = simulator(http1=True)
    both = device.tlscert.parent / "both.pem"
    both.write_bytes(device.tlscert.read_bytes() + second.tlscert.read_bytes())
    told = json.loads(sesam(openssl_cnf(device, url=f"{device.url} {second.url}", tlscert=both), "doctor",
                            "--json").stdout)
    assert [step["finding"][:8] for step in told["steps"] if step["step"] == "HTTP"] == ["HTTP/2 o", "HTTP/1.1"]


@pytest.mark.parametrize("options, told", [({}, "one for all requests"), ({"http1": True}, "no limit was met"),
                                           ({"http1": True, "max_connections": 4, "delay_ms": 5},
                                            "allows 4 at a time")],
                         ids=["HTTP/2", "HTTP/1.1", "a limit"])
def test_the_connections_that_the_device_allows_are_told(simulator, openssl_cnf, sesam, options, told):
    done = sesam(openssl_cnf(simulator(**options)), "doctor", check=False)
    assert told in done.stdout, str(done)
