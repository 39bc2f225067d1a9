# SPDX-License-Identifier: Apache-2.0
"""`sesam simulate`: runs a device with keys and a matching openssl.cnf, until Ctrl-C."""
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import termios
import time
from pathlib import Path

import pytest

from harness.keys import assert_signs
from harness.paths import COMMAND, SIMULATOR
from harness.programs import minimal_environment
from harness.terminal import ENDED, Terminal

KEYS = {"JP.example", "web", "ca", "rsa", "k01"}


class Simulate:
    """A running `sesam simulate`."""

    def __init__(self, *words, command=COMMAND, **environment):
        self.process = subprocess.Popen([command, "simulate", "--json", *map(str, words)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=minimal_environment(None, **environment))
        lines = ""
        for line in self.process.stdout:  # JSON ends where its first brace closes
            lines += line
            if line == "}\n":
                break
        self.told = json.loads(lines) if lines else {}

    @property
    def cnf(self):
        return Path(self.told["openssl_conf"])

    def end(self, how=signal.SIGINT):
        """Sends a signal and waits. -> the exit status"""
        self.process.send_signal(how)
        return self.process.wait(60)


@pytest.fixture
def simulate():
    started = []

    def start(*words, **options):
        started.append(Simulate(*words, **options))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()  # the simulated device ends with the command
        one.process.communicate(timeout=60)


def key_ids(run, cnf):
    return {key["name"]: key["key_id"] for key in json.loads(run([COMMAND, "list", "--json"], cnf).stdout)["keys"]}


def test_the_configuration_that_it_writes_works_as_it_is(simulate, run, openssl, tmp_path):
    one = simulate("--directory", tmp_path / "device")
    assert set(one.told["keys"]) == KEYS
    assert one.cnf == tmp_path / "device" / "openssl.cnf"
    assert one.cnf.stat().st_mode & 0o777 == 0o600
    assert set(key_ids(run, one.cnf)) == KEYS
    for name in ("JP.example", "rsa"):
        assert_signs(openssl, one.cnf, f"sesam:{name}", tmp_path)
    openssl(one.cnf, "req", "-x509", "-new", "-key", "sesam:ca", "-subj", "/CN=ca", "-out", "ca.pem")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_its_device_and_leaves_nothing(simulate, run, tmp_path, how):
    (tmp_path / "tmp").mkdir()
    one = simulate(TMPDIR=str(tmp_path / "tmp"))
    assert one.cnf.exists()
    device = json.loads((one.cnf.parent / "ready.json").read_text())["pid"]
    assert one.end(how) == 0
    assert not Path(f"/proc/{device}").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_keys_in_a_directory_that_was_chosen_are_there_again(simulate, run, tmp_path):
    one = simulate("--directory", tmp_path / "device")
    keys = key_ids(run, one.cnf)
    assert one.end() == 0 and one.cnf.exists()
    assert key_ids(run, simulate("--directory", tmp_path / "device").cnf) == keys


def test_two_devices_cannot_use_the_same_directory(simulate, run, tmp_path):
    one = simulate("--directory", tmp_path / "device")
    files = [tmp_path / "device" / name for name in ("openssl.cnf", "ready.json")]
    before = [path.read_bytes() for path in files]
    (tmp_path / "other").symlink_to(tmp_path)
    for path in (tmp_path / "device", tmp_path / "other" / "device"):
        second = simulate("--directory", path)
        assert second.process.wait(60) == 1
        assert "a simulated device already uses this directory" in second.process.stderr.read()
    assert [path.read_bytes() for path in files] == before
    assert set(key_ids(run, one.cnf)) == KEYS
    one.process.kill()
    one.process.wait(60)
    assert set(key_ids(run, simulate("--directory", tmp_path / "device").cnf)) == KEYS


def test_a_configuration_of_somebody_else_is_not_written_over(simulate, tmp_path):
    (tmp_path / "openssl.cnf").write_text("openssl_conf = mine\n")
    one = simulate("--directory", tmp_path)
    assert one.process.wait(60) == 1
    assert "was not written by sesam simulate" in one.process.stderr.read()
    assert (tmp_path / "openssl.cnf").read_text() == "openssl_conf = mine\n"


def open_to_all(directory):
    directory.chmod(0o777)


def given_away(directory):
    os.chown(directory, 65534, 65534)


@pytest.mark.parametrize("change, told", [
    (open_to_all, "can be written by every user"),
    pytest.param(given_away, "belongs to another user", marks=pytest.mark.skipif(os.geteuid() != 0,
                                                                                 reason="only root can"))])
def test_a_directory_of_others_is_refused(simulate, tmp_path, change, told):
    directory, victim = tmp_path / "device", tmp_path / "victim"
    victim.write_text("precious")
    directory.mkdir()
    for name in ("n200-sim.log", "openssl.cnf.part", "ready.json", "device"):
        (directory / name).symlink_to(victim)
    change(directory)
    one = simulate("--directory", directory)
    assert one.process.wait(60) == 1
    assert f"{directory} {told}: choose another --directory" in one.process.stderr.read()
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("end", ["", "/"])
def test_a_link_to_a_directory_is_refused(simulate, tmp_path, end):
    (tmp_path / "device").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "device")
    one = simulate("--directory", f"{tmp_path}/link{end}")
    assert one.process.wait(60) == 1
    assert "is a symbolic link" in one.process.stderr.read()
    assert list((tmp_path / "device").iterdir()) == []


