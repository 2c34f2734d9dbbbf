"""Copilot's billing usage as the API answers it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import recognise
from bothhalves.intake.base import Sink
from bothhalves.intake.source import Source

ANSWER = Path(__file__).parent / "billing-credits.json"


def read(path: Path) -> Sink:
    source, sink = Source(path, path.name), Sink()
    found = [form for form in recognise.formats() if form.matches(source)]
    assert [form.name for form in found] == ["copilot-credits"]
    found[0].read(source, sink)
    return sink


def changed(folder: Path, **fields: object) -> Path:
    """The answer with other values in its first item, or in the answer itself."""
    answer = json.loads(ANSWER.read_text("utf-8"))
    for name, value in fields.items():
        place = answer["usageItems"][0] if name in answer["usageItems"][0] else answer
        place[name] = value
    path = folder / "answer.json"
    path.write_text(json.dumps(answer))
    return path


def test_money_of_a_month_as_it_is_written() -> None:
    sink = read(ANSWER)
    costs = [record for record in sink.records if isinstance(record, Cost)]
    assert sink.problems == []
    assert (costs[0].amount, costs[0].gross) == (Decimal("1.228963"), Decimal("3.511325"))
    assert {(c.kind, c.currency, c.account) for c in costs} == {(MoneyKind.INVOICED, "USD", "octodemo")}
    assert {(c.time, c.until) for c in costs} == {
        (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    }
    assert [(span.start, span.until) for span in sink.spans] == [(costs[0].time, costs[0].until)]


def test_units_are_metered_beyond_what_is_included(tmp_path: Path) -> None:
    used = [record for record in read(changed(tmp_path, netAmount=0)).records if isinstance(record, Usage)]
    assert (used[0].meter, used[0].quantity, used[0].person) == (
        "ai-credits",
        Decimal("351.13242"),
        "login:monalisa",
    )
    assert (used[0].billing, used[1].billing) == (Billing.INCLUDED, Billing.METERED)
    assert used[1].meter == "premium-requests"


def test_other_products_of_the_bill_are_left_out(tmp_path: Path) -> None:
    assert len(read(changed(tmp_path, product="Actions")).records) == len(read(ANSWER).records) - 2


@pytest.mark.parametrize("period", [{}, {"year": 2026, "month": 13}, {"month": 6}, {"year": "x"}, 7])
def test_an_answer_without_a_period_is_not_counted(period: object, tmp_path: Path) -> None:
    sink = read(changed(tmp_path, timePeriod=period))
    assert sink.records == []
    assert [p.code for p in sink.problems] == ["import.bad-field"]


@pytest.mark.parametrize(
    ("name", "value"), [("netAmount", "NaN"), ("netAmount", None), ("grossQuantity", -1)]
)
def test_a_damaged_item_leaves_the_others(name: str, value: object, tmp_path: Path) -> None:
    sink = read(changed(tmp_path, **{name: value}))
    assert len(sink.records) == len(read(ANSWER).records) - 2
    assert [(p.code, p.where.row) for p in sink.problems] == [("import.bad-field", 1)]
