# SPDX-License-Identifier: Apache-2.0
"""Verifies the signatures of a run with the openssl command, without sesam."""
import re
import subprocess
from pathlib import Path

from harness.programs import minimal_environment

# SubjectPublicKeyInfo of a P-256 key (RFC 5480), before the point.
P256_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
RAW_BYTES = 64  # r and s


def message() -> bytes:
    """Returns the message that the clients sign, from message.h."""
    source = (Path(__file__).parent / "message.h").read_text()
    return re.search(r'kMessage =\s*"([^"]+)"', source)[1].encode()


def integer(number: bytes) -> bytes:
    """Returns a non-negative INTEGER in DER (ITU-T X.690); `number` is big endian."""
    number = number.lstrip(b"\0") or b"\0"
    number = b"\0" + number if number[0] & 0x80 else number
    return b"\x02" + bytes([len(number)]) + number


def der(signature: bytes) -> bytes:
    if len(signature) != RAW_BYTES:
        return signature
    body = integer(signature[:RAW_BYTES // 2]) + integer(signature[RAW_BYTES // 2:])
    return b"\x30" + bytes([len(body)]) + body


class Proof:
    def __init__(self, directory: Path, public_keys: list[str]):
        """`public_keys`: X and Y in hex, as returned by the device."""
        self.directory = directory
        self.keys = [P256_PREFIX + bytes.fromhex(key) for key in public_keys]
        (directory / "message").write_bytes(message())

    def bad(self, signatures: list[str], keys: int) -> list[str]:
        """Returns the invalid signatures. Caller n signs with key n modulo `keys`. Equal ones are checked only once."""
        found = {(signature, number % keys) for number, signature in enumerate(signatures)}
        return [signature for signature, key in found if not self._verifies(bytes.fromhex(signature), self.keys[key])]

    def _verifies(self, signature: bytes, key: bytes) -> bool:
        (self.directory / "key.der").write_bytes(key)
        (self.directory / "signature").write_bytes(der(signature))
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", "key.der", "-keyform", "DER", "-signature",
                               "signature", "message"],
                              cwd=self.directory, env=minimal_environment(None), capture_output=True, timeout=30)
        return done.returncode == 0
