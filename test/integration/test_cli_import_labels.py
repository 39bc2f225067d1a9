# SPDX-License-Identifier: Apache-2.0
"""`sesam import --bind`: the keys of BIND's K files move into the device, and the K files refer to them by labels."""
import base64
import json
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from harness.bind import ZONE, Bind
from harness.configuration import settings_for
from harness.paths import COMMAND
from harness.policy import policy

PIN = "12345678"
ALGORITHMS = {13: "ECDSAP256SHA256", 14: "ECDSAP384SHA384"}

NOT_SERVED = "rndc: 'zonestatus' failed: not found\\nno matching zone 'jp.example' in any view"
SEVERAL_VIEWS = "rndc: 'zonestatus' failed: not found\\nzone 'jp.example' was found in multiple views"


@pytest.fixture
def bind(tmp_path, device, openssl_cnf):
    return Bind(tmp_path / "zone", openssl_cnf(device, pin=PIN))


def make_key(bind: Bind, algorithm: int = 13) -> Path:
    """Makes a KSK in files with BIND alone, with a key tag that no other key has. -> its K*.private file"""
    name = bind.tool("dnssec-keygen", "-a", ALGORITHMS[algorithm], "-f", "KSK", ZONE).stdout.strip()
    return bind.directory / f"{name}.private"


@pytest.fixture
def rndc(tmp_path):
    """rndc(status, text) -> a command that returns that for any zone"""
    def make(status=1, text=NOT_SERVED):
        path = tmp_path / f"rndc{status}"
        path.write_text(f'#!/bin/sh\necho "$@" >>{path}.asked\nprintf "{text}\\n"\nexit {status}\n')
        path.chmod(0o755)
        return path
    return make


@pytest.fixture
def move(sesam, bind, rndc):
    """move(private, …) runs `sesam import --bind` for the directory of the K files; no named serves the zone."""
    def call(*arguments, directory=bind.directory, **options):
        return sesam(bind.openssl_conf, "import", "--bind", directory, "--rndc", rndc(), *arguments, **options)
    return call


def content(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.name.startswith((f"K{ZONE}", "."))}


def label_of(private: Path) -> str:
    return base64.b64decode(re.search(r"^Label: (\S+)$", private.read_text(), re.M)[1]).decode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("core", [1, 2])
def test_k_files_get_a_label_in_place_of_the_key_and_keep_everything_else(device, bind, move, algorithm, core):
    private = make_key(bind, algorithm)
    state = private.with_suffix(".state")
    bind.tool("dnssec-settime", "-s", "-g", "OMNIPRESENT", "-k", "OMNIPRESENT", "now", "-I", "+1y", private.stem)
    before, public, states = private.read_text(), private.with_suffix(".key").read_text(), state.read_text()
    status = private.stat()
    done = move(private, "--core", core)
    after = private.read_text()
    assert re.sub(r"^Label:.*$", "", after, flags=re.M) == re.sub(r"^PrivateKey:.*$", "", before, flags=re.M)
    assert (private.with_suffix(".key").read_text(), state.read_text()) == (public, states)
    assert (private.stat().st_mode, private.stat().st_uid) == (status.st_mode, status.st_uid)
    (key,) = device.keys()
    assert key["core"] == core
    assert label_of(private) == f"sesam:key-id={key['key_id']};object={private.stem};core={core}\0"
    saved = Path(f"{private}.saved")
    assert saved.read_text() == before and f"{saved}\n" in done.stdout
    device.reset_counters()
    signed = bind.sign()
    assert device.requests()["eccsign"] == signed.generated > 0
    assert "Zone fully signed" in (verified := bind.verify()).stdout + verified.stderr


def test_the_way_back_is_the_one_that_is_printed_and_keeps_the_timings_of_today(device, bind, move, rndc, run):
    private = make_key(bind)
    key_line = re.search("^PrivateKey:.*$", private.read_text(), re.M)[0]
    done = move(private)
    bind.tool("dnssec-settime", "-D", "+3mo", private.stem)
    with_label = private.read_text()
    assert "Delete:" in with_label
    command = shlex.split(re.search(r"^  (sesam import --undo --bind .*)$", done.stdout, re.M)[1])
    for _ in range(2):
        back = run([COMMAND, *command[1:], "--rndc", rndc()], bind.openssl_conf, check=False)
        assert private.read_text() == re.sub("^Label:.*$", lambda _: key_line, with_label, flags=re.M)
    assert back.returncode == 0 and f"{private}: has its private key already; unchanged" in back.stderr
    assert back.stdout == ""
    device.reset_counters()
    bind.sign()
    assert device.requests() == {}
    move(private)  # move it again: the device has the key, and the saved file is for the same key
    assert "importecckey" not in device.requests() and "Label:" in private.read_text()


