"""A table of any tool, through a mapping of its columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Cost, Record, Seat, Usage
from bothhalves.intake.base import Sink
from bothhalves.intake.mapping import Mapping, format_for, problems
from bothhalves.intake.source import Source

CREDITS = Mapping(
    name="firefly",
    target="usage",
    columns={
        "time": "Datum",
        "vendor": "=Adobe",
        "product": "Feature",
        "person": "E-Mail",
        "meter": "=credits",
        "quantity": "Credits",
    },
    thousands=".",
    decimal=",",
    date_format="%d.%m.%Y",
    zone="Europe/Berlin",
)
INVOICE = Mapping(
    name="invoice",
    target="costs",
    columns={
        "time": "Month",
        "vendor": "Supplier",
        "amount": "Net (cents)",
        "currency": "=eur",
        "invoice": "No",
    },
    units={"amount": "cents"},
    bucket="month",
    defaults={"category": "seats", "vendor": "unnamed"},
)


def read(folder: Path, mapping: Mapping, text: str, name: str = "table.csv") -> tuple[list[Record], Sink]:
    assert problems(mapping, Where("mapping.yaml")) == []
    path = folder / name
    path.write_text(text, encoding="utf-8")
    source, sink = Source(path, name), Sink()
    mapped = format_for(mapping)
    assert mapped.matches(source)
    mapped.read(source, sink)
    return sink.records, sink


def test_usage_in_another_locale(tmp_path: Path) -> None:
    text = "Datum;E-Mail;Feature;Credits;Other\n01.09.2026;Ada@Example.com;Firefly;1.234,50;x\n"
    (usage,), sink = read(tmp_path, CREDITS, text)
    assert sink.problems == []
    assert isinstance(usage, Usage)
    assert usage.time == datetime(2026, 8, 31, 22, tzinfo=UTC)
    assert (usage.vendor, usage.product, usage.meter, usage.quantity) == (
        "adobe",
        "Firefly",
        "credits",
        Decimal("1234.5"),
    )
    assert (usage.person, usage.where.row) == ("email:ada@example.com", 2)


@pytest.mark.parametrize("written", ["1.23,4", "12.34", "1,234.50", "-5", "1e5", "NaN", "=1+1", "@x", ""])
def test_a_number_that_is_not_written_as_the_mapping_says_is_a_problem(tmp_path: Path, written: str) -> None:
    text = f'Datum;E-Mail;Feature;Credits\n01.09.2026;a@b.c;F;"{written}"\n01.09.2026;a@b.c;F;2\n'
    records, sink = read(tmp_path, CREDITS, text)
    assert [r.where.row for r in records] == [3]
    assert {p.where.row for p in sink.problems} == {2}


def test_costs_in_cents_by_month(tmp_path: Path) -> None:
    records, sink = read(
        tmp_path, INVOICE, "Month,Supplier,Net (cents),No\n2026-09-01,Acme,1240.5,R-1\n2026-10-01,,-7,\n"
    )
    assert sink.problems == []
    first, second = (r for r in records if isinstance(r, Cost))
    assert (first.amount, first.currency, first.kind, first.category) == (
        Decimal("12.405"),
        "EUR",
        MoneyKind.INVOICED,
        "seats",
    )
    assert (first.until, first.vendor, first.invoice) == (datetime(2026, 10, 1, tzinfo=UTC), "acme", "R-1")
    assert (second.amount, second.vendor) == (Decimal("-0.07"), "unnamed")


def test_estimates_are_not_invoices(tmp_path: Path) -> None:
    mapping = replace(INVOICE, columns={**INVOICE.columns, "kind": "=estimated"})
    (cost,), _ = read(tmp_path, mapping, "Month,Supplier,Net (cents),No\n2026-09-01,Acme,1,\n")
    assert isinstance(cost, Cost)
    assert cost.kind is MoneyKind.ESTIMATED


def test_a_currency_sign_is_named_and_then_understood(tmp_path: Path) -> None:
    mapping = replace(INVOICE, units={}, sign="$", thousands=",")
    records, sink = read(
        tmp_path,
        mapping,
        'Month,Supplier,Net (cents),No\n2026-09-01,A,"$1,240.50",\n2026-09-01,A,-$3,\n2026-09-01,A,€3,\n',
    )
    assert [r.amount for r in records if isinstance(r, Cost)] == [Decimal("1240.5"), -3]
    assert [p.where.row for p in sink.problems] == [4]


def test_a_roster_of_seats_takes_its_day_from_the_file_name(tmp_path: Path) -> None:
    mapping = Mapping(
        "runway", "seats", {"vendor": "=runway", "product": "=runway", "person": "User", "seat_type": "Plan"}
    )
    records, sink = read(
        tmp_path, mapping, "User,Plan\nada@example.com,Pro\nbob,\n,Pro\n", "seats-2026-09-30.csv"
    )
    seats = [r for r in records if isinstance(r, Seat)]
    assert [(s.person, s.seat_type) for s in seats] == [
        ("email:ada@example.com", "Pro"),
        ("runway-user:bob", ""),
    ]
    assert {s.as_of for s in seats} == {datetime(2026, 9, 30, tzinfo=UTC)}
    assert [p.where.row for p in sink.problems] == [4]


def test_activity_by_day_in_its_own_zone(tmp_path: Path) -> None:
    mapping = Mapping(
        "chat",
        "activity",
        {"time": "day", "vendor": "=v", "product": "=p", "person": "who", "count": "n"},
        zone="America/New_York",
        bucket="day",
    )
    (activity,), sink = read(tmp_path, mapping, '{"day": "2026-11-01", "who": "a@b.c", "n": 4}', "a.ndjson")
    assert sink.problems == []
    assert isinstance(activity, Activity)
    assert (activity.time, activity.until) == (
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2026, 11, 2, 5, tzinfo=UTC),
    )
    assert (activity.count, activity.kind) == (4, "messages")


def test_a_workbook_is_read_by_values(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (
        ["Month", "Supplier", "Net (cents)", "No"],
        [date(2026, 9, 1), "@SUM(A1)", 12.5, "=HYPERLINK(A1)"],
    ):
        book.worksheets[0].append(line)
    for line in ([date(2026, 9, 1), "<b>Acme</b>", 100, "+1"],):
        book.worksheets[0].append(line)
    book.save(tmp_path / "b.xlsx")
    sink = Sink()
    format_for(replace(INVOICE, zone="UTC")).read(Source(tmp_path / "b.xlsx", "b.xlsx"), sink)
    (cost,) = sink.records
    assert isinstance(cost, Cost)
    assert (cost.vendor, cost.amount, cost.invoice) == ("<b>acme</b>", 1, "+1")
    assert [p.code for p in sink.problems] == ["import.formula"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"target": "invoices"}, "target"),
        (
            {"columns": {"time": "a", "vendor": "=x", "amount": "b", "currency": "=usd", "amonut": "c"}},
            "amonut",
        ),
        ({"columns": {"time": "a", "vendor": "=x", "amount": "b"}}, "currency"),
        (
            {"columns": {"time": "=1", "vendor": "=x", "amount": "=1", "currency": "=usd"}},
            "no field names a column",
        ),
        ({"units": {"amount": "bits"}}, "bits"),
        ({"units": {"vendor": "cents"}}, "vendor"),
        ({"bucket": ""}, "period"),
        ({"bucket": "week"}, "week"),
        ({"zone": "Mars/Olympus"}, "Mars"),
        ({"date_format": "%d/%m/%Y"}, "zone"),
        ({"thousands": "."}, "separator"),
    ],
)
def test_a_mapping_says_what_is_wrong_with_itself(changed: dict[str, object], told: str) -> None:
    found = problems(replace(INVOICE, **changed), Where("mapping.yaml", 3))  # type: ignore[arg-type]
    assert any(told in p.what for p in found)
    assert all(p.fix and p.where == Where("mapping.yaml", 3) for p in found)


def test_numbers_that_a_workbook_holds_as_such_have_no_notation(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (
        ["Datum", "E-Mail", "Feature", "Credits"],
        ["01.09.2026", "a@b.c", "F", 1.5],
        ["01.09.2026", "a", "F", "1,5"],
    ):
        book.worksheets[0].append(line)
    book.save(tmp_path / "b.xlsx")
    sink = Sink()
    format_for(CREDITS).read(Source(tmp_path / "b.xlsx", "b.xlsx"), sink)
    assert [r.quantity for r in sink.records if isinstance(r, Usage)] == [Decimal("1.5")] * 2


def test_a_table_without_the_columns_is_not_of_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Month,Supplier\n")
    assert not format_for(INVOICE).matches(Source(path, "t.csv"))
