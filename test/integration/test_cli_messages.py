# SPDX-License-Identifier: Apache-2.0
"""The command's error messages: suggestions, JSON, colours, and output that cannot be written."""
import json
import os
import re

import pytest

from harness.paths import COMMAND, REPOSITORY
from harness.programs import run
from harness.terminal import run_at_terminal

PIN = "24681357"


@pytest.fixture
def cnf(device, openssl_cnf):
    device.create_key("web")
    device.create_key("JP.example")
    device.create_key("k01", type="SYM", size=256, pin=PIN)
    return openssl_cnf(device, pin=PIN)


def errors(done) -> list[dict]:
    return [json.loads(line) for line in done.stderr.splitlines()]


# --- did you mean ---

@pytest.mark.parametrize("words, status, meant", [
    (["lsit"], 2, "list"), (["sho", "web"], 2, "show"), (["generate", "x", "--curv", "P-256"], 2, "--curve"),
    (["list", "--jsno"], 2, "--json"), (["--confg", "x", "list"], 2, "--config"),
    (["list", "--set", "addres=x"], 1, "address"), (["show", "wbe"], 1, "web"), (["uri", "jp.exmple"], 1, "JP.example"),
    (["list", "--sort", "crated"], 2, "created"), (["list", "--type", "ECC"], 2, "EC"),
    (["generate", "x", "--type", "RAS"], 2, "RSA"), (["list", "--curve", "p256"], 2, "P-256"),
    (["generate", "x", "--curve", "P256"], 2, "P-256"), (["list", "--color", "alwys"], 2, "always"),
    (["list", "sesam:objct=web"], 1, "object"), (["show", "pkcs11:objekt=web"], 1, "object"),
    (["sign", "sesam:object=web;cores=2", "--hex", "00" * 32], 1, "core"),
    (["list", "we"], 1, "web"), (["sign", "Web", "--hex", "00" * 32], 1, "web"),
], ids=str)
def test_a_misspelt_word_is_recognised(cnf, sesam, words, status, meant):
    done = sesam(cnf, *words, check=False)
    assert done.returncode == status and f"id you mean '{meant}'?" in done.stderr, str(done)


@pytest.mark.parametrize("words", [["frobnicate"], ["list", "--frobnicate"], ["list", "--set", "frobnicate=x"],
                                   ["show", "frobnicate"], ["list", "--sort", "frobnicate"],
                                   ["list", "sesam:frobnicate=web"], ["show", "sesam:wbe"], ["show", "k"]], ids=str)
def test_nothing_is_suggested_for_a_word_that_is_unlike_all_others(cnf, sesam, words):
    done = sesam(cnf, *words, check=False)
    assert done.returncode != 0 and "did you mean" not in done.stderr.lower()


def test_a_setting_in_openssl_cnf_is_recognised_too(device, openssl_cnf, sesam, openssl):
    cnf = openssl_cnf(device, tlscrt="x")
    for done in (sesam(cnf, "list", check=False), openssl(cnf, "pkey", "-in", "sesam:web", check=False)):
        assert "unknown setting 'tlscrt' in section" in done.stderr and "did you mean 'tlscert'?" in done.stderr


def test_suggestions_do_not_keep_anybody_waiting(device, cnf, sesam):
    device.fault("slow", -1, "listkeys", ms=20000)
    done = sesam(cnf, "show", "wbe", check=False, timeout=15)
    assert done.returncode == 1 and "unknown key" in done.stderr and "timed out" not in done.stderr


# --- errors as JSON ---

