# SPDX-License-Identifier: Apache-2.0
"""docs/BIND.md, migration with the zone's existing keys: they move into the device with `sesam import --bind`, or have
labels of the engine; a second algorithm is added. The zone validates at each step."""
import base64
import re
import shutil
import time
from pathlib import Path

import pytest

from harness.bind import ZONE
from harness.named import Named
from harness.parent import Parent
from harness.paths import REPOSITORY
from harness.policy import combined_policy, policy
from harness.programs import version_of

PIN = "12345678"
HSM = 'key-store "hsm"'
STORE = 'key-store "hsm" { pkcs11-uri "sesam:core=1"; };\n'
DYNAMIC = "allow-update { 127.0.0.1; };"
GUIDE = (REPOSITORY / "docs" / "BIND.md").read_text()


def start(one: Named) -> Parent:
    """Starts named, and publishes the DS."""
    one.start()
    one.wait_until("the zone is signed", one.is_signed)
    parent = Parent(one)
    (tag,) = one.key_tags("KSK")
    parent.publish(tag)
    parent.wait_until("the DS is established", lambda: one.is_omnipresent(tag, "ds"))
    return parent


def rndc(one: Named) -> str:
    return f"rndc -k {one.rndc_key} -s 127.0.0.1 -p {one.control_port}"


def private_files(one: Named) -> list:
    return sorted(one.directory.glob("K*.private"))


def states(one: Named) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in one.directory.glob("K*") if path.suffix in (".key", ".state")}


def add_name_to_file(one: Named, name: str, serial: int) -> None:
    text = re.sub(r"\b20\d{8}\b", str(serial), one.zone_file.read_text(), count=1)
    one.zone_file.write_text(text + f"{name} A 192.0.2.1\n")


def is_signed(one: Named, name: str) -> bool:
    return "RRSIG" in one.dig(f"{name}.{ZONE}", "A", "+dnssec")


def test_imported_keys_go_on_signing_under_the_same_dnskeys_and_come_back(tmp_path, device, named, sesam):
    one = named(device, policy(), pin=PIN)
    parent = start(one)
    before = one.dnskeys()
    refused = sesam(one.openssl_conf, "import", "--bind", one.directory, *private_files(one), "--rndc", rndc(one),
                    check=False)
    assert refused.returncode == 1 and "cannot be frozen" in refused.stderr
    one.stop()
    kept = states(one)
    sesam(one.openssl_conf, "import", "--bind", one.directory, *private_files(one), "--rndc", rndc(one),
          "--assume-frozen")  # another test's named may run on this machine
    assert states(one) == kept and all("Label:" in path.read_text() for path in private_files(one))
    device.reset_counters()
    add_name_to_file(one, "first", 2030010101)
    one.start()
    parent.wait_until("the device signs", lambda: is_signed(one, "first"))
    assert device.requests()["eccsign"] > 0 and one.dnskeys() == before and one.is_signed()
    one.stop()
    safe = tmp_path / "safe"
    safe.mkdir()
    saved = [shutil.move(path, safe) for path in one.directory.glob("K*.private.saved")]
    device.stop()
    lost = sesam(one.openssl_conf, "import", "--undo", "--bind", one.directory, *private_files(one), "--assume-frozen",
                 check=False)
    assert lost.returncode == 1 and "name the saved file at its present place" in lost.stderr
    sesam(one.openssl_conf, "import", "--undo", "--bind", one.directory, *saved, "--assume-frozen")
    add_name_to_file(one, "second", 2030010102)
    one.start()
    parent.wait_until("the files sign", lambda: is_signed(one, "second"))
    assert one.dnskeys() == before and one.is_signed()
    one.stop()


