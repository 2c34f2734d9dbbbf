"""Sliders of the page: one address per state, with and without a script, and the figures of that state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.testclient import TestClient

Client = Callable[[str], TestClient]
Site = Callable[[str], str]


@pytest.fixture
def at(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens an address of the whole company's page; nothing may fail in a script."""
    failed: list[str] = []
    opened: list[Page] = []

    def open_(path: str = "/", **options: Any) -> Page:
        page = browser.new_context(base_url=site("full"), reduced_motion="reduce", **options).new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(path)
        opened.append(page)
        return page

    yield open_
    for page in opened:
        page.context.close()
    assert failed == []


def test_an_address_says_what_is_changed_and_every_link_carries_it(client_of: Client) -> None:
    text = client_of("full").get("/?fee=54").text
    assert 'id="if-fee" name="fee" value="54"' in text
    assert "$873k" in text
    assert "/why?key=what-if.after&amp;fee=54" in text
    for place in ("/sources?", "/page.json?", "/table.csv?id=workloads&amp;"):
        assert f'href="{place}fee=54"' in text
    assert '<input type="hidden" name="fee" value="54">' in text


def test_reset_is_offered_only_where_something_is_changed(client_of: Client) -> None:
    client = client_of("full")
    assert "what-if-reset" not in client.get("/").text
    text = client.get("/?hold=30&window=2026-09/2026-10").text
    assert '<a class="button" id="what-if-reset" href="/?window=2026-09%2F2026-10">Reset</a>' in text


def test_the_figures_of_a_state_are_explained_in_that_state(client_of: Client) -> None:
    client = client_of("full")
    assert client.get("/why.json?key=what-if.after&fee=54").json()["figure"]["low"] == "873194"
    assert client.get("/why.json?key=what-if.after").status_code == 404
    assert "--fee 54" in client.get("/why?key=what-if.after&fee=54").text


def test_a_script_is_sent_what_changes_and_no_more(client_of: Client) -> None:
    answer = client_of("full").get("/?fee=54", headers={"HX-Request": "true"})
    assert answer.headers["vary"].startswith("HX-Request")
    assert "<h1" not in answer.text
    assert 'id="if-fee"' in answer.text
    assert answer.text.count('hx-swap-oob="outerMorph"') == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("fee=nan", "fee is the seat&#39;s monthly fee, a number from 0 to 1000000"),
        ("hold=120", "hold is the hold in percent, a number from 0 to 99, not 120"),
        ("levers=-1", "levers is the share of the levers&#39; saving in percent, a number from 0 to 100"),
        ("tool=1e400", "tool is the tool&#39;s monthly cost"),
        ("growth=%3Cb%3E", "growth is the growth of token use in percent"),
    ],
)
def test_values_that_cannot_be_tried_are_refused_in_a_sentence(
    client_of: Client, query: str, said: str
) -> None:
    answer = client_of("full").get(f"/?{query}")
    assert answer.status_code == 400
    assert said in answer.text
    assert "<b>" not in answer.text


def test_a_slider_moved_by_a_key_changes_the_total_and_keeps_the_focus(at: Callable[..., Page]) -> None:
    page = at()
    expect(page.locator("#finding")).to_contain_text("$879k")
    page.locator("#if-fee").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#finding")).to_contain_text("$885k")
    expect(page.locator("#if-fee")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("$885k")
    expect(page.locator("output[for=if-fee]")).to_have_text("66")
    assert page.url.endswith("/?fee=66")
    assert page.locator(".rail a", has_text="Sources").get_attribute("href") == "/sources?fee=66"


def test_back_restores_what_was_and_reset_takes_all_back(at: Callable[..., Page]) -> None:
    page = at()
    page.locator("#if-fee").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#finding")).to_contain_text("$880k")
    page.locator("#if-hold").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url("/?fee=61&hold=25")
    page.go_back()
    expect(page.locator("output[for=if-hold]")).to_have_text("20 %")
    expect(page.locator("#if-fee")).to_have_value("61")
    page.go_back()
    expect(page.locator("#finding")).to_contain_text("$879k")
    expect(page.locator("#if-fee")).to_have_value("60")
    page.goto("/?fee=61&hold=25")
    page.locator("#what-if-reset").click()
    expect(page).to_have_url("/")


def test_a_changed_figure_opens_in_its_state(at: Callable[..., Page]) -> None:
    page = at()
    page.locator("#if-fee").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#finding")).to_contain_text("$878k")
    page.locator("#finding a").last.click()
    expect(page.locator("#drawer .much")).to_contain_text("$878k")
    assert "fee=59" in page.url
    page.reload()
    expect(page.locator("#drawer .much")).to_contain_text("$878k")


def test_it_works_without_a_script(at: Callable[..., Page]) -> None:
    page = at(java_script_enabled=False)
    page.locator("#if-fee").fill("54")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#finding")).to_contain_text("$873k")
    page.locator("#what-if-reset").click()
    expect(page.locator("#finding")).to_contain_text("$879k")
