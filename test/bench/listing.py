# SPDX-License-Identifier: Apache-2.0
"""The part `list`: openssl storeutl lists the keys of a device with 100,000 keys."""
from pathlib import Path
from statistics import median
from typing import Any

from harness import configuration
from harness.programs import run
from harness.simulator import Simulator
from runs import CannotMeasure

KEYS = 100_000
FULL, QUICK = 3, 1  # rounds


def timed(directory: Path, openssl_conf: Path, *arguments: Any) -> tuple[float, float, str]:
    """Returns the time in seconds and the peak memory in MiB, as reported by time(1), and the output."""
    told = directory / "time.txt"
    done = run(["/usr/bin/time", "-q", "-f", "%e %M", "-o", told, "openssl", *arguments], openssl_conf, timeout=120)
    seconds, peak_kib = told.read_text().split()
    return float(seconds), float(peak_kib) / 1024, done.stdout


def measured(directory: Path, rounds: int) -> dict[str, float]:
    device = Simulator(directory / "device").start()
    try:
        device.create_key("bench", count=KEYS)
        openssl_conf = configuration.write(directory / "openssl.cnf", configuration.settings_for(device))
        seconds, growth = [], []
        for _ in range(rounds):
            # The same program with the provider loaded, but without a listing.
            _, start_mib, _ = timed(directory, openssl_conf, "list", "-providers")
            took, peak_mib, listed = timed(directory, openssl_conf, "storeutl", "-noout", "sesam:")
            if listed.count("sesam:key-id=") != KEYS:
                raise CannotMeasure(f"{listed.count('sesam:key-id=')} keys listed of {KEYS}")
            print(f"  {KEYS} keys: {took:.2f} s, {peak_mib:.0f} MiB, {start_mib:.0f} of them before", flush=True)
            seconds.append(took)
            growth.append(peak_mib - start_mib)
        return {"list.100k_keys_s": median(seconds), "list.rss_mib": median(growth)}
    finally:
        device.stop()