def test_a_frozen_zone_changes_to_the_device_without_a_restart(device, named, sesam):
    one = named(device, policy(), f"inline-signing no; {DYNAMIC}", pin=PIN)
    parent = start(one)
    before = one.dnskeys()
    arguments = ("import", "--bind", one.directory, *private_files(one), "--rndc", rndc(one))
    refused = sesam(one.openssl_conf, *arguments, check=False)
    assert refused.returncode == 1 and f"rndc freeze {ZONE}" in refused.stderr
    one.rndc("freeze", ZONE)
    sesam(one.openssl_conf, *arguments)
    one.rndc("thaw", ZONE)
    device.reset_counters()
    one.add_names([f"name{n}" for n in range(20)])
    parent.wait_until("the names are signed", lambda: is_signed(one, "name19"))
    assert device.requests()["eccsign"] > 0 and one.dnskeys() == before and one.is_signed()
    assert all("Label:" in path.read_text() for path in private_files(one))
    one.stop()


def test_imported_keys_are_rolled_over_to_keys_that_named_makes_in_the_device(device, named, sesam):
    one = named(device, policy(), pin=PIN)
    parent = start(one)
    (old,) = one.key_tags("KSK")
    one.stop()
    sesam(one.openssl_conf, "import", "--bind", one.directory, *private_files(one), "--assume-frozen")
    one.switch(policy(), STORE + policy(HSM, HSM))
    one.start()
    parent.wait_until("the policy is in force", one.is_signed)
    parent.replace(old, one.roll_over(old, "KSK"))
    assert len(device.keys()) == 3 and one.is_signed()
    one.stop()


def engine_line(private: Path, label: str) -> None:
    """Changes the file to what dnssec-keyfromlabel -E pkcs11 of BIND 9.16 wrote."""
    encoded = base64.b64encode(label.encode()).decode()
    lines = f"Engine: cGtjczExAA==\nLabel: {encoded}"
    private.write_text(re.sub(r"^Label:.*$", lines, private.read_text(), flags=re.M))


def guide_command(start_of: str) -> str:
    found = re.search(rf"^ +({re.escape(start_of)}.*)$", GUIDE, re.M)
    assert found, start_of
    return found[1]


def guide_loop(start_of: str) -> str:
    """A command of several lines in the guide, up to `done`."""
    found = re.search(rf"^ +({re.escape(start_of)}.*?^ +done)$", GUIDE, re.M | re.S)
    assert found, start_of
    return found[1]


def test_k_files_of_the_engine_are_used_without_their_line_engine(device, named, run):
    """engine_pkcs11 labels have token and object, often also the PIN. They end in a zero byte."""
    one = named(device, policy(), pin=PIN)
    made = {}
    for name, options in (("jp-ksk", ["-f", "KSK"]), ("jp-zsk", [])):
        key = device.create_key(name, pin=PIN)
        label = f"pkcs11:token={key['slot']};object={name};pin-value={PIN}"
        done = run(["dnssec-keyfromlabel", "-a", "13", "-l", label, *options, ZONE], one.openssl_conf,
                   cwd=one.directory)
        made[one.directory / f"{done.stdout.strip()}.private"] = name
    for private, name in made.items():
        engine_line(private, base64.b64decode(re.search(r"^Label: (\S+)$", private.read_text(), re.M)[1]).decode())
    refused = run(["dnssec-signzone", "-S", "-o", ZONE, ZONE], one.openssl_conf, cwd=one.directory, check=False)
    assert refused.returncode != 0 and "no engine" in refused.stderr
    run(["bash", "-c", guide_command("sed -i '/^Engine:/d'").replace("/var/lib/bind/keys", str(one.directory))])
    assert all("Engine" not in path.read_text() and "Label" in path.read_text() for path in private_files(one))
    start(one).assert_accepted()
    assert len(device.keys()) == 2 and device.requests()["eccsign"] > 0
    one.stop()
    for private, name in made.items():
        (token,) = [key["slot"] for key in device.keys() if key["nice_name"] == name]
        commands = "\n".join(guide_command(start) for start in ("label=$(printf", 'sed -i "s|^Label:'))
        for example, real in (("hsm010123F13C56131E1EEE00000025", token), ("object=JP.example", f"object={name}"),
                              ("Kjp.example.+013+12345.private", str(private))):
            assert example in commands
            commands = commands.replace(example, real)
        run(["bash", "-c", commands])
        label = base64.b64decode(re.search(r"^Label: (\S+)$", private.read_text(), re.M)[1]).decode()
        assert label == f"pkcs11:token={token};object={name}\0"
    add_name_to_file(one, "new", 2030010101)
    one.start()
    one.wait_until("named signs by the labels without a PIN", lambda: is_signed(one, "new"))
    assert one.is_signed()
    one.stop()


