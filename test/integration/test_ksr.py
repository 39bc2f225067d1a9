# SPDX-License-Identifier: Apache-2.0
"""An offline KSK with BIND's dnssec-ksr: it requests signatures of the ZSKs, and named imports the response."""
import re
import shutil

import pytest

from harness.bind import ZONE
from harness.named import Named
from harness.parent import Parent
from harness.paths import REPOSITORY
from harness.policy import LASTING, key_store, policy
from harness.programs import version_of

KSK, ZSK = 'key-store "ksk"', 'key-store "zsk"'
STORES = key_store("ksk", "sesam:core=1") + key_store("zsk", "sesam:core=2")
GUIDE = (REPOSITORY / "docs" / "OFFLINE-KSK.md").read_text()
needs_safe_import = pytest.mark.skipif(version_of("named", "-V") < (9, 20, 20), reason="needs BIND 9.20.20")
MONTH = ("-i", "now", "-e", "+1mo")


@pytest.fixture
def ksr(run):
    """ksr(named, directory, "request", …) runs dnssec-ksr in a directory that has only KSKs or only ZSKs."""

    def call(one: Named, directory, command, *options, **more):
        directory.mkdir(exist_ok=True)
        return run(["dnssec-ksr", *MONTH, "-k", "tested", "-l", one.conf, *options, command, ZONE], one.openssl_conf,
                   cwd=directory, **more)

    return call


@needs_safe_import
@pytest.mark.parametrize("zsk", [ZSK, ""], ids=["zsk-in-another-core", "zsk-in-a-file"])
def test_named_signs_with_the_zsk_while_the_ksk_is_away(tmp_path, device, named, ksr, zsk):
    one = named(device, STORES + policy(KSK, zsk, more="offline-ksk yes;" + LASTING))
    left, right = tmp_path / "left", one.directory
    ksr(one, left, "keygen", "-o")
    ksr(one, right, "keygen")
    assert sorted(key["core"] for key in device.keys()) == ([1, 2] if zsk else [1])
    (left / "ksr").write_bytes(ksr(one, right, "request").output)
    (right / "skr").write_bytes(ksr(one, left, "sign", "-f", "ksr").output)
    for public in left.glob("K*.key"):
        (right / public.name).write_bytes(public.read_bytes())
    (ksk,) = [key for key in device.keys() if key["core"] == 1]
    device.delete_key(ksk["key_id"])
    one.start()
    one.rndc("skr", "-import", right / "skr", ZONE)
    one.wait_until("the zone is signed", one.is_signed)
    keys = one.dnskeys()
    assert (len(keys["257"]), len(keys["256"])) == (1, 1)
    signed_left = re.findall(r"RRSIG DNSKEY .* (\S+ \S+)$", (right / "skr").read_text().replace("\t", " "), re.M)
    assert signed_left[0].replace(" ", "") in one.dig(ZONE, "DNSKEY", "+dnssec"), "the signature that was carried over"
    one.stop()


def test_zsks_that_bind_gives_one_name_are_not_mixed_up(tmp_path, device, named, ksr):
    """BIND's key names contain the time (9.20.23: in seconds). The device accepts duplicate names, but then a label is
    ambiguous."""
    one = named(device, STORES + policy(KSK, ZSK, zsk_lifetime="P12D", more=LASTING))
    done = ksr(one, one.directory, "keygen", check=False)
    names = [key["nice_name"] for key in device.keys()]
    assert len(names) == len(set(names))
    assert done.returncode == 0 or "a key of that name exists" in done.stderr, "unless each came in a second of its own"


def guide_commands(start: str) -> list[str]:
    return re.findall(rf"^ +({start}.*)$", GUIDE, re.M)


def guide_block(start: str) -> str:
    return re.search(rf"^    {start}.*?^    }};\n", GUIDE, re.M | re.S)[0]


@needs_safe_import
def test_the_guides_commands_lead_to_a_zone_that_validates(device, named, run):
    on_the_right = guide_block("dnssec-policy")
    on_the_left = guide_block("key-store") + on_the_right.replace("ksk lifetime", 'ksk key-store "device" lifetime')
    assert on_the_left in GUIDE
    one = named(device, on_the_right.replace('"offline"', '"tested"'), pin="12345678")
    one.switch("inline-signing yes;", 'inline-signing yes; key-directory "right";')
    for directory in ("left", "right"):
        (one.directory / directory).mkdir()
    commands = guide_commands("dnssec-ksr")
    assert len(commands) == 4

    def run_commands(commands):
        for command in commands:
            (one.directory / "policy.conf").write_text(on_the_left if "-K left" in command else on_the_right)
            run(["bash", "-c", command], one.openssl_conf, cwd=one.directory)

    run_commands(commands)
    (public,) = (one.directory / "left").glob("K*.key")
    shutil.copy(public, one.directory / "right")
    one.start()
    one.rndc("skr", "-import", one.directory / "jp.example.skr", ZONE)
    one.wait_until("the zone is signed", one.is_signed)
    parent = Parent(one)
    parent.publish(str(int(public.stem[-5:])))
    parent.assert_accepted()
    assert device.requests()["eccsign"] > 20, "a bundle each for parts of the year"
    before = one.dnskeys()
    run_commands(commands[1:])  # the next period
    (ksk,) = device.keys()
    device.delete_key(ksk["key_id"])
    one.rndc("skr", "-import", one.directory / "jp.example.skr", ZONE)
    parent.assert_accepted()
    assert one.dnskeys() == before
    mend_after_rndc_sign(one, parent)


def mend_after_rndc_sign(one: Named, parent: Parent) -> None:
    """As the guide says. Other releases of BIND may keep the signature."""
    one.rndc("sign", ZONE)
    if version_of("named", "-V") < (9, 20, 24):
        one.wait_until("the zone is bogus", parent.is_bogus)
    served = one.dig(ZONE, "SOA", "+short").split()[2]
    one.stop()
    one.zone_file.write_text(re.sub(r"\b20\d{8}\b", str(int(served) + 1), one.zone_file.read_text(), count=1))
    for path in one.directory.glob("*.signed*"):
        path.unlink()
    one.start()
    one.rndc("skr", "-import", one.directory / "jp.example.skr", ZONE)
    one.wait_until("the zone validates", lambda: "fully validated" in parent.validation().stdout)
    parent.assert_accepted()
    assert int(one.dig(ZONE, "SOA", "+short").split()[2]) > int(served)
    one.stop()


def test_keygen_is_run_until_each_zsk_in_the_device_has_a_name_of_its_own(device, named, run):
    one = named(device, STORES + policy(KSK, ZSK, zsk_lifetime="P90D", more="offline-ksk yes;" + LASTING))
    (command,) = guide_commands("until dnssec-ksr")
    command = command.replace("-l policy.conf -k offline -K right", f"-l {one.conf} -k tested")
    run(["bash", "-c", command], one.openssl_conf, cwd=one.directory, timeout=60)
    names = [key["nice_name"] for key in device.keys()]
    assert len(names) == len(set(names)) >= 4
