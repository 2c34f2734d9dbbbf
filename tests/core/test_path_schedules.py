"""A seat's schedule gives the money that settling the person's month gives, and laws of schedules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.allowances import AllowanceTerm
from bothhalves.core.clauses.base import Demand, MeteredUse, Scope, SeatUse, UnitUse
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.clauses.packs import PackTerm, Purchase
from bothhalves.core.clauses.usage import SeatUsageTerm, UsageTerm
from bothhalves.core.contracts import Contract, SeatTerm, Term
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.paths.from_contract import PooledPath, SeatPath, UnscheduledPath, seat_paths
from bothhalves.core.paths.regions import below, difference
from bothhalves.core.paths.schedules import Piece, Schedule, Stair, metered, tiered
from bothhalves.core.settling import settle
from bothhalves.core.shapes import Shape

MONTH = Month(2026, 1)
TERM = Term(date(2026, 1, 1), 12)
FEES = st.decimals(0, 300, places=2)
MONEY = st.decimals(0, 500, places=6)
UNITS = st.decimals(0, 20_000, places=3)
SIZES = st.decimals("0.5", 400, places=1)
CHARGED = st.one_of(
    st.builds(
        Overage,
        st.just("api-rates"),
        times=st.one_of(st.none(), st.decimals(0, 3, places=2)),
        discount=st.one_of(st.none(), st.decimals(0, 1, places=2)),
        budget=st.one_of(st.none(), st.decimals(0, 200, places=2)),
    ),
    st.just(Overage("stop")),
    st.none(),
)
RATES = st.builds(SeatUsageTerm, st.just(("dev",)), st.decimals(0, 2, places=2), st.decimals(0, 1, places=3))


def money_allowance(number: int = 0) -> st.SearchStrategy[AllowanceTerm]:
    return st.builds(
        lambda amount, other, overage, product: AllowanceTerm(
            f"own{number}", product, per_person={"dev": amount, "other": other}, overage=overage
        ),
        MONEY,
        MONEY,
        CHARGED,
        st.sampled_from(["", "tool", "elsewhere"]),
    )


@st.composite
def packs(draw: st.DrawFn, meter: str = "") -> PackTerm:
    budget = draw(st.one_of(st.none(), st.decimals(0, 400, places=2)))
    overage = draw(st.one_of(CHARGED, st.just(Overage("price", price=Decimal("0.03")))) if meter else CHARGED)
    return PackTerm(
        "extra",
        draw(SIZES),
        draw(st.decimals(0, 90, places=2)),
        meter=meter,
        seats=() if meter else ("dev",),
        as_needed=True,
        at_least=draw(st.integers(1, 3)),
        budget=budget,
        overage=overage,
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """One seat of each of the shapes that have a monthly cost of one person, and their mixtures."""
    seat = SeatTerm("dev", "tool", 1, draw(FEES), draw(st.sampled_from(["monthly", "annual"])))
    found = Contract("c", "v", "USD", TERM, seats=(seat,))
    shape = draw(st.sampled_from(["flat", "allowance", "rates", "packs", "credits", "mixed"]))
    if shape in ("allowance", "mixed"):
        found = replace(
            found, allowances=tuple(draw(money_allowance(n)) for n in range(draw(st.integers(1, 2))))
        )
    if shape in ("rates", "mixed"):
        found = replace(found, seat_usage=(draw(RATES),))
    if shape in ("packs", "mixed"):
        found = replace(found, packs=(draw(packs()),))
    if shape == "credits":
        price = UsageTerm("tool", "credits", Shape(per_unit=draw(st.decimals(0, 1, places=4))))
        own = AllowanceTerm(
            "credits", "tool", "credits", per_person={"dev": draw(UNITS)}, overage=draw(CHARGED)
        )
        bought = (draw(packs("credits")),) if draw(st.booleans()) else ()
        found = replace(found, usage=(price,), allowances=(own,) if draw(st.booleans()) else (), packs=bought)
    return found


def used(number: int, worth: Decimal) -> MeteredUse:
    line = Line(
        f"use|{number}", "input_tokens", Decimal(1), "tokens", worth, worth, 1,
        Amount.of(worth, "USD", MoneyKind.ESTIMATED), View.LIST, "list/model", "", "list",
        dimensions=(("month", str(MONTH)),),
    )  # fmt: skip
    return MeteredUse(line, "model", "tool", seat_type="dev", person="ada")


def billed(contract: Contract, months: int, worths: list[Decimal], credits: Decimal) -> Decimal:
    """What the one seat of the contract is billed for so many months, of which the first has the use."""
    units = (UnitUse("tool", "credits", credits, "ada", "dev"),) if credits else ()
    usage = tuple(used(n, w) for n, w in enumerate(worths))
    demands = [Demand(MONTH, usage, (SeatUse("dev", 1),), units)]
    demands += [Demand(Month(2026, n), (), (SeatUse("dev", 1),)) for n in range(2, months + 1)]
    return sum((line.amount.low for line in settle(contract, demands).lines), Decimal(0))


@settings(max_examples=400)
@given(contracts(), st.lists(MONEY, max_size=3), UNITS)
def test_a_seat_costs_what_settling_the_persons_month_gives(
    contract: Contract, worths: list[Decimal], credits: Decimal
) -> None:
    assert contract.fault() is None
    (path,) = seat_paths(contract, MONTH)
    assert isinstance(path, SeatPath)
    priced = bool(contract.usage)
    cost = path.schedule.of(sum(worths, Decimal(0)))
    credits = credits if priced else Decimal(0)
    cost += sum((unit.schedule.of(credits) for unit in path.units), Decimal(0))
    months = 12 if path.annual else 1  # an annual fee is billed at once, for the year
    idle = path.schedule.of(Decimal(0)) * (months - 1)
    assert abs(cost + idle - billed(contract, months, worths, credits)) < Decimal("1E-9")


def path_of(**clauses: object) -> object:
    seat = SeatTerm("dev", "tool", 1, Decimal(30))
    return seat_paths(Contract("c", "v", "USD", TERM, seats=(seat,), **clauses), MONTH)[0]  # type: ignore[arg-type]


def test_a_pool_has_no_schedule_of_one_person() -> None:
    own = AllowanceTerm("all", per_seat={"dev": Decimal(40)}, overage=Overage("api-rates"))
    found = path_of(allowances=(own,))
    assert isinstance(found, PooledPath)
    assert (found.fee, found.pool.each, found.pool.times) == (30, 40, 1)


def test_a_pool_of_credits_is_told_in_its_unit() -> None:
    price = UsageTerm("tool", "credits", Shape(per_unit=Decimal("0.01")))
    own = AllowanceTerm(
        "all", "tool", "credits", per_seat={"dev": Decimal(1900)}, overage=Overage("api-rates")
    )
    found = path_of(usage=(price,), allowances=(own,))
    assert isinstance(found, PooledPath)
    assert (found.meter, found.pool.each, found.pool.times) == ("credits", 1900, Decimal("0.01"))


def test_clauses_about_a_kind_of_usage_have_no_schedule() -> None:
    some = Scope(models=("large",))
    assert isinstance(path_of(seat_usage=(SeatUsageTerm(("dev",), scope=some),)), UnscheduledPath)
    own = AllowanceTerm("own", per_person={"dev": Decimal(40)}, scope=some)
    assert isinstance(path_of(allowances=(own,)), UnscheduledPath)


def test_what_is_counted_over_months_or_bought_for_all_has_no_schedule() -> None:
    for own in (
        AllowanceTerm("own", per_person={"dev": Decimal(40)}, resets="quarter"),
        AllowanceTerm("own", per_person={"dev": Decimal(40)}, carry_over=1),
    ):
        assert isinstance(path_of(allowances=(own,)), UnscheduledPath)
    bought = PackTerm(
        "extra", Decimal(10), Decimal(9), seats=("dev",), bought=(Purchase(date(2026, 1, 1), 2),)
    )
    assert isinstance(path_of(packs=(bought,)), UnscheduledPath)


def test_what_is_beyond_a_stop_is_blocked_and_not_free() -> None:
    found = path_of(allowances=(AllowanceTerm("own", per_person={"dev": Decimal(40)}),))
    assert isinstance(found, SeatPath)
    assert found.schedule.blocked(Decimal(100)) == 60
    assert found.schedule.of(Decimal(100)) == 30


PIECES = st.lists(
    st.tuples(st.decimals(0, 100, places=1), st.decimals(0, 2, places=1)), min_size=1, max_size=3
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    fee = draw(st.decimals(0, 60, places=1))
    starts = draw(PIECES)
    found = tiered(fee, [Piece(Decimal(0), starts[0][1]), *(Piece(s, q) for s, q in sorted(starts[1:]))])
    stair = None
    if draw(st.booleans()):
        most = draw(st.one_of(st.none(), st.integers(0, 4)))
        at_least = draw(st.integers(1, 2))
        most = most if most is None or most >= at_least else 0
        stair = Stair(
            draw(st.decimals(0, 40, places=1)),
            draw(st.decimals("5", 40, places=1)),
            draw(st.decimals(0, 30, places=1)),
            at_least,
            most,
        )
    stop = draw(st.one_of(st.none(), st.decimals(0, 120, places=1)))
    return Schedule(found.fee, found.pieces, stair, stop)


GRID = [Decimal(n) / 4 for n in range(601)]


@settings(max_examples=100)
@given(schedules())
def test_schedules_never_fall_with_use(schedule: Schedule) -> None:
    costs = [schedule.of(use) for use in GRID]
    assert costs == sorted(costs)
    assert schedule.most is None or costs[-1] <= schedule.most


@settings(max_examples=150)
@given(schedules(), schedules())
def test_regions_agree_with_trying_every_use(one: Schedule, other: Schedule) -> None:
    found = below(one, other)
    known = [u for u in GRID if found.known_until is None or u < found.known_until]
    assert [u in found for u in known] == [one.of(u) < other.of(u) for u in known]
    assert all(r.high is None or r.low < r.high or (r.low_closed and r.high_closed) for r in found.regions)
    for region, after in zip(found.regions, found.regions[1:], strict=False):
        assert region.high is not None
        assert region.high <= after.low


@settings(max_examples=150)
@given(schedules(), schedules(), st.integers(0, 400), st.one_of(st.none(), st.integers(0, 200)))
def test_a_difference_bounds_every_use_of_the_interval(
    one: Schedule, other: Schedule, start: int, length: int | None
) -> None:
    low, high = GRID[start], None if length is None else GRID[start] + Decimal(length) / 4
    found = difference(one, other, low, high)
    tried = [u for u in (*GRID, Decimal(100_000)) if u >= low and (high is None or u <= high)]
    gaps = [one.of(u) - other.of(u) for u in tried]
    assert found.low is None or all(gap >= found.low for gap in gaps)
    assert found.high is None or all(gap <= found.high for gap in gaps)
    assert low != high or (found.low, found.high) == (gaps[0], gaps[0])


def test_a_difference_is_as_narrow_as_the_shared_use_allows() -> None:
    rates = Schedule(Decimal(25), (Piece(Decimal(0), Decimal(1)),))
    found = difference(rates, metered(tool=Decimal(10)), Decimal(0), None)
    assert (found.low, found.high) == (15, 15)
