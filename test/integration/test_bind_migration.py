# SPDX-License-Identifier: Apache-2.0
"""docs/BIND.md, migration by policy: a zone that named signs with keys in files changes to keys in the device, and
back. At each step, the zone validates with the DS records that its parent has at that time."""
import shutil
from pathlib import Path

import pytest

from harness.bind import ZONE
from harness.named import Named
from harness.parent import Parent
from harness.policy import csk_policy, key_store, policy

HSM = 'key-store "hsm"'
STORE = 'key-store "hsm" { pkcs11-uri "sesam:core=1"; };\n'  # in the zone's key-directory, as in the example
IN_DEVICE = STORE + policy(HSM, HSM)
IN_FILES = {"ecdsap256sha256": policy(), "rsasha256": policy(algorithm="rsasha256")}
CSK_IN_DEVICE = STORE + csk_policy(HSM)


@pytest.fixture
def signed(device, named):
    """signed(policy) -> named, and the zone's parent, which has published the DS"""
    def make(keys: str) -> tuple[Named, Parent]:
        one = named(device, keys).start()
        one.wait_until("the zone is signed", one.is_signed)
        parent = Parent(one)
        parent.publish(ksk(one))
        parent.wait_until("the DS is established", lambda: one.is_omnipresent(ksk(one), "ds"))
        return one, parent
    return make


def ksk(one: Named) -> str:
    """The tag of the only KSK or CSK."""
    (tag,) = one.key_tags("KSK") or one.key_tags("CSK")
    return tag


def put_in_force(one: Named, before: str, after: str) -> None:
    """Switches to another policy, and waits until named has looked at the keys again."""
    def looks() -> int:
        return one.log.read_text().count("next key event")

    seen = looks()
    one.switch(before, after)
    one.wait_until("the policy is in force", lambda: looks() > seen)


def roll_over_both(one: Named, parent: Parent) -> tuple[str, str]:
    """Rolls over the ZSK, then starts the rollover of the KSK. -> the tags of the old and the new KSK"""
    (old_zsk,), old_ksk = one.key_tags("ZSK"), ksk(one)
    old_zsk_key = one.dnskeys()["256"]
    one.roll_over(old_zsk, "ZSK")
    parent.wait_until("the old ZSK is gone", lambda: set(old_zsk_key).isdisjoint(one.dnskeys()["256"]))
    return old_ksk, one.roll_over(old_ksk, "KSK")


def new_ksk(one: Named, parent: Parent, old: str, role: str = "KSK") -> str:
    """Waits for the new KSK of an algorithm rollover, which starts automatically. -> its tag"""
    parent.wait_until(f"there is a new {role}", lambda: len(one.key_tags(role)) == 2)
    (new,) = set(one.key_tags(role)) - {old}
    return new


def private_files(one: Named, holds: str) -> set[str]:
    """The tags of the keys whose K*.private contains that text."""
    return {str(int(path.stem[-5:])) for path in one.directory.glob("K*.private") if holds in path.read_text()}


def assert_ends_with(one: Named, tag: str, holds: str) -> None:
    assert one.is_signed()
    assert len(one.dnskeys()["257"]) == len(one.dnskeys()["256"]) == 1
    assert tag in private_files(one, holds)


def test_the_keys_in_files_stay_until_they_are_rolled_over_to_the_device(device, signed):
    one, parent = signed(IN_FILES["ecdsap256sha256"])
    before = one.dnskeys()
    put_in_force(one, IN_FILES["ecdsap256sha256"], IN_DEVICE)
    parent.assert_accepted()
    assert one.dnskeys() == before and device.keys() == []
    old, new = roll_over_both(one, parent)
    parent.replace(old, new)
    assert len(device.keys()) == 2
    assert_ends_with(one, new, "Label:")
    one.stop()


def test_algorithm_8_in_files_becomes_13_in_the_device_by_the_policy_alone(device, signed):
    one, parent = signed(IN_FILES["rsasha256"])
    old = ksk(one)
    one.switch(IN_FILES["rsasha256"], IN_DEVICE)
    new = new_ksk(one, parent, old)
    parent.replace(old, new)
    parent.wait_until("the old ZSK is gone", lambda: len(one.dnskeys()["256"]) == 1)
    assert_ends_with(one, new, "Label:")
    one.stop()


