# SPDX-License-Identifier: Apache-2.0
"""Moves private keys from PEM files into a simulated device, and replaces them in the files with their URIs."""
import json
import re
import subprocess
from pathlib import Path
from typing import Any, Iterable

from harness import configuration
from harness.programs import minimal_environment
from harness.simulator import Simulator

# Without keys that are encrypted with a passphrase: these are in a test because of the passphrase.
PRIVATE_KEY = re.compile(r"-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\n[A-Za-z0-9+/=\n]+-----END \1-----\n")
CURVES = {"prime256v1": ("NIST", 256), "secp384r1": ("NIST", 384), "secp521r1": ("NIST", 521),
          "brainpoolP256r1": ("BRAINPOOL", 256), "brainpoolP384r1": ("BRAINPOOL", 384),
          "brainpoolP512r1": ("BRAINPOOL", 512)}


def openssl(*words: str, data: str = "", cnf: Path | None = None) -> bytes:
    return subprocess.run(["/usr/bin/openssl", *words], input=data.encode(), env=minimal_environment(cnf), check=True,
                          capture_output=True).stdout


def description(pem: str) -> str:
    """OpenSSL's description of the key; empty if OpenSSL cannot read the key or considers it invalid."""
    try:
        text = openssl("pkey", "-noout", "-check", "-text", data=pem).decode()
    except subprocess.CalledProcessError:
        return ""
    return text if "Key is valid" in text else ""


def kind(text: str) -> dict[str, Any] | None:
    """The type and size that the simulator generates in place of such a key. None: the device has no such keys, or
    sesam does not support them."""
    curve, bits = re.search(r"^ASN1 OID: (\w+)", text, re.M), re.search(r"Private-Key: \((\d+) bit, 2 primes\)", text)
    if curve and curve[1] in CURVES:
        return dict(zip(("type", "size"), CURVES[curve[1]]))
    # The description of an RSA-PSS key mentions PSS.
    if bits and 2048 <= int(bits[1]) <= 4096 and "PSS" not in text and "publicExponent: 65537 " in text:
        return {"type": "RSA", "size": 2048}
    return None


def hex_after(label: str, text: str) -> str:
    """The hexadecimal digits below the label in a description."""
    found = re.search(rf"^{label}:\s*\n((?: +[0-9a-f:]+\n)+)", text, re.M)
    assert found, f"no '{label}' in:\n{text}"
    return re.sub(r"[\s:]", "", found[1]).upper()


def with_key(record: dict, pem: str) -> dict:
    """Replaces the key in a record of the simulator's journal. A device cannot import RSA keys, hence this way."""
    if record["type"] == "RSA":
        text = description(pem)
        der = openssl("rsa", "-traditional", "-outform", "DER", data=pem)
        modulus = hex_after("modulus", text).removeprefix("00")
        return record | {"modulus": modulus, "bits": len(modulus) * 4, "private": der.hex().upper()}
    text = openssl("pkey", "-noout", "-text", "-ec_conv_form", "uncompressed", data=pem).decode()
    digits = (record["bits"] + 7) // 8 * 2
    return record | {"private": hex_after("priv", text)[-digits:].rjust(digits, "0"),
                     "public": hex_after("pub", text).removeprefix("04")}


def move(paths: Iterable[Path], device: Simulator, cnf: Path) -> int:
    """Moves the keys, restarts the device and writes an openssl.cnf for it. -> the number of keys moved"""
    texts = {path: path.read_text(errors="surrogateescape") for path in paths}
    pems = sorted({found[0] for text in texts.values() for found in PRIVATE_KEY.finditer(text)})
    kinds = [(pem, wanted) for pem in pems if (wanted := kind(description(pem)))]
    for number, (_, wanted) in enumerate(kinds):
        device.create_key(f"key{number}", **wanted)
    journal = device.directory / "state" / "keys.jsonl"
    records = [json.loads(line) for line in journal.read_text().splitlines()]
    device.stop()
    journal.write_text("".join(json.dumps(with_key(record, pem)) + "\n" for record, (pem, _) in zip(records, kinds)))
    device.start(device.port)
    configuration.write(cnf, configuration.settings_for(device))
    uris = {pem: openssl("pkey", "-in", f"sesam:key{number}", cnf=cnf).decode()
            for number, (pem, _) in enumerate(kinds)}
    for path, text in texts.items():
        moved = PRIVATE_KEY.sub(lambda found: uris.get(found[0], found[0]), text)
        if moved != text:
            path.write_text(moved, errors="surrogateescape")
    return len(kinds)