@pytest.mark.parametrize("words, status, reason, meant", [
    (["show", "wbe"], 1, "unknown_key", "web"), (["lsit"], 2, "usage", "list"), (["show"], 2, "usage", None),
    (["list", "--sort", "x"], 2, "usage", None), (["list", "--sort", "nmae"], 2, "usage", "name"),
    (["list", "--set", "core=x"], 1, "bad_configuration", None),
    (["generate", "web"], 1, "key_exists", None),
], ids=str)
def test_an_error_is_json_on_stderr(cnf, sesam, words, status, reason, meant):
    done = sesam(cnf, *words, "--json", "--set", "log_level=0", check=False)
    (line,) = errors(done)
    assert (done.returncode, done.stdout) == (status, "")
    assert line["error"]["reason"] == reason and line["error"]["message"]
    assert line["error"].get("did_you_mean") == meant


@pytest.mark.parametrize("words, is_json", [
    (["lsit", "--json=true"], True), (["lsit", "--json=false"], False), (["lsit", "--", "--json"], False),
    (["show", "--json=1"], True), (["simulate", "--", "true", "--json"], False), (["list", "--json=true", "--x"], True),
], ids=str)
def test_the_option_is_what_makes_errors_json(cnf, sesam, words, is_json):
    done = sesam(cnf, *words, check=False)
    assert done.returncode == 2 and done.stderr.startswith('{"error":' if is_json else "sesam: "), str(done)


def test_a_warning_is_json_too(cnf, sesam):
    done = sesam(cnf, "--json", "list", "--set", "pass=sesam-wrong", "--set", "log_level=0", check=False)
    assert [list(line) for line in errors(done)] == [["warning"], ["error"]]


def test_control_characters_in_an_error_stay_json(cnf, sesam):
    done = sesam(cnf, "--json", "show", "a\x1b[2J\nb", check=False)
    assert "\x1b" not in done.stderr and len(done.stderr.splitlines()) == len(errors(done)) == 1


def test_what_a_person_is_asked_is_on_the_terminal_and_not_within_the_json(cnf):
    words = [COMMAND, "--json", "delete", "web", "--set", "log_level=0"]
    done, screen = run_at_terminal(words, cnf, ("Type its name", "no"))
    assert "will be permanently deleted" in screen
    assert [line["error"]["reason"] for line in errors(done)] == ["bad_argument"]


@pytest.mark.parametrize("command, status", [(["no-such-program"], 127), (["true"], 0)], ids=str)
def test_the_shell_of_a_simulated_device_has_json_errors_too(run, command, status):
    done = run([COMMAND, "--json", "simulate", "--shell", "--", *command], check=False)
    assert done.returncode == status and len(errors(done)) == (1 if status else 0)


def test_a_simulated_device_that_does_not_start_is_json_too(run, tmp_path):
    (tmp_path / "device").write_text("in the way of a directory")
    done = run([COMMAND, "--json", "simulate", "--directory", tmp_path], check=False)
    (line,) = errors(done)
    assert done.returncode == 1 and "did not start: " in line["error"]["message"]


# --- empty values and duplicate values ---

@pytest.mark.parametrize("words, name", [
    (["sign", "web", "--hex", ""], "--hex"), (["sign", "web", "--hex="], "--hex"),
    (["sign", "web", "--hex=", "--raw"], "--hex"), (["sign", ""], "KEY"), (["sign", "--", ""], "KEY"),
    (["--config", "", "list"], "--config"), (["list", "--config="], "--config"), (["list", "--set", ""], "--set"),
    (["import", "--bind", "", "K.private"], "--bind"), (["import", "--bind=", "K.private"], "--bind"),
    (["import", ""], "FILE"), (["decrypt", "k01", "--out", ""], "--out"), (["list", ""], "PATTERN"),
    (["list", "--uris", ""], "--uris"), (["setup", "--system", ""], "--system"), (["setup", "--system="], "--system"),
    (["discover", "--make-key", ""], "--make-key"), (["doctor", ""], "FILE"), (["doctor", "--key", ""], "--key"),
], ids=str)
def test_an_empty_value_is_not_an_absent_one(device, cnf, sesam, words, name):
    """A script with an empty variable must not sign stdin or change the system's openssl.cnf."""
    done = sesam(cnf, *words, check=False)
    assert (done.returncode, done.stdout) == (2, "") and f"{name}: must not be empty" in done.stderr, str(done)
    assert device.requests() == {}


