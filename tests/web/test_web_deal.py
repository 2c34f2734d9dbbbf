"""The deal on its own page: drawn from the sections, every figure opens, and an empty section says why."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent.parent / "cli"))
from test_cli_bundling import company
from wcag import check_conforms

from bothhalves.brief import deal_sections
from bothhalves.core.deal.outlook import Outlook
from bothhalves.core.explain import Grade
from bothhalves.web.app import Query, create_app
from bothhalves.web.live import Live
from bothhalves.workspace import open_workspace, prospects


@pytest.fixture(scope="module", autouse=True)
def well_founded() -> Iterator[None]:
    """Months to come as if invoices agreed, so that an amount may be recommended."""
    known = prospects.outlook_of

    def agreed(*asked: Any, **more: Any) -> Outlook:
        return replace(known(*asked, **more), grade=Grade.B)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prospects, "outlook_of", agreed)
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return company(tmp_path_factory.mktemp("deal"))


@pytest.fixture(scope="module")
def live(root: Path) -> Live:
    found = Live(open_workspace(root))
    found.load(Query()).deal()
    found.load(Query()).brief("")
    return found


@pytest.fixture(scope="module")
def app(live: Live, root: Path):  # type: ignore[no-untyped-def]
    return create_app(live.load, live.rows, months=live.months, workspace=str(root))


@pytest.fixture(scope="module")
def client(app) -> TestClient:  # type: ignore[no-untyped-def]
    return TestClient(app, base_url="http://127.0.0.1")


def linked(html: str) -> set[str]:
    """The addresses of every figure on a page."""
    return {unescape(found) for found in re.findall(r'href="(/why\?key=[^"]+)"', html)}


def test_the_one_page_links_to_the_deal_and_does_not_make_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(deal_sections, "deal_of", lambda *asked: made.append(asked))
    own = Live(open_workspace(root))
    app = create_app(own.load, own.rows, months=own.months, workspace=str(root))
    whole = TestClient(app, base_url="http://127.0.0.1").get("/").text
    assert 'href="/deal"' in whole
    assert made == []


def test_every_figure_of_the_deal_opens(client: TestClient) -> None:
    found = linked(client.get("/deal").text)
    for word in ("bundle", "commit", "projection", "clause", "renewal"):
        assert any(f"key={word}." in address for address in found), word
    for address in sorted(found):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "bothhalves explain" in answer.text


def test_titles_state_what_was_found(client: TestClient) -> None:
    text = re.sub(r"<[^>]+>", "", client.get("/deal").text)
    assert "it costs $5.29k more than both halves alone" in text
    assert "cannot be taken apart" not in text
    assert re.search(r"How much to commit under both: nothing; expect to pay \$3\.\d+k", text)
    assert "Renewal calendar: " in text
    assert "What to ask for: " in text


def test_the_deal_is_made_once(client: TestClient, live: Live) -> None:
    assert client.get("/deal").text == client.get("/deal").text
    assert live.load(Query()).deal() is live.load(Query()).deal()


def test_the_brief_is_the_record_of_the_verb_and_every_figure_opens(client: TestClient, live: Live) -> None:
    live.load(Query()).brief("")
    answer = client.get("/brief")
    text = re.sub(r"<[^>]+>", "", answer.text)
    assert "What is needed" in text
    for part in live.load(Query()).brief("").parts:
        assert part.title in text
    found = linked(answer.text)
    assert any("key=need." in address for address in found)
    for address in sorted(found):
        opened = client.get(address)
        assert opened.status_code == 200, address
        assert "bothhalves explain" in opened.text


def test_both_pages_link_to_the_brief_and_it_links_to_the_deal(client: TestClient) -> None:
    for path in ("/", "/deal"):
        assert 'href="/brief"' in client.get(path).text
    assert 'href="/deal"' in client.get("/brief").text


@pytest.mark.parametrize("path", ["/deal", "/brief?offer=both", "/deal?window=2026-09%2F2026-10"])
def test_without_a_script_closing_leads_back_to_the_page_of_the_number(
    client: TestClient, live: Live, path: str
) -> None:
    live.load(Query()).brief("both")
    live.load(Query("2026-09/2026-10")).deal()
    hrefs = [unescape(h) for h in re.findall(r'href="(/why\?[^"]*)"', client.get(path).text)]
    assert hrefs
    explained = client.get(hrefs[-1]).text
    assert closes(explained) == path
    deeper = [unescape(h) for h in re.findall(r'href="(/why\?[^"]*)"', explained)]
    assert deeper
    assert {closes(client.get(href).text) for href in deeper[:3]} == {path}


def closes(html: str) -> str:
    (href,) = re.findall(r'data-close href="([^"]*)"', html)
    return unescape(href)


def test_a_brief_on_an_unknown_offer_says_which_there_are(client: TestClient, live: Live) -> None:
    with pytest.raises(LookupError):
        live.load(Query()).brief("nobody")
    answer = client.get("/brief", params={"offer": "nobody"})
    assert answer.status_code == 404
    assert "No offer is called" in answer.text


def test_a_commitment_is_told_with_what_it_loses_and_covers(client: TestClient) -> None:
    text = re.sub(r"<[^>]+>", " ", client.get("/deal").text)
    for head in ("Pays at P90", "CVaR of regret", "Forfeited P50", "Overage P90", "Utilisation P10"):
        assert head in text
    assert "Effective savings rate P50" in text
    assert "Usage in a period, at list price" in text


def test_the_calendar_shows_the_work_and_the_bundle_both_needs(client: TestClient) -> None:
    text = re.sub(r"<[^>]+>", " ", client.get("/deal").text)
    for work in ("Reclaim seats", "Measure both lines", "Negotiate", "Decide"):
        assert work in text


def test_without_an_offer_it_is_said_how_to_add_one(client_of) -> None:  # type: ignore[no-untyped-def]
    text = client_of("empty").get("/deal").text
    assert "There is no usage and no roster yet." in text


@pytest.fixture(scope="module")
def address(app, site_over) -> str:  # type: ignore[no-untyped-def]
    found: str = site_over(app)
    return found


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        ("/deal", 390, "light"),
        ("/deal", 1280, "light"),
        ("/deal", 1280, "dark"),
        ("/brief", 390, "light"),
        ("/brief", 1280, "dark"),
    ],
)
def test_no_violations(browser: Browser, address: str, path: str, width: int, scheme: str) -> None:
    check_conforms(browser, f"{address}{path}", width, scheme)
