# SPDX-License-Identifier: Apache-2.0
"""Operations with a key through the openssl command."""
import re
from pathlib import Path
from typing import Any, Callable

Openssl = Callable[..., Any]


def total_found(listing: str) -> int:
    """The number of objects in the output of storeutl. If none is found, OpenSSL 3.0 prints "Total found: 0"; 3.5 and
    later print nothing."""
    return sum(int(total) for total in re.findall(r"^Total found: (\d+)$", listing, re.M))


def public_key(openssl: Openssl, cnf: Path, uri: str, directory: Path, name: str = "pub.pem") -> Path:
    path = directory / name
    openssl(cnf, "pkey", "-in", uri, "-pubout", "-out", path)
    return path


def verifies(openssl: Openssl, public: Path, signature: Path, data: Path, digest: str) -> bool:
    """Verifies with OpenSSL's own providers, without any configuration."""
    done = openssl(None, "dgst", f"-{digest}", "-verify", public, "-signature", signature, data, check=False)
    return done.returncode == 0 and "Verified OK" in done.stdout


def assert_signs(openssl: Openssl, cnf: Path, uri: str, directory: Path, digest: str = "sha256") -> None:
    """Signs with the key at the URI. Its public key must accept the signature, and reject it for other data."""
    data, signature = directory / "data", directory / "signature"
    data.write_bytes(b"to be signed\n" * 100)
    openssl(cnf, "dgst", f"-{digest}", "-sign", uri, "-out", signature, data)
    public = public_key(openssl, cnf, uri, directory)
    assert verifies(openssl, public, signature, data, digest)
    data.write_bytes(b"something else\n")
    assert not verifies(openssl, public, signature, data, digest)
