# SPDX-License-Identifier: Apache-2.0
"""What the libcurl that the module was built with cannot do."""
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Iterator

import pytest

from .paths import MODULE

CURL_IS_GNUTLS = "libcurl-gnutls" in subprocess.run(["ldd", MODULE], capture_output=True, text=True, timeout=30).stdout

needs_trust_in_memory = pytest.mark.skipif(
    CURL_IS_GNUTLS, reason="libcurl 7.88 with GnuTLS takes tlscert from the file, with each connection: it must stay readable")
needs_alerts = pytest.mark.skipif(CURL_IS_GNUTLS, reason="libcurl with GnuTLS does not say which alert came")

openssl_in_curl = pytest.mark.skipif(CURL_IS_GNUTLS, reason="GnuTLS itself obeys SSLKEYLOGFILE")


@pytest.fixture
def trust_after_setuid(device: Any) -> Iterator[dict[str, Path]]:
    """Settings for a server that becomes another user than the one who may read this test's directory."""
    with tempfile.TemporaryDirectory(prefix="sesam-trust") as directory:
        Path(directory).chmod(0o755)
        yield {"tlscert": Path(shutil.copy(device.tlscert, directory))} if CURL_IS_GNUTLS else {}
