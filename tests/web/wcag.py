"""WCAG 2.2 A and AA by axe-core, of a page with everything on it unfolded."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check_conforms(browser: Browser, address: str, width: int, scheme: str) -> None:
    """Fails with each violation, and where the page is wider than the window."""
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address, timeout=60_000)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert wide <= width
    assert [f"{v['id']}: {n['html'][:200]}" for v in result["violations"] for n in v["nodes"]] == []
    assert len(result["passes"]) > 15
