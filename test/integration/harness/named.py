# SPDX-License-Identifier: Apache-2.0
"""Runs BIND's named in its own directory and on its own ports, and controls it with rndc and dig."""
import base64
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Callable

from harness.bind import TRANSCRIPT_ZONE, ZONE
from harness.ports import free_port
from harness.programs import Done, minimal_environment, run

CONFIGURATION = """
key "control" {{ algorithm hmac-sha256; secret "{secret}"; }};
controls {{ inet 127.0.0.1 port {control_port} allow {{ 127.0.0.1; }} keys {{ "control"; }}; }};
options {{
    directory "{directory}";
    pid-file "{directory}/named.pid";
    session-keyfile none;
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion no;
    notify no;
    dnssec-validation no;
    allow-transfer {{ 127.0.0.1; }};
}};
logging {{ category xfer-out {{ null; }}; }};
zone "{zone}" {{ type primary; file "{zone}"; {zone_options} dnssec-policy "{policy}"; }};
"""


class Named:
    """Serves jp.example, signed by the policy "tested", which the argument `policy` defines."""

    def __init__(self, directory: Path, openssl_conf: Path, policy: str, zone_options: str):
        self.directory = directory
        self.openssl_conf = openssl_conf
        self.process: subprocess.Popen | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self.zone_file = directory / ZONE
        self.log = directory / "named.log"
        self.zone_file.write_text(TRANSCRIPT_ZONE.read_text().replace("$TTL 3600",
                                                                      "$TTL 1"))  # a rollover waits for TTLs to expire
        self.port, self.control_port = free_port(), free_port()
        values = {"secret": base64.b64encode(os.urandom(32)).decode(), "directory": directory, "zone": ZONE,
                  "port": self.port, "control_port": self.control_port, "policy": "tested",
                  "zone_options": zone_options}
        self.conf = directory / "named.conf"
        self.conf.write_text(policy + CONFIGURATION.format(**values))
        self.rndc_key = directory / "rndc.key"
        self.rndc_key.write_text(CONFIGURATION.format(**values).partition("controls")[0])

    def start(self) -> "Named":
        """Starts named in the foreground."""
        errors = (self.directory / "stderr.txt").open("ab")
        self.process = subprocess.Popen(["named", "-f", "-L", self.log, "-c", self.conf], stdin=subprocess.DEVNULL,
                                        stdout=errors, stderr=errors,
                                        cwd=self.directory, env=minimal_environment(self.openssl_conf))
        errors.close()
        self.wait_until("it answers", lambda: self.rndc("status", check=False).returncode == 0)
        return self

    def start_as_daemon(self, user: str) -> "Named":
        """Starts named as root and lets it switch to that user, as on Debian, but without systemd."""
        run(["named", "-u", user, "-L", self.log, "-c", self.conf], self.openssl_conf, cwd=self.directory)
        self.wait_until("it answers", lambda: self.rndc("status", check=False).returncode == 0)
        return self

    @property
    def pid(self) -> int | None:
        try:
            return int((self.directory / "named.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def stop(self) -> None:
        """Stops named cleanly; it must exit with status 0."""
        pid = self.pid
        self.rndc("stop", check=False)
        if self.process:
            assert self.process.wait(30) == 0, self.tell()
            self.process = None
        elif pid:
            self.wait_until("it ends", lambda: not Path(f"/proc/{pid}").exists())

    def kill(self) -> None:
        """Kills named if it still runs, at the end of a test."""
        pid = self.process.pid if self.process else self.pid
        if pid and Path(f"/proc/{pid}/comm").exists() and Path(f"/proc/{pid}/comm").read_text() == "named\n":
            os.kill(pid, signal.SIGKILL)
        if self.process:
            self.process.wait(10)

    def rndc(self, *words: Any, **options: Any) -> Done:
        return run(["rndc", "-k", self.rndc_key, "-s", "127.0.0.1", "-p", self.control_port, *words], None,
                   cwd=self.directory, **options)

    def add_names(self, names: list[str], **options: Any) -> Done:
        """Adds names by dynamic update, which the zone must allow."""
        lines = [f"server 127.0.0.1 {self.port}", f"zone {ZONE}", *(f"update add {name}.{ZONE} 1 A 192.0.2.1"
                                                                    for name in names), "send"]
        return run(["nsupdate"], None, stdin="\n".join(lines + [""]).encode(), **options)

    def dig(self, *words: Any) -> str:
        return run(["dig", "@127.0.0.1", "-p", self.port, "+noall", "+answer", "+nosplit", *words], None).stdout

    def dnskeys(self) -> dict[str, list[str]]:
        """{"257": [public keys], "256": […]}, as served."""
        keys: dict[str, list[str]] = {"257": [], "256": []}
        for flags, key in re.findall(r"\sDNSKEY\s(\d+) 3 \d+ (\S+)$", self.dig(ZONE, "DNSKEY"), re.M):
            keys[flags].append(key)
        return keys

    def _status(self) -> str:
        return self.rndc("dnssec", "-status", ZONE).stdout

    def key_tags(self, role: str) -> list[str]:
        """The tags of the policy's keys with the role "KSK" or "ZSK"."""
        return re.findall(rf"^key: (\d+) \(\w+\), {role}$", self._status(), re.M)

    def state(self, tag: str, what: str) -> str:
        """named's state of "dnskey", "ds", "key rrsig" or "zone rrsig" of that key: hidden, rumoured, omnipresent or
        unretentive."""
        of_key = re.search(rf"^key: {tag} .*?(?=^key: |\Z)", self._status(), re.M | re.S)
        found = of_key and re.search(rf"- {what}: +(\w+)", of_key.group())
        return found[1] if found else ""

    def is_omnipresent(self, tag: str, what: str) -> bool:
        return self.state(tag, what) == "omnipresent"

    def transfer(self) -> Path:
        """Saves the zone as served. -> the file"""
        path = self.directory / "transferred"
        lines = self.dig(ZONE, "AXFR").splitlines(keepends=True)
        path.write_text("".join(lines[:-1]))  # without the SOA record that a transfer repeats at its end
        return path

    def verify(self) -> Done:
        """Runs dnssec-verify on the zone as served, with the public keys only and without sesam."""
        zone = self.transfer()
        roles = [] if re.search(r"\sDNSKEY\s256\s", zone.read_text()) else ["-z"]  # a CSK signs everything
        return run(["dnssec-verify", *roles, "-o", ZONE, zone], None, check=False)

    def is_signed(self) -> bool:
        return self.verify().returncode == 0

    def tell(self) -> str:
        paths = (self.directory / "stderr.txt", self.log)
        return "".join(path.read_text()[-8000:] for path in paths if path.exists())

    def wait_until(self, what: str, true: Callable[[], bool]) -> None:
        """Counts attempts, not seconds: a busy machine slows down both named and the test."""
        for _ in range(300):
            if true():
                return
            assert self.process is None or self.process.poll() is None, f"named ended:\n{self.tell()}"
            time.sleep(0.2)
        raise AssertionError(f"in vain: {what}\n{self.tell()}")

    def switch(self, old: str, new: str) -> None:
        """Replaces a part of named.conf; a running named reloads it."""
        text = self.conf.read_text()
        assert text.count(old) == 1, text
        self.conf.write_text(text.replace(old, new))
        if self.process:
            run(["named-checkconf", self.conf], self.openssl_conf)
            self.rndc("reconfig")

    def roll_over(self, tag: str, role: str) -> str:
        """Starts the rollover of a key and returns the tag of its successor. Waits first: BIND creates at most one key
        per second."""
        before = set(self.key_tags(role))
        time.sleep(1.1)
        self.rndc("dnssec", "-rollover", "-key", tag, ZONE)
        self.wait_until(f"the {role} {tag} has a successor", lambda: len(set(self.key_tags(role)) - before) == 1)
        (new,) = set(self.key_tags(role)) - before
        return new