def test_links_in_its_directory_are_not_followed(simulate, tmp_path):
    directory, victim = tmp_path / "device", tmp_path / "victim"
    victim.write_text("precious")
    directory.mkdir()
    for name in ("n200-sim.log", "ready.json", "ready.json.new"):
        (directory / name).symlink_to(victim)
    one = simulate("--directory", directory)
    assert set(one.told["keys"]) == KEYS
    assert victim.read_text() == "precious"
    one.end()
    (directory / "device" / "keys.jsonl").unlink()
    (directory / "device" / "keys.jsonl").symlink_to(victim)
    assert simulate("--directory", directory).process.wait(60) == 1
    assert victim.read_text() == "precious"


def test_it_tells_when_its_device_ends(simulate, tmp_path):
    one = simulate("--directory", tmp_path / "device")
    os.kill(json.loads((tmp_path / "device" / "ready.json").read_text())["pid"], signal.SIGKILL)
    assert one.process.wait(60) == 1
    assert "the simulated device ended" in one.process.stderr.read()


def test_a_port_that_is_taken_is_told(simulate, tmp_path):
    taken = re.search(r":(\d+)$", simulate().told["url"])[1]
    one = simulate("--port", taken)
    assert one.process.wait(60) == 1
    assert "did not start" in (told := one.process.stderr.read()) and "in use" in told.lower(), told


