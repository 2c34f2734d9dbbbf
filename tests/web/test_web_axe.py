"""WCAG 2.2 A and AA by axe-core, in each state of the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from wcag import AXE, TAGS

STATES = {
    "light": ("full", "/", "light"),
    "dark": ("full", "/", "dark"),
    "drawer": ("full", "/?why=tokens.cost", "light"),
    "drawer, dark": ("full", "/?why=seats.cost", "dark"),
    "explanation": ("full", "/why?key=both.cost", "light"),
    "empty": ("empty", "/", "light"),
    "seats only": ("seats_only", "/", "dark"),
    "disagreeing": ("disagreeing", "/", "light"),
    "disagreeing, dark": ("disagreeing", "/", "dark"),
    "changed": ("full", "/?fee=54&hold=30", "light"),
    "changed, dark": ("full", "/?fee=54", "dark"),
    "sources": ("full", "/sources", "light"),
    "prices": ("full", "/prices", "dark"),
    "not found": ("full", "/nowhere", "light"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [390, 1440])
def test_no_violations(browser: Browser, site: Callable[[str], str], state: str, width: int) -> None:
    name, path, scheme = STATES[state]
    viewport = {"width": width, "height": 900}
    context = browser.new_context(color_scheme=scheme, viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site(name) + path)
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    context.close()
    found = [
        f"{v['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for v in result["violations"]
        for node in v["nodes"]
    ]
    assert found == []
    assert len(result["passes"]) > 15
