"""Laws of the feed of record: whatever feeds there are, nothing counts twice and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.store import shadowing
from bothhalves.store.engine import DuckDB

VENDORS, DAYS, PEOPLE = ("anthropic", "openai"), (1, 2, 3), ("ada", "bob", "eve")
#: One rank of every kind of feed that tells of everybody, and some more.
RANKS = (10, 20, 30, 50, 60, 61, 70, 71, 72)


class Cell(NamedTuple):
    feed: str
    vendor: str
    account: str
    person: str
    day: int
    tokens: int = 1


Slot = tuple[str, int]
Feeds = tuple[dict[str, int], list[Cell], dict[Slot, int]]
COLUMNS = {
    "feed": "varchar",
    "vendor": "varchar",
    "account": "varchar",
    "person": "varchar",
    "day": "bigint",
    "tokens": "bigint",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    engine = DuckDB()
    yield engine
    engine.close()


def heard(engine: DuckDB, cells: Sequence[Cell], ranks: Mapping[str, int]) -> tuple[list[Cell], list[Cell]]:
    """The cells that count and those that do not."""
    columns = ", ".join(f"unnest(cast(${n} as {t}[])) as {n}" for n, t in COLUMNS.items())
    engine.run(
        f"create or replace table usage as select {columns}, make_timestamp(2026, 10, day, 0, 0, 0) as start,"
        " start + interval 1 day as until, '' as product, 'metered' as billing, '' as meter, '' as workload",
        {name: [getattr(cell, name) for cell in cells] for name in COLUMNS},
    )
    shadowing.prepare(engine, ranks, {})
    told = f"select {', '.join(COLUMNS)} from {{}} order by all"
    found = [[Cell(*r) for r in engine.run(told.format(n))] for n in ("counted_usage", "shadowed_usage")]
    return found[0], found[1]


@st.composite
def observers(draw: st.DrawFn) -> Feeds:
    """Feeds that each tell all use of some days, naming nobody, some or all; and what was used."""
    slots = [(vendor, day) for vendor in VENDORS for day in DAYS]
    truth = {slot: {p: draw(st.integers(1, 9)) * 10**n for n, p in enumerate(PEOPLE)} for slot in slots}
    ranks = {f"feed{n}": rank for n, rank in enumerate(draw(st.lists(st.sampled_from(RANKS), max_size=4)))}
    cells, told = [], {}
    for feed in ranks:
        for vendor, day in draw(st.sets(st.sampled_from(slots))):
            used = truth[vendor, day]
            named = draw(st.sets(st.sampled_from(PEOPLE)))
            unnamed = sum(tokens for person, tokens in used.items() if person not in named)
            cells += [Cell(feed, vendor, "", p, day, used[p]) for p in named]
            cells += [Cell(feed, vendor, "", "", day, unnamed)] if unnamed else []
            told[vendor, day] = sum(used.values())
    return ranks, draw(st.permutations(cells)), told


@settings(max_examples=25, deadline=None)
@given(case=observers())
def test_of_feeds_that_tell_everything_everything_counts_once(engine: DuckDB, case: Feeds) -> None:
    ranks, cells, told = case
    counted, _ = heard(engine, cells, ranks)
    sums: Counter[Slot] = Counter()
    for cell in counted:
        sums[cell.vendor, cell.day] += cell.tokens
    assert dict(sums) == told


FEEDS = ("one", "two", "three", "four")
CELLS = st.builds(
    Cell,
    st.sampled_from(FEEDS),
    st.sampled_from(VENDORS),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "ada", "bob"]),
    st.sampled_from(DAYS[:2]),
    st.just(1),
)


def same(a: Cell, b: Cell) -> bool:
    """True if the cells of two feeds may tell the same use."""
    accounts, people = {a.account, b.account}, {a.person, b.person}
    whose = len(people) == 1 or "" in people
    where = len(accounts) == 1 or "" in accounts or people == {a.person} != {""}
    return a.feed != b.feed and (a.vendor, a.day) == (b.vendor, b.day) and whose and where


def meets(cell: Cell, others: Iterable[Cell]) -> Iterator[Cell]:
    return (other for other in others if same(cell, other))


@settings(max_examples=30, deadline=None)
@given(
    given_first=st.lists(CELLS, max_size=14, unique=True),
    ranks=st.permutations([10, 15, 20, 20]),
    data=st.data(),
)
def test_a_cell_counts_unless_one_that_counts_tells_the_same(
    engine: DuckDB, given_first: list[Cell], ranks: list[int], data: st.DataObject
) -> None:
    order = dict(zip(FEEDS, ranks, strict=True))
    given_later = data.draw(st.permutations(given_first))
    counted, hidden = heard(engine, given_first, order)
    assert sorted([*counted, *hidden]) == sorted(given_first)
    assert not [(cell, other) for cell in counted for other in meets(cell, counted)]
    assert all(any(meets(cell, counted)) for cell in hidden)
    assert (counted, hidden) == heard(engine, given_later, order)
