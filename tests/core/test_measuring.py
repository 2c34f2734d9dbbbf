"""Measure first: without two reconciled months there is a plan to measure, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bothhalves.core.evidence import Comparison, grade
from bothhalves.core.explain import Grade
from bothhalves.core.measuring import Export, Known, measure_first
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.reading.exports import export_sources

SOURCES, FAULTS = export_sources()


def comparison(invoiced: str, computed: str, month: str = "2026-08") -> Comparison:
    money = (Amount.of(Decimal(invoiced), "USD", MoneyKind.INVOICED),
             Amount.of(Decimal(computed), "USD", MoneyKind.ESTIMATED))  # fmt: skip
    return Comparison("anthropic", "", month, *money)


def known(*exports: Export, seats: bool = True, api: bool = True, vendor: str = "anthropic") -> Known:
    return Known(vendor, seats, api, frozenset(exports))


@pytest.mark.parametrize(
    ("months", "gap", "expected"),
    [
        (0, "0", Grade.C),
        (1, "0", Grade.C),
        (2, "0", Grade.B),
        (5, "1.9", Grade.B),
        (6, "2", Grade.A),
        (6, "2.1", Grade.C),
    ],
)
def test_a_plan_to_measure_exactly_where_nothing_is_licensed(months: int, gap: str, expected: Grade) -> None:
    compared = [comparison("100", str(Decimal(100) - Decimal(gap)))]
    found = grade(months, compared)
    assert found is expected
    plan = measure_first(months, found, compared, [known()], SOURCES)
    assert (plan is None) == (expected in (Grade.A, Grade.B))


def test_every_missing_export_says_from_where_by_whom_and_why() -> None:
    plan = measure_first(1, Grade.C, [], [known(Export.USAGE)], SOURCES)
    assert plan is not None
    assert [s.what for s in plan.steps] == [Export.ROSTER, Export.ACTIVITY, Export.INVOICE]
    assert all(s.from_ and s.by and s.why for s in plan.steps)
    assert "90 days" in str(plan.steps[1])
    assert plan.reasons == (
        "A recommendation takes 2 full months of data; there is one.",
        "No invoice is here to compare with.",
    )


def test_what_is_not_bought_is_not_asked_for() -> None:
    plan = measure_first(0, Grade.C, [], [known(seats=False)], SOURCES)
    assert plan is not None
    assert [s.what for s in plan.steps] == [Export.USAGE, Export.INVOICE]


def test_a_vendor_without_a_documented_export_gets_the_general_way() -> None:
    plan = measure_first(0, Grade.C, [], [known(vendor="somebody", api=False)], SOURCES)
    assert plan is not None
    assert {s.vendor for s in plan.steps} == {"somebody"}
    assert all("e-mail" in s.from_ or s.what is not Export.ROSTER for s in plan.steps)


def test_a_month_that_does_not_reconcile_is_named_with_its_gap() -> None:
    compared = [comparison("100", "97", "2026-09"), comparison("100", "99")]
    plan = measure_first(6, Grade.C, compared, [known(*Export)], SOURCES)
    assert plan is not None
    expected = "anthropic, 2026-09: computed and invoiced cost differ by 3.0 %, more than 2 %."
    assert plan.reasons == (expected,)
    assert plan.steps == ()


def test_the_shipped_sources_are_whole() -> None:
    assert FAULTS == []
    vendors = {s.vendor for s in SOURCES}
    assert {"anthropic", "openai", ""} <= vendors
    assert {s.what for s in SOURCES if s.vendor == ""} == set(Export)
    assert all(s.source.startswith("https://") for s in SOURCES if s.source)
