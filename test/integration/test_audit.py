# SPDX-License-Identifier: Apache-2.0
"""The audit: a line for each signature, generation, import and deletion that programs make."""
import json
import os
import re
import stat
from pathlib import Path

import pytest

from drivers.life import compile_driver, life, life_program, start_life  # noqa: F401
from harness.flavour import needs_trust_in_memory
from harness.metrics import parse, value
from harness.simulator import PASSWORD, USER

PIN, WRONG_PIN = "24681357", "99887766"
FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^ "]+)(?: |$)')


@pytest.fixture
def audit(tmp_path) -> Path:
    return tmp_path / "audit"


@pytest.fixture
def web(device):
    device.create_key("web")
    return device


def fields(line: str) -> dict[str, str]:
    """Parses a line, in which quoted values are JSON strings."""
    found = FIELD.findall(line)
    assert " ".join(f"{name}={text}" for name, text in found) == line, line
    return {name: json.loads(text) if text.startswith('"') else text for name, text in found}


def records(path: Path) -> list[dict[str, str]]:
    return [fields(line) for line in path.read_text().splitlines()]


def sign(openssl, cnf, uri="sesam:web", *more, **options):
    return openssl(cnf, "dgst", "-sha256", *more, "-sign", uri, "-out", "signature", "/dev/null", **options)


def test_nothing_is_recorded_by_default(web, openssl_cnf, openssl, tmp_path):
    before = set(tmp_path.iterdir())
    sign(openssl, openssl_cnf(web))
    assert {path.name for path in set(tmp_path.iterdir()) - before} == {"openssl0.cnf", "signature"}


def test_a_signature_is_a_line(web, openssl_cnf, openssl, audit):
    sign(openssl, openssl_cnf(web, audit_output=audit))
    record, = records(audit)
    key, = web.keys()
    assert list(record) == ["time", "event", "result", "program", "pid", "uid", "user", "key_id", "nice_name", "core",
                            "scheme", "node", "duration_ms"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["time"])
    assert {name: record[name] for name in ("event", "result", "program", "uid", "user", "key_id", "nice_name", "core",
                                            "scheme", "node")} == {
        "event": "sign", "result": "ok", "program": "openssl", "uid": str(os.geteuid()), "user": USER,
        "key_id": key["key_id"], "nice_name": "web", "core": "1", "scheme": "ECDSA SHA256", "node": web.url}
    assert float(record["duration_ms"]) > 0
    assert stat.S_IMODE(audit.stat().st_mode) == 0o600


def test_json_has_the_same_members(web, openssl_cnf, openssl, audit, tmp_path):
    log = tmp_path / "log"
    cnf = openssl_cnf(web, audit_output=audit, audit_digest="yes", log_format="json", log_level=5, log_output=log)
    sign(openssl, cnf)
    record = json.loads(audit.read_text())
    assert list(record)[:3] == ["time", "event", "result"] and record["core"] == 1 and record["pid"] > 1
    assert record["digest"] == "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "of no bytes"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert all(list(line) == ["time", "program", "pid", "level", "message"] for line in lines)
    assert any("POST " in line["message"] for line in lines)


def test_rsa_schemes_are_named(device, openssl_cnf, openssl, audit):
    device.create_key("rsa", type="RSA", size=2048)
    cnf = openssl_cnf(device, audit_output=audit)
    sign(openssl, cnf, "sesam:rsa")
    sign(openssl, cnf, "sesam:rsa", "-sigopt", "rsa_padding_mode:pss")
    assert [record["scheme"] for record in records(audit)] == ["RSA PKCS1 SHA256", "RSA PSS SHA256"]


def test_failures_are_recorded_with_their_reason(device, openssl_cnf, openssl, audit):
    device.create_key("web", pin=PIN)
    sign(openssl, openssl_cnf(device, audit_output=audit), f"sesam:web;pin-value={WRONG_PIN}", check=False)
    device.fault("error", -1, "eccsign", text="unknown command")
    sign(openssl, openssl_cnf(device, audit_output=audit, pin=PIN), check=False)
    assert [record["result"] for record in records(audit)] == ["wrong_pin", "unknown_command"]
    assert all(word not in audit.read_text() for word in (PIN, WRONG_PIN, PASSWORD))


