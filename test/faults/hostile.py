# SPDX-License-Identifier: Apache-2.0
"""Runs threads that use keys while the device abuses the protocol, and reports the results of their calls and the
memory used."""
from dataclasses import dataclass
from pathlib import Path

import document
from loads import Tally, compile_load, run_load

from harness import configuration
from harness.hostile_peer import HostilePeer
from harness.simulator import Simulator
from hostile_rows import MIB, ROWS, HostileRow

THREADS = 2
SLACK_MS = 2000
HEAD = ("abuse", "operations", "failures", "crashes", "longest wait, ms", "memory peak, MiB", "allowed, MiB",
        "errors", "holds")


@dataclass(frozen=True)
class Outcome:
    row: HostileRow
    tally: Tally
    abused: int  # number of abuses
    received: int  # total bytes of the abuses
    broken: tuple[str, ...]

    @property
    def allowed_mib(self) -> float:
        """The permitted growth of the process. A listing is read into memory as a whole, but only one at a time."""
        if self.row.kind != "list":
            return 20
        received_mib = self.received / max(self.abused, 1) / MIB
        return 6 * min(received_mib, self.row.settings.get("max_listing_mib", received_mib)) + 64

    @property
    def peak_mib(self) -> float:
        return (self.tally.peak_kib - self.tally.baseline_kib) / 1024

    def complaints(self) -> list[str]:
        complaints = list(self.broken)
        if self.tally.crashed:
            complaints.append(f"killed by signal {self.tally.crashed}")
        if self.tally.hung:
            complaints.append("it hangs")
        if self.tally.wrong and self.row.kind != "list":  # in a listing, the device decides which keys exist
            complaints.append("wrong results")
        if self.tally.longest_ms > self.row.deadline_ms + SLACK_MS:
            complaints.append("later than the deadline")
        if self.peak_mib > self.allowed_mib:
            complaints.append("too much memory")
        if "nothing said" in self.tally.reasons:
            complaints.append("an error that says nothing")
        if not self.abused or not self.tally.tried:
            complaints.append("nothing was abused")
        return complaints

    @property
    def holds(self) -> str:
        return "NO: " + ", ".join(self.complaints()) if self.complaints() else "yes"


def run(row: HostileRow, program: Path, directory: Path, seconds: float) -> Outcome:
    twin = Simulator(directory).start()
    peer = HostilePeer(twin, row.version)
    try:
        twin.create_key("web")
        twin.create_key("other")
        cnf = configuration.write(directory / "openssl.cnf",
                                  configuration.settings_for(twin, url=peer.url, **row.all_settings))
        operation = row.operation or row.kind
        uri = "sesam:" if operation == "list" else "sesam:web"
        threads = 1 if row.kind == "list" else THREADS
        peer.hides_public_keys = operation != row.kind

        def arm() -> None:
            if row.on_connection:
                peer.arm_handshake(row.on_connection)
            else:
                peer.arm(row.kind, row.act)

        tally = run_load(program, cnf, seconds, (f"{operation}={uri}*{threads}",), arm, row.deadline_ms / 1000 + 20)
        broken = []
        if peer.elsewhere.visits:
            broken.append("the redirect was followed")
        if row.refused and peer.handshakes:
            broken.append("the handshake was completed")
        return Outcome(row, tally, peer.abused, peer.sent, tuple(broken))
    finally:
        peer.stop()
        twin.stop()


def cells(outcome: Outcome) -> tuple[str, ...]:
    tally = outcome.tally
    told = ", ".join(f"{reason} ({count})" for reason, count in sorted(tally.reasons.items(),
                                                                       key=lambda pair: -pair[1]))
    return (outcome.row.name, str(tally.tried), str(tally.failed), str(int(bool(tally.crashed))),
            f"{tally.longest_ms:.0f}", f"{outcome.peak_mib:.1f}", f"{outcome.allowed_mib:.0f}", told, outcome.holds)


def markdown(outcomes: list[Outcome]) -> str:
    lines = [HEAD, ("---", *["--:"] * 6, "---", "---"), *map(cells, outcomes)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def holds(directory: Path, only: str, seconds: float) -> bool:
    program = compile_load(directory)
    outcomes = []
    for number, row in enumerate(row for row in ROWS if only in row.name):
        outcomes.append(run(row, program, directory / f"hostile{number}", seconds))
        print(" | ".join(cells(outcomes[-1])), flush=True)
    if not only:
        document.write("scripts/faults hostile", markdown(outcomes))
        print(f"\nwritten into {document.RELIABILITY}")
    broken = [outcome.row.name for outcome in outcomes if outcome.complaints()]
    print(f"\n{len(outcomes) - len(broken)} of {len(outcomes)} promises hold" + "".join(f"\n  not: {name}"
                                                                                        for name in broken))
    return not broken
