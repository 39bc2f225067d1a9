# SPDX-License-Identifier: Apache-2.0
"""A listing takes at most six times the bytes received plus 64 MiB of memory, whatever the device puts into it."""
import subprocess
import sys

import pytest

from harness.foreign_device import KEY_ID, ForeignDevice
from harness.paths import COMMAND
from harness.programs import minimal_environment

MIB = 1 << 20
# Runs the command from a small process, as the kernel includes the size of a process before exec(2).
MEASURE = "import resource, subprocess, sys\nstatus = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)\n" \
          "print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
REPLY_BYTES = 16 * MIB
LIMIT_BYTES = 6 * REPLY_BYTES + 64 * MIB


def repeated(unit: str, around: tuple[str, str] = ('{"result":{', '"z":{}}}')) -> bytes:
    return (around[0] + unit * (REPLY_BYTES // len(unit)) + around[1]).encode()


BOMBS = {
    "empty records": lambda: repeated('"":{},'),
    "the shortest key_ids": lambda: repeated('"hsm1":{},'),
    "the shortest RSA keys": lambda: repeated('"hsm1":{"modulus":"9","exponent":"3"},'),
    "records that name nothing": lambda: repeated('"hsm1":{"nice_name":"a","key_len":1},'),
    "one long name": lambda: repeated(r"\u0041", ('{"result":{"hsm1":{"nice_name":"', '"}}}')),
    "brackets": lambda: repeated("[", ('{"result":', "}")),
    "commas": lambda: repeated("1,", ('{"result":[', "1]}")),
}
PROGRAMS = {
    "an opening": ["openssl", "pkey", "-in", "sesam:web", "-noout"],
    "storeutl": ["openssl", "storeutl", "sesam:"],
    "list": [COMMAND, "list"],
    "list --json": [COMMAND, "list", "--json"],
    "list --uris": [COMMAND, "list", "--uris", "pkcs11"],
}


@pytest.fixture(scope="module")
def device(tmp_path_factory):
    foreign = ForeignDevice(tmp_path_factory.mktemp("listing") / "foreign")
    yield foreign
    foreign.stop()


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_listing_is_bounded_by_what_was_received(device, openssl_cnf, bomb):
    body = BOMBS[bomb]()
    found = {"result": {KEY_ID: {"key_id": KEY_ID, "key_type": "NIST", "key_len": 256, "nice_name": "web"}}}
    asked = []

    def get(path):
        asked.append(path)
        return 200, found if "getkeyattributes" in path else body if "NIST" in path else {"result": {}}

    device.get = get
    for program, words in PROGRAMS.items():
        asked.clear()
        done = subprocess.run([sys.executable, "-c", MEASURE, *words], env=minimal_environment(openssl_cnf(device)),
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True, timeout=60)
        status, peak_kib = (int(word) for word in done.stdout.split())
        assert status >= 0 and any("NIST" in path for path in asked), f"{program}: {status}, {asked}"
        assert peak_kib * 1024 <= LIMIT_BYTES, f"{program}: {peak_kib // 1024} MiB for {bomb}"


@pytest.mark.parametrize("limit, is_read", [(1, False), (16, False), (17, True)])
def test_max_listing_mib_bounds_what_is_read(device, openssl_cnf, openssl, limit, is_read):
    body = repeated("1,", ('{"result":[', "1]}"))  # 16 MiB and a few bytes
    device.get = lambda path: (200, body if "NIST" in path else {"result": {}})
    done = openssl(openssl_cnf(device, max_listing_mib=limit), "storeutl", "sesam:", check=False)
    assert ("reply too large" in done.stderr) == (not is_read), done.stderr
    assert is_read or "for listings see max_listing_mib" in done.stderr
