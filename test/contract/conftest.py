# SPDX-License-Identifier: Apache-2.0
"""Tests of the contract with the device (n200.md), with the simulator, or with a real device (--url)."""
import os
import sys
import uuid
from pathlib import Path
from typing import Any, Iterator

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from device import PIN, Device  # noqa: E402

differing: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("device", "a real device instead of the simulator")
    group.addoption("--url", help="https://NAME[:PORT]; read-only unless --write")
    group.addoption("--address", help="connect there instead of resolving the name in --url")
    group.addoption("--tlscert", help="the device's certificate, or its CA's")
    group.addoption("--user", default=os.environ.get("N200_USER"), help="default: environment's N200_USER")
    group.addoption("--password", default=os.environ.get("N200_PASSWORD"), help="default: environment's N200_PASSWORD")
    group.addoption("--core", type=int, default=1)
    group.addoption("--sym-key", help="nice_name of a symmetric key to encrypt with")
    group.addoption("--sym-pin", default=os.environ.get("N200_SYM_PIN", ""), help="default: environment's N200_SYM_PIN")
    group.addoption("--write", action="store_true",
                    help="also make keys (and delete those again), and log in with a wrong password once")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "assumed(wire): our guess; a device that differs needs this key in openssl.cnf")
    config.addinivalue_line("markers", "writes: makes keys on the device")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--url") and not config.getoption("--write"):
        for item in items:
            if item.get_closest_marker("writes"):
                item.add_marker(pytest.mark.skip(reason="changes the device: needs --write"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    outcome = yield
    report, marker = outcome.get_result(), item.get_closest_marker("assumed")
    if marker and report.failed:
        advice = f"assumption differs: override {marker.args[0]}"
        report.sections.append(("assumption", advice))
        differing.append(f"{advice} ({item.name})")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in differing:
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def is_simulator(pytestconfig: pytest.Config) -> bool:
    return not pytestconfig.getoption("--url")


@pytest.fixture(scope="session")
def simulated(is_simulator: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if not is_simulator:
        yield None
        return
    from harness.simulator import Simulator
    simulator = Simulator(tmp_path_factory.mktemp("contract")).start()
    yield simulator
    simulator.stop()


@pytest.fixture(scope="session")
def device(pytestconfig: pytest.Config, simulated: Any) -> Device:
    option = pytestconfig.getoption
    if simulated:
        from harness.simulator import PASSWORD, USER
        return Device(simulated.url, simulated.tlscert, USER, PASSWORD, option("--core"), "127.0.0.1")
    assert option("--user") and option("--password"), "--url needs --user and --password (or N200_USER, N200_PASSWORD)"
    tlscert = option("--tlscert") and Path(option("--tlscert"))
    return Device(option("--url"), tlscert, option("--user"), option("--password"), option("--core"),
                  option("--address"))


class Keys:
    """Makes keys and records them; only these are ever deleted."""

    def __init__(self, device: Device):
        self.device = device
        self.made: list[str] = []

    def name(self) -> str:
        return "sesam-contract-" + uuid.uuid4().hex[:12]

    def make(self, command: str, nice_name: str | None = None, **fields: Any) -> tuple[str, Any]:
        nice_name = nice_name or self.name()
        reply = self.device.post(command, core=self.device.core, acl="FFFF", pin=PIN, nice_name=nice_name, **fields)
        if reply.status == 200 and isinstance(reply.json.get("result"), str):
            self.made.append(reply.json["result"])
        return nice_name, reply

    def delete(self, key_id: str) -> Any:
        assert key_id in self.made
        reply = self.device.post("deletekey", core=self.device.core, key=key_id, pin=PIN)
        if not reply.failed():
            self.made.remove(key_id)
        return reply


@pytest.fixture(scope="session")
def keys(device: Device) -> Iterator[Keys]:
    made = Keys(device)
    yield made
    for key_id in list(made.made):
        if made.delete(key_id).failed():
            print(f"please delete by hand: {key_id}")


@pytest.fixture(scope="session")
def symmetric(pytestconfig: pytest.Config, simulated: Any) -> tuple[str, str]:
    """The name and PIN of a symmetric key."""
    if simulated:
        simulated.create_key("k01", type="SYM", size=256, pin=PIN)
        return "k01", PIN
    name = pytestconfig.getoption("--sym-key")
    if not name:
        pytest.skip("no --sym-key given")
    return name, pytestconfig.getoption("--sym-pin")
