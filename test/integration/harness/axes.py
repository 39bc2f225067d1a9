# SPDX-License-Identifier: Apache-2.0
"""The axes of a user's set-up, and the combinations of their values that the core tests cover."""
import itertools
import os
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Mapping

from harness import configuration
from harness.cluster import Cluster
from harness.resolver import NAME, resolving
from harness.simulator import Simulator

PIN = "12345678"
KEY = "web"
DEADLINE_MS = 8000
COMMANDS = {"EC": "eccsign", "RSA": "rsasign"}


@dataclass(frozen=True)
class SetUp:
    """One combination of values."""
    where: str  # "address", or "name": a host name that the resolver looks up
    http: str  # "2" or "1.1"
    pin: str  # "PIN" or "none"
    nodes: str  # "1" or "2"
    key: str  # "EC" or "RSA"

    def __str__(self) -> str:
        pin = "no PIN" if self.pin == "none" else "PIN"
        return f"{self.where}, HTTP/{self.http}, {pin}, {self.nodes} node{'' if self.nodes == '1' else 's'}, {self.key}"


VALUES = (("address", "name"), ("2", "1.1"), ("PIN", "none"), ("1", "2"), ("EC", "RSA"))
ALL = [SetUp(*values) for values in itertools.product(*VALUES)]

# Each pair of values of two axes is in at least one of these (test_axes.py checks that).
PAIRWISE = [
    SetUp("address", "2", "PIN", "1", "EC"),
    SetUp("address", "1.1", "none", "2", "RSA"),
    SetUp("name", "2", "none", "2", "EC"),
    SetUp("name", "1.1", "PIN", "1", "RSA"),
    SetUp("name", "1.1", "PIN", "2", "EC"),
    SetUp("name", "2", "none", "1", "RSA"),
]
SET_UPS = ALL if os.environ.get("SESAM_ALL_AXES") else PAIRWISE


def pairs_of(set_up: SetUp) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    values = [(field.name, getattr(set_up, field.name)) for field in fields(set_up)]
    return set(itertools.combinations(values, 2))


class World:
    """The simulated devices of a set-up, which have one key, and an openssl.cnf for them. `devices` are more options
    of theirs, `settings` those of the openssl.cnf."""

    def __init__(self, set_up: SetUp, directory: Path, devices: Mapping[str, Any] | None = None, **settings: Any):
        self.set_up = set_up
        options: dict[str, Any] = {"http1": set_up.http == "1.1", **(devices or {})}
        self.resolver = ExitStack()
        self.looked_up: Path | None = None  # a line for each look-up
        if set_up.where == "name":
            options["name"] = NAME
            # One address: with several, libcurl's descriptors get other numbers (test_names.py covers that).
            self.looked_up = self.resolver.enter_context(resolving("127.0.0.1"))
        self.cluster = Cluster(directory / "devices", int(set_up.nodes), **options).start()
        key: dict[str, Any] = {"type": "RSA", "size": 2048} if set_up.key == "RSA" else {}
        if set_up.pin == "PIN":
            key["pin"] = PIN
        self.cluster.create_key(KEY, **key)
        self.cnf = self.configure(directory / "axes.cnf", **settings)

    @property
    def device(self) -> Simulator:
        """The first node, which sesam uses as long as it is healthy."""
        return self.cluster.nodes[0]

    @property
    def sign_command(self) -> str:
        return COMMANDS[self.set_up.key]

    def configure(self, path: Path, **settings: Any) -> Path:
        return configuration.write(path, configuration.settings_for(self.device, **{
            "url": self.cluster.url, "tlscert": self.cluster.tlscert, "log_level": 1,
            "address": None if self.set_up.where == "name" else "127.0.0.1",
            "pin": PIN if self.set_up.pin == "PIN" else None, **settings}))

    def signatures(self) -> int:
        return sum(node.requests().get(self.sign_command, 0) for node in self.cluster.nodes)

    def stop(self) -> None:
        self.resolver.close()
        self.cluster.stop()