def test_a_value_may_be_empty_where_that_means_something(cnf, sesam, run):
    sesam(cnf, "list", "--set", "pin=")
    done = run([COMMAND, "simulate", "--shell", "--", "printf", "<%s>", ""])
    assert done.stdout == "<>"


@pytest.mark.parametrize("words", [["doctor", "--config", "a.cnf", "b.cnf"], ["doctor", "b.cnf", "--config", "a.cnf"],
                                   ["--config", "a.cnf", "doctor", "b.cnf"]], ids=str)
def test_a_file_cannot_be_given_in_two_ways(cnf, sesam, words):
    done = sesam(cnf, *words, check=False)
    assert (done.returncode, done.stdout) == (2, "") and "--config excludes FILE" in done.stderr, str(done)


@pytest.mark.parametrize("number", ["010", "0x20", "+20", " 20", "20 ", "2_0", "1e1"])
@pytest.mark.parametrize("words, name", [
    ("random {}", "N"), ("generate new --core {}", "--core"), ("generate new --type RSA --bits {}", "--bits"),
    ("bench web --threads {}", "--threads"), ("bench web --seconds {}", "--seconds"),
    ("discover --dry-run --max-requests {}", "--max-requests"), ("simulate --port {}", "--port"),
    ("simulate --delay-ms {}", "--delay-ms")])
def test_only_a_decimal_number_is_a_number(device, cnf, sesam, words, name, number):
    done = sesam(cnf, *(word.format(number) for word in words.split()), check=False)
    assert (done.returncode, done.stdout) == (2, "") and f"{name}: expected a decimal number" in done.stderr, str(done)
    assert device.requests() == {}


def test_no_number_may_be_given_in_another_form():
    """Every option with a number has the same check."""
    text = "".join(path.read_text() for path in (REPOSITORY / "cli").glob("*.cc"))
    ranges = re.findall(r"(->check\(decimal\(\)\)\s+)?->check\(CLI::Range\(", text)
    assert ranges and all(ranges)


# --- output that cannot be written ---

COMMANDS = [["--version"], ["--help"], ["list", "--help"], ["list"], ["list", "--long"], ["list", "--names"],
            ["list", "--uris", "sesam"], ["--json", "list"], ["show", "web"], ["uri", "web"], ["uri", "--pem", "web"],
            ["random", "5"], ["timestamp"], ["sign", "web", "--hex", "00" * 32],
            ["--json", "sign", "web", "--hex", "00" * 32], ["encrypt", "k01"],
            ["bench", "web", "--seconds", "1", "--threads", "1"], ["discover", "--dry-run"], ["simulate"],
            ["--json", "simulate"],
            ["sigstore-kms", "1", '{"methodName":"supportedAlgorithms"}']]


def to(target, words, cnf):
    return run(["sh", "-c", f'exec "$@" {target}', "-", COMMAND, *words], cnf, check=False, stdin=b"text", timeout=60)


@pytest.mark.parametrize("words", COMMANDS, ids=str)
@pytest.mark.parametrize("target", [">/dev/full", ">&-"])
def test_an_output_that_cannot_be_written_is_an_error(cnf, words, target):
    done = to(target, words, cnf)
    assert done.returncode == 1 and "cannot write to standard output" in done.stderr, str(done)


def test_the_reason_is_the_systems(cnf):
    assert to(">/dev/full", ["list"], cnf).stderr == "sesam: cannot write to standard output: No space left on device\n"


def test_closed_descriptors_do_not_become_connections(cnf):
    done = to("<&- >&- 2>&-", ["list"], cnf)
    assert done.returncode == 1