def test_k_files_come_into_an_empty_directory_from_another_one(device, bind, move, tmp_path):
    private = make_key(bind)
    bind.tool("dnssec-settime", "-s", "-g", "OMNIPRESENT", private.stem)
    there = tmp_path / "key directory"
    there.mkdir()
    before = content(bind.directory)
    done = move(private, private, directory=there)  # a duplicate argument has no effect
    assert f"sesam import --undo --bind '{there}' {private}\n" in done.stdout
    assert content(bind.directory) == before and len(device.keys()) == 1
    assert sorted(content(there)) == sorted(f"{private.stem}.{ending}" for ending in ("key", "private", "state"))
    assert "PrivateKey" not in (there / private.name).read_text()
    move(private, "--undo", directory=there)
    assert content(there) == before


def test_a_dry_run_changes_nothing_and_says_what_would_be_done(device, bind, move, rndc, sesam):
    private = make_key(bind)
    before = content(bind.directory)
    done = move(private, "--dry-run")
    assert content(bind.directory) == before and device.keys() == []
    for part in ("would be imported as", f"{private}.saved", "nothing was changed"):
        assert part in done.stdout
    told = json.loads(move(private, "--dry-run", "--json").stdout)
    assert told["dry_run"] and told["keys"][0]["saved"] == f"{private}.saved"
    held = sesam(bind.openssl_conf, "import", "--bind", bind.directory, "--dry-run", private, "--rndc",
                 rndc(0, "dynamic: yes\\nfrozen: no"))
    assert "rndc freeze jp.example" in held.stderr and "nothing was changed" in held.stdout


@pytest.mark.parametrize("status, text, told", [
    (0, "dynamic: yes\\nfrozen: no", "run 'rndc freeze jp.example', or stop named"),
    (0, "dynamic: no", "a zone that is not dynamic cannot be frozen"),
    (0, "dynamic: yes\\nfrozen: yes", None),
    (1, NOT_SERVED, None),
    (1, SEVERAL_VIEWS, "give --assume-frozen"),
])
def test_k_files_of_a_zone_that_named_holds_are_left_alone(device, bind, rndc, sesam, status, text, told):
    private = make_key(bind)
    before = content(bind.directory)
    command = rndc(status, text)
    done = sesam(bind.openssl_conf, "import", "--bind", bind.directory, private, "--rndc", f"{command} -p 9953",
                 check=False)
    assert Path(f"{command}.asked").read_text() == "-p 9953 zonestatus jp.example\n"
    if told is None:
        assert done.returncode == 0 and "Label:" in private.read_text()
        return
    assert done.returncode == 1 and told in done.stderr
    assert content(bind.directory) == before and device.requests() == {}


def test_where_rndc_cannot_say_a_running_named_is_enough_to_refuse(device, bind, sesam, named):
    private = make_key(bind)
    one = named(device, policy()).start()
    for rndc in ("rndc-is-not-there", "false"):
        done = sesam(bind.openssl_conf, "import", "--bind", bind.directory, private, "--rndc", rndc, check=False)
        assert done.returncode == 1 and "named runs as process" in done.stderr and "--assume-frozen" in done.stderr
    sesam(bind.openssl_conf, "import", "--bind", bind.directory, private, "--rndc", "false", "--assume-frozen")
    one.stop()


def test_of_several_keys_all_move_or_none(device, bind, move):
    first, second, third = (make_key(bind) for _ in range(3))
    before = content(bind.directory)
    Path(f"{third}.saved").write_text(first.read_text())
    done = move(first, second, third, check=False)
    assert done.returncode == 1 and "holds another private key" in done.stderr
    assert device.keys() == []
    Path(f"{third}.saved").unlink()
    device.fault("wrong-signature", command="eccsign", count=100)
    done = move(first, second, third, check=False)
    assert done.returncode == 1
    assert content(bind.directory) == before
    device.clear_faults()
    move(first)
    done = move(first, second, third)
    assert f"{first}: uses a label already; unchanged" in done.stderr
    done = move(first, "--json", "--set", "log_level=0")
    assert [list(json.loads(line)) for line in done.stderr.splitlines()] == [["warning"]]
    assert len(device.keys()) == 3
    assert all("Label:" in one.read_text() for one in (first, second, third))


