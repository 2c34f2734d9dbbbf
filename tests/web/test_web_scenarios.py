"""Scenarios on the page: saved by a form of this page only, listed, compared, and every figure opens."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from fastapi import FastAPI
from httpx import Response
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent.parent / "workspace"))
from site_of import client_of, site_of
from test_planning import TOOL, filled
from wcag import check_conforms

from bothhalves.brief.scenario_compare import diffed
from bothhalves.brief.scenarios import study_of
from bothhalves.web.scenarios import LONGEST
from bothhalves.workspace import open_workspace
from bothhalves.workspace.scenario_inputs import stated
from bothhalves.workspace.scenarios import Saved, save, scenarios_of

#: Each two of three that stand side by side.
PAIRS = (("base", "grow"), ("base", "cheap"), ("grow", "cheap"))
OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = filled(tmp_path_factory.mktemp("page"), {"tools": [TOOL], "hold": "20%"}).root
    save(found, "grow", Saved(stated({"growth": "40"}), '<script>alert("1")</script>'))
    save(found, "cheap", Saved(stated({"growth": "40", "fee": "20"})))
    return found


@pytest.fixture(scope="module")
def app(root: Path) -> FastAPI:
    return site_of(root)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return client_of(app)


def settled(client: TestClient, address: str) -> Response:
    """The page once it is worked out."""
    for _ in range(60):
        answer = client.get(address)
        if "It is being worked out" not in answer.text:
            return answer
        time.sleep(0.2)
    raise AssertionError("it is never worked out")


def keep(client: TestClient, headers: dict[str, str] = OWN, **fields: str) -> Response:
    return client.post("/scenarios", data=fields, headers=headers, follow_redirects=False)


def test_the_title_states_what_was_found_and_every_figure_opens(client: TestClient) -> None:
    html = settled(client, "/scenarios?with=base&with=grow&with=cheap").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    assert "grow costs $4.80k more than base over all years as is" in text
    assert "not affected by" in text
    found = {unescape(address) for address in re.findall(r'href="(/why\?key=scenario[^"]+)"', html)}
    assert len(found) > 40
    for address in sorted(found):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "bothhalves explain" in answer.text


def test_one_name_is_compared_with_what_the_data_say(client: TestClient) -> None:
    texts = (settled(client, f"/scenarios?{q}").text for q in ("with=grow", "with=base&with=grow"))
    alone, named = (re.search(r"<h1>.*?</h1>", text, re.DOTALL) for text in texts)
    assert alone is not None
    assert named is not None
    words = [re.sub(r"<[^>]+>", "", found[0]) for found in (alone, named)]
    assert words[0] == words[1]
    assert "more than base" in words[0]


def test_the_list_shows_hostile_notes_as_text(client: TestClient) -> None:
    html = client.get("/scenarios").text
    assert "&lt;script&gt;alert(" in html
    assert "<script>alert(" not in html


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("with=a&with=b&with=c&with=d&with=e", "5 scenarios are more than 4"),
        ("with=base&with=..%2F..%2Fcompany", "No scenario is called"),
        ("with=base&with=%3Cb%3E", "No scenario is called &#39;&lt;b&gt;&#39;"),
    ],
)
def test_what_cannot_be_compared_is_refused(client: TestClient, query: str, said: str) -> None:
    answer = client.get(f"/scenarios?{query}")
    assert answer.status_code == 400
    assert said in answer.text


def test_a_form_saves_and_leads_to_the_comparison(client: TestClient, root: Path) -> None:
    answer = keep(
        client, name="from-page", growth="25", levers="", note=" why ",
        price_steps="2028-01=80%, 2029-01=70%",
        changes="2027-02-01 app x1.4: a, b; 2027-04 premium +2 people", rule="none",
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer.headers["location"] == "/scenarios?with=base&with=from-page"
    saved = scenarios_of(root)[0]["from-page"]
    changes = ["2027-02-01 app x1.4: a, b", "2027-04-01 premium +2 people"]
    assert saved.inputs == stated({"growth": "25", "rule": "none"}, ["2028-01=80%", "2029-01=70%"], changes)
    assert saved.note == "why"
    assert saved.saved_by.endswith("on the page")
    assert keep(client, name="from-page").status_code == 400
    assert keep(client, name="from-page", replace="yes").status_code == 303
    assert scenarios_of(root)[0]["from-page"].inputs == stated({})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
    ],
)
def test_another_site_saves_nothing(client: TestClient, root: Path, headers: dict[str, str]) -> None:
    assert keep(client, headers, name="planted").status_code == 403
    assert "planted" not in scenarios_of(root)[0]


def test_another_host_name_saves_nothing(app: FastAPI, root: Path) -> None:
    foreign = TestClient(app, base_url="http://rebound.example")
    assert keep(foreign, name="planted").status_code == 421
    assert "planted" not in scenarios_of(root)[0]


def test_an_older_browser_is_known_by_its_origin(client: TestClient, root: Path) -> None:
    assert keep(client, {"origin": "http://127.0.0.1"}, name="older").status_code == 303
    (root / "scenarios" / "older.yaml").unlink()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "../up"}, "is no name for a scenario"),
        ({"name": "<b>x</b>"}, "&lt;b&gt;x&lt;/b&gt;"),
        ({"name": "base"}, "is everything as the data says"),
        ({"name": ""}, "is no name for a scenario"),
        ({"name": "x", "growth": "NaN"}, "not a plain number"),
        ({"name": "x", "rate": "8"}, "expected a percentage"),
        ({"name": "x", "offer": "<i>"}, "No offer is called &#39;&lt;i&gt;&#39;"),
        ({"name": "x", "rule": "<u>"}, "rule is one of none, minimax regret, expected cost"),
        ({"name": "x", "changes": "2027-02-01 app twice"}, "is not a planned change such as"),
        ({"name": "x", "note": "n" * 201}, "note is longer than 200"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(
    client: TestClient, root: Path, fields: dict[str, str], said: str
) -> None:
    before = {p.name for p in (root / "scenarios").iterdir()}
    answer = keep(client, **fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert {p.name for p in (root / "scenarios").iterdir()} == before


def test_only_a_short_form_is_read(client: TestClient) -> None:
    assert keep(client, name="x", note="n" * LONGEST).status_code == 413
    assert client.post("/scenarios", json={"name": "x"}, headers=OWN).status_code == 415


def test_without_a_workspace_nothing_is_saved(client_of: Callable[[str], TestClient]) -> None:
    client = client_of("full")
    assert "no workspace to save scenarios in" in client.get("/scenarios").text
    assert client.post("/scenarios", data={"name": "x"}, headers=OWN).status_code == 404


@pytest.fixture(scope="module")
def address(app: FastAPI, site_over: Callable[[FastAPI], str]) -> str:
    return site_over(app)


def test_a_changed_slider_is_saved_by_a_browser(browser: Browser, address: str, root: Path) -> None:
    page = browser.new_context(base_url=address, reduced_motion="reduce").new_page()
    page.goto("/", timeout=60_000)
    assert page.get_by_text("Save as scenario").count() == 0
    page.goto("/?growth=40")
    page.get_by_text("Save as scenario").click()
    page.get_by_label("Name", exact=True).fill("by-hand")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text("by-hand costs $4.80k more than base", timeout=60_000)
    assert scenarios_of(root)[0]["by-hand"].inputs == stated({"growth": "40"})
    page.locator("h1 a").click()
    expect(page.locator("#drawer")).to_contain_text("by-hand less base")
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "light"), (1440, "dark")])
@pytest.mark.parametrize(
    "asked", ["/scenarios?with=base&with=grow&with=cheap", "/scenarios/diff?from=base&to=cheap"]
)
def test_no_violations(
    browser: Browser, client: TestClient, address: str, asked: str, width: int, scheme: str
) -> None:
    settled(client, asked)
    check_conforms(browser, f"{address}{asked}", width, scheme)


def test_two_are_taken_apart_and_every_figure_opens(client: TestClient) -> None:
    html = settled(client, "/scenarios?with=base&with=grow&with=cheap").text
    pairs = {unescape(address) for address in re.findall(r'href="(/scenarios/diff[^"]+)"', html)}
    assert pairs == {f"/scenarios/diff?from={a}&to={b}" for a, b in PAIRS}
    html = settled(client, "/scenarios/diff?from=base&to=cheap").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "By growth of tokens By seat fee, a month" in text
    assert "the parts add up to the difference" in text
    found = {unescape(address) for address in re.findall(r'href="(/why\?key=scenario[^"]+)"', html)}
    assert any("scenario.part" in address for address in found)
    for address in sorted(found):
        assert client.get(address).status_code == 200, address
        assert "bothhalves explain" in client.get(address).text


def test_parts_on_the_page_are_those_of_the_verb(client: TestClient, root: Path) -> None:
    html = settled(client, "/scenarios/diff?from=base&to=cheap").text
    pair = {"base": Saved(), "cheap": scenarios_of(root)[0]["cheap"]}
    found = diffed(study_of(open_workspace(root)), ("base", "cheap"), (pair["base"], pair["cheap"]))
    shown = {unescape(key) for key in re.findall(r'href="/why\?key=([^"&]+)', html)}
    assert {quote_plus(figure.key) for figure in found.roots()} <= shown


def test_two_of_the_same_state_the_same(client: TestClient) -> None:
    assert "grow and grow state the same" in settled(client, "/scenarios/diff?from=grow&to=grow").text


@pytest.mark.parametrize("query", ["from=base&to=nobody", "from=%3Cb%3E&to=base"])
def test_an_unknown_one_is_not_taken_apart(client: TestClient, query: str) -> None:
    answer = client.get(f"/scenarios/diff?{query}")
    assert answer.status_code == 400
    assert "No scenario is called" in answer.text
    assert "<b>" not in answer.text


def test_another_window_keeps_what_is_chosen(client: TestClient) -> None:
    html = settled(client, "/scenarios?with=base&with=grow").text
    assert '<input type="hidden" name="with" value="grow">' in html
    html = settled(client, "/scenarios/diff?from=base&to=grow").text
    assert '<input type="hidden" name="to" value="grow">' in html


def test_two_are_chosen_by_keyboard_without_a_script(
    browser: Browser, client: TestClient, address: str
) -> None:
    settled(client, "/scenarios/diff?from=base&to=grow")
    page = browser.new_context(base_url=address, java_script_enabled=False).new_page()
    page.goto("/scenarios/diff?from=base&to=cheap", timeout=60_000)
    page.get_by_role("combobox", name="To").focus()
    page.keyboard.type("grow")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("to=grow"))
    expect(page.locator("h1")).to_contain_text("grow costs $4.80k more than base", timeout=60_000)
    page.locator("h1 a").click()
    expect(page.locator("main")).to_contain_text("grow less base")
    page.context.close()
