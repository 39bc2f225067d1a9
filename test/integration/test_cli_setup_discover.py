# SPDX-License-Identifier: Apache-2.0
"""sesam setup, where the device's signing command is not the assumed one: it offers the search of sesam discover."""
import json
import re
import shlex

import pytest

from harness.keys import assert_signs
from harness.paths import COMMAND
from harness.setup import DIALECTS, PIN, SEARCH, place, words  # noqa: F401
from harness.simulator import PASSWORD
from harness.terminal import run_at_terminal

ANOTHER_COMMAND = DIALECTS["EC"]


def printed_command(text, name):
    """The words of the command that a report advises the user to run."""
    line, = re.findall(rf"^    sesam ({name} .*)$", text, re.MULTILINE)
    return shlex.split(line)


@pytest.mark.parametrize("type, dialect", DIALECTS.items())
def test_another_signing_command_leads_to_discover(simulator, words, place, sesam, openssl, tmp_path, type, dialect):
    """Runs each command as printed; afterwards all files work, including those for named."""
    device = simulator(sign_dialect=json.dumps(dialect))
    done = sesam(None, *words(device, "--type", type, f"--named={tmp_path}/d"), check=False)
    assert done.returncode == 1 and (place / "openssl.cnf").exists()
    found = sesam(None, *printed_command(done.stdout, "discover"), "--yes").stdout
    row, = re.findall(r"^wire_\w+ = .*$", found, re.MULTILINE)
    text = (place / "openssl.cnf").read_text()
    (place / "openssl.cnf").write_text(text.replace("\nuser =", f"\n{row}\nuser =", 1))
    sesam(None, *printed_command(done.stdout, "setup"))
    for cnf in ("openssl.cnf", "named.cnf"):
        assert_signs(openssl, place / cnf, "sesam:web", tmp_path)
    deletion, = re.findall(r"^  sesam (delete .*)$", found, re.MULTILINE)
    sesam(None, *shlex.split(deletion), "--yes")
    assert [key["nice_name"] for key in device.keys()] == ["web"]


@pytest.mark.parametrize("type, dialect", DIALECTS.items())
def test_another_signing_command_is_searched_for_if_the_user_wants_it(simulator, words, place, sesam, openssl, tmp_path,
                                                                      type, dialect):
    device = simulator(sign_dialect=json.dumps(dialect), pin_tries=1)
    arguments = [COMMAND, *words(device, "--type", type, f"--named={tmp_path}/d")]
    done, screen = run_at_terminal(arguments, None, (SEARCH, "yes"))
    assert done.returncode == 0, (done, screen)
    assert "at most 400 requests" in done.stderr and "device message" in done.stderr
    assert "signature: made by" in done.stdout and "these files: made by" in done.stdout
    assert "✗" not in done.stdout and PIN not in str(done) + screen and PASSWORD not in str(done) + screen
    for cnf in ("openssl.cnf", "named.cnf"):
        assert f"command={dialect['command']} " in (place / cnf).read_text()
        assert_signs(openssl, place / cnf, "sesam:web", tmp_path)
    assert not [file for file in place.iterdir() if ".before-" in file.name]
    deletion, = re.findall(r"sesam (delete .*)$", done.stdout, re.MULTILINE)
    sesam(None, *shlex.split(deletion), "--yes")
    assert [key["nice_name"] for key in device.keys()] == ["web"]


def test_the_signing_command_found_is_in_a_report_as_json(simulator, words, place):
    device = simulator(sign_dialect=json.dumps(ANOTHER_COMMAND))
    done, screen = run_at_terminal([COMMAND, "--json", *words(device)], None, (SEARCH, "yes"))
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["healthy"] and "at most 400 requests" in screen and done.stderr == ""
    step, = [step for step in told["steps"] if step["step"] == "signing command"]
    assert "wire_ec_sign" in step["finding"] and "sesam delete hsm" in step["finding"]


@pytest.mark.parametrize("answer", ["no", ""])
def test_the_command_is_told_if_the_search_is_declined(simulator, words, place, answer):
    device = simulator(sign_dialect=json.dumps(ANOTHER_COMMAND))
    done, _ = run_at_terminal([COMMAND, *words(device)], None, (SEARCH, answer))
    assert done.returncode == 1 and "wire_" not in (place / "openssl.cnf").read_text()
    assert printed_command(done.stdout, "discover") and printed_command(done.stdout, "setup")
    assert [key["nice_name"] for key in device.keys()] == ["web"]


def test_with_yes_no_search_is_offered_at_the_terminal(simulator, words, place):
    device = simulator(sign_dialect=json.dumps(ANOTHER_COMMAND))
    done, screen = run_at_terminal([COMMAND, *words(device, "--yes")], None)
    assert done.returncode == 1 and screen == "" and printed_command(done.stdout, "discover")


@pytest.mark.parametrize("type, dialect, setting", [
    ("EC", {"command": "unheardof"}, "wire_ec_sign"),
    ("RSA", {"command": "unheardof", "as": "rsasign"}, "wire_rsa_sign"),
])
def test_a_search_that_finds_nothing_shows_the_answers_of_the_device(simulator, words, place, type, dialect, setting):
    device = simulator(sign_dialect=json.dumps(dialect))
    done, _ = run_at_terminal([COMMAND, *words(device, "--type", type)], None, (SEARCH, "yes"))
    assert f"Add the line for it, see {setting} in" in done.stdout
    assert done.returncode == 1 and "Not found after" in done.stdout and "sesam delete hsm" in done.stdout
    assert "wire_" not in (place / "openssl.cnf").read_text() and printed_command(done.stdout, "setup")
    assert "sesam discover --make-key" not in done.stdout
