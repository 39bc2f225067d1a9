# SPDX-License-Identifier: Apache-2.0
"""The part `bind`: dnssec-signzone signs a zone of 10,000 names, as the customer does, with real signatures."""
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import peer
from harness.bind import Bind
from runs import Bench, CannotMeasure, Run

DELAY_MS = 20
THREADS = 64
PEER = "pkcs11_provider"
BINDS_OWN_MS = 0.5  # time of dnssec-signzone between two signatures of one thread

@dataclass(frozen=True)
class Scale:
    names: int
    rounds: int


FULL, QUICK = Scale(10_000, 3), Scale(500, 1)


class Zone:
    """One zone with one key, given by its label; can be signed repeatedly."""

    def __init__(self, directory: Path, openssl_conf: Path, names: int, label: str,
                 environment: dict[str, str] | None = None):
        self.bind = Bind(directory, openssl_conf)
        self.environment = environment or {}
        self.names = names
        self.bind.add_names(names)
        self.bind.key_from_label(label, environment=self.environment)

    def signatures_per_second(self, threads: int) -> float:
        signed = self.bind.sign("-n", threads, timeout=300, environment=self.environment)
        if signed.generated < 2 * self.names:
            raise CannotMeasure(f"{signed.generated} signatures for {self.names} names: {signed.done}")
        return signed.per_second


def say(what: str, rate: float) -> float:
    print(f"  {what:58} {rate:9.0f} /s", flush=True)
    return rate


def measured(directory: Path, scale: Scale) -> dict[str, float]:
    bench = Bench(directory)
    try:
        zones = {name: Zone(directory / f"zone-{name}", bench.configurations[verify], scale.names, "sesam:bench1")
                 for name, verify in (("plain", "no"), ("verify", "yes"))}
        return {**far(bench, zones, scale), **near(bench, zones, directory, scale)}
    finally:
        bench.stop()


def far(bench: Bench, zones: dict[str, Zone], scale: Scale) -> dict[str, float]:
    """A device 20 ms away, compared with the way of the transcript, without BIND: a new connection per signature."""
    ideal = THREADS * 1000 / (DELAY_MS + BINDS_OWN_MS)
    rates: dict[str, list[float]] = {"plain": [], "verify": [], "transcript": []}
    for _ in range(scale.rounds):
        transcript = bench.run(Run("naive", 1, DELAY_MS), seconds=3)["rate"]
        rates["transcript"].append(say(f"{DELAY_MS} ms, a new connection per signature, one at a time", transcript))
        bench.device.set_options(delay_ms=DELAY_MS)
        for name, zone in zones.items():
            rates[name].append(say(f"{DELAY_MS} ms, dnssec-signzone -n {THREADS}, {name}",
                                   zone.signatures_per_second(THREADS)))
    return {
        "bind.delay20.n64.of_ideal": median(rates["plain"]) / ideal,
        "bind.delay20.n64.verify.of_ideal": median(rates["verify"]) / ideal,
        "bind.delay20.n64.signatures_per_s": median(rates["plain"]),
        "bind.delay20.n64.vs_transcript_way": median(a / b for a, b in zip(rates["plain"], rates["transcript"])),
        "bind.delay20.transcript_way.signatures_per_s": median(rates["transcript"]),
    }


def near(bench: Bench, zones: dict[str, Zone], directory: Path, scale: Scale) -> dict[str, float]:
    """A device without delay and two threads, compared with SoftHSM, which signs in the same process."""
    bench.device.set_options(delay_ms=0)
    every = dict(zones)
    try:
        openssl_conf, label, environment = peer.set_up(directory / "softhsm")
        every[PEER] = Zone(directory / "zone-peer", openssl_conf, scale.names, label, environment)
    except (peer.Missing, AssertionError) as error:  # only this figure is missing then
        print(f"  bind.delay0.n2.vs_pkcs11_provider is left out: {error}", flush=True)
    rates: dict[str, list[float]] = {name: [] for name in every}
    for _ in range(scale.rounds):
        for name, zone in every.items():
            rates[name].append(say(f"0 ms, dnssec-signzone -n 2, {name}", zone.signatures_per_second(2)))
    values = {f"bind.delay0.n2.{name}.signatures_per_s": median(found) for name, found in rates.items()}
    values["bind.delay0.n2.verify.of_plain"] = median(a / b for a, b in zip(rates["verify"], rates["plain"]))
    if PEER in rates:
        values["bind.delay0.n2.vs_pkcs11_provider"] = median(a / b for a, b in zip(rates["plain"], rates[PEER]))
    return values
