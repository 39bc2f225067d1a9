# SPDX-License-Identifier: Apache-2.0
"""Compares a reply with the observed shape, field by field. The order of the fields does not matter."""
import re
from dataclasses import dataclass
from typing import Any

from device import Reply

HEX = re.compile("([0-9A-F]{2})+")
KEY_ID = re.compile("hsm0101[0-9A-F]{32}")
SLOT = re.compile("hsm0101[0-9A-F]{24}")
CKA_ID = re.compile("[0-9A-F]{12}")
ACL = re.compile("[0-9A-F]{4}")
DATE = re.compile("[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}")
NUMBER = re.compile("[0-9]+")


# The record of a key in a reply to listkeys.
EC_RECORD = {
    "slot": SLOT, "key_id": KEY_ID, "id": CKA_ID, "key_type": "NIST", "key_len": (256, 384, 521), "key_acl": ACL,
    "nice_name": str, "date_of_creation": DATE, "date_of_last_use": (DATE, None),
    "date_planned_lifetime_until": (None, str), "token_name": SLOT, "key_owner": str, "public_key": HEX,
}


def hex_of(size: int) -> re.Pattern:
    return re.compile(f"[0-9A-F]{{{2 * size}}}")


@dataclass(frozen=True)
class MapOf:
    """An object whose member names match `name` and whose values have the shape `value`."""
    name: re.Pattern
    value: Any


def differences(shape: Any, got: Any, where: str) -> list[str]:
    """The differences between `got` and `shape`: a type, a pattern for a whole string, a tuple of alternatives, a dict,
    a MapOf or a plain value."""
    if isinstance(shape, tuple):
        found = [differences(one, got, where) for one in shape]
        return [] if [] in found else found[0]
    if isinstance(shape, MapOf):
        if not isinstance(got, dict):
            return [f"{where}: observed an object, got {got!r}"]
        names = [f"{where}: observed names like {shape.name.pattern}, got {name!r}"
                 for name in got if not shape.name.fullmatch(name)]
        return names + [line for name, value in got.items() for line in differences(shape.value, value,
                                                                                    f"{where}.{name}")]
    if isinstance(shape, dict):
        if not isinstance(got, dict):
            return [f"{where}: observed an object, got {got!r}"]
        lines = [f"{where}.{name}: observed, missing" for name in shape if name not in got]
        lines += [f"{where}.{name}: not observed, got {value!r}" for name, value in got.items() if name not in shape]
        return lines + [line for name in shape if name in got
                        for line in differences(shape[name], got[name], f"{where}.{name}")]
    if isinstance(shape, re.Pattern):
        good = isinstance(got, str) and shape.fullmatch(got)
        return [] if good else [f"{where}: observed a string like {shape.pattern}, got {got!r}"]
    if isinstance(shape, type):
        return [] if type(got) is shape else [f"{where}: observed {shape.__name__}, got {got!r}"]
    return [] if type(got) is type(shape) and got == shape else [f"{where}: observed {shape!r}, got {got!r}"]


def assert_reply(reply: Reply, shape: dict[str, Any]) -> Any:
    lines = [] if reply.status == 200 else [f"status: observed 200, got {reply.status}"]
    lines += differences(shape, reply.json, "reply")
    assert not lines, "\n".join([f"{reply.request} differs:", *lines])
    return reply.json
