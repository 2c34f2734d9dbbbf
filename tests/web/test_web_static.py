"""The page as one file: whole, readable without a server, and silent towards the network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import pages
from bothhalves.web.static_page import render_static

EVERY = sorted(pages.PAGES)


@pytest.mark.parametrize("name", EVERY)
def test_every_figure_leads_to_its_explanation(name: str) -> None:
    text = render_static(pages.PAGES[name]())
    targets = set(re.findall(r'href="#([^"]*)"', text))
    ids = re.findall(r' id="([^"]*)"', text)
    assert targets - set(ids) <= {"sources", "prices"}
    assert len(ids) == len(set(ids))


def test_the_file_needs_nothing_else() -> None:
    text = render_static(pages.full(), pages.rows)
    assert "<script" not in text
    assert "<link" not in text
    assert re.findall(r'url\("(?!data:font/woff2;base64,|#hatch)', text) == []
    assert "default-src 'none'" in text
    assert "p-5865" in text


def test_hostile_names_stay_text() -> None:
    text = render_static(pages.hostile(), pages.rows)
    assert "<script" not in text
    assert "<img" not in text


def test_a_figure_opens_from_the_file_system(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(render_static(pages.full(), pages.rows), "utf-8")
    asked: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.locator(".drawer:visible").count() == 0
    page.locator("h1 a").first.click()
    drawer = page.locator(".drawer:visible")
    assert drawer.locator(".much").inner_text() == "$149k"
    drawer.get_by_role("link", name="Seat fees at contract rates").click()
    assert page.locator(".drawer:visible .much").inner_text() == "$82.5k"
    page.locator(".drawer:visible .close").click()
    assert page.locator(".drawer:visible").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
