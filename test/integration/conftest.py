# SPDX-License-Identifier: Apache-2.0
"""Fixtures: a simulated device, an openssl.cnf that points to it, programs that use that openssl.cnf."""
import signal
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from harness import configuration, programs
from harness.axes import DEADLINE_MS, SET_UPS, World
from harness.doctor import examine
from harness.lying_device import LyingDevice
from harness.named import Named
from harness.paths import COMMAND
from harness.simulator import Simulator


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: bounds times so closely that nothing else may run beside it")
    # nohup(1) and background jobs of a shell ignore these signals; programs started by the tests would inherit that.
    for number, action in (signal.SIGHUP, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, action)


@pytest.fixture(scope="session")
def shared_device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One device for the whole run, for tests that do not count requests or inject faults and tolerate other keys."""
    simulator = Simulator(tmp_path_factory.mktemp("device")).start()
    yield simulator
    simulator.stop()


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Callable[..., Simulator]]:
    """simulator(delay_ms=5, http1=True, …) starts a device for this test only."""
    started: list[Simulator] = []

    def start(**options: Any) -> Simulator:
        started.append(Simulator(tmp_path / f"device{len(started)}", **options))
        return started[-1].start()

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def device(simulator: Callable[..., Simulator]) -> Simulator:
    """A device for this test only, with default options."""
    return simulator()


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[LyingDevice]:
    """A device whose replies about its key are defined by the test."""
    device = LyingDevice(tmp_path / "lying")
    yield device
    device.stop()


@pytest.fixture
def openssl_cnf(tmp_path: Path) -> Callable[..., Path]:
    """openssl_cnf(device, core=2, user=None, sesam_first=True, …) -> path of the file written."""
    written: list[Path] = []

    def make(device: Simulator, *, sesam_first: bool = False, default_properties: str | None = None,
             sections: str = "", extra: str = "", **overrides: Any) -> Path:
        written.append(tmp_path / f"openssl{len(written)}.cnf")
        return configuration.write(written[-1], configuration.settings_for(device, **overrides),
                                   sesam_first=sesam_first, default_properties=default_properties,
                                   sections=sections, extra=extra)

    return make


@pytest.fixture(params=SET_UPS, ids=str)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Devices, a key and an openssl.cnf for each combination of the axes."""
    one = World(request.param, tmp_path, deadline_ms=DEADLINE_MS)
    yield one
    one.stop()


@pytest.fixture
def run() -> Callable[..., programs.Done]:
    return programs.run


@pytest.fixture
def openssl(tmp_path: Path) -> Callable[..., programs.Done]:
    """openssl(cnf, "dgst", "-sha256", …): the openssl command, in this test's directory."""

    def call(cnf: Path, *arguments: Any, **options: Any) -> programs.Done:
        return programs.run(["openssl", *arguments], cnf, cwd=tmp_path, **options)

    return call


@pytest.fixture
def sesam(tmp_path: Path) -> Callable[..., programs.Done]:
    """sesam(cnf, "show", "web", …): the sesam command, in this test's directory and without a terminal."""

    def call(cnf: Path | None, *arguments: Any, **options: Any) -> programs.Done:
        return programs.run([COMMAND, *arguments], cnf, **{"cwd": tmp_path, "timeout": 120, "start_new_session": True,
                                                           **options})

    return call


@pytest.fixture
def doctor(sesam: Callable[..., programs.Done]) -> Callable[..., Any]:
    """doctor(cnf, "--key", "web", …) -> the steps of `sesam doctor` by name. Also checks the exit status."""
    return lambda cnf, *words, **options: examine(sesam, cnf, *words, **options)


@pytest.fixture
def named(tmp_path: Path, openssl_cnf: Callable[..., Path]) -> Iterator[Callable[..., Named]]:
    """named(device, "dnssec-policy …", key_cache_seconds=1, …): a Named that the test starts; killed at its end."""
    made: list[Named] = []

    def make(device: Simulator, policy: str, zone_options: str = "inline-signing yes;", **settings: Any) -> Named:
        cnf = openssl_cnf(device, **{"log_level": 1, **settings})
        made.append(Named(tmp_path / f"named{len(made)}", cnf, policy, zone_options))
        return made[-1]

    yield make
    for one in made:
        one.kill()
