"""Each billed amount against ours: agreed, off by what something makes up to the cent, or unexplained."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from bothhalves.brief.bills import bills, figures
from bothhalves.core.bills import Explained, Reading, Verdict, explained
from bothhalves.core.explain import recomputed
from bothhalves.workspace.billed import billed_amounts
from bothhalves.workspace.ledger import chosen_months
from cli.command import record, run
from workspace_folder import Folder, contract, csv_of, members, used

TAX, DATE = Reading("tax", Decimal(119)), Reading("date", Decimal(90))


@pytest.mark.parametrize(
    ("billed", "verdict", "causes"),
    [
        ("100", Verdict.AGREED, ()),
        ("100.01", Verdict.AGREED, ()),
        ("119", Verdict.OFF, ("tax",)),
        ("90", Verdict.OFF, ("date",)),
        ("109", Verdict.OFF, ("tax", "date")),
        ("109.02", Verdict.UNEXPLAINED, ()),
        ("100.02", Verdict.UNEXPLAINED, ()),
    ],
)
def test_a_cause_makes_up_the_difference_to_the_cent(
    billed: str, verdict: Verdict, causes: tuple[str, ...]
) -> None:
    found = explained(Decimal(billed), Decimal(100), [TAX, DATE])
    assert (found.verdict, found.causes) == (verdict, causes)


def test_a_reading_that_changes_nothing_is_no_cause() -> None:
    same = Reading("nothing", Decimal("100.005"))
    assert explained(Decimal("119.01"), Decimal(100), [same, TAX]).causes == ("tax",)


def filled(place: Path, lines: list[dict[str, object]], **more: object) -> Folder:
    folder = Folder(place)
    folder.write({
        "contracts/a.yaml": contract(),
        "invoices/1.yaml": yaml.safe_dump({
            "invoice": "A-1", "vendor": "anthropic", "currency": "USD", "from": "2026-09-01",
            "until": "2026-10-01", "lines": lines, **more,
        }),
    })  # fmt: skip
    rows = [used(f"2026-09-{day:02}T12:00:00Z", product="claude-api") for day in range(1, 31)]
    folder.imported({"usage.csv": csv_of(*rows)})
    return folder


def verdicts(folder: Folder) -> dict[str, Explained]:
    place = folder.open()
    found = billed_amounts(place, chosen_months(place, "2026-09", ""))
    return {b.category: b.explained for b in found}


def seats(amount: object) -> dict[str, object]:
    return {"amount": amount, "category": "seats", "product": "claude"}


def test_what_was_billed_as_computed_agrees(tmp_path: Path) -> None:
    found = verdicts(filled(tmp_path, [{"amount": 150}, seats(1000)]))
    assert {c: (e.verdict, e.ours) for c, e in found.items()} == {
        "usage": (Verdict.AGREED, 150), "seats": (Verdict.AGREED, 1000),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "cause"),
    [
        (1300, "3 premium seats more than ours"),
        (900, "1 premium seat fewer than ours"),
        (12000, "billed for twelve months at once"),
    ],
)
def test_seats_are_off_by_whole_seats_or_a_year(tmp_path: Path, amount: int, cause: str) -> None:
    found = verdicts(filled(tmp_path, [seats(amount)]))["seats"]
    assert (found.verdict, found.causes) == (Verdict.OFF, (cause,))


def test_seats_that_are_off_by_a_part_of_a_seat_are_unexplained(tmp_path: Path) -> None:
    found = verdicts(filled(tmp_path, [seats("1033.33")]))["seats"]
    assert (found.verdict, found.difference) == (Verdict.UNEXPLAINED, Decimal("33.33"))


def test_usage_billed_at_the_prices_of_another_day(tmp_path: Path) -> None:
    """Claude Opus 4.8 at a private list: 5 until the 15th, 4 from then on; billed at 5 throughout."""
    folder, card = filled(tmp_path, [{"amount": 150}]), {"model": "claude-opus-4-8"}
    folder.write({
        "books/own.yaml": yaml.safe_dump({
            "book": "own", "vendor": "anthropic", "checked": "2026-09-01",
            "prices": [
                {**card, "from": "2026-01-01", "until": "2026-09-16", "price": {"input_tokens": 5}},
                {**card, "from": "2026-09-16", "price": {"input_tokens": 4}},
            ],
        })
    })  # fmt: skip
    found = verdicts(folder)["usage"]
    assert (found.ours, found.difference) == (135, 15)
    assert found.causes == ("priced at the list prices of 2026-08-01",)


def test_days_without_usage_and_usage_without_price_are_said(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write({
        "invoices/1.yaml": yaml.safe_dump({
            "invoice": "A-1", "vendor": "anthropic", "currency": "USD", "from": "2026-09-01",
            "until": "2026-10-01", "lines": [{"amount": 77}],
        })
    })  # fmt: skip
    rows = [used("2026-09-01T12:00:00Z"), used("2026-09-02T12:00:00Z", model="claude-nova-9")]
    folder.imported({"usage.csv": csv_of(*rows)})
    found = verdicts(folder)["usage"]
    assert found.verdict is Verdict.UNEXPLAINED
    assert found.perhaps == (
        "missing usage: 28 of 30 days have none here", "usage without a price: input_tokens",
    )  # fmt: skip


def test_another_currency_is_not_compared(tmp_path: Path) -> None:
    found = verdicts(filled(tmp_path, [{"amount": 138}], currency="EUR"))["usage"]
    assert (found.verdict, found.ours) == (Verdict.NOT_OURS, None)
    assert found.perhaps[0].startswith("currency: billed in EUR, ours is in USD")


@pytest.mark.parametrize(
    ("amount", "way"),
    [
        ("1200", "as whole months"),
        ("1133.33", "by the day, that of addition included"),
        ("1126.67", "by the day, that of addition excluded"),
        ("1131.51", "by the day of a year, that of addition included"),
    ],
)
def test_seats_added_in_the_month_are_prorated_in_another_way(tmp_path: Path, amount: str, way: str) -> None:
    """Two seats of 100 are added on 11 September; the contract says nothing of them, and the bill does."""
    folder = filled(tmp_path, [seats(amount)])
    people = [(f"p{n}@x.com", "Active", "Premium") for n in range(12)]
    folder.imported({"august.csv": members(*people[:10])}, as_of="2026-08-20")
    folder.imported({"september.csv": members(*people)}, as_of="2026-09-11")
    found = verdicts(folder)["seats"]
    assert (found.ours, found.verdict) == (1000, Verdict.OFF)
    assert found.causes == (f"seats added in the month counted {way}",)


def test_a_bill_in_another_currency_is_converted_at_the_contract_s_rate(tmp_path: Path) -> None:
    folder = filled(tmp_path, [{"amount": 125}], currency="EUR")
    rates = [{"from": "EUR", "on": "2026-09-01", "rate": 1.2, "source": "central bank"}]
    folder.write({"contracts/a.yaml": contract(exchange=rates)})
    found = verdicts(folder)["usage"]
    assert (found.verdict, found.ours) == (Verdict.AGREED, 125)
    assert "at the rate of 2026-09-01, 1.2" in found.perhaps[0]


def test_the_figures_open_and_the_command_answers(tmp_path: Path) -> None:
    folder = filled(tmp_path, [{"amount": 150}, seats(1300)])
    place = folder.open()
    made = figures(bills(billed_amounts(place, chosen_months(place, "2026-09", ""))))
    assert [recomputed(f) == f.value for f in made.values()] == [True] * 4
    answer = record("bills", "-w", folder.root, "--window", "2026-09")
    assert [(a["what"], a["verdict"]) for a in answer] == [("seats claude", "off"), ("usage", "agreed")]
    text = run("bills", "-w", folder.root, "--window", "2026-09").stdout
    assert "off by 300.00 because: 3 premium seats more than ours" in text
    key = "bills.computed?category=usage&month=2026-09&vendor=anthropic"
    assert "$150.00" in run("bills", "-w", folder.root, "--window", "2026-09", "--explain", key).stdout
