# SPDX-License-Identifier: Apache-2.0
"""scripts/site, checked in a real browser: every page, on light and dark screens, wide and narrow."""
import functools
import http.server
import json
import re
import shutil
import subprocess
import threading

import pytest

from harness.paths import REPOSITORY

BROWSER = shutil.which("chromium")
MISSING = [name for name, there in {
    "mandoc": shutil.which("mandoc"), "chromium": BROWSER,
    "python3-markdown-it": subprocess.run(["/usr/bin/python3", "-c", "import markdown_it"], stderr=subprocess.DEVNULL,
                                          check=False).returncode == 0}.items() if not there]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: SESAM_SITE=browser scripts/install")

# Loads each page in a frame and reports what a reader would see. The frame is as wide as the screen.
PROBE = """<!DOCTYPE html><html><body style="margin:0"><pre id="result"></pre><script>
const luminance = text => {
  const parts = text.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255)
    .map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
};
const contrast = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
const look = page => new Promise(done => {
  const frame = document.createElement("iframe");
  frame.style = "width:100%;height:900px;border:0";
  frame.onload = async () => {
    const there = frame.contentDocument, style = element => frame.contentWindow.getComputedStyle(element);
    const back = style(there.body).backgroundColor;
    await Promise.all([...there.images].map(image => image.decode().catch(() => null)));
    const links = [...there.querySelectorAll("a[href]")].map(a => a.href).filter(a => a.startsWith(location.origin));
    const seen = {
      title: there.title, back, headings: there.querySelectorAll("h1, h2").length,
      overflow: there.documentElement.scrollWidth - there.documentElement.clientWidth,
      images: [...there.images].filter(image => !image.naturalWidth).map(image => image.src),
      pale: ["p", "a", "code", "td", "nav a"].map(kind => there.querySelector(kind)).filter(element => element)
        .filter(element => contrast(style(element).color, back) < 4.5).map(element => element.outerHTML),
      links: [...new Set(links)],
    };
    frame.remove();
    done(seen);
  };
  frame.src = page;
  document.body.append(frame);
});
(async () => {
  const pages = {}, broken = [], first = location.origin + "/index.html", todo = [first];
  while (todo.length) {
    const page = todo.pop();
    pages[page] = await look(page);
    for (const link of pages[page].links.map(link => link.split("#")[0]))
      if (link.endsWith(".html") && !(link in pages) && !todo.includes(link)) todo.push(link);
  }
  const texts = {};
  for (const [page, seen] of Object.entries(pages))
    for (const link of seen.links) {
      const [path, anchor] = link.split("#");
      if (!(path in texts)) texts[path] = await fetch(path).then(reply => reply.ok ? reply.text() : null);
      const there = texts[path] === null ? null : new DOMParser().parseFromString(texts[path], "text/html");
      if (there === null || (anchor && !there.getElementById(decodeURIComponent(anchor)))) broken.push([page, link]);
    }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.getElementById("result").textContent = JSON.stringify({dark, pages, broken, width: innerWidth});
  document.title = "done";
})();
</script></body></html>"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """-> the URL of the site"""
    directory = tmp_path_factory.mktemp("site") / "site"
    subprocess.run([REPOSITORY / "scripts" / "site", directory], check=True, stdout=subprocess.DEVNULL, timeout=120)
    (directory / "probe").write_text(PROBE)

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, "": "text/html"}

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def look(site, profile, dark, width):
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         f"--user-data-dir={profile}", f"--window-size={width},900",
         f"--blink-settings=preferredColorScheme={int(not dark)}",
         "--timeout=120000", "--virtual-time-budget=300000", "--dump-dom", f"{site}/probe"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=240, check=True)
    found = re.search(r'<pre id="result">(\{.*?\})</pre>', done.stdout, re.S)
    assert found, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return json.loads(found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))


@pytest.mark.parametrize("dark, width", [(False, 1280), (True, 1280), (False, 500)], ids=["light", "dark", "narrow"])
def test_every_page_can_be_read_and_its_links_work(site, tmp_path, dark, width):
    seen = look(site, tmp_path / "profile", dark, width)
    assert seen["dark"] is dark and seen["broken"] == []
    pages = {page.removeprefix(f"{site}/"): what for page, what in seen["pages"].items()}
    assert {"index.html", "CHANGELOG.html", "docs/OPERATIONS.html", "docs/sesam.1.html",
            "docs/OSSL_PROVIDER-sesam.7.html"} <= set(pages)
    for name, page in pages.items():
        assert page["title"] and page["headings"] >= 1, name
        assert page["images"] == [] and page["pale"] == [], name
        assert page["overflow"] <= 0, f"{name} is wider than the screen"
        assert (sum(map(int, re.findall(r"\d+", page["back"])[:3])) < 128) is dark, name


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(REPOSITORY / "docs", copy / "docs")
    (copy / "scripts").mkdir()
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "openssl.cnf.example", "LICENSE",
                 "scripts/site"):
        shutil.copy(REPOSITORY / name, copy / name)
    (copy / "README.md").write_text((copy / "README.md").read_text() + "\n[lost](docs/BIND.md#nowhere)\n")
    done = subprocess.run([copy / "scripts" / "site", tmp_path / "site"], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "docs/BIND.html#nowhere" in done.stderr
