# SPDX-License-Identifier: Apache-2.0
"""The time of day may change while a program runs: deadlines and pauses use a monotonic clock."""
import time

from drivers.life import compile_driver


def test_a_clock_that_jumps_by_an_hour_is_not_noticed(simulator, openssl_cnf, run, tmp_path):
    device = simulator(delay_ms=5)
    device.create_key("web")
    signer = compile_driver(tmp_path, "driver", "refused_pin.c")
    jumps = compile_driver(tmp_path, "jumps.so", "clock_jumps.c", libraries=("-shared", "-fPIC", "-ldl"))
    device.fault("http-503", count=3, command="eccsign", retry_after_s=-1)  # so that requests wait
    started = time.monotonic()
    done = run([signer, 8, 20, "sesam:web"], openssl_cnf(device), environment={"LD_PRELOAD": str(jumps)})
    assert done.stdout == "160\n" and done.stderr == ""
    assert time.monotonic() - started < 10