@pytest.mark.parametrize("algorithm", IN_FILES)
def test_a_csk_stays_a_csk(device, signed, algorithm):
    """`dnssec-policy default` has one. It is rolled over once, and with another algorithm by the policy alone."""
    in_files = csk_policy(algorithm=algorithm)
    one, parent = signed(in_files)
    old = ksk(one)
    put_in_force(one, in_files, CSK_IN_DEVICE)
    new = new_ksk(one, parent, old, "CSK") if algorithm == "rsasha256" else one.roll_over(old, "CSK")
    parent.replace(old, new)
    assert one.is_signed() and one.key_tags("KSK") + one.key_tags("ZSK") == []
    assert len(device.keys()) == 1 and new in private_files(one, "Label:")
    one.stop()


def test_a_key_store_with_another_directory_makes_a_signed_zone_bogus(device, signed):
    """docs/BIND.md and the example warn about this."""
    one, parent = signed(IN_FILES["ecdsap256sha256"])
    (one.directory / "elsewhere").mkdir()
    elsewhere = key_store("hsm", "sesam:core=1").replace('"."', '"elsewhere"')
    one.switch(IN_FILES["ecdsap256sha256"], elsewhere + policy(HSM, HSM))
    one.wait_until("the zone is bogus", parent.is_bogus)


@pytest.mark.parametrize("algorithm", IN_FILES)
@pytest.mark.parametrize("ds", ["before the new DS", "with both DS"])
def test_the_copy_of_the_key_directory_is_the_way_back_without_the_device_until_the_old_ds_is_withdrawn(
        tmp_path, device, signed, algorithm, ds):
    one, parent = signed(IN_FILES[algorithm])
    old, before = ksk(one), one.dnskeys()
    copy_of_keys(one.directory, tmp_path / "before")
    one.switch(IN_FILES[algorithm], IN_DEVICE)
    new = new_ksk(one, parent, old) if algorithm == "rsasha256" else roll_over_both(one, parent)[1]
    parent.wait_until("the new KSK signs", lambda: one.is_omnipresent(new, "key rrsig"))
    if ds == "with both DS":
        parent.publish(new)
        parent.wait_until("the new DS is established", lambda: one.is_omnipresent(new, "ds"))
    device.stop()
    one.stop()
    (tmp_path / "after").mkdir()
    for path in one.directory.glob("K*"):
        path.rename(tmp_path / "after" / path.name)
    copy_of_keys(tmp_path / "before", one.directory)
    one.switch(IN_DEVICE, IN_FILES[algorithm])
    one.start()
    one.wait_until("the zone is signed by the old keys alone", lambda: one.dnskeys() == before and one.is_signed())
    parent.assert_accepted()
    parent.ds.pop(new, None)  # the registry withdraws it; named no longer knows that key
    parent.assert_accepted()
    one.stop()


def copy_of_keys(directory: Path, to: Path) -> None:
    to.mkdir(exist_ok=True)
    for path in directory.glob("K*"):
        shutil.copy2(path, to)


@pytest.mark.parametrize("algorithm", IN_FILES)
def test_after_the_old_ds_is_withdrawn_the_way_back_is_another_rollover(device, signed, algorithm):
    one, parent = signed(IN_DEVICE)
    old = ksk(one)
    one.switch(IN_DEVICE, IN_FILES[algorithm])
    new = new_ksk(one, parent, old) if algorithm == "rsasha256" else roll_over_both(one, parent)[1]
    parent.replace(old, new)
    parent.wait_until("the old ZSK is gone", lambda: len(one.dnskeys()["256"]) == 1)
    assert_ends_with(one, new, "PrivateKey:" if algorithm != "rsasha256" else "PrivateExponent:")
    device.stop()
    (one.zone_file).write_text(one.zone_file.read_text().replace("2022100101", "2030010101") + "new A 192.0.2.1\n")
    one.rndc("reload", ZONE)
    one.wait_until("named signs without the device", lambda: "RRSIG" in one.dig(f"new.{ZONE}", "A", "+dnssec"))
    parent.assert_accepted()
    one.stop()
