# SPDX-License-Identifier: Apache-2.0
"""One run of one client against one simulated device: build/sesam-bench, or h2load as the upper limit."""
import base64
import hashlib
import json
import math
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from harness import configuration  # noqa: E402
from harness.paths import BUILD  # noqa: E402
from harness.programs import minimal_environment  # noqa: E402
from harness.simulator import PASSWORD, USER, Simulator  # noqa: E402

from proof import Proof  # noqa: E402

PIN = "12345678"
DRIVER = BUILD / "sesam-bench"


class CannotMeasure(Exception):
    """A run failed and has no result."""


@dataclass(frozen=True)
class Run:
    """What to run. `client`: naive, keepalive, plain_multi, sesam, evp, or h2load."""
    client: str
    callers: int
    delay_ms: int = 0
    sign_us: int = 0
    jobs: str = ""  # callers are ASYNC_JOBs of one thread, notified by "callback" or "descriptor"; "": threads
    verify: bool = False  # evp: verify_signatures = yes
    audit: bool = False  # evp: each signature is recorded in a file
    http1: bool = False  # clients that use libcurl directly: HTTP/1.1
    http1_device: bool = False  # the device supports only HTTP/1.1
    name: bool = False  # the URL's host name is resolved
    cores: int = 1  # number of crypto cores with a key

    def __str__(self) -> str:
        extras = [name for name in ("verify", "audit", "http1", "name") if getattr(self, name)]
        extras += [f"jobs by {self.jobs}"] if self.jobs else []
        extras += [f"{self.sign_us} us a signature"] if self.sign_us else []
        return f"{self.client:11} n={self.callers:<3} {self.delay_ms:2} ms" + "".join(f", {one}" for one in extras)


class Bench:
    """A simulated device with one key in each core, and a directory for the clients' files."""

    def __init__(self, directory: Path, **options: Any):
        self.directory = directory
        self.device = Simulator(directory / "device", **options).start()
        self.keys = [self.device.create_key(f"bench{core}", core=core, pin=PIN) for core in (1, 2)]
        self.proof = Proof(directory, [key["public_key"] for key in self.keys])
        self.configurations = {
            verify: configuration.write(directory / f"verify-{verify}.cnf", configuration.settings_for(
                self.device, pin=PIN, verify_signatures=verify)) for verify in ("yes", "no")}
        self.configurations["audit"] = configuration.write(directory / "audit.cnf", configuration.settings_for(
            self.device, pin=PIN, verify_signatures="no", audit_output=directory / "audit", audit_digest="yes"))

    def stop(self) -> None:
        self.device.stop()

    def run(self, run: Run, seconds: float) -> dict[str, float]:
        """Adds `rate`, and the simulator's counters `connections` and `signatures`, to the output of sesam-bench."""
        self.device.set_options(delay_ms=run.delay_ms, sign_us=run.sign_us)
        self.device.reset_counters()
        result = (self.h2load if run.client == "h2load" else self.driver)(run, seconds)
        counters = self.device.counters()
        result["connections"] = counters["connections_accepted"]
        result["signatures"] = counters["requests"].get("eccsign", 0)
        result["rate"] = result["requests"] / result["seconds"]
        return result

    def driver(self, run: Run, seconds: float) -> dict[str, float]:
        command = [DRIVER, run.client, "--callers", run.callers, "--seconds", seconds, "--url", self.device.url,
                   "--ca", self.device.tlscert, "--user", USER, "--password", PASSWORD, "--pin", PIN]
        for key in self.keys[:run.cores]:
            command += ["--key", f"{key['key_id']}:{key['core']}"]
        command += ["--jobs", run.jobs] if run.jobs else []
        command += ["--http1"] if run.http1 else []  # sesam uses what the device offers
        command += ["--address", ""] if run.name else []
        which = "audit" if run.audit else "yes" if run.verify else "no"
        openssl_conf = self.configurations[which] if run.client == "evp" else None
        result = json.loads(checked(run, command, minimal_environment(openssl_conf)))
        signatures = result.pop("signatures")
        bad = self.proof.bad(signatures, run.cores)
        if bad or len(signatures) != run.callers:
            raise CannotMeasure(f"{run}: {len(bad)} of {len(signatures)} signatures do not verify: {bad[:3]}")
        return result

    def opening(self, name: bool) -> float:
        """Returns the seconds that a process takes to open the key and sign once. `name`: the host name is resolved."""
        cnf = configuration.write(self.directory / f"open-{name}.cnf", configuration.settings_for(
            self.device, pin=PIN, address=None if name else "127.0.0.1"))
        start = time.monotonic()
        done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", "sesam:bench1", "-out", "/dev/null", "/dev/null"],
                              timeout=60, env=minimal_environment(cnf), capture_output=True, text=True)
        if done.returncode != 0:
            raise CannotMeasure(f"an opening: {done.stderr}")
        return time.monotonic() - start

    def h2load(self, run: Run, seconds: float) -> dict[str, float]:
        """Sends the same request with plain nghttp2: one thread, one connection, no caller that waits for the reply."""
        key = self.keys[0]
        seconds = math.ceil(seconds)  # h2load accepts whole seconds
        digest = hashlib.sha256(b"any").hexdigest().upper()
        body = self.directory / "body"
        body.write_text(f"command=eccsign&core={key['core']}&key={key['key_id']}&pin={PIN}&hash={digest}")
        credentials = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        output = checked(run, [
            "h2load", "-t", 1, "-c", 1, "-m", run.callers, "-D", seconds, "--warm-up-time", "300ms", "-d", body,
            "-H", f"authorization: Basic {credentials}", "-H", "content-type: application/x-www-form-urlencoded",
            "--connect-to", f"127.0.0.1:{self.device.port}", f"{self.device.url}/n200/web/postv1"],
                         minimal_environment(None))
        status = re.search(r"^status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx", output, re.M)
        rate = re.search(r"^finished in .*, ([0-9.]+) req/s", output, re.M)
        if not status or not rate or not float(rate.group(1)):
            raise CannotMeasure(f"h2load: {output}")
        return {"requests": float(rate.group(1)) * seconds, "seconds": seconds}


def checked(run: Run, command: list[Any], environment: dict[str, str]) -> str:
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, env=environment,
                              stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotMeasure(f"{run}: {error}") from error
    if done.returncode != 0:
        raise CannotMeasure(f"{run}: exit status {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout
