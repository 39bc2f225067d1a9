# SPDX-License-Identifier: Apache-2.0
"""BIND's server with keys in the device: it uses existing keys by label or makes its own, rolls them over, and runs as
a daemon."""
import base64
import itertools
import os
import re
import time
from pathlib import Path

import pytest

from harness.bind import ZONE
from harness.flavour import needs_trust_in_memory
from harness.named import Named
from harness.paths import REPOSITORY, let_everybody_enter
from harness.policy import LASTING, combined_policy, key_store, policy
from harness.programs import run as run_program

HSM = 'key-store "hsm"'
MAKES_ITS_KEYS = key_store("hsm", "sesam:core=1") + policy(HSM, HSM)
LASTING_KEYS = key_store("hsm", "sesam:core=1") + policy(HSM, HSM, more=LASTING)
DYNAMIC = "inline-signing no; allow-update { 127.0.0.1; };"
USER = "bind"


def key_bytes(record: dict) -> str:
    """The public key that the DNSKEY of a device's key must have, in base64."""
    if record["key_type"] != "RSA":
        return base64.b64encode(bytes.fromhex(record["public_key"])).decode()
    exponent, modulus = (bytes.fromhex(record[name]) for name in ("exponent", "modulus"))
    exponent = exponent.lstrip(b"\0")
    return base64.b64encode(bytes([len(exponent)]) + exponent + modulus.lstrip(b"\0")).decode()


def keys_of_device(device, role: str) -> list[str]:
    return [key_bytes(key) for key in device.keys() if re.search(rf"[.-]{role}\b", key["nice_name"])]


def assert_signed(one: Named) -> None:
    done = one.verify()
    assert done.returncode == 0, f"{done}\n{one.tell()}"


def add_names(one: Named, names: int, serial: int) -> None:
    """Writes a new version of the zone, for named to load and sign."""
    text = one.zone_file.read_text().replace("2022100101", str(serial), 1)
    one.zone_file.write_text(text + "".join(f"host{n:03}\tIN A\t192.0.2.{n}\n" for n in range(names)))


def has_name(one: Named, name: str) -> bool:
    return "RRSIG" in one.dig(f"{name}.{ZONE}", "A", "+dnssec")


def test_a_zone_is_signed_inline_with_keys_from_labels(device, named, run):
    one = named(device, policy())
    ksk, zsk = device.create_key("jp-ksk"), device.create_key("jp-zsk", core=2)
    for label, options in (("sesam:jp-ksk", ["-f", "KSK"]), ("sesam:jp-zsk;core=2", [])):
        run(["dnssec-keyfromlabel", "-a", "13", "-l", label, *options, ZONE], one.openssl_conf, cwd=one.directory)
    one.start()
    one.wait_until("the zone is signed", one.is_signed)
    assert one.dnskeys() == {"257": [key_bytes(ksk)], "256": [key_bytes(zsk)]}
    assert len(device.keys()) == 2
    one.stop()


@pytest.mark.parametrize("algorithm, place", [("ecdsap256sha256", "sesam:core=2"),
                                              ("ecdsap384sha384", "pkcs11:manufacturer=sematiconAG"),
                                              ("rsasha256", "sesam:core=1")])
def test_named_makes_its_keys_in_the_device_and_finds_them_after_a_restart(device, named, algorithm, place):
    one = named(device, key_store("hsm", place) + policy(HSM, HSM, algorithm)).start()
    one.wait_until("the zone is signed", one.is_signed)
    keys = one.dnskeys()
    assert keys == {"257": keys_of_device(device, "ksk"), "256": keys_of_device(device, "zsk")}
    assert {key["core"] for key in device.keys()} == {2 if "core=2" in place else 1}
    one.stop()
    add_names(one, 3, serial=2022100202)
    device.reset_counters()
    one.start()
    one.wait_until("the new names are signed", lambda: has_name(one, "host002"))
    assert_signed(one)
    assert one.dnskeys() == keys
    assert not {"genecckey", "genrsakey"} & set(device.requests())
    one.stop()


