# SPDX-License-Identifier: Apache-2.0
"""Starts, controls and stops the simulated device (build/n200-sim), through its control port."""
import http.client
import json
import subprocess
import time
from pathlib import Path
from typing import Any

from harness.paths import SIMULATOR
from harness.ports import free_port

USER, PASSWORD = "pkmaster", "sesam-demo"  # the simulator's default user
DEVICE_NAME = "seSAM-nserie-101"  # the CN of its certificate


def command_line(options: dict[str, Any]) -> list[str]:
    """{"delay_ms": 5, "http1": True, "user": ["a:b:post"]} -> --delay-ms 5 --http1 --user a:b:post"""
    arguments: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        for one in value if isinstance(value, list) else [value]:
            if one is True:
                arguments.append(flag)
            elif one is not False and one is not None:
                arguments += [flag, str(one)]
    return arguments


class Simulator:
    """One device. It can be restarted after a stop; like a real device, it keeps its keys."""

    def __init__(self, directory: Path, **options: Any):
        self.directory = directory
        self.options = options
        self.process: subprocess.Popen | None = None
        self.ready: dict[str, Any] = {}
        directory.mkdir(parents=True, exist_ok=True)

    def start(self, port: int = 0) -> "Simulator":
        assert SIMULATOR.exists(), f"{SIMULATOR} is not there: run scripts/build"
        ready_file = self.directory / "ready.json"
        ready_file.unlink(missing_ok=True)
        self.output = self.directory / "output.txt"
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [SIMULATOR, "--state", self.directory / "state", "--port", str(port or free_port()),
                 "--control-port", "0", "--ready-file", ready_file, "--exit-with-parent", *command_line(self.options)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        deadline = time.monotonic() + 30
        while not ready_file.exists():
            assert self.process.poll() is None, f"n200-sim ended at once:\n{self.output.read_text()}"
            assert time.monotonic() < deadline, f"n200-sim is not ready:\n{self.output.read_text()}"
            time.sleep(0.01)
        self.ready = json.loads(ready_file.read_text())
        return self

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process = None

    @property
    def port(self) -> int:
        return self.ready["port"]

    @property
    def tlscert(self) -> Path:
        return Path(self.ready["tlscert"])

    @property
    def url(self) -> str:
        return f"https://{self.ready['name']}:{self.port}"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.ready["control_port"], timeout=60)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            reply = connection.getresponse()
            text = reply.read().decode()
        finally:
            connection.close()
        assert reply.status < 300, f"control {method} {path} {body}: {reply.status} {text}"
        return json.loads(text) if text.strip() else None

    def counters(self) -> dict[str, Any]:
        return self.control("GET", "/counters")

    def requests(self) -> dict[str, int]:
        """Requests per command since the last reset; commands without requests are absent."""
        return {command: n for command, n in self.counters()["requests"].items() if n}

    def reset_counters(self) -> None:
        self.control("POST", "/counters/reset")

    def create_key(self, nice_name: str, type: str = "NIST", size: int = 256, **fields: Any) -> Any:
        """fields: pin, pin_stored, core, count. Returns the record, or the list of records if `count` is given."""
        created = self.control("POST", "/keys", {"type": type, "size": size, "nice_name": nice_name, **fields})["keys"]
        return created if "count" in fields else created[0]

    def delete_key(self, name: str) -> None:
        self.control("POST", "/keys/delete", {"key": name})

    def keys(self) -> list[dict[str, Any]]:
        """The records of all keys, without PINs and private keys."""
        return self.control("GET", "/keys")["keys"]

    def add_user(self, name: str, password: str, rules: tuple[str, ...] = ("post", "get")) -> None:
        self.control("POST", "/users", {"name": name, "password": password, "rules": list(rules)})

    def set_options(self, **options: Any) -> None:
        self.control("POST", "/options", options)

    def fault(self, name: str, count: int = 1, command: str = "*", **more: Any) -> None:
        self.control("POST", "/faults", {"fault": name, "count": count, "command": command, **more})

    def clear_faults(self) -> None:
        self.control("POST", "/faults/clear")

    def network(self, what: str, ms: int = 0) -> None:
        """Starts a network failure: "restart", "refuse", "silence", … It ends after `ms`, or with
        network("restore")."""
        self.control("POST", "/network", {"do": what, "ms": ms})

    def hang_core(self, ms: int, core: int = 1) -> None:
        """Makes a core unresponsive for `ms`; -1: until a call with 0."""
        self.control("POST", "/cores", {"core": core, "hang_ms": ms})

    def change_certificate(self, **fields: Any) -> dict[str, Path]:
        """Switches to a new certificate, or to that of the fields `tlscert` and `tlskey`. Returns both paths;
        `self.tlscert` remains the first certificate."""
        return {name: Path(path) for name, path in self.control("POST", "/certificate", {
            name: str(value) for name, value in fields.items()}).items()}

    def take_keys_of(self, other: "Simulator") -> None:
        """Copies the keys of another device, as between the nodes of a cluster."""
        self.control("POST", "/keys/take", {"journal": str(other.directory / "state" / "keys.jsonl")})
