"""The deal and the brief at changed inputs: said on top, in every link, in every figure; and saved."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent.parent / "workspace"))
from site_of import client_of, site_of
from test_planning import TOOL, filled
from wcag import check_conforms

from bothhalves.workspace.scenario_inputs import stated
from bothhalves.workspace.scenarios import scenarios_of
from workspace_folder import contract

OFFER = contract(
    id="offered",
    term={"start": "2027-01-01", "months": 12},
    seats=[{"type": "premium", "product": "claude", "committed": 2, "fee": "90", "labels": ["Premium"]}],
    commitment={"amount": 3000, "per": "year", "overage": "list", "unused": "forfeited"},
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight of ten seats at 100 are held, the API takes ten dollars a day, and both are offered."""
    found = filled(tmp_path_factory.mktemp("changed"), {"tools": [TOOL], "hold": "20%"})
    found.write({"offers/offered.yaml": OFFER})
    return found.root


@pytest.fixture(scope="module")
def app(root: Path) -> FastAPI:
    return site_of(root)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return client_of(app)


@pytest.fixture(scope="module")
def address(app: FastAPI, site_over: Callable[[FastAPI], str]) -> str:
    return site_over(app)


def settled(client: TestClient, address: str) -> str:
    """The page once it is worked out."""
    for _ in range(300):
        text = client.get(address).text
        if "It is being worked out" not in text:
            return text
        time.sleep(0.2)
    raise AssertionError("it is never worked out")


def linked(html: str) -> set[str]:
    """The addresses of every figure on a page."""
    return {unescape(found) for found in re.findall(r'href="(/why\?key=[^"]+)"', html)}


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def test_changed_inputs_are_told_on_top_and_every_link_keeps_them(client: TestClient) -> None:
    html = settled(client, "/deal?growth=40")
    assert "Not as the data says: Growth of tokens 40 % (planned: 0)" in plain(html)
    assert '<input type="hidden" name="growth" value="40">' in html
    for place in ('href="/?growth=40"', 'href="/brief?growth=40"', 'href="/deal"'):
        assert place in html
    asked = [parse_qs(urlsplit(address).query) for address in linked(html)]
    assert {(*found["growth"], *found["back"]) for found in asked} == {("40", "/deal?growth=40")}
    assert "Not as the data says" not in client.get("/deal").text
    assert 'href="/deal?growth=40"' in client.get("/?growth=40").text


def test_figures_at_changed_inputs_open_in_their_state(client: TestClient) -> None:
    key = "/why.json?key=" + quote_plus("commit.recommended.cost?contract=offered&scenario=base")
    as_is, grown = (Decimal(client.get(key + more).json()["figure"]["low"]) for more in ("", "&growth=40"))
    assert abs(grown - as_is * 14 / 10) < Decimal("0.0001")
    for address in sorted(linked(settled(client, "/deal?growth=40"))):
        assert client.get(address).status_code == 200, address
    brief = settled(client, "/brief?growth=40")
    assert "Not as the data says: Growth of tokens 40 %" in plain(brief)
    for address in sorted(linked(brief)):
        assert client.get(address).status_code == 200, address


def test_inputs_that_cannot_be_tried_are_refused_in_words(client: TestClient) -> None:
    answer = client.get("/deal?growth=lots")
    assert answer.status_code == 400
    assert "growth is the growth of token use in percent, a number from -99 to 1000" in answer.text


def test_the_state_is_saved_from_the_deal_and_kept_on_the_way_back(
    browser: Browser, client: TestClient, address: str, root: Path
) -> None:
    settled(client, "/deal?growth=40")
    page = browser.new_context(base_url=address, java_script_enabled=False).new_page()
    page.goto("/deal?growth=40", timeout=60_000)
    page.get_by_role("link", name="Change them on the one page").click()
    expect(page.locator("#if-growth")).to_have_value("40")
    page.goto("/deal?growth=40")
    page.get_by_text("Save as scenario").click()
    expect(page.get_by_text("It keeps growth 40, and:")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("from-deal")
    page.get_by_label("A later year is worth less").fill("8%")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("with=from-deal"))
    assert scenarios_of(root)[0]["from-deal"].inputs == stated({"growth": "40", "rate": "8%"})
    page.goto("/deal?growth=40")
    page.get_by_role("link", name="take all back").click()
    expect(page).to_have_url(re.compile("/deal$"))
    page.context.close()


@pytest.mark.parametrize(("path", "width", "scheme"), [("/deal", 390, "dark"), ("/brief", 1440, "light")])
def test_no_violations(
    browser: Browser, client: TestClient, address: str, path: str, width: int, scheme: str
) -> None:
    asked = f"{path}?growth=40&fee=20"
    settled(client, asked)
    check_conforms(browser, f"{address}{asked}", width, scheme)
