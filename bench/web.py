"""The page in a browser: answers of the server, repaints, and what a first visit transfers."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
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
#: Dollars for a million input tokens; output costs five times as much.
_PRICES = {"claude-opus-4-8": 5, "claude-sonnet-4-6": 3, "claude-haiku-4-5": 1}
_CONTRACT = """
id: order
vendor: anthropic
currency: USD
term: {start: 2026-01-01, months: 12}
seats: [{type: premium, product: claude, committed: 5000, fee: "60", labels: [Premium]}]
"""
_PLANNING = """
tools:
- id: gateway
  vendor: anthropic
  per_person: "6"
  hours: "200"
  rate: "100"
  live: 2026-12-01
  basis: trialled
"""
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
_SLIDER = """
value => new Promise(done => {
  const slider = document.getElementById("if-fee"), begun = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  new MutationObserver((_, watch) => {
    if (!document.querySelector(`#if-fee[value="${value}"]`)) return;
    watch.disconnect();
    painted();
  }).observe(document.getElementById("line"), { attributes: true, childList: true, subtree: true });
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
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
    script = {"HX-Request": "true"}
    changed = [_timed(lambda p=path: _got(connection, p, script)) for path in _changed()]  # type: ignore[misc]
    return [
        _nearly_always(f"{name}: answer for a changed input", changed, FRAGMENT),
        _row(f"{name}: answer for a drawer, {len(keys)} figures", drawers, FRAGMENT),
        _row(f"{name}: answer for the page", pages, FRAGMENT),
    ]


def _changed() -> list[str]:
    """Addresses of changed inputs, each asked for the first time."""
    found = [f"/?fee={30 + n}&hold={n}" for n in range(REPEATS)]
    return found + [f"/?fee={30 + n}&growth={5 * (n % 4 + 1)}&tool={n}" for n in range(REPEATS)]


def _repaints(name: str, browser: Browser, address: str) -> list[Row]:
    """From a click to the frame that shows what it asked for; and the bytes of a first visit."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(address, wait_until="networkidle")
    sizes: list[tuple[str, float]] = page.evaluate(_BYTES)
    links = page.locator("main a[data-why]").element_handles()[: REPEATS * 2]
    drawers = [float(page.evaluate(_DRAWER, link)) for link in links]
    values = page.locator("#window option").evaluate_all("all => all.map(o => o.value)")
    first, *again = ([float(page.evaluate(_WINDOW, v)) for v in values[1:]] for _ in range(REPEATS // 4))
    if len(values) > 1:
        page.evaluate(_WINDOW, values[0])
    slides = [float(page.evaluate(_SLIDER, str(n))) for n in range(30, 30 + REPEATS)]
    page.context.close()
    scripts = sum(size for path, size in sizes if path.endswith(".js"))
    return [
        _row(f"{name}: a click to the drawer's frame", drawers, REPAINT),
        _row(f"{name}: a slider moved to the frame of its line", slides, REPAINT),
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


def _nearly_always(what: str, milliseconds: list[float], budget: float) -> Row:
    """The 95th percentile against a budget: a hand on a slider asks for many answers and waits for each."""
    upper = quantiles(milliseconds, n=20)[18]
    told = f"{what}: p50 {median(milliseconds):.0f} ms, p95 {upper:.0f} ms"
    return Row(told, None, upper / budget, f"p95 <= {budget:.0f} ms", upper <= budget)


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
    """A workspace of invented people on seats and workloads on the meter, over two months, with a plan."""
    folder = _fresh("web-large")
    run(product("init", folder))
    lengths = {"09": 30, "10": 31}
    days = [f"2026-{m}-{day:02}T12:00:00Z" for m, length in lengths.items() for day in range(1, length + 1)]
    models = tuple(_PRICES)
    usage = ["time,vendor,model,product,workload,person,billing,input_tokens,output_tokens"]
    daily = 0
    for n in range(WORKLOADS):
        usage += [
            f"{d},anthropic,{models[n % 3]},api,workload-{n:03},,metered,{n + 1}0000,{n}000" for d in days
        ]
        price = _PRICES[models[n % 3]]
        daily += (n + 1) * 10_000 * price + n * 1_000 * price * 5
    for n in range(PEOPLE):
        person = f"person{n}@example.com"
        usage += [
            f"{day},anthropic,{models[n % 3]},claude,,{person},included,{n}000,{n}00"
            for day in days[::30][:2]
        ]
    roster = ["Name,Email,Role,Status,Seat Tier"]
    roster += [f"person{n},person{n}@example.com,User,Active,Premium" for n in range(PEOPLE)]
    (folder / "inbox").mkdir(exist_ok=True)
    (folder / "inbox" / "usage.csv").write_text("\n".join([*usage, ""]), "utf-8")
    (folder / "inbox" / "members.csv").write_text("\n".join([*roster, ""]), "utf-8")
    billed = {month: daily * length // 10_000 for month, length in lengths.items()}
    (folder / "inbox" / "cost.json").write_text(json.dumps(_invoice(billed)), "utf-8")
    (folder / "contracts").mkdir(exist_ok=True)
    (folder / "contracts" / "order.yaml").write_text(_CONTRACT, "utf-8")
    (folder / "planning.yaml").write_text(_PLANNING, "utf-8")
    run(product("import", "--workspace", folder, "--as-of", "2026-10-31"), good=_GOOD)
    return folder


def _invoice(cents: Mapping[str, int]) -> dict[str, Any]:
    """What the vendor bills for tokens, by month."""
    data = [
        {
            "starting_at": f"2026-{month}-01T00:00:00Z",
            "ending_at": f"2026-{month}-02T00:00:00Z",
            "results": [
                {
                    "amount": str(amount),
                    "currency": "USD",
                    "cost_type": "tokens",
                    "token_type": "output_tokens",
                    "model": "claude-opus-4-8",
                    "workspace_id": None,
                }
            ],
        }
        for month, amount in cents.items()
    ]
    return {"data": data, "has_more": False, "next_page": None}
