# SPDX-License-Identifier: Apache-2.0
"""Runs BIND's tools in one directory: zone files, keys from labels, the statistics of dnssec-signzone."""
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.paths import REPOSITORY
from harness.programs import Done, run

ZONE = "jp.example"
TRANSCRIPT_ZONE = REPOSITORY / "docs" / "examples" / ZONE


@dataclass(frozen=True)
class Signed:
    generated: int
    per_second: float
    done: Done


class Bind:
    def __init__(self, directory: Path, openssl_conf: Path):
        self.directory = directory
        self.openssl_conf = openssl_conf
        self.zone_file = directory / ZONE
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copy(TRANSCRIPT_ZONE, self.zone_file)

    @property
    def signed_file(self) -> Path:
        return self.directory / f"{ZONE}.signed"

    def tool(self, *arguments: Any, **options: Any) -> Done:
        return run(arguments, self.openssl_conf, cwd=self.directory, **{"timeout": 120, **options})

    def add_names(self, count: int) -> None:
        with self.zone_file.open("a") as zone:
            zone.writelines(f"host{n:05}\tIN A\t10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}\n" for n in range(count))

    def key_from_label(self, label: str, algorithm: int = 13, **options: Any) -> Done:
        return self.tool("dnssec-keyfromlabel", "-a", algorithm, "-l", label, "-f", "KSK", ZONE, **options)

    def sign(self, *arguments: Any, **options: Any) -> Signed:
        done = self.tool("dnssec-signzone", "-t", "-z", "-S", *arguments, "-o", ZONE, ZONE, **options)
        return Signed(int(statistic(done, "Signatures generated") or 0),
                      float(statistic(done, "Signatures per second") or 0), done)

    def verify(self) -> Done:
        return self.tool("dnssec-verify", "-z", "-o", ZONE, self.signed_file)


def statistic(done: Done, name: str) -> str | None:
    found = re.search(rf"^{name}: +([0-9.]+)$", done.stdout + done.stderr, re.M)
    return found and found.group(1)
