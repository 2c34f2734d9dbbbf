"""What an import keeps, what it replaces, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from store_facts import (
    DAY,
    EDGES,
    at,
    bucket,
    by,
    exported,
    imported,
    pseudonym,
    quantities,
    request,
    span,
    used,
)

from bothhalves.core.explain import Problem, Selector, Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Activity, Cost, Seat
from bothhalves.store import Batch, Import, NeedsRebuild, Store, rebuild

OCTOBER = (span("2026-10-01", "2026-11-01"),)


def manifest(root: Path) -> bytes:
    return (root / "state" / "manifest.json").read_bytes()


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    export = exported("a", [bucket("2026-10-01"), request("2026-10-02T10:00")])
    first = imported(tmp_path, export)
    before = manifest(tmp_path)
    again = imported(tmp_path, export)
    assert manifest(tmp_path) == before
    assert (again.imported, again.unchanged, again.snapshot) == ([], ["a"], first.snapshot)


def test_a_corrected_export_replaces_its_period_and_no_other(tmp_path: Path) -> None:
    imported(tmp_path, exported("september", [bucket("2026-09-30", 1)]))
    imported(
        tmp_path, exported("october", [bucket("2026-10-01", 10), bucket("2026-10-02", 20)], spans=OCTOBER)
    )
    report = imported(tmp_path, exported("corrected", [bucket("2026-10-01", 11)], spans=OCTOBER))
    assert report.replaced["usage"] == 2
    assert used(tmp_path) == 1 + 11


def test_an_export_that_does_not_say_its_span_speaks_for_its_rows(tmp_path: Path) -> None:
    imported(tmp_path, exported("old", [bucket(f"2026-10-0{day}", 10) for day in (1, 2, 3, 4)]))
    imported(tmp_path, exported("new", [bucket("2026-10-02", 5), bucket("2026-10-03", 5)]))
    assert by(tmp_path, "day") == {"2026-10-01": 10, "2026-10-02": 5, "2026-10-03": 5, "2026-10-04": 10}


def test_corrected_requests_replace_to_the_second(tmp_path: Path) -> None:
    old = [request("2026-10-01T10:02", 1), request("2026-10-01T10:08", 2), request("2026-10-01T10:14", 4)]
    imported(tmp_path, exported("old", old))
    imported(tmp_path, exported("new", [request("2026-10-01T10:08", 16), request("2026-10-01T10:14", 32)]))
    assert used(tmp_path) == 1 + 16 + 32


def test_pages_imported_together_are_one_export(tmp_path: Path) -> None:
    pages = [
        exported(name, [bucket("2026-10-01", tokens, key=name)], spans=OCTOBER)
        for name, tokens in (("page-1", 1), ("page-2", 2), ("page-3", 4))
    ]
    imported(tmp_path, *pages)
    assert used(tmp_path) == 7
    imported(tmp_path, exported("all", [bucket("2026-10-01", 8)], spans=OCTOBER))
    assert used(tmp_path) == 8


def test_a_page_that_came_before_stays_part_of_the_export(tmp_path: Path) -> None:
    fault = Problem("import.bad-field", Where("page-1", 2), "a fault.", "Mend it.")
    pages = [
        exported("page-1", [bucket("2026-10-01", 1, key="a")], spans=OCTOBER, problems=(fault,)),
        exported("page-2", [bucket("2026-10-01", 2, key="b")], spans=OCTOBER),
        exported("page-3", [bucket("2026-10-01", 4, key="c")], spans=OCTOBER),
    ]
    imported(tmp_path, pages[0])
    imported(tmp_path, *pages[:2])
    assert used(tmp_path) == 3
    imported(tmp_path, *pages)
    assert used(tmp_path) == 7
    assert imported(tmp_path, *pages[:2]).unchanged == ["page-1", "page-2"]
    store = Store.open(tmp_path)
    assert [s.name for s in store.sources()] == ["page-1", "page-2", "page-3"]
    assert len({s.sequence for s in store.sources()}) == 1
    assert store.problems() == [fault]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("a", "b"), ("",), {"": 1}),  # an ungrouped export speaks for all accounts
        (("",), ("a", "b"), {"a": 1, "b": 1}),
        (("a", "b"), ("a",), {"a": 1, "b": 10}),  # a grouped one for its own
        (("a",), ("b",), {"a": 10, "b": 1}),
    ],
)
def test_accounts_of_a_newer_export(
    tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...], expected: dict[str, int]
) -> None:
    imported(tmp_path, exported("old", [bucket("2026-10-01", 10, account=a) for a in first]))
    imported(tmp_path, exported("new", [bucket("2026-10-01", 1, account=a) for a in second]))
    assert by(tmp_path, "account") == expected


def test_people_of_a_newer_export_replace_themselves_only(tmp_path: Path) -> None:
    replaces = ("account", "person")
    old = [bucket("2026-10-01", 10, person=f"login:{p}") for p in ("ada", "bob")]
    imported(tmp_path, exported("old", old, replaces=replaces))
    imported(tmp_path, exported("new", [bucket("2026-10-01", 1, person="login:ada")], replaces=replaces))
    assert by(tmp_path, "person") == {pseudonym("login:ada"): 1, pseudonym("login:bob"): 10}


def test_a_month_without_stored_rows_before_one_with_them_loses_nothing(tmp_path: Path) -> None:
    imported(tmp_path, exported("a", [bucket("2026-10-01", 1, account="a")]))
    imported(tmp_path, exported("b", [bucket(f"2026-{month}-01", 2, account="b") for month in ("09", "10")]))
    assert by(tmp_path, "account") == {"a": 1, "b": 4}


def test_an_empty_export_empties_its_period(tmp_path: Path) -> None:
    imported(tmp_path, exported("old", [bucket("2026-10-01"), bucket("2026-11-01", 3)]))
    imported(tmp_path, exported("empty", [], spans=OCTOBER))
    assert used(tmp_path) == 3


def test_an_id_is_counted_once_with_its_last_count(tmp_path: Path) -> None:
    def stream(name: str, output: int, time: str = "2026-10-31T23:59") -> None:
        row = request(time, 5, id="call-1", output_tokens=output)
        imported(tmp_path, exported(name, [row], feed="canonical", dedupes=True))

    stream("first", 9)
    stream("grown", 159, "2026-11-01T00:00")
    stream("late copy of the start", 9)
    assert used(tmp_path, "output_tokens") == 159
    assert used(tmp_path) == 5


def test_ids_belong_to_their_feed(tmp_path: Path) -> None:
    for feed in ("one", "two"):
        row = request("2026-10-01T10:00", id="1", product=feed)
        imported(tmp_path, exported(feed, [row], feed=feed, dedupes=True))
    assert used(tmp_path) == 20


def test_rows_without_id_are_replaced_by_period_even_where_others_have_ids(tmp_path: Path) -> None:
    details = {"feed": "canonical", "dedupes": True, "replaces": ("vendor", "source", "account")}
    rows = [request("2026-10-01T10:00", 1, id="x"), request("2026-10-01T11:00", 2, source="gateway")]
    imported(tmp_path, exported("old", rows, **details))
    imported(tmp_path, exported("new", [request("2026-10-01T11:00", 4, source="gateway")], **details))
    imported(tmp_path, exported("other", [request("2026-10-01T11:00", 8, source="batch")], **details))
    assert used(tmp_path) == 1 + 4 + 8


def seat(day: str, person: str, **fields: str) -> Seat:
    return Seat(Where("seats.csv", 1), at(day), "anthropic", "claude", f"email:{person}", **fields)


def test_yesterday_s_roster_stays_when_someone_leaves_today(tmp_path: Path) -> None:
    imported(tmp_path, exported("monday", [seat("2026-10-05", "ada"), seat("2026-10-05", "bob")]))
    imported(tmp_path, exported("tuesday", [seat("2026-10-06", "bob")]))
    store = Store.open(tmp_path)
    assert [s.person for s in store.seats()] == [pseudonym("email:bob")]
    assert len(store.seats(on=date(2026, 10, 5))) == 2
    assert store.seats(on=date(2026, 10, 4)) == []


def test_a_second_roster_of_the_day_replaces_the_first(tmp_path: Path) -> None:
    imported(tmp_path, exported("morning", [seat("2026-10-05", "ada"), seat("2026-10-05", "bob")]))
    imported(tmp_path, exported("evening", [seat("2026-10-05T18:00", "ada", seat_type="Premium")]))
    assert [s.seat_type for s in Store.open(tmp_path).seats()] == ["Premium"]


def cost(amount: str, **fields: Any) -> Cost:
    where, time = Where("costs.csv", 1), at("2026-10-01")
    return Cost(where, time, time + DAY, "openai", Decimal(amount), "USD", MoneyKind.INVOICED, **fields)


def test_money_keeps_every_digit(tmp_path: Path) -> None:
    noise = [
        "2.4000000000000004",
        "0.020000000000000000416334",
        "0.0000015000000000000000",
        "1.23456789012345e-9",
    ]
    written = [*noise, "0.000000000000000000000001", "-3.10", "99999999999.999999999999999999999999"]
    report = imported(tmp_path, exported("costs", [cost(w, gross=Decimal("0.1")) for w in written]))
    assert report.problems == []
    assert sorted(c.amount for c in Store.open(tmp_path).costs()) == sorted(map(Decimal, written))


def spent(root: Path) -> dict[str, Decimal]:
    store = Store.open(root)
    assert [rows for rows in store.audit().values() if rows] == []
    return {c.id or c.description: c.amount for c in store.costs()}


def test_a_cost_with_an_id_is_counted_once_with_its_newest_amount(tmp_path: Path) -> None:
    def export(name: str, *costs: Cost) -> Import:
        return exported(name, costs, feed="gateway", dedupes=True)

    unnamed = cost("9", description="no id")
    imported(tmp_path, export("first", cost("1", id="a"), cost("2", id="b"), unnamed))
    moved = replace(cost("3", id="b"), time=at("2026-11-01"), until=at("2026-11-02"))
    imported(tmp_path, export("overlapping", moved, cost("4", id="c")))
    assert spent(tmp_path) == {"a": 1, "b": 3, "c": 4, "no id": 9}
    later = replace(cost("6", id="d"), until=at("2026-10-03"))
    imported(tmp_path, export("parts", cost("7", id="d")), export("of one", later))
    assert spent(tmp_path) == {"a": 1, "b": 3, "c": 4, "d": 6, "no id": 9}


def test_costs_of_feeds_that_have_no_ids_of_their_own_are_replaced_by_period(tmp_path: Path) -> None:
    imported(tmp_path, exported("first", [cost("1", id="a"), cost("2", id="a")]))
    imported(tmp_path, exported("second", [cost("4", id="b")]))
    assert [c.amount for c in Store.open(tmp_path).costs()] == [4]


@pytest.mark.parametrize(
    "record",
    [
        cost("1e-25"),
        cost("1e12"),
        cost("1", quantity=Decimal("1e14")),
        cost("NaN"),
        cost("Infinity"),
        bucket("2026-10-01", 2**63),
        bucket("2026-10-01", 2**63 // 2, output_tokens=2**63 // 2 + 1),
        bucket("2026-10-01", -1),
        bucket("2026-10-01", 0, meter="images", quantity=Decimal("1e-25")),
    ],
)
def test_what_cannot_be_held_exactly_is_refused_and_the_rest_kept(tmp_path: Path, record: Cost) -> None:
    report = imported(tmp_path, exported("mixed", [record, bucket("2026-10-02", 7)]))
    assert [p.code for p in report.problems] == ["import.out-of-range"]
    assert used(tmp_path) == 7
    assert Store.open(tmp_path).problems() == report.problems


def test_hostile_text_is_stored_as_it_is(tmp_path: Path) -> None:
    names = ["'; drop table usage; --", 'a"b\n,c', "nul\x00", "\ud800", "é" * 100_000, "$1 {0} /*x*/"]
    rows = [bucket("2026-10-01", 1, account=name, row=n) for n, name in enumerate(names)]
    imported(tmp_path, exported("hostile", rows))
    assert set(by(tmp_path, "account")) == {*names} - {"\ud800"} | {"?"}
    assert used(tmp_path, where={"account": names[0]}) == 1


def test_identities_stay_out_of_derived_files(tmp_path: Path) -> None:
    secret = "email:ada.lovelace@example.com"
    rows = [bucket("2026-10-01", person=secret), request("2026-10-02", person=secret)]
    actions = Activity(Where("a", 1), at("2026-10-01"), at("2026-10-02"), "anthropic", "claude", secret)
    imported(tmp_path, exported("people", [*rows, actions, seat("2026-10-01", "ada.lovelace@example.com")]))
    assert not any(b"lovelace" in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert Store.open(tmp_path).activity()[0].person == pseudonym(secret)


def test_two_files_that_say_the_same_are_pointed_out(tmp_path: Path) -> None:
    rows = [bucket(f"2026-10-0{day}", 10) for day in (1, 2, 3)]
    report = imported(tmp_path, exported("half.csv", rows[:2]), exported("whole.csv", rows))
    assert [p.code for p in report.problems] == ["import.repeated"]
    assert "2 rows" in report.problems[0].what


def test_problems_of_an_older_version_of_a_file_are_forgotten(tmp_path: Path) -> None:
    problem = Problem("usage.bad-number", Where("a.csv", 3), "Bad.", "Mend it.")
    first = exported("first", [bucket("2026-10-01")], problems=(problem,))
    imported(tmp_path, first)
    assert Store.open(tmp_path).problems() == [problem]
    second = exported("second", [bucket("2026-10-01")])
    imported(tmp_path, type(first)(second.sha256, first.name, second.feed, second.records))
    assert Store.open(tmp_path).problems() == []


def test_every_row_leads_back_to_its_file(tmp_path: Path) -> None:
    rows = [request("2026-10-01T10:01", 1, row=4), request("2026-10-01T10:09", 2, row=9)]
    imported(tmp_path, exported("gateway.csv", rows))
    (found,) = quantities(tmp_path)
    (cell,) = Store.open(tmp_path).rows(found.selector)
    assert (cell["file"], cell["first_row"], cell["last_row"], cell["input_tokens"]) == (
        "gateway.csv",
        4,
        9,
        3,
    )
    calls = Store.open(tmp_path).rows(Selector("calls"))
    assert [c["input_tokens"] for c in calls] == [1, 2]


def test_missing_segments_are_named_and_rebuilt(tmp_path: Path) -> None:
    batch = Batch((exported("a", [bucket("2026-10-01", 5), request("2026-10-01T12:00", 6), cost("1.5")]),))
    imported(tmp_path, *batch.imports)
    whole = quantities(tmp_path)
    for segment in (tmp_path / ".bothhalves").rglob("*.parquet"):
        segment.unlink()
    with pytest.raises(NeedsRebuild) as missing:
        Store.open(tmp_path)
    assert len(missing.value.missing) == 3
    rebuild(tmp_path, [batch], edges=EDGES, pseudonym=pseudonym)
    assert quantities(tmp_path) == whole
    assert [c.amount for c in Store.open(tmp_path).costs()] == [Decimal("1.5")]


def test_a_rebuild_without_the_file_keeps_its_calls_and_says_what_is_gone(tmp_path: Path) -> None:
    imported(tmp_path, exported("a", [bucket("2026-10-01", 5), request("2026-10-01T12:00", 6)]))
    report = rebuild(tmp_path, [], edges=EDGES, pseudonym=pseudonym)
    assert [p.code for p in report.problems] == ["store.source-missing"]
    assert used(tmp_path) == 6


def test_new_price_edges_class_known_requests_again(tmp_path: Path) -> None:
    imported(tmp_path, exported("a", [request("2026-10-01T12:00", 150_000)]))
    assert [(q.prompt_above, q.prompt_upto) for q in quantities(tmp_path)] == [(128_000, 200_000)]
    imported(tmp_path, edges=(140_000, 160_000))
    assert [(q.prompt_above, q.prompt_upto) for q in quantities(tmp_path)] == [(140_000, 160_000)]
