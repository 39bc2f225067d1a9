# SPDX-License-Identifier: Apache-2.0
"""The names of the figures, the values that they must reach, and the table and the file of results."""
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    name: str
    must: float | None = None  # None: reported only
    aim: float | None = None
    at_most: bool = False  # smaller is better

    def reaches(self, value: float, wanted: float | None) -> bool:
        return wanted is None or (value <= wanted if self.at_most else value >= wanted)

    def judgement(self, value: float) -> str:
        if self.must is None and self.aim is None:
            return "reported"
        if not self.reaches(value, self.must):
            return "BELOW"
        return "ok" if self.reaches(value, self.aim) else "ok, not the aim"


FIGURES = {figure.name: figure for figure in [
    Figure("device.vs_naive.n64", 25, 35),
    Figure("device.vs_naive.n256", 30, 35),
    Figure("device.vs_keepalive.n64", 1.3, 2.1),
    Figure("device.vs_keepalive.n256", 1.7, 2.9),
    Figure("evp.overhead_us", 15, 8, at_most=True),
    Figure("evp.verify_us"),
    Figure("evp.audit_us", 25, 10, at_most=True),
    Figure("evp.audit.vs_off.n64", 0.75, 0.9),
    Figure("device.ideal.delay20.n256", 0.92, 0.96),
    Figure("device.ideal.delay5.n64", 0.90, 0.94),
    Figure("device.vs_plain_multi.n64", 1.25, 2),
    Figure("device.bound.sign2000us", 0.98, 0.99),
    Figure("device.latency_over_keepalive_us.n1", 30, 10, at_most=True),
    Figure("device.http1.vs_keepalive_http1.n64", 0.75, 1.0),  # docs/DECISIONS.md, "One thread for HTTP/1.1 as well"
    Figure("device.http1.latency_over_keepalive_us.n1", 30, 10, at_most=True),
    Figure("device.name.vs_address.n64", 0.9),
    Figure("device.name.http1.vs_address.n64", 0.9),
    Figure("device.name.open_s.max", 0.5, at_most=True),
    Figure("device.fair.p99_over_p50.delay20.n256", 1.3, 1.1, at_most=True),
    Figure("wakeups_per_request.n64", 0.01, at_most=True),
    Figure("connections.n256", 1, at_most=True),
    Figure("requests_per_signature", 1.0, at_most=True),
    Figure("async256.vs_threads256", 0.9, 1.0),
    Figure("async256.cpu_ratio", 0.8, 0.6, at_most=True),
    Figure("bind.delay20.n64.of_ideal", 0.95, 0.98),
    Figure("bind.delay0.n2.vs_pkcs11_provider"),
    Figure("limit.of_h2load.n64"),
    Figure("memory.kib_per_in_flight", 32, at_most=True),
    Figure("memory.rss_mib.n256"),
    Figure("list.100k_keys_s"),
    Figure("list.rss_mib", 150, at_most=True),
]}


def figure(name: str) -> Figure:
    """Returns the named figure. Figures that are not in the table have no limits."""
    return FIGURES.get(name, Figure(name))


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"


def row(name: str, value: float) -> str:
    it = figure(name)
    sign = "<= " if it.at_most else ""
    must, aim = (sign + number(wanted) if wanted is not None else "" for wanted in (it.must, it.aim))
    return f"{name:46} {number(value):>9} {must:>8} {aim:>8}  {it.judgement(value)}"


def table(values: dict[str, float]) -> str:
    """The figures of FIGURES in its order, then the others, except the rates, which have their own table."""
    names = [name for name in FIGURES if name in values]
    names += [name for name in values if name not in FIGURES and not name.startswith("rate.")]
    return "\n".join([f"{'name':46} {'value':>9} {'must':>8} {'aim':>8}", *(row(name, values[name]) for name in names)])


def rates_table(values: dict[str, float]) -> str:
    """The figures rate.CLIENT.nCALLERS.delayDELAY: a line for each client, a column for each load."""
    rates = {tuple(name.split(".")[1:]): value for name, value in values.items() if name.startswith("rate.")}
    loads = sorted({load[1:] for load in rates}, key=lambda load: (int(load[1][5:]), int(load[0][1:])))
    clients = list(dict.fromkeys(client for client, _, _ in rates))
    lines = ["".join([f"{'signatures/s':14}", *(f"{callers + '/' + delay[5:] + 'ms':>11}"
                                                for callers, delay in loads)])]
    for client in clients:
        cells = (f"{rates[client, *load]:.0f}" if (client, *load) in rates else "" for load in loads)
        lines.append("".join([f"{client:14}", *(f"{cell:>11}" for cell in cells)]))
    return "\n".join(lines) if rates else ""


def below(values: dict[str, float]) -> list[str]:
    return [name for name, value in values.items() if figure(name).judgement(value) == "BELOW"]


def merge_into(path: Path, values: dict[str, float]) -> None:
    """Writes the values to the file, and keeps those that other parts measured earlier."""
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**before, **values}, indent=2, sort_keys=True) + "\n")
