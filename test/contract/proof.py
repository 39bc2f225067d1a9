# SPDX-License-Identifier: Apache-2.0
"""Verifies the device's signatures with the openssl command, without sesam."""
import subprocess
from pathlib import Path

OIDS = {  # (family, bits): the curve's object identifier, DER
    ("NIST", 256): "06082a8648ce3d030107",
    ("NIST", 384): "06052b81040022",
    ("NIST", 521): "06052b81040023",
    ("BRAINPOOL", 256): "06092b2403030208010107",
    ("BRAINPOOL", 384): "06092b240303020801010b",
    ("BRAINPOOL", 512): "06092b240303020801010d",
}


def tlv(tag: int, value: bytes) -> bytes:
    size = len(value)
    if size < 128:
        length = bytes([size])
    else:
        digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + length + value


def integer(value: bytes) -> bytes:
    value = value.lstrip(b"\0") or b"\0"
    return tlv(2, b"\0" + value if value[0] & 0x80 else value)


def ec_public_key(family: str, bits: int, public_hex: str) -> bytes:
    algorithm = tlv(0x30, bytes.fromhex("06072a8648ce3d0201") + bytes.fromhex(OIDS[family, bits]))
    return tlv(0x30, algorithm + tlv(3, b"\0\x04" + bytes.fromhex(public_hex)))


def rsa_public_key(modulus_hex: str, exponent_hex: str) -> bytes:
    algorithm = tlv(0x30, bytes.fromhex("06092a864886f70d010101") + b"\5\0")
    key = tlv(0x30, integer(bytes.fromhex(modulus_hex)) + integer(bytes.fromhex(exponent_hex)))
    return tlv(0x30, algorithm + tlv(3, b"\0" + key))


def ecdsa_signature(p1363_hex: str) -> bytes:
    raw = bytes.fromhex(p1363_hex)
    return tlv(0x30, integer(raw[:len(raw) // 2]) + integer(raw[len(raw) // 2:]))


def verifies(public_der: bytes, signature: bytes, digest: bytes, directory: Path, *options: str) -> bool:
    for name, content in (("public", public_der), ("signature", signature), ("digest", digest)):
        (directory / name).write_bytes(content)
    done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "public",
                           "-sigfile", "signature", "-in", "digest"] +
                          [word for one in options for word in ("-pkeyopt", one)],
                          cwd=directory, env={"OPENSSL_CONF": "/dev/null", "PATH": "/usr/bin:/bin"},
                          capture_output=True, timeout=30)
    return done.returncode == 0 and b"Verified Successfully" in done.stdout
