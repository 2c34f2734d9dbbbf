"""The application: every figure opens, every state has an address, nothing foreign gets in."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest
from starlette.testclient import TestClient

import pages
from bothhalves.brief import Badge
from bothhalves.core.explain import Figure, Operator
from bothhalves.report import show
from bothhalves.web import render
from bothhalves.web.app import Query, create_app
from bothhalves.web.guard import NotLoopback, host_name, require_loopback
from bothhalves.web.links import is_web_address
from bothhalves.web.server import serve

Client = Callable[[str], TestClient]
EVERY = sorted(pages.PAGES)
HALF_A_CENT = Decimal("0.005")


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("path", ["/", "/sources", "/prices"])
def test_every_page_shows_its_labels_and_company(client_of: Client, name: str, path: str) -> None:
    page = pages.PAGES[name]()
    answer = client_of(name).get(path)
    assert answer.status_code == 200
    text = unescape(answer.text)
    assert all(show.clean(label) in text for label in (*page.labels, page.company))


@pytest.mark.parametrize("name", EVERY)
def test_every_figure_opens_and_adds_up(client_of: Client, name: str) -> None:
    client, page = client_of(name), pages.PAGES[name]()
    keys = list(page.figures())
    for key in keys if len(keys) < 100 else keys[::17]:
        answer = client.get("/why", params={"key": key})
        assert answer.status_code == 200, key
        assert show.clean(page.figures()[key].title) in unescape(answer.text), key
        record = json.loads(client.get("/why.json", params={"key": key}).text)
        _check_adds_up(record, key)


def _check_adds_up(record: dict[str, dict], key: str) -> None:  # type: ignore[type-arg]
    figure = record["figure"]
    if figure["operator"] != "sum" or "low" not in figure:
        return
    parts = [*(record["below"][k] for k in figure["operands"]), *figure["lines"]]
    assert abs(sum(Decimal(p["low"]) for p in parts) - Decimal(figure["low"])) < HALF_A_CENT, key


@pytest.mark.parametrize("name", [n for n in EVERY if n != "huge"])
def test_every_line_opens(client_of: Client, name: str) -> None:
    client = client_of(name)
    figures = pages.PAGES[name]().figures().values()
    lines = [(f.key, part) for f in figures for part in f.operands if not isinstance(part, Figure)]
    for key, line in lines:
        answer = client.get("/why", params={"key": key, "line": line.id})
        assert answer.status_code == 200
        assert show.unit_price(line) in unescape(answer.text)


@pytest.mark.parametrize("name", [n for n in EVERY if n != "huge"])
def test_every_shown_figure_is_a_link_to_its_key(client_of: Client, name: str) -> None:
    addresses = re.findall(r'href="/why\?([^"]*)"', client_of(name).get("/").text)
    linked = {parse_qs(unescape(address))["key"][0] for address in addresses}
    page = pages.PAGES[name]()
    assert {figure.key for figure in page.roots()} - linked == set()


def test_a_derivation_names_price_entry_layer_source_and_place(client_of: Client) -> None:
    key = "tokens.cost?model=claude-sonnet-5&workload=Clause%20lookup%20tool"
    text = unescape(client_of("full").get("/why", params={"key": key}).text)
    for words in (
        "900,000 input tokens × $3.00 per 1M",
        "$2.70",
        "claude-sonnet-5/input_tokens · list · vendors/anthropic.yaml:42",
        'href="https://docs.example.com/pricing"',
        "estimated: quantities at list or contract prices",
        "B: ranges and seat moves",
        f"bothhalves explain '{key}' --workspace ./acme --window 2026-09/2026-10",
        "inbox/usage.csv  sha256 9f3c41ab9f3c…  rows 2 to 7",
        "p-5865",
    ):
        assert words in text, words


def test_a_key_may_stand_in_the_path(client_of: Client) -> None:
    client = client_of("full")
    key = "tokens.cost?workload=Clause%20lookup%20tool"
    for path in (f"/why/{key}", f"/why/{quote(key, safe='')}"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Tokens of Clause lookup tool" in answer.text


def test_a_fragment_for_the_drawer_and_a_page_without_it(client_of: Client) -> None:
    client = client_of("full")
    part = client.get("/why", params={"key": "seats.cost"}, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div class="why">')
    assert "HX-Request" in part.headers["vary"]
    assert "<!doctype html>" in client.get("/why", params={"key": "seats.cost"}).text
    opened = client.get("/", params={"why": "seats.cost"}).text
    assert "How it adds up" in opened
    assert "<h1>" in opened


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/why?key=no.such.figure", 404),
        ("/why?key=seats.cost%3Ftype%3Dstandard&line=none", 404),
        ("/why", 422),
        ("/table.csv?id=none", 404),
        ("/rows.csv?key=none", 404),
        ("/nowhere", 404),
        ("/static/../app.py", 404),
        ("/static/%2e%2e/app.py", 404),
        ("/why?key=" + "x" * 5000, 422),
    ],
)
def test_what_is_not_there_is_said(client_of: Client, path: str, status: int) -> None:
    answer = client_of("full").get(path)
    assert answer.status_code == status
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_an_unknown_key_is_escaped(client_of: Client) -> None:
    answer = client_of("full").get("/why", params={"key": pages.HOSTILE})
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["/", "/sources", "/prices", "/?why=tokens.cost", "/why?key=tokens.cost"])
def test_hostile_names_stay_text(client_of: Client, path: str) -> None:
    text = client_of("hostile").get(path).text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(2)" in text
    assert 'href="javascript' not in text
    assert not any(c in text for c in "\x1b\u202e")


def test_no_page_has_inline_code_or_style(client_of: Client) -> None:
    for path in ("/", "/sources", "/prices", "/why?key=both.cost"):
        text = client_of("full").get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick" not in text
        assert "<script>" not in text


def test_a_window_that_cannot_be_read_is_a_bad_request() -> None:
    def load(query: Query) -> object:
        raise ValueError(f"not a month such as 2026-10: {query.window!r}")

    client = TestClient(create_app(load, pages.rows), base_url="http://localhost")  # type: ignore[arg-type]
    answer = client.get("/?window=<b>")
    assert answer.status_code == 400
    assert "not a month" in answer.text
    assert "<b>" not in answer.text


def test_a_failure_names_no_internals() -> None:
    def load(query: Query) -> object:
        raise RuntimeError("/secret/path")

    app = create_app(load, pages.rows)  # type: ignore[arg-type]
    answer = TestClient(app, base_url="http://localhost", raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "bothhalves doctor" in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8321", "localhost:1", "LOCALHOST", "[::1]:8321"])
def test_names_of_this_machine_are_answered(client_of: Client, host: str) -> None:
    assert client_of("full").get("/healthz", headers={"host": host}).text == "ok\n"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "10.0.0.8"]
)
def test_a_foreign_name_is_refused(client_of: Client, host: str) -> None:
    answer = client_of("full").get("/page.json", headers={"host": host})
    assert answer.status_code == 421
    assert "company" not in answer.text


def test_host_names_lose_their_port() -> None:
    assert [host_name(h) for h in ("a:1", "[::1]", "[::1]:80", "a")] == ["a", "[::1]", "[::1]", "a"]


def test_security_headers_are_on_every_answer(client_of: Client) -> None:
    for path in ("/", "/page.json", "/static/page.css", "/nowhere", "/healthz"):
        headers = client_of("full").get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.com", ""])
def test_the_server_refuses_to_be_reached_from_outside(host: str) -> None:
    with pytest.raises(NotLoopback, match="no sign-in"):
        serve(create_app(lambda q: pages.full(), pages.rows), 0, host)


def test_loopback_addresses_are_accepted() -> None:
    assert [require_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9")] == [None] * 4


def test_only_web_addresses_become_outgoing_links() -> None:
    texts = ["https://a.example/x", "http://a.example", "javascript:alert(1)", "file:///etc", "//a.example"]
    texts += ["data:text/html,x", "Order form", "https://["]
    good = [text for text in texts if is_web_address(text)]
    assert good == ["https://a.example/x", "http://a.example"]


def test_downloads_are_guarded_csv(client_of: Client) -> None:
    client = client_of("full")
    answer = client.get("/rows.csv", params={"key": "seats.cost"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 290
    assert rows[2]["note"] == "'=1+1"
    one = client.get("/rows.csv", params={"key": "seats.cost?type=standard", "line": "acme/standard/2026-09"})
    assert len(list(csv.DictReader(io.StringIO(one.text)))) == 145
    lines = list(csv.DictReader(io.StringIO(client.get("/lines.csv?key=both.cost").text)))
    assert sum(Decimal(line["low"]) for line in lines) == Decimal("148580.52")
    assert "Knowledge search" in client.get("/table.csv?id=workloads").text


def test_the_page_as_data_and_as_text(client_of: Client) -> None:
    client = client_of("full")
    assert json.loads(client.get("/page.json").text)["figures"]["both.cost"]["low"] == "148580.52"
    assert "You pay $149k" in client.get("/page.txt").text


def test_windows_step_and_keep_their_length(client_of: Client) -> None:
    text = client_of("full").get("/sources?window=2026-09/2026-10").text
    assert 'rel="prev" href="/sources?window=2026-08%2F2026-09"' in text
    assert 'rel="next" href="/sources?window=2026-10%2F2026-11"' in text
    assert '<option value="2026-09/2026-10" selected>1 Sep to 31 Oct 2026</option>' in text
    assert '<option value="2026-07">1 Jul to 31 Jul 2026</option>' in text
    assert (
        "/why?key=seats.cost&amp;window=2026-09%2F2026-10"
        in client_of("full").get("/?window=2026-09/2026-10").text
    )


def test_many_rows_fold_into_a_sum_that_opens(client_of: Client) -> None:
    client = client_of("huge")
    folded = client.get("/").text
    others = re.search(
        r'<tr[^>]*class="others"><th scope="row"><a href="([^"]*)"[^>]*>other 185</a>(.*)</tr>', folded
    )
    assert others is not None
    assert "workload-100" not in folded
    whole = client.get(unescape(others[1])).text
    assert "workload-100" in whole
    assert ">fold other 185</a>" in whole
    keys = [parse_qs(unescape(a))["key"][0] for a in re.findall(r'href="/why\?([^"]*)"', others[2])]
    assert keys == ["workloads.others?column=tokens", "workloads.others?column=at%20list%20price"]
    drawer = client.get("/why", params={"key": keys[1]}).text
    assert "The sum of 185 parts." in drawer
    assert "workload-184" in drawer


ELSEWHERE = ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "/\t/evil.example"]


@pytest.mark.parametrize("back", ELSEWHERE)
def test_the_theme_switch_leads_nowhere_else(client_of: Client, back: str) -> None:
    answer = client_of("full").get("/theme", params={"to": "dark", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("back", ELSEWHERE)
def test_closing_an_explanation_leads_nowhere_else(client_of: Client, back: str) -> None:
    html = client_of("full").get("/why", params={"key": "seats.cost", "back": back}).text
    assert 'data-close href="/"' in html
    assert not re.findall(r'href="(?!/theme)[^"]*evil', html)


def test_closing_an_explanation_leads_back_with_window_and_page(client_of: Client) -> None:
    client = client_of("full")
    of_the_page = client.get("/why", params={"key": "seats.cost", "window": "2026-10"}).text
    assert 'data-close href="/?window=2026-10"' in of_the_page
    html = client.get("/why", params={"key": "seats.cost", "back": "/sources?window=2026-10"}).text
    assert 'data-close href="/sources?window=2026-10"' in html
    missing = client.get("/why", params={"key": "none", "back": "/sources"})
    assert missing.status_code == 404


def test_the_theme_is_kept_in_a_cookie(client_of: Client) -> None:
    client = client_of("full")
    client.get("/theme", params={"to": "dark", "back": "/sources"})
    assert '<html lang="en" data-theme="dark">' in client.get("/").text
    forged = client_of("full").get("/", headers={"cookie": 'theme="><script>'})
    assert '<html lang="en">' in forged.text


def test_missing_halves_show_what_to_import(client_of: Client) -> None:
    empty = client_of("empty").get("/").text
    assert "Seats are missing" in empty
    assert "Token usage is missing" in empty
    assert "bothhalves demo --serve" in empty
    half = client_of("seats_only").get("/").text
    assert "Token usage is missing" in half
    assert "both.cost" not in half
    assert "never guessed" in half


def test_disagreement_heads_the_page(client_of: Client) -> None:
    text = client_of("disagreeing").get("/").text
    assert text.index('class="alarm" role="alert"') < text.index("<h1>")
    assert 'role="alert"' not in client_of("full").get("/").text


def test_the_page_is_light(client_of: Client) -> None:
    """150 kB transferred with an empty cache, 30 kB of it script."""
    client = client_of("full")
    answer = client.get("/", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    static = render.STATIC
    scripts = [static / "page.js", *static.glob("vendor/htmx/*.js")]
    fonts = list(static.glob("vendor/plex/*.woff2"))
    packed = {p: len(gzip.compress(p.read_bytes(), 6)) for p in [*scripts, static / "page.css"]}
    assert sum(packed[p] for p in scripts) < 30_000
    page = len(gzip.compress(answer.text.encode(), 6))
    assert page + sum(packed.values()) + sum(p.stat().st_size for p in fonts) < 150_000


def test_vendored_files_have_their_licences() -> None:
    folders = [path for path in Path(render.STATIC / "vendor").iterdir() if path.is_dir()]
    assert sorted(f.name for f in folders) == ["htmx", "plex"]
    assert all((folder / "LICENSE.txt").read_text("utf-8").strip() for folder in folders)


def test_sources_set_each_invoice_against_what_was_computed(
    client_over: Callable[[pages.Page], TestClient],
) -> None:
    sides = [
        Figure(f"check.{n}", n, Operator.GIVEN, Decimal(v), unit="USD")
        for n, v in (("a", "310"), ("b", "300"))
    ]
    title = "Invoiced less computed, anthropic 2026-09"
    gap = Figure("check.gap", title, Operator.DIFFERENCE, Decimal(10), tuple(sides), unit="USD")
    page = replace(pages.full(), agreement=Badge("Agrees with invoices to 3.3 %", "good", (gap,)))
    text = unescape(client_over(page).get("/sources").text)
    (row,) = re.findall(r"<th scope=\"row\">anthropic 2026-09</th>(.*?)</tr>", text, re.DOTALL)
    assert re.findall(r">([^<>]+)</a>", row) == ["$310", "$300", "$10.00"]
