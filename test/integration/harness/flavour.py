# SPDX-License-Identifier: Apache-2.0
"""Marks for tests that depend on the TLS library of libcurl, or that cannot run in sanitizer or coverage builds."""
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Iterator

import pytest

from .paths import MODULE



def libraries_of(file: Path | str) -> str:
    return subprocess.run(["ldd", file], capture_output=True, text=True, timeout=30).stdout


CURL_IS_GNUTLS = "libcurl-gnutls" in libraries_of(MODULE)

needs_trust_in_memory = pytest.mark.skipif(
    CURL_IS_GNUTLS,
    reason="libcurl 7.88 with GnuTLS takes tlscert from the file, with each connection: it must stay readable")
needs_openssl_in_curl = pytest.mark.skipif(
    CURL_IS_GNUTLS, reason="only a libcurl with OpenSSL shows the device's certificates and the frames of HTTP/2")
needs_alerts = pytest.mark.skipif(CURL_IS_GNUTLS, reason="libcurl with GnuTLS does not say which alert came")

openssl_in_curl = pytest.mark.skipif(CURL_IS_GNUTLS, reason="GnuTLS itself obeys SSLKEYLOGFILE")

# scripts/coverage: an instrumented program writes files, and prints an error if it cannot.
not_counted = pytest.mark.skipif("SESAM_COVERAGE" in os.environ,
                                 reason="the counters of the coverage build get into the way")


def not_sanitized(reason: str) -> pytest.MarkDecorator:
    """scripts/sanitize: for tests of behaviour that the sanitizers change or do not support."""
    return pytest.mark.skipif("SESAM_PRELOAD" in os.environ, reason=reason)


IN_A_CHILD = "a child of a process with threads may find a lock of the sanitizer's taken for ever"


@pytest.fixture
def trust_after_setuid(device: Any) -> Iterator[dict[str, Path]]:
    """Settings for a server that switches to a user who cannot read this test's directory."""
    with tempfile.TemporaryDirectory(prefix="sesam-trust") as directory:
        Path(directory).chmod(0o755)
        yield {"tlscert": Path(shutil.copy(device.tlscert, directory))} if CURL_IS_GNUTLS else {}


def shares_libcrypto(program: str) -> bool:
    """Whether a program of PATH and sesam.so use the same libcrypto."""
    files = (MODULE, shutil.which(program) or "")
    one, other = (re.findall(r"libcrypto\.so\.\d+", libraries_of(file)) for file in files)
    return bool(one) and one == other
