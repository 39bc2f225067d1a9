# SPDX-License-Identifier: Apache-2.0
"""Where the things under test are. SESAM_BUILD_DIR names another build directory than build/."""
import os
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("SESAM_BUILD_DIR", REPOSITORY / "build")).resolve()
MODULE = BUILD / "sesam.so"
SIMULATOR = BUILD / "n200-sim"
COMMAND = BUILD / "sesam"


def let_everybody_enter(directory: Path) -> None:
    """For a program that becomes another user than the one whose directory this is."""
    while directory != Path(tempfile.gettempdir()):
        directory.chmod(0o755)
        directory = directory.parent
