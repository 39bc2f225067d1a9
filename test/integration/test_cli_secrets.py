# SPDX-License-Identifier: Apache-2.0
"""The command uses secrets only for what it was asked to do."""
import signal
import stat

import pytest

from harness.paths import COMMAND
from harness.simulator import PASSWORD
from harness.terminal import run_at_terminal

PIN = "87654321"
PASSPHRASE = "open-sesame"
CTRL_C = "\x03"


@pytest.fixture
def k01(device):
    device.create_key("k01", type="SYM", size=256, pin=PIN)
    return device


def test_without_a_terminal_no_pin_is_taken_from_what_is_to_be_encrypted(k01, openssl_cnf, sesam):
    done = sesam(openssl_cnf(k01), "encrypt", "k01", "--pin-source", "ask:", stdin=f"{PIN}\nsecond line\n".encode(),
                 check=False)
    assert done.returncode == 1 and "no terminal to ask for the PIN" in done.stderr
    assert done.output == b"" and "encrypt" not in k01.requests()


@pytest.mark.parametrize("arguments", [["generate", f"sesam:new?pin-value={PIN}"], ["generate", "new", "--pin", PIN],
                                       ["generate", "new", f"--pin={PIN}"], ["generate", "new", PIN],
                                       ["delete", f"sesam:k01?pin-value={PIN}"],
                                       ["encrypt", f"sesam:ec?pin-value={PIN}"],
                                       ["show", f"sesam:type=private?pin-value={PIN}"],
                                       ["show", f"sesam:object=k01,pin-value={PIN}"],
                                       ["show", f"sesam:k01?pin-source={PIN}&pin-value="],
                                       ["sign", f"sesam:ec?pin-source={PIN}"], ["sign", "ec", "--pin-source", PIN]],
                         ids=" ".join)
def test_a_pin_among_the_arguments_is_not_told(k01, openssl_cnf, sesam, tmp_path, arguments):
    k01.create_key("ec", pin=PIN)
    log = tmp_path / "log"
    done = sesam(openssl_cnf(k01, log_level=10, log_output=log), *arguments, check=False)
    assert PIN not in str(done).replace(" ".join(done.arguments), "")
    assert not log.exists() or PIN not in log.read_text()


def test_an_option_that_there_is_not_is_named_without_its_value(openssl_cnf, k01, sesam):
    done = sesam(openssl_cnf(k01), "generate", "new", "--pin", PIN, check=False)
    assert done.returncode == 2 and "unknown option '--pin'" in done.stderr and "--pin-source" in done.stderr
    assert "unknown subcommand 'lst'" in sesam(openssl_cnf(k01), "lst", check=False).stderr


@pytest.mark.parametrize("setting, told", [("pin", "pin_source"), ("keygen_pin", "pin_source"),
                                           ("pass", "pass_source")])
def test_a_secret_among_the_arguments_is_warned_of(k01, openssl_cnf, sesam, setting, told):
    cnf = openssl_cnf(k01, pin=None)
    value = PASSWORD if setting == "pass" else PIN
    done = sesam(cnf, "list", "--set", f"{setting}={value}")
    assert done.stderr == (f"sesam: warning: other users can see '{setting}' in the process list; use --set "
                           f"{told}=file:PATH instead\n")


def test_a_pin_in_a_uri_among_the_arguments_is_warned_of(k01, openssl_cnf, sesam):
    k01.create_key("ec", pin=PIN)
    done = sesam(openssl_cnf(k01), "sign", f"sesam:ec?pin-value={PIN}", stdin=b"data")
    assert done.stderr == ("sesam: warning: other users can see the URI's PIN in the process list; use "
                           "pin-source=file:PATH instead\n")


def test_settings_that_are_no_secret_are_not_warned_of(k01, openssl_cnf, sesam, tmp_path):
    (tmp_path / "pin").write_text(PIN)
    assert sesam(openssl_cnf(k01), "list", "--set", f"pin_source=file:{tmp_path / 'pin'}", "--set",
                 "core=1").stderr == ""


def test_files_of_what_was_secret_are_for_their_owner(k01, openssl_cnf, sesam, tmp_path):
    cnf = openssl_cnf(k01, pin=PIN)
    sesam(cnf, "encrypt", "k01", "--out", tmp_path / "cipher", stdin=b"hello", umask=0o022)
    sesam(cnf, "decrypt", "k01", "--in", tmp_path / "cipher", "--out", tmp_path / "plain", umask=0o022)
    sesam(cnf, "random", "16", "--out", tmp_path / "random", umask=0o022)
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("cipher", "plain", "random")}
    assert modes == {"cipher": 0o644, "plain": 0o600, "random": 0o600}


def test_what_was_secret_goes_into_no_file_that_others_can_read(k01, openssl_cnf, sesam, tmp_path):
    cnf = openssl_cnf(k01, pin=PIN)
    sesam(cnf, "encrypt", "k01", "--out", tmp_path / "cipher", stdin=b"hello")
    old, target, link = tmp_path / "old", tmp_path / "target", tmp_path / "link"
    for path in (old, target):
        path.write_text("before")
        path.chmod(0o666)
    link.symlink_to(target)
    for path in (old, link):
        sesam(cnf, "decrypt", "k01", "--in", tmp_path / "cipher", "--out", path)
        assert path.read_text() == "hello" and stat.S_IMODE(path.lstat().st_mode) == 0o600
    assert target.read_text() == "before"


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_what_was_secret_goes_to_a_descriptor_as_it_is(k01, openssl_cnf, sesam, run, tmp_path, path):
    cnf = openssl_cnf(k01, pin=PIN)
    assert len(sesam(cnf, "random", "16", "--out", path).output) == 16
    (tmp_path / "out").write_text("before\n")
    run(["sh", "-c", f"{COMMAND} random 16 --hex --out {path} >>{tmp_path}/out"], cnf)
    assert (tmp_path / "out").read_text().startswith("before\n") and len((tmp_path / "out").read_text()) > 7 + 32


def test_ctrl_c_at_a_passphrase_ends_the_import_of_a_directory(device, openssl_cnf, openssl, tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    cnf = openssl_cnf(device)
    curve = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    openssl(cnf, *curve, "-aes256", "-pass", f"pass:{PASSPHRASE}", "-out", keys / "a.pem")
    openssl(cnf, *curve, "-out", keys / "b.pem")
    done, _ = run_at_terminal([COMMAND, "import", "--dir", keys, "--no-pin"], cnf, ("Passphrase of ", CTRL_C))
    assert done.returncode == -signal.SIGINT
    assert device.keys() == []