def test_generation_import_and_deletion_are_recorded(device, openssl_cnf, openssl, sesam, audit, tmp_path):
    cnf = openssl_cnf(device, audit_output=audit)
    sesam(cnf, "generate", "made", "--no-pin")
    sesam(cnf, "generate", "made", "--no-pin", check=False)
    openssl(cnf, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "given.pem")
    sesam(cnf, "import", "given.pem", "--name", "given", "--no-pin")
    sesam(cnf, "delete", "made", "--yes")
    key_ids = {key["nice_name"]: key["key_id"] for key in device.keys()}
    made, again, given, deleted = records(audit)
    assert [record["event"] for record in (made, again, given, deleted)] == ["generate", "generate", "import", "delete"]
    assert [record["result"] for record in (made, again, given, deleted)] == ["ok", "key_exists", "ok", "ok"]
    assert (made["program"], made["key_type"], made["key_bits"]) == ("sesam", "NIST", "256")
    assert made["key_id"] == deleted["key_id"] and "key_id" not in again
    assert given["key_id"] == key_ids["given"]


def test_a_signature_that_does_not_verify_is_recorded_as_rejected(web, openssl_cnf, openssl, audit):
    web.fault("wrong-signature", 1, "eccsign")
    sign(openssl, openssl_cnf(web, audit_output=audit, verify_signatures="yes"))
    assert [(record["event"], record["result"]) for record in records(audit)] == [
        ("sign", "ok"), ("reject", "bad_signature"), ("sign", "ok")]


def test_the_node_that_signed_is_named(simulator, openssl_cnf, openssl, audit):
    first, second = simulator(), simulator()
    first.create_key("web")
    second.take_keys_of(first)
    cnf = openssl_cnf(first, url=f"{first.url} {second.url}", audit_output=audit,
                      tlscert=both(first, second, audit.parent))
    first.stop()
    sign(openssl, cnf)
    assert [record["node"] for record in records(audit)] == [second.url]


def both(first, second, directory: Path) -> Path:
    path = directory / "both.pem"
    path.write_text(first.tlscert.read_text() + second.tlscert.read_text())
    return path


def test_a_file_that_cannot_be_written_costs_records_and_no_signature(web, openssl_cnf, openssl, life, tmp_path):
    log = tmp_path / "log"
    cnf = openssl_cnf(web, audit_output="/dev/full", log_level=1, log_output=log)
    done = life(cnf, "load sign=3 metrics exit")
    assert value(parse(done.stdout), "sesam_audit_failures_total") == 3
    line, = log.read_text().splitlines()
    assert "the audit record cannot be written" not in line and "/dev/full: No space left on device" in line


def test_with_audit_required_no_signature_leaves_without_its_record(web, openssl_cnf, openssl, tmp_path):
    cnf = openssl_cnf(web, audit_output="/dev/full", audit_required="yes")
    done = sign(openssl, cnf, check=False)
    assert done.returncode != 0 and "the audit record cannot be written" in done.stderr
    assert "/dev/full: No space left on device; the device has signed; the signature is withheld" in done.stderr
    assert not (tmp_path / "signature").exists() or (tmp_path / "signature").read_bytes() == b""
    web.reset_counters()
    done = sign(openssl, openssl_cnf(web, audit_output=tmp_path / "no" / "file", audit_required="yes"), check=False)
    assert done.returncode != 0 and "no/file: No such file or directory" in done.stderr
    assert web.requests() == {}, "and the device is not asked"


def test_with_audit_required_a_new_key_is_named_by_the_error(device, openssl_cnf, sesam):
    done = sesam(openssl_cnf(device, audit_output="/dev/full", audit_required="yes"), "generate", "made", "--no-pin",
                 check=False)
    key, = device.keys()
    assert done.returncode != 0 and f"the key was made: {key['key_id']}" in done.stderr


def test_with_audit_required_a_full_disk_costs_one_key(device, openssl_cnf, run, tmp_path):
    """named retries every ten minutes, with a new key name."""
    program = compile_driver(tmp_path, "generations", "generations.c")
    done = run([program, "3"], openssl_cnf(device, audit_output="/dev/full", audit_required="yes"))
    assert done.stdout.split() == ["failed"] * 3
    assert "the key was made" in done.stderr and done.stderr.count("nothing was sent to the device") == 2
    assert len(device.keys()) == 1


def test_syslog_cannot_be_required(web, openssl_cnf, openssl):
    sign(openssl, openssl_cnf(web, audit_output="syslog"))
    done = sign(openssl, openssl_cnf(web, audit_output="syslog", audit_required="yes"), check=False)
    assert "audit_required = yes needs a file" in done.stderr


def test_parent_and_children_write_whole_lines_into_one_file(web, openssl_cnf, life, audit):
    life(openssl_cnf(web, audit_output=audit), "load busy=4 fork=3 [ sign=20 exit ] sign=20 idle exit", timeout=120)
    found = records(audit)
    assert len({record["pid"] for record in found}) == 4
    assert len(found) == web.requests()["eccsign"]


