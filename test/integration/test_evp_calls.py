# SPDX-License-Identifier: Apache-2.0
"""Every EVP call that a program may make, with a key in a file and one in the device: the answers are the same, or in
the table of docs/FEATURES.md, "Calls that a key in the device answers otherwise"."""
import re
from pathlib import Path

import pytest
from drivers.life import compile_driver

from harness.paths import REPOSITORY

DOCUMENTED = REPOSITORY / "docs/FEATURES.md"
# Calls that must fail, for which OpenSSL gives no reason but sesam does. For a signature that is not DER, libcrypto
# itself gives one from 3.5 on.
REFUSED = {"EC": {"digest_sign_short_buffer", "sign_digest_of_wrong_length", "verify_md5", "verify_md5_sha1",
                  "verify_by_oid"},
           "RSA": {"copy_parameters", "copy_has_the_key", "copy_has_the_parameters", "copy_takes_the_point_of_another"}}


@pytest.fixture(scope="module")
def evp_calls(tmp_path_factory):
    return compile_driver(tmp_path_factory.mktemp("driver"), "evp_calls", "evp_calls.c", "evp_calls_keys.c",
                          "evp_calls_signing.c", "evp_calls_schemes.c")


def documented(type_: str) -> dict[str, tuple[str, str]]:
    """The documented answers for each call: of a key in a file, and of one in the device."""
    rows = {}
    for names, types, in_file, in_device in re.findall(
            r"^\| (`[a-z0-9_`, ]+`) \| ([A-Z, ]+) \| (-?\d+|crash|any) \| (-?\d+) \|", DOCUMENTED.read_text(), re.M):
        if type_ in types.split(", "):
            rows |= {name: (in_file, in_device) for name in re.findall(r"\w+", names)}
    return rows


def answers(run, program: Path, cnf: Path, key: str) -> tuple[dict[str, str], dict[str, int]]:
    """The answer to each call, and the number of errors on the queue afterwards."""
    lines = [line.split("\t") for line in run([program, key], cnf, timeout=300).stdout.splitlines()]
    return {name: answer for name, answer, _ in lines}, {name: int(errors) for name, _, errors in lines}


@pytest.mark.parametrize("type_, options", [("EC", {}), ("RSA", {"type": "RSA", "size": 2048})])
def test_a_key_in_the_device_answers_as_one_in_a_file_or_as_documented(shared_device, openssl_cnf, openssl, run,
                                                                       tmp_path, evp_calls, type_, options):
    shared_device.create_key(f"calls-{type_}", **options)
    cnf = openssl_cnf(shared_device)
    making = ("ec_paramgen_curve:P-256",) if type_ == "EC" else ("rsa_keygen_bits:2048",)
    openssl(cnf, "genpkey", "-algorithm", type_, "-pkeyopt", *making, "-out", tmp_path / "key.pem")
    in_file, errors_in_file = answers(run, evp_calls, cnf, str(tmp_path / "key.pem"))
    in_device, errors_in_device = answers(run, evp_calls, cnf, f"sesam:calls-{type_}")
    assert len(in_file) > 80 and in_file.keys() == in_device.keys()
    assert "crash" not in in_device.values(), {name for name, answer in in_device.items() if answer == "crash"}
    differing = {name: (answer, in_device[name]) for name, answer in in_file.items() if answer != in_device[name]}
    rows = documented(type_)
    unexplained = {name: pair for name, pair in differing.items()
                   if name not in rows or rows[name][1] != pair[1] or rows[name][0] not in (pair[0], "any")}
    assert not unexplained, f"(file, device): {unexplained}"
    assert rows.keys() <= in_file.keys(), rows.keys() - in_file.keys()
    dirty = {name: errors for name, errors in errors_in_device.items()
             if errors > 0 and errors_in_file[name] == 0 and name not in rows and name not in REFUSED[type_]}
    assert not dirty, f"errors on the queue where a key in a file leaves none: {dirty}"
