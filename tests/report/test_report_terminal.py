"""The page in a terminal: the same words and numbers, whatever the terminal."""

from __future__ import annotations

import pytest

import pages
from bothhalves.core.explain import Figure
from bothhalves.report import show
from bothhalves.report.terminal import explain_text, page_text

EVERY = sorted(pages.PAGES)
CLAUSE = "tokens.cost?model=claude-sonnet-5&workload=Clause%20lookup%20tool"


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("width", [60, 110, 200])
def test_plain_text_has_no_escapes_and_keeps_its_width(name: str, width: int) -> None:
    text = page_text(pages.PAGES[name](), width, colour=False)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("name", EVERY)
def test_the_headline_says_the_numbers_of_the_page(name: str) -> None:
    page = pages.PAGES[name]()
    words = " ".join(page_text(page, 400, colour=False).split())
    assert all(show.headline(part) in words for part in page.headline if isinstance(part, Figure))
    assert all(" ".join(show.clean(label).split()) in words for label in page.labels)


def test_bars_have_blocks_in_proportion() -> None:
    text = page_text(pages.full(), 110, colour=False)
    bars = {
        line.split()[0]: line.split()[1]
        for line in text.splitlines()
        if line.startswith(("middle", "dormant"))
    }
    assert bars == {"middle": "▓" * 20, "dormant": "░" * 8}


def test_a_missing_half_says_what_to_import() -> None:
    text = page_text(pages.seats_only(), 110, colour=False)
    assert "2. Run bothhalves import usage.csv." in text
    assert "Together" not in text


def test_disagreement_stands_above_the_headline() -> None:
    text = page_text(pages.disagreeing(), 110, colour=False)
    assert text.index("Does not agree with invoices") < text.index("You pay")


def test_colour_follows_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in page_text(pages.full(), 110, colour=True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "\x1b" not in page_text(pages.full(), 110)


def test_hostile_names_cannot_style_the_terminal() -> None:
    text = page_text(pages.hostile(), 200, colour=False)
    assert "\ufffd[31mred\ufffdgnp.exe" in text


def test_a_derivation_goes_down_to_lines_and_rows() -> None:
    figure = pages.full().figures()[CLAUSE]
    text = explain_text(figure, pages.rows, 160, colour=False)
    assert "900,000 input tokens × $3.00 per 1M = $2.70" in text
    assert (
        "list:claude-sonnet-5/input_tokens vendors/anthropic.yaml:42 https://docs.example.com/pricing" in text
    )
    assert "exactly: $4.995" in text
    assert "p-5865" in text
    assert "p-5865" not in explain_text(figure, None, 160, colour=False)


def test_a_long_derivation_says_what_it_leaves_out() -> None:
    text = explain_text(pages.huge().tokens.amounts[0], None, 160, colour=False)
    assert "… and 175 more parts" in text