def test_a_label_that_does_not_end_in_a_zero_byte_is_refused(device, named, run):
    """BIND before 9.20.27 reads past the end of the label, as described in docs/BIND.md."""
    if version_of("named", "-V") < (9, 20, 27):
        pytest.skip("needs BIND 9.20.27")
    device.create_key("JP.example")
    one = named(device, policy())
    run(["dnssec-keyfromlabel", "-a", "13", "-l", "sesam:JP.example", "-f", "KSK", ZONE], one.openssl_conf,
        cwd=one.directory)
    (private,) = private_files(one)
    engine_line(private, "sesam:JP.example")
    private.write_text(private.read_text().replace("Engine: cGtjczExAA==\n", ""))
    done = run(["dnssec-signzone", "-z", "-S", "-o", ZONE, ZONE], one.openssl_conf, cwd=one.directory, check=False)
    assert done.returncode != 0


def test_the_guides_look_for_such_labels_finds_them_and_no_others(device, named, run):
    one = named(device, policy())
    for name in ("ends-in-zero", "does-not"):
        device.create_key(name)
        done = run(["dnssec-keyfromlabel", "-a", "13", "-l", f"sesam:{name}", ZONE], one.openssl_conf,
                   cwd=one.directory)
    run(["dnssec-keygen", "-a", "13", ZONE], cwd=one.directory)  # has no label
    assert len(private_files(one)) == 3
    command = guide_loop("for f in $(grep")
    assert run(["bash", "-c", command], cwd=one.directory).stdout == ""
    without = f"{done.stdout.strip()}.private"
    engine_line(one.directory / without, "sesam:does-not")
    assert run(["bash", "-c", command], cwd=one.directory).stdout == f"{without}\n"


@pytest.mark.parametrize("kept", ["14", "13"])
def test_a_second_algorithm_is_added_and_one_of_the_two_withdrawn(device, named, kept):
    first, both, last = (STORE + combined_policy(*algorithms) for algorithms in (("13",), ("13", "14"), (kept,)))
    one = named(device, first)
    parent = start(one)
    (old,) = one.key_tags("KSK")
    time.sleep(1.1)  # BIND's key names contain the time (9.20.23: in seconds)
    one.switch(first, both)
    parent.wait_until("there is a new KSK", lambda: len(one.key_tags("KSK")) == 2)
    (new,) = set(one.key_tags("KSK")) - {old}
    parent.wait_until("its DS may be published", lambda: one.state(new, "ds") == "rumoured")
    parent.publish(new)
    parent.wait_until("its DS is established", lambda: one.is_omnipresent(new, "ds"))
    assert one.is_signed() and len(device.keys()) == 4
    one.switch(both, last)
    going = old if kept == "14" else new
    parent.wait_until("the other algorithm is to go", lambda: not one.is_omnipresent(going, "ds"))
    parent.withdraw(going)
    parent.wait_until("its keys are gone", lambda: [len(keys) for keys in one.dnskeys().values()] == [1, 1])
    assert one.is_signed()
    one.stop()


def test_a_policy_with_keys_in_the_device_and_in_files_has_two_directories(device, named):
    """With only one directory, named reads the keys twice, and rollovers never end; see docs/BIND.md."""
    store = STORE.replace("pkcs11-uri", 'directory "device"; pkcs11-uri')
    one = named(device, store + policy(HSM, ""))
    (one.directory / "device").mkdir()
    parent = start(one)
    (zsk,) = one.key_tags("ZSK")
    one.roll_over(zsk, "ZSK")
    parent.wait_until("the old ZSK is gone", lambda: len(one.dnskeys()["256"]) == 1 and one.is_omnipresent(
        (set(one.key_tags("ZSK")) - {zsk}).pop(), "zone rrsig"))
    assert [len(list((one.directory / place).glob("K*.private"))) for place in ("device", ".")] == [1, 2]
    assert one.is_signed()
    one.stop()
