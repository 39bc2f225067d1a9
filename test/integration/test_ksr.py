# SPDX-License-Identifier: Apache-2.0
"""An offline KSK by BIND's own means, dnssec-ksr: the ZSKs are requested to be signed, named imports the answer."""
import re

import pytest

from harness.bind import ZONE
from harness.named import Named
from harness.policy import LASTING, key_store, policy

KSK, ZSK = 'key-store "ksk"', 'key-store "zsk"'
STORES = key_store("ksk", "sesam:core=1") + key_store("zsk", "sesam:core=2")
MONTH = ("-i", "now", "-e", "+1mo")


@pytest.fixture
def ksr(run):
    """ksr(named, directory, "request", …) -> what dnssec-ksr printed, in a directory with keys of one kind."""

    def call(one: Named, directory, command, *options, **more):
        directory.mkdir(exist_ok=True)
        return run(["dnssec-ksr", *MONTH, "-k", "tested", "-l", one.conf, *options, command, ZONE], one.openssl_conf,
                   cwd=directory, **more)

    return call


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
    """BIND names keys by the second. The device would take several of one name, and a label would mean none of them."""
    one = named(device, STORES + policy(KSK, ZSK, zsk_lifetime="P12D", more=LASTING))
    done = ksr(one, one.directory, "keygen", check=False)
    names = [key["nice_name"] for key in device.keys()]
    assert len(names) == len(set(names))
    assert done.returncode == 0 or "a key of that name exists" in done.stderr, "unless each came in a second of its own"