@pytest.mark.parametrize("words", [["sign", "web"], ["encrypt", "k01"], ["decrypt", "k01"]], ids=str)
def test_a_closed_stdin_is_not_an_empty_text(device, cnf, tmp_path, words):
    done = to(f"<&- --out {tmp_path}/out", words, cnf)
    assert done.returncode == 1 and "stdin: Bad file descriptor" in done.stderr, str(done)
    assert not (tmp_path / "out").exists() and device.requests().keys() <= {"getkeyattributes", "listkeys"}


@pytest.mark.parametrize("json_", [[], ["--json"]])
def test_a_key_that_was_created_is_named_although_the_output_is_lost(device, cnf, json_):
    done = to(">/dev/full", [*json_, "generate", "new"], cnf)
    (key,) = [key for key in device.keys() if key["nice_name"] == "new"]
    assert done.returncode == 1 and f"key 'new' ({key['key_id']}) was created on the device" in done.stderr


def test_a_key_that_was_deleted_is_named_although_the_output_is_lost(device, cnf):
    (key,) = [key for key in device.keys() if key["nice_name"] == "web"]
    done = to(">/dev/full", ["delete", "web", "--yes"], cnf)
    assert done.returncode == 1 and f"key 'web' ({key['key_id']}) was deleted from the device" in done.stderr


def test_all_imported_keys_are_named_although_the_output_is_lost(device, cnf, openssl, tmp_path):
    for name in ("a", "b"):
        openssl(None, "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", tmp_path / f"{name}.pem")
    done = to(">/dev/full", ["import", "--dir", tmp_path], cnf)
    made = {key["nice_name"]: key["key_id"] for key in device.keys()}
    assert done.returncode == 1 and all(f"'{name}' ({made[name]})" in done.stderr for name in ("a", "b"))


def test_a_key_that_was_made_for_cosign_is_named_although_the_output_is_lost(device, cnf):
    call = {"methodName": "createKey", "initOptions": {"keyResourceID": "new"},
            "createKey": {"algorithm": "ecdsa-p256"}}
    done = to(">/dev/full", ["sigstore-kms", "1", json.dumps(call)], cnf)
    (key,) = [key for key in device.keys() if key["nice_name"] == "new"]
    assert done.returncode == 1 and key["key_id"] in done.stderr


# --- colours ---

def screen_of(cnf, words, **environment):
    """The output of both streams on a terminal."""
    settings = " ".join(f"{name}={value}" for name, value in environment.items())
    return run_at_terminal(["sh", "-c", f"{settings} {COMMAND} {words} >/dev/tty 2>/dev/tty"], cnf)[1]


def test_colours_are_for_terminals(cnf, sesam):
    for words, style in (("list", "\x1b[1mNAME"), ("show nobody", "\x1b[1;31msesam:\x1b[0m")):
        assert style in screen_of(cnf, words, TERM="xterm")
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            assert "\x1b" not in screen_of(cnf, words, **environment)
        assert style in screen_of(cnf, words, NO_COLOR="''", TERM="xterm")
        assert style in screen_of(cnf, f"--color always {words}", NO_COLOR="1")
        assert "\x1b" not in screen_of(cnf, f"--color=never {words}", TERM="xterm")
    assert "\x1b" not in sesam(cnf, "list").stdout
    assert "\x1b[1mNAME" in sesam(cnf, "--color", "always", "list").stdout
    assert sesam(cnf, "--color", "sometimes", "list", check=False).returncode == 2


def test_json_has_no_colours(cnf, sesam):
    done = sesam(cnf, "--color", "always", "--json", "show", "nobody", check=False)
    assert "\x1b" not in done.stderr


# --- names ---

@pytest.mark.parametrize("name", ["new\nline", "esc\x1b[2J", "tab\t", "del\x7f", b"bad\xffname", "c1\u0085"])
def test_a_name_with_control_characters_is_refused(device, cnf, sesam, name):
    before = device.keys()
    word = os.fsdecode(name) if isinstance(name, bytes) else name
    done = sesam(cnf, "generate", word, check=False)
    assert done.returncode == 1 and "\x1b" not in done.stderr and device.keys() == before
