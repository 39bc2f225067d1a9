# SPDX-License-Identifier: Apache-2.0
"""A provider serves programs of the libcrypto that it was built for; Debian's experimental has programs of two."""
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.paths import MODULE

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@cache
def libcryptos(path: Path) -> frozenset[str]:
    """Those that an ELF file is linked with, directly or not, such as libcrypto.so.3. None for scripts and what loads one later."""
    listed = subprocess.run(["ldd", path], capture_output=True, text=True, timeout=30).stdout
    return frozenset(re.findall(r"^\s*(libcrypto\.so\.\d+) =>", listed, re.M))


def needs_the_modules_libcrypto(program: Any) -> None:
    """Skips the test if the program, a name or a path, uses another libcrypto than sesam.so does."""
    path = shutil.which(str(program), path=PATH)
    if not path:
        return
    theirs, ours = libcryptos(Path(path)), libcryptos(MODULE)
    if theirs and ours and not theirs & ours:
        pytest.skip(f"{Path(path).name} uses {min(theirs)}, the provider {min(ours)}")
