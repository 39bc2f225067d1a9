# SPDX-License-Identifier: Apache-2.0
"""dnssec-signzone signs a zone of 10,000 names, while the device restarts twice and refuses streams."""
import tempfile
import threading
from pathlib import Path

from loads import Tally  # noqa: F401 - first: it makes the tests' harness known

from harness import configuration
from harness.bind import Bind
from harness.simulator import Simulator

NAMES, THREADS, DELAY_MS, RESTART_MS = 10_000, 64, 20, 1000


class Restarts:
    """Restarts the device each time it has made the given numbers of signatures, in a separate thread."""

    def __init__(self, device: Simulator, after: tuple[int, ...]):
        self.device, self.after, self.done = device, after, 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        for signatures in self.after:
            while self.device.requests().get("eccsign", 0) < signatures:
                if self.over.wait(0.05):
                    return
            self.device.network("restart", RESTART_MS)
            self.done += 1

    def end(self) -> int:
        """Ends the thread. -> the number of restarts"""
        self.over.set()
        self.thread.join()
        return self.done


def sign_through_restarts(directory: Path, names: int = NAMES) -> list[str]:
    """-> errors; empty if the zone was signed and verifies"""
    device = Simulator(directory / "device", delay_ms=DELAY_MS).start()
    try:
        device.create_key("JP.example")
        bind = Bind(directory / "zone", configuration.write(directory / "openssl.cnf",
                                                            configuration.settings_for(device)))
        bind.add_names(names)
        bind.key_from_label("sesam:JP.example")
        device.fault("refused-stream", count=-1, every=20, command="eccsign")
        restarts = Restarts(device, (names // 2, names))
        try:
            signed = bind.sign("-n", THREADS, check=False, timeout=300)
        finally:
            restarted = restarts.end()
        if signed.done.returncode != 0:
            return [f"dnssec-signzone failed: {signed.done.stderr.strip()[-300:]}"]
        counters = device.counters()
        print(f"{signed.generated} signatures, {signed.per_second:.0f}/s, {sum(counters['faults'].values())} streams "
              "refused, "
              f"{counters['connections_accepted']} connections", flush=True)
        wrong = [] if "Zone fully signed" in str(bind.verify()) else ["the zone does not verify"]
        if restarted != 2 or not counters["faults"]:
            wrong.append("the device did not restart twice and refuse streams")
        return wrong + ([] if signed.generated >= 2 * names else [f"{signed.generated} signatures only"])
    finally:
        device.stop()


def holds() -> bool:
    with tempfile.TemporaryDirectory(prefix="sesam-faults.") as directory:
        wrong = sign_through_restarts(Path(directory))
    print("zone: " + ("; ".join(wrong) or "signed and verified"), flush=True)
    return not wrong
