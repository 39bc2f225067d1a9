# SPDX-License-Identifier: Apache-2.0
"""named signs a zone with a key in the device: names are added while the device restarts."""
import signal
import time
from pathlib import Path

from servers import RESTART_MS, Server

from harness import configuration
from harness.ports import free_port
from harness.programs import run
from harness.simulator import Simulator

ZONE = "jp.example"
BATCHES, NAMES = 8, 25  # number of updates, and of names in each
PAUSE_S = 1  # after each; named 9.20.23 itself fails an assertion if reloads come faster than it signs
PATIENCE_S = 45  # named retries a zone only a minute after a failure
CONFIGURATION = """
options {{
  directory "{directory}"; pid-file none; session-keyfile none; listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; allow-transfer {{ any; }}; notify no;
}};
controls {{}};
key-store "n200" {{ directory "{directory}"; pkcs11-uri "sesam:core=1"; }};
dnssec-policy "device" {{ keys {{ csk key-store "n200" lifetime unlimited algorithm ecdsap256sha256; }}; }};
zone "{zone}" {{ type primary; file "{directory}/{zone}"; dnssec-policy "device"; allow-update {{ any; }}; }};
"""
ZONE_TEXT = """$TTL 300
@ IN SOA ns hostmaster 1 3600 900 604800 300
  IN NS ns
ns IN A 192.0.2.1
"""


def transferred(port: int) -> str:
    return run(["dig", "@127.0.0.1", "-p", port, "+noall", "+answer", "+onesoa", "+tcp", ZONE, "axfr"],
               check=False).stdout


def signed_names(zone: str) -> int:
    lines = [line.split() for line in zone.splitlines()]
    return len({words[0] for words in lines if len(words) > 4 and words[3:5] == ["RRSIG", "A"]
                and words[0].startswith("host")})


def update(port: int, batch: int) -> bool:
    names = "".join(f"update add host{batch}-{n}.{ZONE}. 300 A 192.0.2.{n}\n" for n in range(NAMES))
    request = f"server 127.0.0.1 {port}\nzone {ZONE}\n{names}send\n"
    return run(["nsupdate", "-t", 30], stdin=request.encode(), check=False, timeout=60).returncode == 0


def through_restarts(directory: Path) -> list[str]:
    """-> errors; empty if all added names are signed and the zone verifies"""
    device = Simulator(directory / "device").start()
    server = None
    try:
        cnf = configuration.write(directory / "openssl.cnf", configuration.settings_for(device, log_level=1))
        port = free_port()
        (directory / ZONE).write_text(ZONE_TEXT)
        (directory / "named.conf").write_text(CONFIGURATION.format(directory=directory, port=port, zone=ZONE))
        server = Server(directory, cnf, port, ["named", "-g", "-c", directory / "named.conf"])
        wait_until(lambda: "DNSKEY" in transferred(port))
        accepted = 0
        for batch in range(BATCHES):
            if batch % 3 == 1:
                device.network("restart", RESTART_MS)
            if batch % 3 == 2:
                server.signal(signal.SIGHUP)
            accepted += update(port, batch)
            time.sleep(PAUSE_S)
        wanted = accepted * NAMES
        complete = wait_until(lambda: signed_names(transferred(port)) >= wanted)
        zone = transferred(port)
        (directory / "axfr").write_text(zone)
        verified = run(["dnssec-verify", "-z", "-o", ZONE, directory / "axfr"], check=False)
        print(f"named: {accepted} of {BATCHES} updates accepted, {signed_names(zone)} of {wanted} names signed, "
              "through 2 reloads and 3 restarts of the device", flush=True)
        wrong = [] if accepted == BATCHES else [f"{BATCHES - accepted} of {BATCHES} updates were refused"]
        wrong += [] if complete else [f"{signed_names(zone)} of {wanted} names signed after {PATIENCE_S} s"]
        return wrong + ([] if verified.returncode == 0
                        else [f"the zone does not verify: {verified.stderr.strip()[-200:]}"])
    finally:
        if server:
            server.stop()
        device.stop()


def wait_until(condition) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