def test_keys_of_two_algorithms_that_get_one_name_are_refused_and_the_error_says_what_to_do(device, named, tmp_path):
    """Key names contain the time: in seconds with BIND 9.20.23, in milliseconds with 9.20.30."""
    log = tmp_path / "log"
    one = named(device, key_store("hsm", "sesam:core=1") + combined_policy("13", "14"),
                log_level=1, log_output=log).start()
    told = "add the algorithms of a policy one at a time"
    one.wait_until("the second key is refused, or made", lambda: len(device.keys()) == 4 or told in log.read_text())
    by_the_second = all(re.search(r"-\d{14}$", key["nice_name"]) for key in device.keys())
    assert told in log.read_text() or not by_the_second
    if told not in log.read_text():  # two keys of the same millisecond are refused, too
        one.wait_until("the zone is signed", one.is_signed)
    one.stop()


def test_a_second_algorithm_is_added_once_the_zone_is_signed(device, named):
    store = key_store("hsm", "sesam:core=1")
    one = named(device, store + combined_policy("13")).start()
    one.wait_until("the zone is signed", one.is_signed)
    one.conf.write_text(one.conf.read_text().replace(combined_policy("13"), combined_policy("13", "14")))
    time.sleep(1.1)  # before BIND 9.20.30, key names contain the time in seconds
    one.rndc("reconfig")
    one.wait_until("the zone has signatures of both", lambda: len(re.findall(
        r"RRSIG\sSOA\s(?:13|14)\s", one.dig(ZONE, "SOA", "+dnssec"))) == 2)
    one.wait_until("everything in it has", one.is_signed)
    assert len(device.keys()) == 4
    one.stop()


def test_both_keys_are_rolled_over(device, named):
    one = named(device, MAKES_ITS_KEYS).start()
    one.wait_until("the zone is signed", one.is_signed)
    for role, flags in (("ZSK", "256"), ("KSK", "257")):
        (old,), (old_tag,) = one.dnskeys()[flags], one.key_tags(role)
        one.wait_until("its first key is established", lambda: one.is_omnipresent(old_tag, "dnskey"))
        if role == "KSK":
            one.rndc("dnssec", "-checkds", "-key", old_tag, "published", ZONE)
            one.wait_until("its DS is established", lambda: one.is_omnipresent(old_tag, "ds"))
        one.rndc("dnssec", "-rollover", "-key", old_tag, ZONE)
        one.wait_until("there is a successor", lambda: len(one.key_tags(role)) == 2)
        (new_tag,) = set(one.key_tags(role)) - {old_tag}
        if role == "KSK":
            one.wait_until("its DS may be published", lambda: one.is_omnipresent(new_tag, "key rrsig"))
            assert_signed(one)
            one.rndc("dnssec", "-checkds", "-key", new_tag, "published", ZONE)
            one.rndc("dnssec", "-checkds", "-key", old_tag, "withdrawn", ZONE)
        one.wait_until(f"the old {role} is gone", lambda: old not in one.dnskeys()[flags])
        assert_signed(one)
        (new,) = one.dnskeys()[flags]
        assert set(keys_of_device(device, role.lower())) == {old, new}
    one.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@needs_trust_in_memory
def test_a_daemon_that_left_root_signs_with_what_root_could_read(device, named, tmp_path):
    """The password, the device's certificate, the log and the directory of the keys' certificates belong to root; named
    needs them after it has switched to another user. It works without the certificates."""
    secret, certificate, log = tmp_path / "pass", tmp_path / "device.crt", tmp_path / "sesam.log"
    certificates = tmp_path / "certificates"
    certificates.mkdir(mode=0o700)
    secret.write_text("sesam-demo\n")
    certificate.write_bytes(device.tlscert.read_bytes())
    one = named(device, MAKES_ITS_KEYS, **{"pass": None, "pass_source": f"file:{secret}", "tlscert": certificate,
                                           "log_output": log, "log_level": 4, "certificates": certificates})
    for path in (secret, certificate, one.openssl_conf):
        path.chmod(0o600)
    let_everybody_enter(tmp_path)
    run_program(["chown", "-R", USER, one.directory])
    one.start_as_daemon(USER)
    one.wait_until("the zone is signed", one.is_signed)
    assert Path(f"/proc/{one.pid}").owner() == USER
    assert one.dnskeys() == {"257": keys_of_device(device, "ksk"), "256": keys_of_device(device, "zsk")}
    assert all(path.owner() == USER for path in one.directory.glob("K*"))
    assert "sesam[" in log.read_text() and "sesam-demo" not in log.read_text()
    assert log.read_text().count(f"certificates = {certificates}: cannot be read: Permission denied") == 1
    one.stop()


