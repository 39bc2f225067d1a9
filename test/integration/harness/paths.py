# SPDX-License-Identifier: Apache-2.0
"""Paths of the repository and of the binaries under test. SESAM_BUILD_DIR overrides the build directory, build/."""
import os
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("SESAM_BUILD_DIR", REPOSITORY / "build")).resolve()
MODULE = BUILD / "sesam.so"
SIMULATOR = BUILD / "n200-sim"
COMMAND = BUILD / "sesam"


def let_everybody_enter(directory: Path) -> None:
    """Makes the directory and its parents below the temporary directory accessible to every user (mode 0755), for
    programs that switch to another user."""
    while directory != Path(tempfile.gettempdir()):
        directory.chmod(0o755)
        directory = directory.parent
