# SPDX-License-Identifier: Apache-2.0
"""The parent of a zone: its DS records, and whether a validator accepts the zone with them."""
import re
from typing import Callable

from harness.bind import ZONE
from harness.named import Named
from harness.programs import Done, run


class Parent:
    """Publishes DS records of jp.example, like its registry on request. Validates with delv, which queries the server
    each time and does not use sesam."""

    def __init__(self, one: Named):
        self.named = one
        self.ds: dict[str, str] = {}

    def publish(self, tag: str) -> None:
        """Publishes the DS record of the KSK with that tag, and reports it to named as published."""
        records = run(["dnssec-dsfromkey", "-f", "-", ZONE], None,
                      stdin=self.named.dig(ZONE, "DNSKEY").encode()).stdout
        found = re.search(rf"^{re.escape(ZONE)}\. IN DS ({tag} \d+ 2 \S+)$", records, re.M)
        assert found, f"no KSK {tag} in:\n{records}"
        self.ds[tag] = found[1]
        self.named.rndc("dnssec", "-checkds", "-key", tag, "published", ZONE)

    def withdraw(self, tag: str) -> None:
        del self.ds[tag]
        self.named.rndc("dnssec", "-checkds", "-key", tag, "withdrawn", ZONE)

    def validation(self, name: str = ZONE, kind: str = "SOA") -> Done:
        anchors = self.named.directory / "anchors"
        lines = []
        for ds in self.ds.values():
            tag, algorithm, digest, value = ds.split()
            lines.append(f'{ZONE}. static-ds {tag} {algorithm} {digest} "{value}";')
        anchors.write_text("trust-anchors {\n" + "\n".join(lines) + "\n};\n")
        return run(["delv", "@127.0.0.1", "-p", self.named.port, "-a", anchors, f"+root={ZONE}", name, kind], None,
                   check=False)

    def is_bogus(self) -> bool:
        """Whether a validator refuses the zone; one that gets no answer proves nothing."""
        done = self.validation()
        return "resolution failed" in done.stdout + done.stderr and "timed out" not in done.stdout + done.stderr

    def assert_accepted(self) -> None:
        for name, kind in ((ZONE, "SOA"), (ZONE, "DNSKEY"), (f"nothing.{ZONE}", "A")):
            done = self.validation(name, kind)
            assert "fully validated" in done.stdout, f"{self.ds}\n{done}\n{self.named.tell()}"

    def wait_until(self, what: str, true: Callable[[], bool]) -> None:
        """Validates the zone at each attempt: it must never be bogus in the meantime."""
        def look() -> bool:
            self.assert_accepted()
            return true()
        self.named.wait_until(what, look)

    def replace(self, old: str, new: str) -> None:
        """Replaces the DS of a KSK with that of its successor, as docs/BIND.md describes: each step starts when named
        reports that the previous one has propagated."""
        one = self.named
        self.wait_until("the new DS may be published", lambda: one.state(new, "ds") == "rumoured")
        assert one.is_signed(), "by all algorithms"
        self.publish(new)
        self.wait_until("the new DS is established", lambda: one.is_omnipresent(new, "ds"))
        self.withdraw(old)
        self.wait_until("the old KSK is gone", lambda: len(one.dnskeys()["257"]) == 1)
