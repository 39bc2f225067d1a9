# SPDX-License-Identifier: Apache-2.0
"""The set-up of one row of the table: one or two devices with keys, an openssl.cnf, and the faults while a load
runs."""
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from loads import Tally, run_load  # first: it makes the tests' harness known

from harness import configuration
from harness.resolver import resolving
from harness.simulator import Simulator

SIGN = ("sign=sesam:ec*8", "sign=sesam:rsa*2")
OPEN = "open=sesam:ec*2"
MIXED = (*SIGN, OPEN, "list=sesam:")
READ = (OPEN, OPEN, "list=sesam:*2")
GENERATE = ("generate=sesam:object=new*2",)
CONNECT_MS, REQUEST_MS, DEADLINE_MS = 1000, 2000, 10_000
SLACK_MS = 2000  # beyond the deadline, for threads that wait for a busy processor
KEYS = 20


class Promise:
    NO_FAILURE = "no failure"
    CLEAR_ERROR = "a clear error, in time"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Row:
    """A fault, and what the provider promises under it. `orders` are sent to POST /faults, and are active while the
    load runs."""
    name: str
    promise: str
    orders: tuple[dict[str, Any], ...] = ()
    during: Callable[["Stage"], None] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    device: dict[str, Any] = field(default_factory=dict)
    nodes: int = 1
    loads: tuple[str, ...] = MIXED
    trust_next: bool = False  # tlscert also has the device's next certificate


class Stage:
    """The devices, which have the same keys, and the duration of the load."""

    def __init__(self, row: Row, directory: Path, seconds: float):
        self.row, self.directory, self.seconds = row, directory, seconds
        self.nodes = [Simulator(directory / f"node{n}", **row.device) for n in range(row.nodes)]
        self.next_certificate: dict[str, Path] = {}

    @property
    def node(self) -> Simulator:
        return self.nodes[0]

    def set_up(self) -> Path:
        for node in self.nodes:
            node.start()
        self.node.create_key("ec")
        self.node.create_key("rsa", type="RSA", size=2048)
        self.node.create_key("more", count=KEYS)
        for node in self.nodes[1:]:
            node.take_keys_of(self.node)
        trusted = self.directory / "trusted.pem"
        with trusted.open("wb") as bundle:
            for node in self.nodes:
                bundle.write(node.tlscert.read_bytes())
            if self.row.trust_next:
                first = {"tlscert": self.node.tlscert, "tlskey": self.node.tlscert.with_suffix(".key")}
                self.next_certificate = self.node.change_certificate()
                bundle.write(self.next_certificate["tlscert"].read_bytes())
                self.node.change_certificate(**first)
        settings = configuration.settings_for(
            self.node, url=" ".join(node.url for node in self.nodes), tlscert=trusted, key_cache_seconds=0,
            connect_timeout_ms=CONNECT_MS, request_timeout_ms=REQUEST_MS, deadline_ms=DEADLINE_MS)
        chosen = {key: value for key, value in (settings | self.row.settings).items() if value is not None}
        return configuration.write(self.directory / "openssl.cnf", chosen)

    def wait(self, part: float) -> None:
        """Waits for that fraction of the load's duration."""
        time.sleep(self.seconds * part)

    def _begin(self) -> None:
        for order in self.row.orders:
            self.node.control("POST", "/faults", order)
        if self.row.during:
            self.row.during(self)

    def duplicates(self) -> int:
        names = [key["nice_name"] for key in self.node.keys()]
        return len(names) - len(set(names))

    def run(self, program: Path) -> tuple[Tally, int]:
        """-> the results of the callers, and the number of requests that were hit by an order"""
        try:
            cnf = self.set_up()
            by_name = resolving("127.0.0.1") if self.row.settings.get("address", "") is None else nullcontext()
            deadline_ms = self.row.settings.get("deadline_ms", DEADLINE_MS)
            with by_name:
                tally = run_load(program, cnf, self.seconds, self.row.loads, self._begin, deadline_ms / 1000 + 20)
            tally.wrong += self.duplicates()
            return tally, sum(self.node.counters()["faults"].values())
        finally:
            for node in self.nodes:
                node.stop()


def holds(row: Row, tally: Tally) -> str:
    """"yes", or how the promise was broken."""
    broken = []
    deadline_ms = row.settings.get("deadline_ms", DEADLINE_MS)
    if tally.hung:
        return "NO: it hangs"
    if tally.crashed:
        return f"NO: killed by signal {tally.crashed}"
    if row.promise == Promise.NOTHING:
        return "yes"
    if tally.wrong:
        broken.append("wrong results")
    if tally.longest_ms > deadline_ms + SLACK_MS:
        broken.append("later than the deadline")
    if row.promise == Promise.NO_FAILURE and tally.failed:
        broken.append("failures")
    if "nothing said" in tally.reasons:
        broken.append("an error that says nothing")
    if not tally.tried:
        broken.append("nothing was tried")
    return "NO: " + ", ".join(broken) if broken else "yes"
