# SPDX-License-Identifier: Apache-2.0
"""The part `pipeline`: each client with each number of callers, with and without a delay of the device."""
from dataclasses import dataclass
from pathlib import Path

from pictures import CALLERS, DELAYS_MS, NAMES
from rounds import Result, Rounds
from runs import Bench, Run  # first: adds the tests' harness to sys.path

from harness.resolver import NAME, resolving

CLIENTS = tuple(NAMES)
DELAY_CALLERS = (64, 256)
SIGN_US = 2000
BOUND = Run("sesam", 16, sign_us=SIGN_US, cores=2)
ASYNC = Run("evp", 256, jobs="callback")
ASYNC_FD = Run("evp", 256, jobs="descriptor")
VERIFY = Run("evp", 64, verify=True)
AUDIT = Run("evp", 64, audit=True)
LIMIT = Run("h2load", 64)
KEEPALIVE_HTTP1 = Run("keepalive", 64, http1=True)
# With a device that supports only HTTP/1.1.
HTTP1_ONLY = {client: {n: Run(client, n, http1=True, http1_device=True) for n in (1, 64)}
              for client in ("sesam", "keepalive")}
LONE = Run("sesam", 1, 20)
BY_NAME = {http1: [Run("sesam", 64, http1_device=http1, name=name) for name in (True, False)]
           for http1 in (False, True)}
OPENINGS = 20


@dataclass(frozen=True)
class Scale:
    rounds: int  # without a delay, where noise of the machine dominates
    rounds_with_delay: int
    seconds: float


FULL, QUICK = Scale(5, 3, 1.5), Scale(1, 1, 0.3)


def measure(directory: Path, scale: Scale) -> Rounds:
    """The device returns canned signatures, so that the client is measured, as far as the device leaves it the CPU."""
    rounds = Rounds(scale.seconds)
    bench = Bench(directory, canned=True)
    try:
        for callers in CALLERS:
            extra = {64: [VERIFY, AUDIT, LIMIT, KEEPALIVE_HTTP1], 256: [ASYNC, ASYNC_FD]}.get(callers, [])
            rounds.measure(bench, [Run(client, callers) for client in CLIENTS] + extra, scale.rounds)
        for delay in DELAYS_MS[1:]:
            runs = [Run(client, callers, delay) for callers in DELAY_CALLERS for client in CLIENTS]
            rounds.measure(bench, runs + ([LONE] if delay == LONE.delay_ms else []), scale.rounds_with_delay)
        rounds.measure(bench, [BOUND], scale.rounds_with_delay)
    finally:
        bench.stop()
    bench = Bench(directory / "http1", canned=True, http1=True)
    try:
        for callers in (1, 64):
            rounds.measure(bench, [runs[callers] for runs in HTTP1_ONLY.values()], scale.rounds)
    finally:
        bench.stop()
    for http1, runs in BY_NAME.items():
        bench = Bench(directory / f"name-{http1}", canned=True, http1=http1, name=NAME)
        try:
            with resolving("127.0.0.1"):  # for both runs, which differ only in the look-up
                rounds.measure(bench, runs, scale.rounds)
                for _ in range(OPENINGS):
                    rounds.openings.append(bench.opening(name=True))
        finally:
            bench.stop()
    return rounds


def us(seconds: str):
    """Returns a function for the CPU time per signature, in microseconds."""
    return lambda result: result[seconds] / result["requests"] * 1e6


def of_ideal(rounds: Rounds, run: Run) -> float:
    """The share of the ideal rate, callers / delay, at which only the delay takes time."""
    return rounds.rate(run) / (run.callers * 1000 / run.delay_ms)


def memory_growth_kib(result: Result) -> float:
    """The growth since the first signature; the callers' threads, their stacks and the tallies existed before."""
    return result["rss_kib"] - result["rss_before_kib"]


