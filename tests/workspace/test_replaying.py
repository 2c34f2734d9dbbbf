"""Past usage and seats under other terms: the difference by clause, to the cent, and every figure opens."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import yaml

from bothhalves.brief.replays import Replay, build_replay
from bothhalves.core.dates import Month, months
from bothhalves.core.explain import Figure, recomputed
from bothhalves.core.money import Amount
from bothhalves.workspace.replaying import Replayed, replay
from workspace_folder import Folder, contract, csv_of, members, used

WINDOW = tuple(months(Month(2026, 9), Month(2026, 10)))


def replayed(folder: Folder, terms: str) -> Replay:
    folder.write({"offers/x.yaml": terms})
    found = replay(folder.open(), folder.root / "offers/x.yaml", WINDOW)
    assert isinstance(found, Replayed), found
    compared = build_replay(found)
    assert compared is not None
    return compared


def points(one: Replay) -> dict[str, tuple[str, str, str]]:
    """Clause: today, under, difference."""
    rows = (*one.rows, one.total)
    return {r.clause: (point(r.today), point(r.under), point(r.difference)) for r in rows}


def point(figure: Figure | None) -> str:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    assert figure.value.is_point
    return f"{figure.value.low.normalize():f}"


def filled(place: Path) -> Folder:
    folder = Folder(place)
    folder.write({"contracts/a.yaml": contract()})
    rows = [used("2026-09-15T12:00:00Z"), used("2026-10-15T12:00:00Z", 3_000_000)]
    folder.imported({"usage.csv": csv_of(*rows)})
    return folder


def seats(fee: str, committed: int) -> list[dict[str, object]]:
    return [
        {"type": "premium", "product": "claude", "committed": committed, "fee": fee, "labels": ["Premium"]}
    ]


def test_an_offer_with_cheaper_seats_is_cheaper_by_the_seats_alone(tmp_path: Path) -> None:
    one = replayed(filled(tmp_path), contract(id="offer", seats=seats("80", 9)))
    assert points(one) == {
        "list-price": ("20", "20", "0"),
        "seats:premium": ("2000", "1440", "-560"),
        "total": ("2020", "1460", "-560"),
    }
    assert [(r.clause, point(r.under)) for r in one.months] == [("2026-09", "725"), ("2026-10", "735")]


def test_an_offer_of_a_later_term_is_replayed_as_if_it_had_begun(tmp_path: Path) -> None:
    terms = contract(id="offer", seats=seats("80", 9), term={"start": "2027-01-01", "months": 12})
    one = replayed(filled(tmp_path), terms)
    assert points(one)["seats:premium"][1] == "1440"
    assert "2027-01-01" in one.notes[0]
    assert "2026-09-01" in one.notes[0]


def test_without_a_contract_today_is_list_price(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-09-15T12:00:00Z"))})
    one = replayed(folder, contract(id="offer", seats=seats("80", 1)))
    assert points(one)["total"] == ("5", "165", "160")


def test_a_price_book_re_rates_the_usage(tmp_path: Path) -> None:
    book = {
        "book": "offer", "vendor": "anthropic", "checked": "2026-11-01",
        "prices": [{"model": "claude-opus-4-8", "from": "2026-01-01", "price": {"input_tokens": 4}}],
    }  # fmt: skip
    one = replayed(filled(tmp_path), yaml.safe_dump(book))
    assert points(one)["list-price"] == ("20", "16", "-4")
    assert points(one)["total"] == ("2020", "2016", "-4")


def test_usage_without_a_price_makes_both_sides_at_least(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    folder.imported({"more.csv": csv_of(used("2026-09-16T12:00:00Z", model="claude-nova-9"))})
    one = replayed(folder, contract(id="offer", seats=seats("80", 9)))
    assert len(one.unpriced) == 1
    assert "claude-nova-9" in one.unpriced[0]
    assert points(one)["total"][2] == "-560"


def test_every_figure_is_what_its_leaves_make_of_it(tmp_path: Path) -> None:
    one = replayed(filled(tmp_path), contract(id="offer", seats=seats("80.005", 9)))
    figures = one.figures()
    assert len(figures) > 10
    for figure in figures.values():
        assert recomputed(figure) == figure.value, figure.key


def test_an_unreadable_offer_names_the_place(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    folder.write({"offers/x.yaml": contract(seat=[])})
    found = replay(folder.open(), folder.root / "offers/x.yaml", WINDOW)
    assert isinstance(found, list)
    assert [(p.code, p.where.row > 0) for p in found] == [("yaml.unknown-key", True)]


def test_rosters_tell_joins_and_leaves_to_a_contract(tmp_path: Path) -> None:
    from bothhalves.workspace.demands import asked_of

    folder = filled(tmp_path)
    everybody = [(f"p{n}@x.com", "Active", "Premium") for n in range(4)]
    folder.imported({"first.csv": members(*everybody[:2])}, as_of="2026-08-20")
    folder.imported({"members-2.csv": members(*everybody[1:])}, as_of="2026-10-12")
    demands = asked_of(folder.open(), WINDOW).of(folder.open().config.contracts[0])
    september, october = (d.seats[0] for d in demands)
    assert (september.opening, september.closing) == (2, 2)
    assert (october.opening, october.closing, october.peak) == (2, 3, 3)
    assert Decimal(sum(c.seats for c in october.changes)) == 1


def test_what_was_paid_in_advance_is_told_from_what_was_used(tmp_path: Path) -> None:
    """A hundred a quarter, paid in July; twenty dollars are used in September and October at 10 % off."""
    bands = [{"from": 100, "discount": "10%"}]
    commitment = {"amount": 100, "per": "quarter", "bands": bands, "paid": "prepaid"}
    terms = contract(id="offer", seats=[], commitment=commitment, term={"start": "2026-07-01", "months": 12})
    one = replayed(filled(tmp_path), terms)
    assert point(one.incurred.under) == "18"
    # the second quarter's hundred falls into October
    assert points(one)["total"][1] == "100"
    assert points(one)["commitment:drawn"][1] == "-113.5"
