# SPDX-License-Identifier: Apache-2.0
"""Network failures between the provider and the device: each is reported on OpenSSL's error stack and in one log line.
Also which requests are retried."""
import contextlib
import socket
import threading
import time

import pytest

from harness.abuses_http1 import HEAD
from harness.hostile_peer import HostilePeer
from harness.keys import assert_signs, total_found
from harness.simulator import DEVICE_NAME, PASSWORD


@pytest.fixture
def failing(openssl_cnf, openssl, tmp_path):
    """failing(device, …settings): signs, which must fail. -> the error, which must be the same on the error stack and
    in the log"""

    def call(device, **settings) -> str:
        log = tmp_path / "log"
        log.unlink(missing_ok=True)
        cnf = openssl_cnf(device, log_level=1, log_output=log, **settings)
        done = openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null", check=False)
        assert done.returncode != 0, str(done)
        ours = [line for line in done.stderr.splitlines() if ":sesam:" in line]
        lines = log.read_text().splitlines()
        assert len(ours) == 1 and len(lines) == 1, f"{done}\n{lines}"
        function, told = ours[0].split(":sesam:", 1)[1].replace(":sesam:0:", ": ").split(":", 1)
        assert lines[0].endswith(f"{function}: {told}"), f"{ours}\n{lines}"
        assert PASSWORD not in told
        return told

    return call


@pytest.fixture
def web(device):
    device.create_key("web")
    return device


@pytest.fixture
def verbose(web):
    """-> a peer with the key of `web`, whose replies to signing requests have a header of 150,000 bytes"""
    peer = HostilePeer(web, "http/1.1")
    peer.arm("sign", lambda hostility, request: hostility.send(HEAD + b"X: " + b"y" * 150_000 + b"\r\n\r\n"))
    yield peer
    peer.stop()


def test_a_header_that_is_too_long_is_not_taken_for_a_lack_of_memory(web, verbose, failing):
    told = failing(web, url=verbose.url)
    assert "reply too large: signing with key 'web'" in told and "header" in told and "out of memory" not in told


def test_a_node_with_a_header_that_is_too_long_is_avoided(web, verbose, openssl_cnf, openssl, tmp_path):
    assert_signs(openssl, openssl_cnf(web, url=f"{verbose.url} {web.url}"), "sesam:web", tmp_path)
    assert verbose.abused == 1


def assert_tells(told: str, *parts: str) -> None:
    for part in parts:
        assert part in told, f"{part!r} is not in: {told}"


def test_a_certificate_that_is_not_trusted_names_the_trusted_file(web, simulator, failing):
    other = simulator(name=DEVICE_NAME)
    told = failing(web, tlscert=other.tlscert)
    assert_tells(told, "the device's certificate is not trusted: ", "'web'", web.url, f"tlscert = {other.tlscert}",
                 "'tlscert' must name a PEM file")
    assert web.counters()["requests_total"] == 0


def test_a_certificate_that_the_systems_cas_do_not_trust(web, failing):
    assert_tells(failing(web, tlscert=None), "the device's certificate is not trusted: ", web.url,
                 "trusted are the system's CAs, as tlscert is not set")


def test_a_trusted_file_whose_pem_is_broken(web, failing, tmp_path):
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert_tells(failing(web, tlscert=broken), "the device's certificate is not trusted: ", f"tlscert = {broken}")


def test_a_certificate_for_another_host_name(web, failing):
    url = f"https://another-name:{web.port}"
    told = failing(web, url=url)
    assert_tells(told, "the device's certificate is for another host name: ", "'web'", url, "another-name",
                 "'address' for where to connect")
    assert web.counters()["requests_total"] == 0


def test_a_refused_connection(web, failing):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound, but not listening
        url = f"https://{DEVICE_NAME}:{unheard.getsockname()[1]}"
        assert_tells(failing(web, url=url), "cannot connect: ", "'web'", url, "that the device is up")


def test_a_host_name_that_cannot_be_resolved(web, failing):
    url = f"https://no-such-host.invalid:{web.port}"
    assert_tells(failing(web, url=url, address=None), "host name cannot be resolved: ", "'web'", url,
                 "no-such-host.invalid", "set 'address' in openssl.cnf")


def test_a_server_that_speaks_no_tls(web, failing):
    def answer_in_plain_text() -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer_in_plain_text, daemon=True).start()
        url = f"https://{DEVICE_NAME}:{server.getsockname()[1]}"
        assert_tells(failing(web, url=url), "TLS failed: ", "'web'", url, "HTTPS interface")


@pytest.mark.parametrize("command", ["getkeyattributes", "eccsign"])
def test_a_device_that_does_not_answer(web, failing, command):
    web.fault("black-hole", command=command, count=-1)
    start = time.monotonic()
    told = failing(web, request_timeout_ms=500, deadline_ms=2000)
    assert time.monotonic() - start < 5
    # libcurl 8 may have made the last attempt on the abandoned connection.
    about = ("timed out: ", "request_timeout_ms") if "timed out: " in told else ("connection lost: ",
                                                                                 "check the network")
    assert_tells(told, *about, "'web'", web.url)
    assert 2 <= web.requests()[command] <= 4


