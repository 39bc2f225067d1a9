# SPDX-License-Identifier: Apache-2.0
"""The table of programs: each serves or signs with an EC and an RSA key in the device."""
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from harness.flavour import not_sanitized
from harness.paths import REPOSITORY
from harness.ports import free_port
from harness.programs import run
from harness.tls import make_identity
from programs.row import Daemon, Place, Program, Server
from programs.table import SERVERS, TOOLS

pytestmark = not_sanitized("most of these programs do not run with a sanitizer's library")


def cases(rows: list[Program]) -> list[object]:
    return [pytest.param(row, type, id="-".join(filter(None, [row.name, row.variant, type])))
            for row in rows for type in row.types]


@pytest.fixture
def place(device, openssl_cnf):
    """place("RSA") -> Place. Programs that switch to another user cannot enter pytest's directories."""
    with tempfile.TemporaryDirectory(prefix="sesam-program") as directory:
        path = Path(directory)
        path.chmod(0o755)

        def make(type: str) -> Place:
            cnf = openssl_cnf(device, tlscert=shutil.copy(device.tlscert, path), log_level=1, deadline_ms=5000)
            cnf = Path(shutil.copy(cnf, path))
            return Place(path, device, cnf, make_identity(device, cnf, path, type), free_port())

        yield make


def started(row: Server, place: Place) -> Daemon:
    arguments = row.start(place)
    if row.user and os.geteuid() == 0:
        for path in [place.directory, *place.directory.rglob("*")]:
            shutil.chown(path, row.user, row.user)
        arguments = ["setpriv", f"--reuid={row.user}", f"--regid={row.user}", "--init-groups", *arguments]
    return Daemon(arguments, place.cnf, place.port, place.directory, row.ready)


def handshake(place: Place, version: str, starttls: str) -> bool:
    """Makes a handshake with openssl s_client, which trusts only the certificate of the key in the device."""
    done = run(["openssl", "s_client", "-connect", f"127.0.0.1:{place.port}", f"-tls{version.replace('.', '_')}",
                "-CAfile", place.identity.certificate, "-verify_return_error", "-verify_hostname", "localhost",
                *(["-starttls", starttls] if starttls else [])], None, check=False)
    return "Verify return code: 0 (ok)" in done.stdout and f"New, TLSv{version}, Cipher is" in done.stdout


@pytest.mark.parametrize("row, type", cases([row for row in SERVERS if not row.refusal]))
def test_it_serves(place, row, type):
    row.skip_unless_installed()
    here = place(type)
    with started(row, here) as process:
        for count, version in enumerate(row.versions, 1):
            if row.client:
                row.client(here, version)
            else:
                assert handshake(here, version, row.starttls), process.output.read_text()
            assert here.device.requests().pop(here.identity.sign_command, 0) == count, process.output.read_text()
        assert set(here.device.requests()) <= {"getkeyattributes", here.identity.sign_command}
        assert process.end(signal.SIGTERM) in (0, -signal.SIGTERM)


@pytest.mark.parametrize("row, type", cases([row for row in SERVERS if row.refusal]))
def test_it_refuses_the_key_and_says_why(place, row, type):
    row.skip_unless_installed()
    here = place(type)
    with started(row, here) as process:
        assert not handshake(here, "1.3", row.starttls)
        logs = [path for path in (process.output, here.directory / "log") if path.exists()]
        process.wait_until(lambda: any(row.refusal in log.read_text() for log in logs), "it does not say why")
        assert here.identity.sign_command not in here.device.requests()


def assert_signs(row, place: Place) -> None:
    row.use(place)
    assert place.device.requests().pop(place.identity.sign_command, 0) == row.signatures
    assert set(place.device.requests()) <= {"getkeyattributes", place.identity.sign_command}


@pytest.mark.parametrize("row, type", cases([row for row in TOOLS if not row.refusal and not row.crash]))
def test_it_signs(place, row, type):
    row.skip_unless_installed()
    assert_signs(row, place(type))


@pytest.mark.parametrize("row, type", cases([row for row in TOOLS if row.refusal]))
def test_it_cannot_sign_and_says_why(place, row, type):
    row.skip_unless_installed()
    here = place(type)
    with pytest.raises(AssertionError, match=row.refusal) as refused:
        row.use(here)
    assert "exit status" in str(refused.value)
    assert here.identity.sign_command not in here.device.requests()


@pytest.mark.parametrize("row, type", cases([row for row in TOOLS if row.crash]))
def test_it_signs_unless_it_crashes_as_known(place, row, type):
    row.skip_unless_installed()
    try:
        assert_signs(row, place(type))
    except AssertionError as error:
        if "killed by signal" not in str(error):
            raise
        pytest.xfail(f"{row.name}: {row.crash}")


def test_every_program_is_in_the_table_of_scripts_matrix():
    table = (REPOSITORY / "test" / "matrix" / "table.py").read_text()
    assert [row.name for row in SERVERS + TOOLS if f'"[{row.name}-"' not in table] == []
