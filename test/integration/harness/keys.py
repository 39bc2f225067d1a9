# SPDX-License-Identifier: Apache-2.0
"""What tests do with a key through the openssl command."""
import re
from pathlib import Path
from typing import Any, Callable

Openssl = Callable[..., Any]


def total_found(listing: str) -> int:
    """Of what storeutl printed. OpenSSL 3.0 says "Total found: 0", 3.5 and later say nothing of nothing."""
    return sum(int(total) for total in re.findall(r"^Total found: (\d+)$", listing, re.M))


def public_key(openssl: Openssl, cnf: Path, uri: str, directory: Path, name: str = "pub.pem") -> Path:
    path = directory / name
    openssl(cnf, "pkey", "-in", uri, "-pubout", "-out", path)
    return path


def verifies(openssl: Openssl, public: Path, signature: Path, data: Path, digest: str) -> bool:
    """Held against OpenSSL alone: no provider of ours, no configuration."""
    done = openssl(None, "dgst", f"-{digest}", "-verify", public, "-signature", signature, data, check=False)
    return done.returncode == 0 and "Verified OK" in done.stdout


def assert_signs(openssl: Openssl, cnf: Path, uri: str, directory: Path, digest: str = "sha256") -> None:
    """The key at the URI signs, its public part verifies it, and verifies nothing else."""
    data, signature = directory / "data", directory / "signature"
    data.write_bytes(b"to be signed\n" * 100)
    openssl(cnf, "dgst", f"-{digest}", "-sign", uri, "-out", signature, data)
    public = public_key(openssl, cnf, uri, directory)
    assert verifies(openssl, public, signature, data, digest)
    data.write_bytes(b"something else\n")
    assert not verifies(openssl, public, signature, data, digest)
