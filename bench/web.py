"""The page in a browser: answers of the server, repaints, and what a first visit transfers."""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from bench.measure import CACHE, product, run
from bench.table import Row

EXAMPLE = Path(__file__).parent.parent / "examples" / "meridian"
CHROMIUM = "/usr/bin/chromium"
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
FLAGS += " --disable-sync --no-first-run --disable-quic"
#: Milliseconds for an answer of the server and for a repaint; bytes of a first visit, scripts among them.
FRAGMENT, REPAINT, PAGE_BYTES, SCRIPT_BYTES = 40.0, 150.0, 150_000, 30_000
#: A company at the upper end of the budgets.
PEOPLE, WORKLOADS, REPEATS = 5_000, 200, 20
#: ``import`` says with this code that something weakens the page.
_GOOD = (0, 3)
_DRAWER = """
link => new Promise(done => {
  const drawer = document.getElementById("drawer");
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  const begun = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  new MutationObserver((_, watch) => {
    if (drawer.hidden || !drawer.querySelector(".much")) return;
    watch.disconnect();
    painted();
  }).observe(drawer, { attributes: true, childList: true });
  link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
})
"""
_WINDOW = """
value => new Promise(done => {
  const select = document.getElementById("window"), begun = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  new MutationObserver((_, watch) => {
    if (document.getElementById("window") === select) return;
    watch.disconnect();
    painted();
  }).observe(document.body, { childList: true, subtree: true });
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
})
"""
_BYTES = """
performance.getEntries().filter(e => e.transferSize).map(e => [new URL(e.name).pathname, e.transferSize])
"""


def measured(size: str) -> list[Row]:
    found = []
    with _browser() as browser:
        for name, folder in (("Meridian", _example()), ("5,000 people, 200 workloads", _large())):
            with _served(folder) as address:
                found += _answers(name, address)
                found += _repaints(name, browser, address)
    return found


def _answers(name: str, address: str) -> list[Row]:
    """How long the server takes for a drawer of each figure of the page, and for the page."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    keys = list(dict.fromkeys(re.findall(r'data-why href="(/why\?[^"]*)"', _got(connection, "/"))))
    paths = [key.replace("&amp;", "&") for key in keys] * max(1, REPEATS * 5 // len(keys))
    drawers = [_timed(lambda p=path: _got(connection, p, {"HX-Request": "true"})) for path in paths]  # type: ignore[misc]
    pages = [_timed(lambda: _got(connection, "/")) for _ in range(REPEATS)]
    return [
        _row(f"{name}: answer for a drawer, {len(keys)} figures", drawers, FRAGMENT),
        _row(f"{name}: answer for the page", pages, FRAGMENT),
    ]


def _repaints(name: str, browser: Browser, address: str) -> list[Row]:
    """From a click to the frame that shows what it asked for; and the bytes of a first visit."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(address, wait_until="networkidle")
    sizes: list[tuple[str, float]] = page.evaluate(_BYTES)
    links = page.locator("main a[data-why]").element_handles()[: REPEATS * 2]
    drawers = [float(page.evaluate(_DRAWER, link)) for link in links]
    values = page.locator("#window option").evaluate_all("all => all.map(o => o.value)")
    first, *again = ([float(page.evaluate(_WINDOW, v)) for v in values[1:]] for _ in range(REPEATS // 4))
    page.context.close()
    scripts = sum(size for path, size in sizes if path.endswith(".js"))
    return [
        _row(f"{name}: a click to the drawer's frame", drawers, REPAINT),
        _row(f"{name}: a window asked for the first time to its frame", first, REPAINT),
        _row(
            f"{name}: a window asked for again to its frame", [ms for some in again for ms in some], REPAINT
        ),
        _bytes(f"{name}: first visit", sum(size for _, size in sizes), PAGE_BYTES),
        _bytes(f"{name}: first visit, scripts", scripts, SCRIPT_BYTES),
    ]


def _row(what: str, milliseconds: list[float], budget: float) -> Row:
    """The 75th percentile against a budget."""
    upper = quantiles(milliseconds, n=4)[2]
    told = f"{what}: median {median(milliseconds):.0f} ms, p75 {upper:.0f} ms"
    return Row(told, None, upper / budget, f"p75 <= {budget:.0f} ms", upper <= budget)


def _bytes(what: str, size: float, budget: int) -> Row:
    told = f"{what}: {size / 1000:.0f} kB transferred"
    return Row(told, None, size / budget, f"<= {budget / 1000:.0f} kB", size <= budget)


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _got(connection: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None) -> str:
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return text


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address at which ``bothhalves serve`` shows the workspace."""
    words = [str(w) for w in product("serve", "--workspace", folder, "--port", "0")]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        found = (re.search(r"http://\S+", line) for line in server.stderr)
        yield next(match[0] for match in found if match)
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


def _fresh(name: str) -> Path:
    folder = CACHE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder


def _example() -> Path:
    folder = Path(shutil.copytree(EXAMPLE, _fresh("web-meridian")))
    run(product("import", "--workspace", folder), good=_GOOD)
    return folder


def _large() -> Path:
    """A workspace of invented people on seats and workloads on the meter, over two months."""
    folder = _fresh("web-large")
    run(product("init", folder))
    days = [f"2026-{month}-{day:02}T12:00:00Z" for month in ("09", "10") for day in range(1, 31)]
    models = ("claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5")
    usage = ["time,vendor,model,product,workload,person,billing,input_tokens,output_tokens"]
    for n in range(WORKLOADS):
        usage += [
            f"{d},anthropic,{models[n % 3]},api,workload-{n:03},,metered,{n + 1}0000,{n}000" for d in days
        ]
    for n in range(PEOPLE):
        person = f"person{n}@example.com"
        usage += [
            f"{day},anthropic,{models[n % 3]},claude,,{person},included,{n}000,{n}00" for day in days[::30]
        ]
    roster = ["Name,Email,Role,Status,Seat Tier"]
    roster += [f"person{n},person{n}@example.com,User,Active,Premium" for n in range(PEOPLE)]
    (folder / "inbox").mkdir(exist_ok=True)
    (folder / "inbox" / "usage.csv").write_text("\n".join([*usage, ""]), "utf-8")
    (folder / "inbox" / "members.csv").write_text("\n".join([*roster, ""]), "utf-8")
    run(product("import", "--workspace", folder, "--as-of", "2026-10-31"), good=_GOOD)
    return folder