def test_a_key_of_that_name_that_is_another_one_is_not_used(device, bind, move):
    private = make_key(bind)
    device.create_key(private.stem)
    before = content(bind.directory)
    done = move(private, check=False)
    assert done.returncode == 1 and "another key named" in done.stderr and "--name" in done.stderr
    assert content(bind.directory) == before
    move(private, "--name", "jp-ksk")
    assert "object=jp-ksk;" in label_of(private)


def test_a_device_that_lies_about_the_key_or_signs_with_another_changes_no_file(device, bind, move):
    private = make_key(bind)
    before = content(bind.directory)
    device.fault("wrong-signature", command="eccsign", count=100)
    assert move(private, check=False).returncode == 1
    assert content(bind.directory) == before


def test_keys_that_were_replaced_are_restored_where_a_later_one_cannot_be(device, bind, move, rndc, sesam):
    """named, which should have been stopped, writes a K file after sesam has read it."""
    first, second = sorted(make_key(bind) for _ in range(2))
    command = rndc()
    command.write_text(command.read_text().replace("exit", f"echo 'Inactive: 20300101000000' >>{second}\nexit"))
    before = first.read_text()
    done = sesam(bind.openssl_conf, "import", "--bind", bind.directory, first, second, "--rndc", command, check=False)
    assert done.returncode == 1 and "was changed meanwhile" in done.stderr
    assert first.read_text() == before and "PrivateKey:" in second.read_text()
    assert not list(bind.directory.glob("*.saved")) and not list(bind.directory.glob(".sesam-*"))
    assert move(first, second).returncode == 0 and "Inactive: 2030" in second.read_text()


@pytest.mark.parametrize("spoil, told", [
    (lambda private: private.with_suffix(".key").unlink(), ".key: No such file"),
    (lambda private: private.with_suffix(".key").write_text("; empty\n"), "has no DNSKEY record"),
    (lambda private: Path(f"{private}.saved").write_text("mine"), "key file cannot be imported"),
])
def test_files_that_do_not_belong_together_are_refused(device, bind, move, spoil, told):
    private = make_key(bind)
    spoil(private)
    before = content(bind.directory)
    done = move(private, check=False)
    assert done.returncode == 1 and told in done.stderr, str(done)
    assert content(bind.directory) == before and device.keys() == []


def test_a_symbolic_link_in_the_directory_is_not_followed(device, bind, move, tmp_path):
    private = make_key(bind)
    shutil.move(private, tmp_path / private.name)
    private.symlink_to(tmp_path / private.name)
    done = move(private, check=False)
    assert done.returncode == 1 and "is not a regular file" in done.stderr
    assert device.keys() == []


def test_rsa_keys_are_refused_with_the_way_that_is_open(device, bind, move):
    name = bind.tool("dnssec-keygen", "-a", "RSASHA256", "-f", "KSK", ZONE).stdout.strip()
    done = move(bind.directory / f"{name}.private", check=False)
    assert done.returncode == 1 and "RSA keys cannot be imported" in done.stderr and "docs/BIND.md" in done.stderr


@pytest.mark.parametrize("arguments, told", [
    (["--bind", ".", "K", "--pin-source", "ask:"], "named takes the PIN from openssl.cnf"),
    (["--bind", ".", "--dir", "."], "--dir: cannot be used with --bind"),
    (["K", "--dry-run"], "--dry-run: requires --bind"),
    (["K", "--bind", ".", "--undo", "--dry-run"], "--dry-run"),
])
def test_options_that_do_not_fit_are_a_matter_of_usage(shared_device, openssl_cnf, sesam, arguments, told):
    done = sesam(openssl_cnf(shared_device), "import", *arguments, check=False)
    assert done.returncode == 2 and told in done.stderr, str(done)


def test_without_a_pin_in_the_configuration_nothing_is_imported(device, openssl_cnf, bind, sesam, rndc):
    """named could not use such a key."""
    private = make_key(bind)
    arguments = ("import", "--bind", bind.directory, "--rndc", rndc(), private)
    cnf = openssl_cnf(device, pin=None)
    done = sesam(cnf, *arguments, check=False)
    assert done.returncode == 1 and "set pin_source there, or give --no-pin" in done.stderr
    assert device.keys() == []
    sesam(cnf, *arguments, "--no-pin")
    assert [key["has_pin"] for key in device.keys()] == [False]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_an_owner_that_is_not_root_keeps_the_files(device, bind, move):
    private = make_key(bind)
    for path in bind.directory.glob(f"K{ZONE}*"):
        shutil.chown(path, "nobody", "nogroup")
    private.chmod(0o640)
    move(private)
    assert (private.owner(), private.group(), private.stat().st_mode & 0o777) == ("nobody", "nogroup", 0o640)


