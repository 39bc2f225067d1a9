# SPDX-License-Identifier: Apache-2.0
"""The charts: SVG, drawn by gnuplot."""
import subprocess
from pathlib import Path

Lines = dict[str, list[tuple[float, float]]]  # client -> (x, signatures per second)

CALLERS = (1, 8, 64, 256)
DELAYS_MS = (0, 1, 5, 20)
NAMES = {
    "naive": "new connection per signature",
    "keepalive": "one kept-alive connection per thread",
    "plain_multi": "one connection, curl\\\\_multi\\\\_poll",
    "sesam": "sesam, device call",
    "evp": "sesam, EVP\\\\_DigestSign",
}
COLOURS = {"naive": "#b0413e", "keepalive": "#e08e45", "plain_multi": "#8d99ae", "sesam": "#1d3557", "evp": "#457b9d"}


def draw_all(directory: Path, values: dict[str, float]) -> list[Path]:
    """Draws the charts from the figures named rate.CLIENT.nCALLERS.delayDELAY, if there are any. Returns the files."""
    def line(client: str, places: tuple, name: str) -> list[tuple[float, float]]:
        return [(place, values[name.format(client, place)]) for place in places]

    if "rate.sesam.n1.delay0" not in values:
        return []
    drawn = [draw_threads(directory, {client: line(client, CALLERS, "rate.{}.n{}.delay0") for client in NAMES})]
    for n in (64, 256):
        drawn.append(draw_delay(directory, n, {client: line(client, DELAYS_MS, f"rate.{{}}.n{n}.delay{{}}")
                                               for client in NAMES}))
    return drawn


def draw_threads(directory: Path, lines: Lines) -> Path:
    return draw(directory / "threads.svg", lines, "Signatures per second by threads, no delay", "threads",
                ["set logscale xy", "set xtics (1, 8, 64, 256)", "set xrange [0.8:320]"])


def draw_delay(directory: Path, callers: int, lines: Lines) -> Path:
    """Spaces the delays evenly. The limit is the rate if only the delay took time."""
    spaced = {client: [(DELAYS_MS.index(delay), rate) for delay, rate in points] for client, points in lines.items()}
    limit = [(place, callers * 1000 / delay) for place, delay in enumerate(DELAYS_MS) if delay]
    tics = ", ".join(f'"{delay:g} ms" {place}' for place, delay in enumerate(DELAYS_MS))
    return draw(directory / f"delay-{callers}.svg", spaced,
                f"Signatures per second by the device's delay, {callers} threads", "delay of each reply",
                ["set logscale y", f"set xtics ({tics})", f"set xrange [-0.2:{len(DELAYS_MS) - 0.8}]"], limit)


def draw(path: Path, lines: Lines, title: str, x_label: str, settings: list[str],
         limit: list[tuple[float, float]] | None = None) -> Path:
    script = ["set terminal svg size 760,480 font 'sans-serif,13' background '#ffffff' name 'sesam_bench'",
              f"set output '{path}'", f'set title "{title}"', f'set xlabel "{x_label}"', 'set ylabel "signatures/s"',
              "set key bmargin center vertical maxrows 3 Left reverse height 1 samplen 2 width -6",
              "set grid ytics lc rgb '#dddddd'", "set border 3", "set tics nomirror", "set yrange [10:*]", *settings]
    plots, data = [], []
    if limit:
        plots.append("'-' with lines lw 2 dt 2 lc rgb '#555555' title 'threads / delay'")
        data.append(limit)
    for client, points in lines.items():
        plots.append(f"'-' with linespoints lw 2 pt 7 ps 0.6 lc rgb '{COLOURS[client]}' title \"{NAMES[client]}\"")
        data.append(points)
    script.append("plot " + ", ".join(plots))
    for points in data:
        script += [f"{x} {y}" for x, y in points] + ["e"]
    subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True, timeout=60)
    return path