@pytest.mark.parametrize("fault", [{"name": "black-hole"}, {"name": "http-503"}, {"name": "status", "status": 429},
                                   {"name": "status", "status": 502}, {"name": "status", "status": 504}],
                         ids=lambda fault: str(fault.get("status", fault["name"])))
@pytest.mark.parametrize("command", ["getkeyattributes", "eccsign"])
def test_a_device_that_is_silent_or_busy_for_a_moment_is_asked_again(web, openssl_cnf, openssl, fault, command):
    web.fault(**fault, command=command)
    done = openssl(openssl_cnf(web, request_timeout_ms=1000), "dgst", "-sha256", "-sign", "sesam:web", "-out",
                   "signature", "/dev/null")
    assert done.stderr == ""
    assert web.requests() == {"getkeyattributes": 1, "eccsign": 1} | {command: 2}


def test_a_busy_device_is_not_waited_for_beyond_the_deadline(web, failing):
    web.fault("http-503", command="eccsign", count=-1)  # its Retry-After is one second
    assert_tells(failing(web, deadline_ms=900), "the device is busy: ", "'web'", web.url, "HTTP status 503", '"busy"',
                 "; 1 attempt in ", " ms, the next one is allowed in 1 s (Retry-After)", "or raise 'deadline_ms'")
    assert web.requests()["eccsign"] == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_device_that_stays_busy_is_not_taken_for_another_device(web, failing, status):
    web.fault(f"http-{status}", command="eccsign", count=-1, retry_after_s=-1)
    told = failing(web, deadline_ms=1500)
    assert_tells(told, "the device is busy: ", f"HTTP status {status}", "or raise 'deadline_ms'")
    assert f"; {web.requests()['eccsign']} attempts in " in told and "Retry-After" not in told, told
    assert "names an N200" not in told and web.requests()["eccsign"] > 3


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_failure_of_the_server_is_not_taken_for_another_device(web, failing, status):
    web.fault("not-json", command="eccsign", count=-1, status=status)
    told = failing(web, deadline_ms=900)
    assert_tells(told, "the device, or a proxy, failed: ", f"HTTP status {status}", "any proxy or load balancer")
    assert "names an N200" not in told, told