def names_are_signed(one: Named, device, names: list[str]) -> int:
    """Adds names by a dynamic update. -> the number of signatures that were made for it"""
    before = device.requests().get("eccsign", 0)
    one.add_names(names)
    one.wait_until("the last of them is signed", lambda: has_name(one, names[-1]))
    assert_signed(one)
    return device.requests()["eccsign"] - before


def test_a_warm_key_costs_named_no_requests_but_signatures(device, named):
    one = named(device, LASTING_KEYS, DYNAMIC, key_cache_seconds=3600).start()
    one.wait_until("the zone is signed", one.is_signed)
    names_are_signed(one, device, ["first"])
    device.reset_counters()
    assert names_are_signed(one, device, [f"host{n:03}" for n in range(200)]) > 400  # an A and an NSEC for each name
    assert set(device.requests()) == {"eccsign"}
    one.stop()


def test_a_key_is_asked_for_once_in_its_time_to_live(device, named):
    """named opens its keys again after every ten signatures, which does not take a request to the device each time."""
    one = named(device, LASTING_KEYS, DYNAMIC, key_cache_seconds=1).start()
    one.wait_until("the zone is signed", one.is_signed)
    device.reset_counters()
    begun = time.monotonic()
    for version in itertools.count():
        names_are_signed(one, device, [f"host{version}-{n}" for n in range(50)])
        if device.requests().get("getkeyattributes", 0) >= 2:
            break
        assert time.monotonic() - begun < 60, "the key's operator would never be noticed"
    lifetimes = time.monotonic() - begun + 1
    assert device.requests()["getkeyattributes"] <= 2 * lifetimes, "two keys, each once in a second"
    one.stop()


@pytest.mark.parametrize("settings, renumbered, told", [
    # named compares a key that it opens again with its key file.
    ({"key_cache_seconds": 0}, True, "private key is invalid"),
    ({"key_cache_seconds": 3600}, False, "key was replaced on the device"),
    ({"key_cache_seconds": 3600, "verify_signatures": "yes"}, True, "key was replaced on the device"),
], ids=["opened-anew", "another-key-id", "the-same-key-id"])
def test_a_key_that_the_operator_replaced_signs_nothing(device, named, settings, renumbered, told):
    one = named(device, LASTING_KEYS, DYNAMIC, **settings).start()
    one.wait_until("the zone is signed", one.is_signed)
    (zsk,) = [key for key in device.keys() if "zsk" in key["nice_name"]]
    device.delete_key(zsk["key_id"])
    device.create_key(zsk["nice_name"], counter=int(zsk["key_id"][-16:]) if renumbered else 0)
    assert "SERVFAIL" in one.add_names(["new"], check=False).stderr
    assert_signed(one)
    assert not has_name(one, "new")
    one.wait_until("somebody says so", lambda: told in one.tell())
    one.stop()


def test_the_examples_policy_signs(device, named):
    example = (REPOSITORY / "docs" / "examples" / "named-policy.conf").read_text()
    one = named(device, 'include "policy.conf";\n')
    (one.directory / "policy.conf").write_text(example.replace("/var/lib/bind",
                                                               str(one.directory)).replace('dnssec-policy "n200"',
                                                                                           'dnssec-policy "tested"'))
    one.start()
    one.wait_until("the zone is signed", one.is_signed)
    assert one.dnskeys() == {"257": keys_of_device(device, "ksk"), "256": keys_of_device(device, "zsk")}
    one.stop()
