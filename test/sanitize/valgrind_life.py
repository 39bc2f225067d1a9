# SPDX-License-Identifier: Apache-2.0
"""The lifecycle driver under valgrind; started by `scripts/sanitize valgrind`."""
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration")]

from conftest import openssl_cnf, simulator  # noqa: E402, F401
from drivers.life import life_program  # noqa: E402, F401
from harness.programs import run  # noqa: E402

STEPS = {
    "init alone": "watchdog=120 init alone return",
    "sign and return": "watchdog=120 load sign=5 free return",
    "threads": "watchdog=120 load busy=4 pause_ms=200 idle sign=1 free exit",
    "forks": "watchdog=120 load sign=1 fork=2 [ watchdog=120 sign=1 exit ] sign=1 exit",
    "contexts": "watchdog=120 context load sign=1 context load sign=1 free_context free_context load sign=1 exit",
    "cleanup": "watchdog=120 load sign=1 free cleanup exit",
}


@pytest.mark.parametrize("name", STEPS)
def test_valgrind_finds_nothing(simulator, openssl_cnf, life_program, name):  # noqa: F811
    device = simulator()
    device.create_key("web", pin="24681357")
    cnf = openssl_cnf(device, pin="24681357", request_timeout_ms=60000, deadline_ms=60000, connect_timeout_ms=60000)
    forked = [f"--suppressions={HERE}/valgrind_forked.supp"] if "fork=" in STEPS[name] else []
    done = run([*os.environ["SESAM_VALGRIND"].split(), *forked, life_program, "sesam:web", *STEPS[name].split()], cnf,
               timeout=200)
    assert "ERROR SUMMARY" not in done.stderr and "definitely lost" not in done.stderr, str(done)
