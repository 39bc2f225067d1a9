# SPDX-License-Identifier: Apache-2.0
"""A device with a trusted certificate whose replies are defined by the test."""
from pathlib import Path
from typing import Any

from harness.foreign_device import KEY_ID, ForeignDevice

TOKEN = KEY_ID[:23] + KEY_ID[31:]


class LyingDevice(ForeignDevice):
    """`claims` replaces members of the key's record. `refusal` is the reply to each POST and, if `refuses_look_ups` is
    set, to each GET. The lists of BRAINPOOL, RSA and SYM keys are empty, but for `others`: further records of the
    listings, by type."""

    def __init__(self, directory: Path):
        super().__init__(directory)
        self.make_key("web", "")
        self.claims: dict[str, Any] = {}
        self.refusal: dict[str, Any] = {"error": "some trouble"}
        self.refuses_look_ups = False
        self.others: dict[str, dict[str, Any]] = {}

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        if self.refuses_look_ups:
            return 200, self.refusal
        kind = path.rstrip("/").rsplit("/", 1)[-1]
        others = self.others.get(kind, {})
        if kind in ("BRAINPOOL", "RSA", "SYM"):
            return 200, {"result": others}
        return 200, {"result": {"key": {**self.record, "token_name": TOKEN, **self.claims}, **others}}

    def post(self, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.journal.append(("POST", fields.get("command", ""), fields))
        return 200, self.refusal