def figures(rounds: Rounds) -> dict[str, float]:
    device, slow = {n: Run("sesam", n) for n in CALLERS}, Run("sesam", 256, 20)
    values: dict[str, float] = {}
    for n in (64, 256):
        values[f"device.vs_naive.n{n}"] = rounds.faster(device[n], Run("naive", n))
        values[f"device.vs_keepalive.n{n}"] = rounds.faster(device[n], Run("keepalive", n))
    values["device.vs_keepalive_http1.n64"] = rounds.faster(device[64], KEEPALIVE_HTTP1)
    sesam, keepalive = HTTP1_ONLY["sesam"], HTTP1_ONLY["keepalive"]
    values["device.http1.vs_keepalive_http1.n64"] = rounds.faster(sesam[64], keepalive[64])
    values["device.http1.latency_over_keepalive_us.n1"] = rounds.difference(sesam[1], keepalive[1],
                                                                            lambda r: r["p50_us"])
    values["device.name.vs_address.n64"] = rounds.faster(*BY_NAME[False])
    values["device.name.http1.vs_address.n64"] = rounds.faster(*BY_NAME[True])
    values["device.name.open_s.max"] = max(rounds.openings)
    values["device.vs_plain_multi.n64"] = rounds.faster(device[64], Run("plain_multi", 64))
    values["limit.of_h2load.n64"] = rounds.faster(device[64], LIMIT)
    values["device.ideal.delay20.n256"] = of_ideal(rounds, slow)
    values["device.ideal.delay5.n64"] = of_ideal(rounds, Run("sesam", 64, 5))
    values["device.bound.sign2000us"] = rounds.rate(BOUND) / (BOUND.cores * 1e6 / SIGN_US)
    values["device.latency_over_keepalive_us.n1"] = rounds.difference(device[1], Run("keepalive", 1),
                                                                      lambda r: r["p50_us"])
    values["device.fair.p99_over_p50.delay20.n256"] = rounds.median_of(slow, lambda r: r["p99_us"] / r["p50_us"])
    # CPU time of the callers' threads, not of the I/O thread: the cost of OpenSSL, the provider's dispatch, the hash
    # and DER on top of the device call, which both make. Both wait in the same way, so waiting cancels out.
    values["evp.overhead_us"] = rounds.difference(Run("evp", 64), device[64], us("caller_cpu_seconds"))
    values["evp.verify_us"] = rounds.difference(VERIFY, Run("evp", 64), us("caller_cpu_seconds"))
    values["evp.audit_us"] = rounds.difference(AUDIT, Run("evp", 64), us("caller_cpu_seconds"))
    values["evp.audit.vs_off.n64"] = rounds.faster(AUDIT, Run("evp", 64))
    values["async256.vs_threads256"] = rounds.faster(ASYNC, Run("evp", 256))
    values["async256.descriptor.vs_threads256"] = rounds.faster(ASYNC_FD, Run("evp", 256))
    values["async256.cpu_ratio"] = rounds.ratio(ASYNC, Run("evp", 256), us("process_cpu_seconds"))
    values["wakeups_per_request.n64"] = rounds.median_of(device[64], lambda r: r["wake_ups"] / r["client_requests"])
    values["connections.n256"] = max(r["connections"] for r in rounds.results[device[256]])
    values["requests_per_signature"] = max(r["signatures"] / r["requests_since_start"]
                                           for r in rounds.results[Run("evp", 256)])
    # Minus the memory with one request in flight: the connection, the I/O thread, TLS.
    values["memory.kib_per_in_flight"] = rounds.difference(slow, LONE, memory_growth_kib) / (slow.callers - 1)
    values["memory.rss_mib.n256"] = rounds.median_of(slow, lambda r: r["rss_kib"] / 1024)
    return values


def rates(rounds: Rounds) -> dict[str, float]:
    """Signatures per second of each client, for the charts and the documentation."""
    return {f"rate.{run.client}.n{run.callers}.delay{run.delay_ms}": rounds.rate(run) for run in rounds.results
            if run in (Run(run.client, run.callers, run.delay_ms),)}


def measured(directory: Path, scale: Scale) -> dict[str, float]:
    rounds = measure(directory, scale)
    return {**figures(rounds), **rates(rounds)}
