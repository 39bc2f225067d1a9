# SPDX-License-Identifier: Apache-2.0
"""If a command fails after it has changed the device or files, its errors say what was changed."""
import json
import resource
import signal
import subprocess

import pytest

from harness.bind import ZONE, Bind
from harness.paths import COMMAND
from harness.setup import place, words  # noqa: F401

PIN = "12345678"
NO_SPACE = "cannot write to standard output: No space left on device"


@pytest.fixture
def bind(tmp_path, device, openssl_cnf):
    return Bind(tmp_path / "zone", openssl_cnf(device, pin=PIN))


@pytest.fixture
def k_files(bind):
    """The K*.private files of a KSK and a ZSK, sorted by name."""
    names = [bind.tool("dnssec-keygen", "-a", "ECDSAP256SHA256", *flags, ZONE).stdout.strip()
             for flags in (("-f", "KSK"), ())]
    return sorted(bind.directory / f"{name}.private" for name in names)


@pytest.fixture
def to(run):
    """to(target, cnf, words) runs the command, with its output redirected by the shell to `target`."""
    def call(target, cnf, words):
        return run(["sh", "-c", f'exec "$@" {target}', "-", COMMAND, *words], cnf, check=False, timeout=60)
    return call


def import_of(bind, files):
    return ["import", "--bind", bind.directory, "--assume-frozen", *files]


def creations(device):
    keys = device.keys()
    assert keys
    return [f"key '{key['nice_name']}' ({key['key_id']}) was created on the device" for key in keys]


def into_closed_pipe(cnf, words):
    """Like `sesam … | true`, whose reader has exited before the command writes."""
    return subprocess.run(["bash", "-c", '"$@" 2>stderr | true; echo ${PIPESTATUS[0]}; cat stderr', "-",
                           "sh", "-c", 'sleep 0.5; exec "$@"', "-", COMMAND, *map(str, words)], check=True, timeout=60,
                          capture_output=True, text=True, cwd=cnf.parent,
                          env={"OPENSSL_CONF": str(cnf), "PATH": "/usr/bin:/bin"},
                          preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL)).stdout


@pytest.mark.parametrize("json_", [[], ["--json"]])
def test_keys_and_k_files_are_named_although_the_output_is_lost(device, bind, k_files, to, json_):
    done = to(">/dev/full", bind.openssl_conf, [*json_, *import_of(bind, k_files)])
    assert done.returncode == 1 and NO_SPACE in done.stderr
    changes = creations(device) + [f"{file} was replaced; the private key is in {file}.saved" for file in k_files]
    for change in changes:
        assert done.stderr.count(change) == 1, (change, done.stderr)
    if json_:
        assert json.loads(done.stderr)["error"]["changes"] == changes


def test_k_files_that_hold_their_keys_again_are_named_although_the_output_is_lost(bind, k_files, sesam, to):
    sesam(bind.openssl_conf, *import_of(bind, k_files))
    done = to(">/dev/full", bind.openssl_conf, ["--json", *import_of(bind, k_files), "--undo"])
    assert done.returncode == 1
    assert json.loads(done.stderr)["error"]["changes"] == [f"{file} holds its private key again" for file in k_files]


def test_a_key_is_named_if_it_cannot_sign(device, bind, k_files, sesam):
    device.fault("error", count=-1, command="eccsign", text="out of order")
    done = sesam(bind.openssl_conf, *import_of(bind, k_files[:1]), check=False)
    (creation,) = creations(device)
    assert done.returncode == 1 and "out of order" in done.stderr
    assert done.stderr.count(creation) == 1 and "was replaced" not in done.stderr


def test_the_first_key_is_named_if_the_second_cannot_be_imported(device, bind, k_files, sesam):
    device.fault("error", every=2, command="importecckey", text="out of order")
    done = sesam(bind.openssl_conf, *import_of(bind, k_files), check=False)
    (creation,) = creations(device)
    assert done.returncode == 1 and done.stderr.count(creation) == 1, done


@pytest.mark.parametrize("json_", [[], ["--json"]])
def test_setup_names_key_and_files_although_the_output_is_lost(device, words, place, to, json_):  # noqa: F811
    done = to(">/dev/full", None, [*json_, *words(device)])
    assert done.returncode == 1 and NO_SPACE in done.stderr, done
    for change in creations(device) + [f"{place}/{name} was written" for name in ("device.pem", "pass", "openssl.cnf")]:
        assert done.stderr.count(change) == 1, (change, done.stderr)


def test_setup_names_the_key_if_it_writes_nothing(device, words, place, sesam):  # noqa: F811
    device.fault("error", count=-1, command="eccsign", text="this PIN is wrong")
    done = sesam(None, *words(device), check=False)
    (creation,) = creations(device)
    assert done.returncode == 1 and "nothing was written" in done.stderr and not place.exists()
    assert done.stderr.count(creation) == 1


def test_setup_names_the_key_as_a_change_in_json(device, words, place, sesam):  # noqa: F811
    device.fault("error", count=-1, command="eccsign", text="this PIN is wrong")
    done = sesam(None, "--json", *words(device), check=False)
    assert done.returncode == 1 and not json.loads(done.stdout)["written"]
    error = json.loads(done.stderr)["error"]
    assert error["reason"] == "setup_failed" and error["changes"] == creations(device)


def test_setup_names_the_key_as_a_change_in_json_if_a_file_cannot_be_written(
        device, words, place, sesam):  # noqa: F811
    """A limit of the size of files, between device.pem and openssl.cnf; Python ignores its signal."""
    done = sesam(None, "--json", *words(device), check=False, restore_signals=False,
                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (540, 540)))
    error = json.loads(done.stderr)["error"]
    assert done.returncode == 1 and "File too large" in error["detail"] and error["changes"] == creations(device)
    assert not place.exists()


def lose(device, command, look_up):
    """The reply to the command is lost, and every `look_up`-th look-up of the key fails: the one that follows, too."""
    device.fault("truncated", command=command)
    device.fault("error", every=look_up, command="getkeyattributes", text="out of order")


def test_setup_ends_with_status_3_if_the_key_may_or_may_not_exist(device, words, place, sesam):  # noqa: F811
    lose(device, "genecckey", look_up=3)
    done = sesam(None, *words(device), check=False)
    assert done.returncode == 3 and "it is not known whether the key exists" in done.stdout, done


def test_an_import_of_several_files_ends_with_status_3_if_a_key_may_or_may_not_exist(device, bind, k_files, sesam):
    lose(device, "importecckey", look_up=2)
    done = sesam(bind.openssl_conf, "import", *k_files, check=False)
    assert done.returncode == 3 and "it is not known whether the key exists" in done.stderr, done


@pytest.mark.parametrize("words", [["generate", "new"], ["--json", "generate", "new"]], ids=str)
def test_a_key_is_named_although_the_pipe_is_closed(device, bind, words):
    told = into_closed_pipe(bind.openssl_conf, words)
    assert told.startswith("1\n") and "Broken pipe" in told and creations(device)[0] in told, told


def test_a_closed_pipe_ends_a_command_that_changes_nothing_silently(device, bind):
    device.create_key("web")
    assert into_closed_pipe(bind.openssl_conf, ["list"]) == f"{128 + signal.SIGPIPE}\n"


def test_the_reason_is_the_systems_for_a_long_output_too(device, bind, to):
    for number in range(120):
        device.create_key(f"a-key-with-a-long-name-{number:04}")
    assert to(">/dev/full", bind.openssl_conf, ["list"]).stderr == f"sesam: {NO_SPACE}\n"
