"""The page in a real browser: drawer, keyboard, themes, paper, small screens, and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import pages

Site = Callable[[str], str]
Open = Callable[..., Page]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective));
"""


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens a page; at the end nothing may have left the origin, broken the policy or failed in a script."""
    opened: list[tuple[Page, str, list[str], list[str]]] = []

    def at(name: str, path: str = "/", **options: Any) -> Page:
        base = site(name)
        page = browser.new_context(base_url=base, reduced_motion="reduce", **options).new_page()
        page.set_default_timeout(15_000)
        asked: list[str] = []
        failed: list[str] = []
        page.add_init_script(WATCH)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("console", lambda said: failed.append(said.text) if said.type == "error" else None)
        page.goto(path)
        opened.append((page, base, asked, failed))
        return page

    yield at
    for page, base, asked, failed in opened:
        assert [url for url in asked if not url.startswith(base)] == []
        assert page.evaluate("window.violations ?? []") == []
        assert failed == []
        page.context.close()


def focused(page: Page) -> str:
    script = "document.activeElement.getAttribute('href') ?? document.activeElement.textContent"
    return str(page.evaluate(script))


def test_a_figure_opens_a_drawer_and_gives_the_focus_back(visit: Open) -> None:
    page = visit("full")
    figure = page.locator(".seats .lead-figure a")
    figure.click()
    drawer = page.locator("#drawer")
    expect(drawer).to_be_visible()
    expect(drawer.locator(".much")).to_have_text("$82.5k")
    expect(drawer.locator("h2")).to_be_focused()
    assert drawer.evaluate("e => e.offsetWidth") == 500
    assert "why=seats.cost" in page.url
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(figure).to_be_focused()
    assert "why=" not in page.url


def test_operands_open_down_to_rows_and_the_way_back_is_kept(visit: Open) -> None:
    page = visit("full")
    page.locator("h1 a").first.click()
    drawer = page.locator("#drawer")
    drawer.get_by_role("link", name="Seat fees at contract rates").click()
    expect(drawer.locator("h2")).to_have_text("Seat fees at contract rates")
    drawer.get_by_role("link", name="Seat fees, standard").click()
    expect(drawer.locator("h2")).to_have_text("Seat fees, standard")
    drawer.locator(".sum a.fig").first.click()
    expect(drawer.locator("h2")).to_have_text("Seat months")
    expect(drawer.locator(".sum")).to_contain_text("575 seat months")
    expect(drawer.locator(".rows")).to_contain_text("p-5865")
    crumbs = drawer.locator(".crumbs a").all_inner_texts()
    assert crumbs == ["Seats and tokens at rates", "Seat fees at contract rates", "Seat fees, standard"]
    drawer.locator(".crumbs a").first.click()
    expect(drawer.locator(".much")).to_have_text("$149k")
    page.keyboard.press("Escape")
    expect(page.locator("h1 a").first).to_be_focused()


def test_the_open_drawer_has_an_address(visit: Open) -> None:
    page = visit("full", "/?why=seats.cost")
    expect(page.locator("#drawer .much")).to_have_text("$82.5k")
    expect(page.locator("#drawer h2")).to_be_focused()
    page.locator("#drawer .close").click()
    expect(page.locator("#drawer")).to_be_hidden()
    assert focused(page) == "/why?key=seats.cost"


def test_a_mark_of_a_chart_opens_too(visit: Open) -> None:
    page = visit("full")
    page.get_by_role("link", name="145 dormant: why this number").first.click()
    expect(page.locator("#drawer .much")).to_have_text("145 seats")


def test_the_whole_path_by_keyboard(visit: Open) -> None:
    page = visit("full")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page).startswith("Light, occasional")
    page.keyboard.press("k")
    assert focused(page).startswith("Dormant accounts")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('drawer').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert focused(page).startswith("Dormant accounts")


def test_find_narrows_the_rows(visit: Open) -> None:
    page = visit("full")
    page.keyboard.press("/")
    page.keyboard.type("clause")
    expect(page.locator("#found")).to_have_text("3 of 21 rows")
    expect(page.locator("tr[data-row]:visible")).to_have_count(2)
    page.keyboard.press("Enter")
    assert focused(page).startswith("Clause lookup tool")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator("tr[data-row]:visible")).to_have_count(19)


def test_help_tables_and_windows_by_key(visit: Open) -> None:
    page = visit("full")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator(".as-table table").first).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator(".as-table table:visible")).to_have_count(5)
    page.keyboard.press("[")
    page.wait_for_url("**/?window=2026-08%2F2026-09")
    page.keyboard.press("]")
    page.wait_for_url("**/?window=2026-10%2F2026-11")


def test_letters_can_be_turned_off(visit: Open) -> None:
    page = visit("full")
    page.keyboard.press("?")
    page.get_by_label("Use single-letter keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")


def test_the_window_selector_turns_the_page_in_place(visit: Open) -> None:
    page = visit("full", "/?why=seats.cost")
    page.evaluate("window.same = true")
    page.get_by_label("Window").select_option("2026-07")
    page.wait_for_url("**/?window=2026-07")
    expect(page.locator("h1 a").first).to_have_attribute("href", "/why?key=both.cost&window=2026-07")
    expect(page.locator(".rail .place").first).to_have_attribute("href", "/?window=2026-07")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.get_by_label("Window")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("You pay $149k")
    page.go_back()
    expect(page.locator("h1 a").first).to_have_attribute("href", "/why?key=both.cost")
    assert page.evaluate("window.same")
    page.locator(".seats .lead-figure a").click()
    expect(page.locator("#drawer .much")).to_have_text("$82.5k")


def test_a_window_that_cannot_be_shown_says_so(visit: Open) -> None:
    page = visit("full")
    page.route(
        "**/?window=2026-07", lambda route: route.fulfill(body="<main>gone</main>", content_type="text/html")
    )
    page.get_by_label("Window").select_option("2026-07")
    expect(page.locator("main")).to_have_text("gone")


def test_a_folded_table_opens_and_folds_in_place(visit: Open) -> None:
    page = visit("huge")
    page.evaluate("window.same = true")
    rows = page.locator("section[aria-labelledby=table-workloads] tbody tr")
    expect(rows).to_have_count(16)
    page.get_by_role("link", name="other 185", exact=True).click()
    expect(rows).to_have_count(201)
    fold = page.get_by_role("link", name="fold other 185")
    expect(fold).to_be_focused()
    fold.click()
    expect(rows).to_have_count(16)
    assert page.evaluate("window.same")


def test_a_folded_table_opens_without_script(visit: Open) -> None:
    page = visit("huge", java_script_enabled=False)
    page.get_by_role("link", name="other 185", exact=True).click()
    assert "table=workloads" in page.url
    expect(page.get_by_role("rowheader", name="workload-000")).to_be_visible()


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor"))


def test_dark_follows_the_system_and_the_switch(visit: Open) -> None:
    page = visit("full", color_scheme="dark")
    assert ground(page) == "rgb(20, 28, 37)"
    page.locator("#theme").click()
    assert ground(page) == "rgb(255, 255, 255)"
    page.reload()
    assert ground(page) == "rgb(255, 255, 255)"
    light = visit("full")
    light.locator("#theme").click()
    assert ground(light) == "rgb(20, 28, 37)"


def test_paper_is_light_and_has_no_navigation(visit: Open) -> None:
    page = visit("full", "/?why=seats.cost", color_scheme="dark")
    page.emulate_media(media="print")
    assert ground(page) == "rgb(255, 255, 255)"
    for part in (".rail", "#drawer", ".tools"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator(".labels")).to_be_visible()
    columns = [box["x"] for c in page.locator(".column").all() if (box := c.bounding_box())]
    assert len(set(columns)) == 3
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("name", sorted(pages.PAGES))
@pytest.mark.parametrize("width", [390, 1100, 1440])
def test_nothing_overflows_the_screen(visit: Open, name: str, width: int) -> None:
    page = visit(name, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [box["x"] for c in page.locator(".column").all() if (box := c.bounding_box())]
    assert len(set(boxes)) == (1 if width < 1100 else 3)


def test_the_drawer_fits_a_telephone(visit: Open) -> None:
    page = visit("full", "/?why=both.cost", viewport={"width": 390, "height": 800})
    box = page.locator("#drawer").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)


def test_everything_works_without_script(visit: Open) -> None:
    page = visit("full", java_script_enabled=False)
    page.locator(".seats .lead-figure a").click()
    expect(page.locator("main .much")).to_have_text("$82.5k")
    page.get_by_role("link", name="Seat fees, standard").click()
    expect(page.locator("main .much")).to_have_text("$69.0k")
    page.get_by_role("link", name="Close").click()
    page.get_by_role("button", name="Show").click()
    assert "window=2026-09%2F2026-10" in page.url
    page.get_by_role("link", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert ground(page) == "rgb(20, 28, 37)"


def test_hostile_names_run_nothing(visit: Open) -> None:
    page = visit("hostile")
    page.on("dialog", lambda dialog: pytest.fail(f"a name ran: {dialog.message}"))
    page.locator("h1 a").click()
    expect(page.locator("#drawer .much")).to_have_text("$2.49k")
    assert page.locator("img").count() == 0
    assert page.locator("main script").count() == 0


def test_a_number_that_is_gone_says_so_in_the_drawer(visit: Open, site: Site) -> None:
    page = visit("full")
    page.evaluate("document.querySelector('h1 a').setAttribute('href', '/static/none')")
    page.route("**/static/none", lambda route: route.fulfill(status=200, body="<h2>gone</h2>"))
    page.locator("h1 a").first.click()
    expect(page.locator("#drawer h2")).to_have_text("gone")
