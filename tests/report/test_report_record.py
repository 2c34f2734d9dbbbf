"""The JSON twin: the same figures under the same keys, exact."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

import pages
from bothhalves.report.record import figure_json, page_json, page_record

EVERY = sorted(pages.PAGES)


def referred(record: Any) -> set[str]:
    """Every figure key that the sections name."""
    if isinstance(record, dict):
        return set().union(*map(referred, record.values()))
    if isinstance(record, list):
        return set().union(*map(referred, record))
    return {record} if isinstance(record, str) else set()


@pytest.mark.parametrize("name", EVERY)
def test_every_amount_is_the_sum_of_what_is_under_it(name: str) -> None:
    figures = json.loads(page_json(pages.PAGES[name]()))["figures"]
    sums = {key: f for key, f in figures.items() if f["operator"] == "sum" and "currency" in f}
    assert sums or name == "empty"
    for key, figure in sums.items():
        parts = [*(figures[k] for k in figure["operands"]), *figure["lines"]]
        assert sum(Decimal(p["low"]) for p in parts) == Decimal(figure["low"]), key
        if figure["high"] is None:
            assert any(p["high"] is None for p in parts), key
        else:
            assert sum(Decimal(p["high"]) for p in parts) == Decimal(figure["high"]), key


@pytest.mark.parametrize("name", EVERY)
def test_sections_name_figures_that_are_there(name: str) -> None:
    page = pages.PAGES[name]()
    record = page_record(page)
    sections = {k: v for k, v in record.items() if k not in ("figures", "problems")}
    assert {f.key for f in page.roots()} - set(page.figures()) == set()
    assert {f.key for f in page.roots()} <= referred(sections) | {f.key for f in page.hidden}


def test_no_amount_is_a_json_number() -> None:
    record = json.loads(page_json(pages.full()), parse_float=lambda text: pytest.fail(f"a float: {text}"))
    both = record["figures"]["both.cost"]
    assert both["low"] == both["high"] == "148580.52"
    assert (both["currency"], both["kind"], both["at_least"]) == ("USD", "estimated", False)


def test_an_open_amount_has_no_high() -> None:
    record = json.loads(page_json(pages.unpriced()))["figures"]["tokens.cost"]
    assert (record["high"], record["at_least"]) == (None, True)


def test_a_line_carries_its_price_and_place() -> None:
    figure = pages.full().figures()["tokens.cost?model=claude-sonnet-5&workload=Clause%20lookup%20tool"]
    record = json.loads(figure_json(figure, pages.rows))
    line = record["figure"]["lines"][0]
    assert line["quantity"] == "900000"
    assert (line["price"], line["per"], line["low"]) == ("3", 1_000_000, "2.7")
    assert line["entry_where"] == "vendors/anthropic.yaml:42"
    assert len(record["source_rows"]) == 100


def test_figure_json_holds_everything_below() -> None:
    record = json.loads(figure_json(pages.full().figures()["both.cost"]))
    assert record["figure"]["operands"] == ["seats.cost", "tokens.cost"]
    assert "seats.cost?type=premium" in record["below"]
    assert "source_rows" not in record
