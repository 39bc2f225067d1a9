# SPDX-License-Identifier: Apache-2.0
"""Where the things under test are. SESAM_BUILD_DIR names another build directory than build/."""
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("SESAM_BUILD_DIR", REPOSITORY / "build")).resolve()
MODULE = BUILD / "sesam.so"
SIMULATOR = BUILD / "n200-sim"
COMMAND = BUILD / "sesam"