def test_it_says_what_to_do(run, tmp_path):
    process = subprocess.Popen([COMMAND, "simulate", "--directory", tmp_path / "with space"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True, env=minimal_environment(None))
    try:
        said = "".join(read_until(process.stdout, "Ctrl-C"))
        command = re.search(r"^    export OPENSSL_CONF=(.*)$", said, re.M)[1]
        shell = f"OPENSSL_CONF={command} exec openssl pkey -in sesam:web -pubout"
        assert run(["bash", "-c", shell]).stdout.startswith("-----BEGIN PUBLIC")
    finally:
        process.terminate()
        process.wait(60)


def read_until(stream, word):
    for line in stream:
        yield line
        if word in line:
            return


def test_installed_it_finds_the_simulator_in_libexec_or_in_the_path(simulate, run, tmp_path):
    for directory in ("bin", "libexec/sesam", "path"):
        (tmp_path / directory).mkdir(parents=True)
    command = shutil.copy(COMMAND, tmp_path / "bin" / "sesam")
    none = simulate(command=command)
    assert none.process.wait(60) == 1 and "n200-sim" in none.process.stderr.read()
    shutil.copy(SIMULATOR, tmp_path / "path" / "n200-sim")
    by_path = simulate(command=command, PATH=f"{tmp_path}/path:/usr/bin:/bin")
    assert set(by_path.told["keys"]) == KEYS
    shutil.move(tmp_path / "path" / "n200-sim", tmp_path / "libexec" / "sesam" / "n200-sim")
    in_libexec = simulate(command=command)
    assert set(in_libexec.told["keys"]) == KEYS
    assert "module" not in in_libexec.cnf.read_text()  # installed in OpenSSL's default directory


def run_in_shell(run, *words, **environment):
    return run([COMMAND, "simulate", "--shell", *words], environment=environment, timeout=60, check=False)


def test_in_its_shell_everything_uses_the_device(run):
    done = run_in_shell(run, "--", "sh", "-c", "sesam list && openssl pkey -in sesam:web -pubout", N200_CONF="/nowhere")
    assert done.returncode == 0, done
    assert "JP.example" in done.stdout and "-----BEGIN PUBLIC KEY-----" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("script, status", [("exit 0", 0), ("exit 1", 1), ("exit 77", 77), ("kill -9 $$", 137)])
def test_the_status_of_the_shell_is_that_of_the_command(tmp_path, script, status):
    done = subprocess.run([COMMAND, "simulate", "--shell", "--", "sh", "-c", script], capture_output=True, timeout=60,
                          env=minimal_environment(None, TMPDIR=str(tmp_path)))
    assert done.returncode == status, done
    assert list(tmp_path.iterdir()) == []


def test_arguments_in_brackets_are_not_split(run):
    arguments = ["[a,b]", "[]", "[::1]", "[", "]", "x[1,2]", "[[c],d]"]
    assert run_in_shell(run, "--", "printf", "<%s>", *arguments).stdout == "".join(f"<{one}>" for one in arguments)


def test_a_command_that_is_not_there_is_told(run):
    done = run_in_shell(run, "--", "no-such-program")
    assert done.returncode == 127 and "no-such-program: command not found" in done.stderr


def test_without_a_terminal_the_users_shell_reads_its_script(run):
    done = run([COMMAND, "simulate", "--shell"], environment={"SHELL": "/bin/bash"}, stdin=b"sesam list\nexit 3\n",
               timeout=60, check=False)
    assert done.returncode == 3 and "JP.example" in done.stdout


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_shell_and_device(tmp_path, how):
    process = subprocess.Popen([COMMAND, "simulate", "--shell", "--", "sh", "-c", "echo $OPENSSL_CONF; exec sleep 60"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               env=minimal_environment(None, TMPDIR=str(tmp_path)))
    cnf = Path(process.stdout.readline().strip())
    device = json.loads((cnf.parent / "ready.json").read_text())["pid"]
    process.send_signal(how)
    assert process.wait(30) == 128 + signal.SIGHUP
    assert not Path(f"/proc/{device}").exists() and list(tmp_path.iterdir()) == []


def test_a_command_needs_the_option(run):
    assert run([COMMAND, "simulate", "--", "true"], check=False).returncode == 2


def test_at_a_terminal_the_shell_is_interactive(tmp_path):
    master, slave = pty.openpty()
    process = subprocess.Popen([COMMAND, "simulate", "--shell"], stdin=slave, stdout=slave, stderr=slave,
                               start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                               env=minimal_environment(None, TMPDIR=str(tmp_path), SHELL="/bin/bash", PS1="ready> "))
    os.close(slave)
    terminal = Terminal(master, time.monotonic() + 60)
    try:
        terminal.answer("exit ends it", "sleep 30")
        time.sleep(0.5)
        os.write(master, b"\x03")  # Ctrl-C is for the program in the shell
        terminal.answer("^C", "sesam list")
        terminal.answer("JP.example", "exit 5")
        while terminal.read() is not ENDED:
            pass
        assert process.wait(30) == 5
    finally:
        process.kill()
        process.wait(10)
        os.close(master)
    assert "uses it" in terminal.screen.decode()