def test_no_part_of_the_private_key_is_printed_or_in_the_new_file(device, bind, move):
    private = make_key(bind)
    secret = re.search(r"^PrivateKey: (\S+)$", private.read_text(), re.M)[1]
    done = move(private, "--json")
    assert secret not in done.stdout + done.stderr + private.read_text()
    assert json.loads(done.stdout)["keys"][0]["label"] + "\0" == label_of(private)


def test_a_saved_file_that_is_a_link_does_not_cost_the_key(bind, move):
    private = make_key(bind)
    before = private.read_text()
    Path(f"{private}.saved").symlink_to(private)
    done = move(private, check=False)
    assert done.returncode == 1 and f"{private}.saved: is not a regular file" in done.stderr
    assert private.read_text() == before


@pytest.mark.parametrize("ending", [".key", ".state"])
def test_what_a_link_beside_the_key_leads_to_is_not_copied(device, bind, move, tmp_path, ending):
    private = make_key(bind)
    bind.tool("dnssec-settime", "-s", "-g", "OMNIPRESENT", private.stem)
    public = private.with_suffix(ending)
    secret = tmp_path / "secret"
    secret.write_text(public.read_text() + "root's alone\n")
    secret.chmod(0o600)
    public.unlink()
    public.symlink_to(secret)
    there = tmp_path / "keys"
    there.mkdir()
    done = move(private, directory=there, check=False)
    assert done.returncode == 1 and f"{public}: is a symbolic link" in done.stderr
    assert all("root's alone" not in path.read_text() for path in there.iterdir())


def test_the_way_back_takes_the_saved_file_from_its_safe_place(bind, move, tmp_path):
    private = make_key(bind)
    before = private.read_text()
    move(private)
    safe = tmp_path / "safe"
    safe.mkdir()
    moved = Path(f"{private}.saved").rename(safe / f"{private.name}.saved")
    move("--undo", moved)
    assert private.read_text() == before


def test_the_way_back_checks_all_files_before_it_changes_one(bind, move, tmp_path):
    first, second = sorted(make_key(bind) for _ in range(2))
    move(first, second)
    before = content(bind.directory)
    hidden = Path(f"{second}.saved").rename(tmp_path / "hidden")
    done = move("--undo", first, second, check=False)
    assert done.returncode == 1 and f"{second}.saved: is not there" in done.stderr
    hidden.rename(f"{second}.saved")
    assert content(bind.directory) == before


def test_the_way_back_can_be_repeated_after_it_has_failed_halfway(bind, move):
    first, second = sorted(make_key(bind) for _ in range(2))
    keys = [private.read_text() for private in (first, second)]
    move(first, second)
    move("--undo", first)
    done = move("--undo", first, second, f"{second}.saved", "--json")  # a duplicate argument has no effect
    assert json.loads(done.stdout) == {"restored": [str(second)]}
    assert f"{first}: has its private key already; unchanged" in done.stderr
    assert [private.read_text() for private in (first, second)] == keys
    first.write_text(re.sub("^PrivateKey:.*\n", "", keys[0], flags=re.M))
    done = move("--undo", first, check=False)
    assert done.returncode == 1 and "has no label; there is nothing to undo" in done.stderr


def test_the_file_for_named_is_the_one_with_its_settings(bind, move, tmp_path, sesam, rndc):
    assert f"start named with OPENSSL_CONF={bind.openssl_conf} in" in move(make_key(bind)).stdout
    (tmp_path / "named.cnf").write_bytes(bind.openssl_conf.read_bytes())
    (tmp_path / "named.cnf").rename(bind.openssl_conf.parent / "named.cnf")
    assert f"OPENSSL_CONF={bind.openssl_conf.parent}/named.cnf in" in move(make_key(bind)).stdout


def test_no_file_for_named_is_named_that_lacks_the_settings(bind, device, sesam, rndc, tmp_path):
    settings = [word for key, value in settings_for(device, pin=PIN).items() for word in ("--set", f"{key}={value}")]
    (tmp_path / "other.cnf").write_text("# nothing of sesam\n")
    done = sesam(tmp_path / "other.cnf", *settings, "import", "--bind", bind.directory, "--rndc", rndc(),
                 make_key(bind))
    assert "start named with an openssl.cnf that has these settings, or" in done.stdout
