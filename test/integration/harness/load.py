# SPDX-License-Identifier: Apache-2.0
"""The load generator of scripts/faults: threads that use keys while a test makes the device fail."""
import sys

from harness.paths import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "test" / "faults"))
from loads import compile_load, run_load  # noqa: E402, F401
from soak import Sample, complaints, soak  # noqa: E402, F401
