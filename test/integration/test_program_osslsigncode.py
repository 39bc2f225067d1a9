# SPDX-License-Identifier: Apache-2.0
"""osslsigncode, which signs programs for Windows."""
import pytest

from harness.pe import HEADER_BYTES, minimal_program
from harness.tls import make_identity
from programs.row import by_file_and_uri


@pytest.fixture
def verifies(run):
    def call(program, identity) -> bool:
        done = run(["osslsigncode", "verify", "-in", program, "-CAfile", identity.certificate, "-TSA-CAfile",
                    identity.certificate, "-ignore-timestamp"], check=False)
        return done.returncode == 0 and "Signature verification: ok" in done.stdout
    return call


@by_file_and_uri("osslsigncode")
@pytest.mark.parametrize("type", ["EC", "RSA"])
def test_a_program_is_signed(device, openssl_cnf, run, tmp_path, verifies, type, by_uri):
    cnf = openssl_cnf(device)
    identity = make_identity(device, cnf, tmp_path, type)
    plain, signed = tmp_path / "plain.exe", tmp_path / "signed.exe"
    plain.write_bytes(minimal_program())
    run(["osslsigncode", "sign", "-certs", identity.certificate, "-key", identity.uri if by_uri else identity.key, "-h",
         "sha256", "-in", plain, "-out", signed], cnf)
    assert device.requests() == {"getkeyattributes": 1, identity.sign_command: 1}
    assert verifies(signed, identity)
    changed = bytearray(signed.read_bytes())
    changed[HEADER_BYTES] ^= 1  # in the code; the checksum in the header can have any value and is not signed
    signed.write_bytes(changed)
    assert not verifies(signed, identity)
