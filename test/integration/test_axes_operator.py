# SPDX-License-Identifier: Apache-2.0
"""Operators' tasks for each combination of the axes of a set-up; see test_axes.py."""
import json

import pytest

from harness.axes import DEADLINE_MS, KEY, PIN, SET_UPS, World
from harness.bind import ZONE, Bind
from harness.doctor import bad_steps, make_dated, names
from harness.keys import assert_signs
from harness.metrics import read, value
from harness.paths import COMMAND
from harness.session import session_of, session_program  # noqa: F401
from harness.setup import DIALECTS, SEARCH, fingerprint
from harness.simulator import PASSWORD, USER
from harness.terminal import run_at_terminal

NEW = "changed-4711"


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "password"
    path.write_text(PASSWORD)
    path.chmod(0o600)
    return path


def setup_words(world, password, tmp_path):
    """A command line of `sesam setup` that answers every question."""
    words = ["setup", "--user", USER, "--pass-source", f"file:{password}", "--directory", tmp_path / "sesam", "--key",
             KEY]
    for node in world.cluster.nodes:
        words += ["--url", node.url, "--fingerprint", fingerprint(node.tlscert)]
        words += ["--address", "127.0.0.1"] if world.set_up.where == "address" else []
    if world.set_up.pin == "none":
        return [*words, "--no-pin"]
    (tmp_path / "pin").write_text(PIN)
    return [*words, "--pin-source", f"file:{tmp_path}/pin"]


def test_setup_writes_what_works(world, sesam, openssl, password, tmp_path):
    sesam(None, *setup_words(world, password, tmp_path))
    assert_signs(openssl, tmp_path / "sesam" / "openssl.cnf", f"sesam:{KEY}", tmp_path)


@pytest.fixture(params=SET_UPS, ids=str)
def unusual_world(request, tmp_path):
    """Devices whose signing commands are not the assumed ones."""
    one = World(request.param, tmp_path, {"sign_dialect": json.dumps(DIALECTS[request.param.key])},
                deadline_ms=DEADLINE_MS)
    yield one
    one.stop()


def test_setup_finds_an_unusual_signing_command(unusual_world, openssl, password, tmp_path):
    words = setup_words(unusual_world, password, tmp_path)
    done, screen = run_at_terminal([COMMAND, *words], None, (SEARCH, "yes"))
    assert done.returncode == 0, (done, screen)
    assert_signs(openssl, tmp_path / "sesam" / "openssl.cnf", f"sesam:{KEY}", tmp_path)


def test_setup_stops_at_an_expired_certificate(world, sesam, openssl, password, tmp_path):
    certificate = make_dated(openssl, tmp_path, "20250101000000Z", "20250201000000Z")
    for node in world.cluster.nodes:
        node.change_certificate(tlscert=certificate, tlskey=certificate.with_suffix(".key"))
    words = [fingerprint(certificate) if word == fingerprint(world.device.tlscert) else word
             for word in setup_words(world, password, tmp_path)]
    done = sesam(None, *words, check=False)
    assert done.returncode == 1 and "certificate has expired" in done.stdout + done.stderr, done
    assert not (tmp_path / "sesam").exists() and PASSWORD not in str(done)
    assert [node.requests() for node in world.cluster.nodes] == [{}] * len(world.cluster.nodes)


def test_the_doctor_finds_nothing(world, doctor):
    steps = doctor(world.cnf, "--key", KEY)
    assert bad_steps(steps) == [] and len(names(steps)) > 10


def test_each_signature_is_recorded_and_counted(world, openssl, tmp_path):
    audit, metrics = tmp_path / "audit", tmp_path / "metrics"
    metrics.mkdir()
    cnf = world.configure(tmp_path / "audited.cnf", audit_output=audit, log_format="json",
                          metrics_file=metrics / "sesam")
    openssl(cnf, "dgst", "-sha256", "-sign", f"sesam:{KEY}", "-out", "signature", "/dev/null")
    record, = map(json.loads, audit.read_text().splitlines())
    assert (record["event"], record["result"], record["nice_name"]) == ("sign", "ok", KEY)
    assert record["node"] in world.cluster.url.split() and PIN not in audit.read_text()
    samples, = map(read, metrics.iterdir())
    assert value(samples, "sesam_last_success_timestamp_seconds") > 1e9


def test_a_key_is_made_and_deleted_and_both_are_recorded(world, sesam, tmp_path):
    audit = tmp_path / "audit"
    cnf = world.configure(tmp_path / "audited.cnf", audit_output=audit, log_format="json")
    no_pin = ["--no-pin"] if world.set_up.pin == "none" else []
    sesam(cnf, "generate", "made", "--type", world.set_up.key, *no_pin)
    assert {key["nice_name"] for key in world.device.keys()} == {KEY, "made"}
    sesam(cnf, "delete", "made", "--yes")
    assert [key["nice_name"] for key in world.device.keys()] == [KEY]
    records = [json.loads(line) for line in audit.read_text().splitlines()]
    assert [(record["event"], record["result"], record["nice_name"]) for record in records] == [
        ("generate", "ok", "made"), ("delete", "ok", "made")]
    assert all(record["node"] in world.cluster.url.split() for record in records) and PIN not in audit.read_text()


def test_a_changed_password_is_read_again(world, session_program, password, tmp_path):  # noqa: F811
    cnf = world.configure(tmp_path / "changed.cnf", pass_source=f"file:{password}", **{"pass": None})
    with open(tmp_path / "log", "wb") as log, session_of(session_program, f"sesam:{KEY}", cnf, log) as say:
        assert (say("open"), say("sign")) == ("ok", "ok")
        for node in world.cluster.nodes:
            node.add_user(USER, NEW)
        password.write_text(NEW)
        assert say("sign") == "ok", (tmp_path / "log").read_text()


def test_a_zones_key_moves_into_the_device_and_back(world, sesam, tmp_path):
    bind = Bind(tmp_path / "zone", world.cnf)
    algorithm = "ECDSAP256SHA256" if world.set_up.key == "EC" else "RSASHA256"
    name = bind.tool("dnssec-keygen", "-a", algorithm, "-f", "KSK", ZONE).stdout.strip()
    private = bind.directory / f"{name}.private"
    before, public = private.read_bytes(), private.with_suffix(".key").read_bytes()
    no_pin = ["--no-pin"] if world.set_up.pin == "none" else []
    done = sesam(world.cnf, "import", "--bind", bind.directory, private, "--assume-frozen", *no_pin, check=False)
    if world.set_up.key == "RSA":  # devices cannot import RSA keys
        assert done.returncode == 1 and "RSA" in done.stderr and private.read_bytes() == before
        return
    assert done.returncode == 0, done
    for node in world.cluster.nodes[1:]:
        node.take_keys_of(world.device)
    world.device.reset_counters()
    signed = bind.sign()
    bind.verify()
    assert world.signatures() == signed.generated > 0 and private.with_suffix(".key").read_bytes() == public
    sesam(world.cnf, "import", "--undo", "--bind", bind.directory, private, "--assume-frozen")
    assert private.read_bytes() == before