def losses(life_program, cnf, audit, actions):
    """Runs a process, and makes the audit directory when it reaches its mark. -> its pid, and the recorded losses"""
    started = start_life(life_program, cnf, actions)
    assert started.stdout.readline()
    audit.parent.mkdir()
    assert started.wait(30) == 0, started.stderr.read()
    return str(started.pid), [record for record in records(audit) if record["event"] == "lost"]


def test_losses_are_reported_by_parent_and_children_as_those_of_the_process_that_had_them(web, openssl_cnf,
                                                                                          life_program, tmp_path):
    audit = tmp_path / "later" / "audit"
    pid, lost = losses(life_program, openssl_cnf(web, audit_output=audit), audit,
                       "load sign=3 mark pause_ms=1500 fork=2 [ sign=1 exit ] sign=1 exit")
    assert {(record["count"], record["lost_pid"]) for record in lost} == {("3", pid)}
    assert len({record["pid"] for record in lost}) == 3, "a child may be the only one that lives on"
    assert list(lost[0])[-2:] == ["count", "lost_pid"]


def test_what_a_child_loses_is_not_added_to_the_losses_of_its_parent(web, openssl_cnf, life_program, tmp_path):
    audit = tmp_path / "later" / "audit"
    pid, (of_parent, of_child) = losses(life_program, openssl_cnf(web, audit_output=audit), audit,
                                        "load sign=3 fork=1 [ sign=2 mark pause_ms=1500 sign=1 exit ] exit")
    assert (of_parent["count"], of_parent["lost_pid"]) == ("3", pid)
    assert (of_child["count"], of_child["lost_pid"]) == ("2", of_child["pid"])


def test_a_rotated_file_is_opened_again(web, openssl_cnf, life_program, audit):
    started = start_life(life_program, openssl_cnf(web, audit_output=audit),
                         "load sign=1 mark pause_ms=1500 sign=1 exit")
    assert started.stdout.readline()
    audit.rename(audit.with_suffix(".1"))
    assert started.wait(30) == 0, started.stderr.read()
    assert len(records(audit)) == len(records(audit.with_suffix(".1"))) == 1


@needs_trust_in_memory
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_daemon_that_drops_its_privileges_goes_on_recording(web, openssl_cnf, life_program, audit):
    with start_life(life_program, openssl_cnf(web, audit_output=audit),
                    "init confine=65534 load sign=2 exit") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert [record["uid"] for record in records(audit)] == ["65534"] * 2
    assert audit.stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("required", ["yes", "no"])
def test_a_daemon_that_may_not_open_the_next_file_notices(web, openssl_cnf, life_program, tmp_path, required):
    audit = tmp_path / "audit"
    # Every user can search the directory, but only root can create files in it.
    for directory in (tmp_path, *tmp_path.parents):
        directory.chmod(directory.stat().st_mode | 0o111)
    log = tmp_path / "log"
    cnf = openssl_cnf(web, audit_output=audit, audit_required=required, log_level=1, log_output=log)
    steps = "init become=65534 load sign=1 mark pause_ms=2500 "
    steps += "sign_fails=2 exit" if required == "yes" else "sign=2 metrics exit"
    started = start_life(life_program, cnf, steps)
    assert started.stdout.readline()
    web.reset_counters()
    audit.rename(audit.with_suffix(".1"))
    audit.touch(0o640)
    output, errors = started.communicate(timeout=60)
    assert started.returncode == 0, errors
    assert audit.read_text() == ""
    if required == "yes":
        assert "eccsign" not in web.requests()
    else:
        assert value(parse(output.decode()), "sesam_audit_failures_total") == 2
        line, = log.read_text().splitlines()
        assert f"{audit}: Permission denied; the file was renamed or removed" in line


def test_names_forge_no_line(device, openssl_cnf, openssl, audit):
    name = 'x" result=ok\u202e time=now'
    key = device.create_key(name)
    sign(openssl, openssl_cnf(device, audit_output=audit), f"sesam:key-id={key['key_id']}")
    record, = records(audit)
    assert record["nice_name"] == name and "\u202e" not in audit.read_text()


def test_level_5_of_the_log_names_the_key_that_signed(web, openssl_cnf, openssl, tmp_path):
    log = tmp_path / "log"
    sign(openssl, openssl_cnf(web, log_level=5, log_output=log))
    key, = web.keys()
    assert f"sign with key 'web' ({key['key_id']}): ECDSA SHA256, {web.url}, ok, " in log.read_text()