@pytest.mark.parametrize("retry_after_s", [2**63 - 1, 2**63 // 1000 + 1])
def test_a_busy_device_that_asks_for_ages_is_not_asked_again(web, failing, retry_after_s):
    web.fault("http-503", command="eccsign", count=-1, retry_after_s=retry_after_s)
    assert_tells(failing(web, deadline_ms=900), "HTTP status 503")
    assert web.requests()["eccsign"] == 1


def test_the_deadline_bounds_the_whole_operation(web, failing):
    web.fault("reset", command="eccsign", count=-1)
    start = time.monotonic()
    assert_tells(failing(web, deadline_ms=700), "connection lost: ", "'web'", web.url, "check the network")
    assert time.monotonic() - start < 5  # it ends early if the next pause would exceed the deadline
    assert web.requests()["eccsign"] > 3


@pytest.mark.parametrize("fault, parts", [
    ({"name": "http-500"}, ["the device, or a proxy, failed: ", "HTTP status 500", '"internal error"']),
    ({"name": "status", "status": 401}, ["access denied: ", "HTTP status 401", "access rule"]),
    ({"name": "status", "status": 418}, ["unexpected HTTP status: ", "HTTP status 418"]),
    ({"name": "not-json"}, ["reply cannot be used: ", "names an N200"]),
    ({"name": "missing-field"}, ["reply lacks a field: ", "'result' is missing", "wire_... settings"]),
    ({"name": "wrong-type"}, ["reply lacks a field: ", "'result' is not a", "wire_... settings"]),
    ({"name": "oversized"}, ["reply too large: "]),
    ({"name": "error", "text": "tamper alarm"}, ["the device reported an error: ", 'device message: "tamper alarm"']),
], ids=lambda value: value.get("name") if isinstance(value, dict) else "")
@pytest.mark.parametrize("command", ["getkeyattributes", "eccsign"])
def test_a_reply_that_is_of_no_use(web, failing, fault, parts, command):
    web.fault(**fault, command=command, count=-1)
    assert_tells(failing(web), *parts, "'web'", web.url)
    assert web.requests()[command] == 1


def test_a_signature_of_the_wrong_length(web, failing):
    web.fault("short-signature", command="eccsign", count=-1)
    assert_tells(failing(web), "signature of the wrong length: ", "'web'", web.url, "expected 64 bytes",
                 "124 characters", "wire_... settings")


SIGN = {"NIST": "eccsign", "RSA": "rsasign"}


@pytest.fixture
def signing(simulator, openssl_cnf, openssl, tmp_path):
    """signing(type, wrong, …settings): signs with a device whose first `wrong` signatures are invalid. -> the result,
    the device, the log"""

    def call(key_type: str, wrong: int, delay_ms: int = 0, **settings):
        device = simulator(delay_ms=delay_ms)
        device.create_key("web", type=key_type, size=2048 if key_type == "RSA" else 256)
        device.fault("wrong-signature", command=SIGN[key_type], count=wrong)
        cnf = openssl_cnf(device, log_level=1, log_output=tmp_path / "log", **settings)
        (tmp_path / "data").write_text("data")
        openssl(cnf, "pkey", "-in", "sesam:web", "-pubout", "-out", "public")
        done = openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", tmp_path / "data",
                       check=False)
        return done, device, (tmp_path / "log").read_text().splitlines()

    return call


@pytest.mark.parametrize("key_type, settings", [("NIST", {"verify_signatures": "yes"}), ("RSA", {}),
                                                ("RSA", {"verify_signatures": "yes"})])
def test_a_signature_that_is_wrong_once_is_asked_for_again_and_logged(signing, openssl, tmp_path, key_type, settings):
    done, device, log = signing(key_type, 1, **settings)
    assert done.returncode == 0 and done.stderr == ""
    openssl(None, "dgst", "-sha256", "-verify", "public", "-signature", "signature", tmp_path / "data")
    assert device.requests()[SIGN[key_type]] == 2
    assert len(log) == 1 and "does not match the public key; retrying" in log[0]


@pytest.mark.parametrize("key_type, settings", [("NIST", {"verify_signatures": "yes"}), ("RSA", {})])
def test_a_signature_that_is_wrong_each_time_is_an_error(signing, key_type, settings):
    done, device, log = signing(key_type, -1, **settings)
    assert done.returncode != 0
    assert_tells(done.stderr, "invalid signature",  "'web'", "does not match the public key")
    assert device.requests()[SIGN[key_type]] == 5
    assert len(log) == 5 and "invalid signature: " in log[4]


def test_all_tries_of_a_wrong_signature_have_one_deadline(signing):
    done, device, _ = signing("RSA", -1, delay_ms=400, deadline_ms=1000)
    assert done.returncode != 0 and device.requests()["rsasign"] <= 3


@pytest.mark.parametrize("key_type, settings", [("NIST", {}), ("RSA", {"verify_signatures": "no"})])
def test_a_wrong_signature_is_handed_out_where_none_is_verified(signing, openssl, tmp_path, key_type, settings):
    done, device, log = signing(key_type, 1, **settings)
    assert done.returncode == 0 and log == []
    assert openssl(None, "dgst", "-sha256", "-verify", "public", "-signature", "signature", tmp_path / "data",
                   check=False).returncode != 0


# How the device ends the connection -> how often the request reaches its command handler.
LOSSES = {"reset": 2, "goaway": 1, "goaway-hard": 2, "refused-stream": 2, "misdirected": 2, "truncated": 2}


@pytest.mark.parametrize("command", ["getkeyattributes", "eccsign"])
@pytest.mark.parametrize("fault", LOSSES)
def test_a_lost_request_is_sent_once_more(web, openssl_cnf, openssl, fault, command):
    web.fault(fault, command=command)
    done = openssl(openssl_cnf(web), "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null")
    assert done.stderr == ""
    assert web.requests() == {"getkeyattributes": 1, "eccsign": 1} | {command: LOSSES[fault]}


@pytest.mark.parametrize("fault", ["reset", "truncated", "misdirected"])
def test_a_lost_request_is_sent_once_more_over_http1(simulator, openssl_cnf, openssl, fault):
    device = simulator(http1=True)
    device.create_key("web")
    device.fault(fault, command="eccsign")
    openssl(openssl_cnf(device), "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null")
    assert device.requests() == {"getkeyattributes": 1, "eccsign": 2}


def test_a_repetition_is_logged_at_level_2(web, openssl_cnf, openssl, tmp_path):
    web.fault("reset", command="eccsign")
    cnf = openssl_cnf(web, log_level=2, log_output=tmp_path / "log")
    openssl(cnf, "dgst", "-sha256", "-sign", "sesam:web", "-out", "signature", "/dev/null")
    lines = (tmp_path / "log").read_text().splitlines()
    # libcurl 8 may use the broken connection for the retry, which is then retried itself.
    assert 1 <= len(lines) <= 2 and all("retrying: " in line and "'web'" in line for line in lines), lines


def test_storeutl_ends_after_each_failure(web, openssl_cnf, openssl):
    for fault in ("http-500", "not-json", "missing-field", "wrong-type", "oversized"):
        for uri in ("sesam:", "sesam:web"):
            web.fault(fault, count=-1)
            done = openssl(openssl_cnf(web), "storeutl", uri, check=False, timeout=20)
            assert total_found(done.stdout) == 0 and "BEGIN" not in done.stdout, str(done)
            assert done.returncode == 1 and done.stderr.count(":sesam:store_load:") == 1, str(done)
            web.clear_faults()
