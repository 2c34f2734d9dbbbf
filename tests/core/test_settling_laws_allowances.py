"""Laws of allowances, pools, packs and included credits, for any amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.clauses.allowances import AllowanceTerm
from bothhalves.core.clauses.base import Change, Demand, MeteredUse, SeatUse, UnitUse
from bothhalves.core.clauses.credits import CreditTerm
from bothhalves.core.clauses.draw_down import parts
from bothhalves.core.clauses.overage import Overage
from bothhalves.core.clauses.packs import PackTerm, Purchase
from bothhalves.core.clauses.usage import SeatUsageTerm, UsageTerm
from bothhalves.core.contracts import Contract, Term
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.settling import Settlement, settle
from bothhalves.core.shapes import Shape

FIRST = Month(2026, 1)
TERM = Term(date(2026, 1, 1), 24)
MONEY = st.decimals(0, 10_000, places=6)
UNITS = st.decimals(0, 100_000, places=3)
PEOPLE = st.sampled_from(["ada", "ben", "cleo", ""])
OVERAGES = st.one_of(
    st.just(Overage("stop")),
    st.builds(
        Overage,
        st.just("api-rates"),
        times=st.decimals(0, 3, places=2),
        discount=st.decimals(0, 1, places=2),
        budget=st.one_of(st.none(), MONEY),
    ),
)


def contract(**clauses: object) -> Contract:
    return Contract("c", "v", "USD", TERM, **clauses)  # type: ignore[arg-type]


def used(number: int, worth: Decimal, person: str, seat_type: str = "dev", product: str = "") -> MeteredUse:
    line = Line(
        id=f"use|{number}|{person}",
        meter="input_tokens",
        quantity=Decimal(1),
        unit="tokens",
        price=worth,
        price_high=worth,
        per=1,
        amount=Amount.of(worth, "USD", MoneyKind.ESTIMATED),
        view=View.LIST,
        entry="list/model",
        source="",
        layer="list",
        dimensions=(("month", "any"),),
    )
    return MeteredUse(line, "model", product, seat_type=seat_type, person=person)


@st.composite
def demands(draw: st.DrawFn, seat_type: str = "dev") -> list[Demand]:
    """One to four months of usage in money and in credits, with a roster."""
    found = []
    month = FIRST
    for _ in range(draw(st.integers(1, 4))):
        worths = draw(st.lists(st.tuples(MONEY, PEOPLE), max_size=5))
        units = draw(st.lists(st.tuples(UNITS, PEOPLE), max_size=4))
        added = draw(st.lists(st.integers(-3, 3), max_size=2))
        changes = tuple(Change(date(month.year, month.number, 3 + n), s) for n, s in enumerate(added))
        found.append(
            Demand(
                month,
                tuple(used(n, w, p, seat_type) for n, (w, p) in enumerate(worths)),
                (SeatUse("dev", draw(st.integers(6, 30)), changes),),
                tuple(UnitUse("p", "credits", q, p) for q, p in units),
            )
        )
        month = month.next
    return found


def worth(settled: Settlement, *ends: str) -> Decimal:
    """The sum of the Lines whose clause ends so; of all, if none is named."""
    return sum((x.amount.low for x in settled.lines if not ends or x.entry.endswith(ends)), start=Decimal(0))


ALLOWANCES = st.one_of(
    st.builds(
        AllowanceTerm,
        st.just("a"),
        per_person=st.fixed_dictionaries({"dev": MONEY}),
        carry_over=st.integers(0, 2),
        resets=st.sampled_from(["month", "quarter", "year", "never"]),
        overage=OVERAGES,
    ),
    st.builds(
        AllowanceTerm,
        st.just("a"),
        per_seat=st.fixed_dictionaries({"dev": MONEY}),
        amount=st.one_of(st.none(), MONEY),
        cap=st.one_of(st.none(), MONEY),
        carry_over=st.integers(0, 2),
        resets=st.sampled_from(["month", "quarter", "year", "never"]),
        added=st.sampled_from(["at-once", "at-reset"]),
        overage=OVERAGES,
    ),
)
PACKS = st.builds(
    PackTerm,
    st.just("x"),
    size=st.decimals(1, 5_000, places=2),
    price=MONEY,
    meter=st.just("credits"),
    bought=st.lists(
        st.builds(Purchase, st.dates(date(2026, 1, 1), date(2026, 4, 28)), st.integers(1, 4)), max_size=3
    ).map(tuple),
    as_needed=st.booleans(),
    expires_months=st.one_of(st.none(), st.integers(1, 3)),
)


@given(ALLOWANCES, PACKS, demands())
def test_two_halves_with_what_is_carried_over_equal_the_whole(
    allowance: AllowanceTerm, packs: PackTerm, asked: list[Demand]
) -> None:
    signed = contract(allowances=(allowance,), packs=(packs,))
    whole = settle(signed, asked)
    for cut in range(len(asked) + 1):
        first = settle(signed, asked[:cut])
        second = settle(signed, asked[cut:], first.carried)
        assert first.lines + second.lines == whole.lines
        assert second.carried == whole.carried


@given(ALLOWANCES, PACKS, demands(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    allowance: AllowanceTerm, packs: PackTerm, asked: list[Demand], chance: object
) -> None:
    signed = contract(allowances=(allowance,), packs=(packs,))
    shuffled = [replace(d, usage=tuple(reversed(d.usage)), units=tuple(reversed(d.units))) for d in asked]
    one, other = settle(signed, asked), settle(signed, shuffled)
    for end in ("allowance/a", "/beyond", "/overage", "/blocked", "packs/x", "/purchase", "/forfeited"):
        assert worth(one, end) == worth(other, end)
    assert one.carried == other.carried


@given(ALLOWANCES, demands(), st.integers(2, 1000))
def test_money_that_scales_scales_every_line(allowance: AllowanceTerm, asked: list[Demand], k: int) -> None:
    def larger(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else amount * k

    bigger = replace(
        allowance,
        per_person={t: a * k for t, a in allowance.per_person.items()},
        per_seat={t: a * k for t, a in allowance.per_seat.items()},
        amount=larger(allowance.amount),
        cap=larger(allowance.cap),
        overage=replace(allowance.overage, budget=larger(allowance.overage.budget)),  # type: ignore[type-var,union-attr]
    )
    scaled = [
        replace(
            d, units=(), usage=tuple(used(n, u.line.amount.low * k, u.person) for n, u in enumerate(d.usage))
        )
        for d in asked
    ]
    plain = [replace(d, units=()) for d in asked]
    one, other = (
        settle(contract(allowances=(allowance,)), plain),
        settle(contract(allowances=(bigger,)), scaled),
    )
    for end in ("allowance/a", "/beyond", "/overage", "/blocked"):
        assert abs(worth(other, end) - worth(one, end) * k) < Decimal("1E-6")


@given(ALLOWANCES, demands())
def test_included_charged_and_stopped_usage_add_up_to_all_of_it(
    allowance: AllowanceTerm, asked: list[Demand]
) -> None:
    settled = settle(contract(allowances=(allowance,)), asked)
    at_list = sum((x.amount.low for x in settled.lines if x.view is View.LIST), Decimal(0))
    assert worth(settled, "allowance/a", "/beyond", "/blocked") == -at_list
    overage = allowance.overage
    assert overage is not None
    assert abs(worth(settled, "/overage") + worth(settled, "/beyond") * overage.factor) < Decimal("1E-6")


@given(ALLOWANCES, demands())
def test_a_month_costs_no_more_than_its_budget(allowance: AllowanceTerm, asked: list[Demand]) -> None:
    for demand in asked:
        settled = settle(contract(allowances=(allowance,)), [demand])
        budget = allowance.overage.budget if allowance.overage else None
        assert worth(settled) >= 0
        assert budget is None or worth(settled) <= budget


@given(demands())
def test_an_allowance_above_all_usage_leaves_nothing_to_pay(asked: list[Demand]) -> None:
    plenty = AllowanceTerm("a", per_person={"dev": Decimal(10**9)}, overage=Overage("api-rates"))
    assert worth(settle(contract(allowances=(plenty,)), asked)) == 0


@given(demands(), st.integers(0, 3))
def test_an_allowance_of_nothing_leaves_everything_to_pay(asked: list[Demand], carry: int) -> None:
    none = AllowanceTerm("a", per_seat={"dev": Decimal(0)}, carry_over=carry, overage=Overage("api-rates"))
    settled = settle(contract(allowances=(none,)), asked)
    assert worth(settled) == sum((u.line.amount.low for d in asked for u in d.usage), Decimal(0))


@given(demands(), MONEY, st.integers(0, 4))
def test_usage_that_waits_for_nothing_costs_no_more_with_carry_over(
    asked: list[Demand], amount: Decimal, periods: int
) -> None:
    def cost(carry: int) -> Decimal:
        term = AllowanceTerm("a", per_person={"dev": amount}, carry_over=carry, overage=Overage("api-rates"))
        return worth(settle(contract(allowances=(term,)), asked))

    assert cost(periods + 1) <= cost(periods)


@given(demands(seat_type=""), st.lists(st.integers(0, 400), min_size=1, max_size=3))
def test_usage_of_nobody_s_seat_draws_on_no_allowance(asked: list[Demand], amounts: list[int]) -> None:
    terms = tuple(AllowanceTerm(f"a{n}", amount=Decimal(a)) for n, a in enumerate(amounts))
    settled = settle(contract(allowances=terms), asked)
    assert worth(settled) == sum((u.line.amount.low for d in asked for u in d.usage), Decimal(0))


# -- packs ---------------------------------------------------------------------------------------------


@given(PACKS, demands())
def test_units_bought_are_drawn_left_or_lost(packs: PackTerm, asked: list[Demand]) -> None:
    settled = settle(contract(packs=(packs,)), asked)
    by_entry = {
        e: sum((x.quantity for x in settled.lines if x.entry == e), Decimal(0)) for e in _entries(settled)
    }
    bought = by_entry.get("c/packs/x/purchase", Decimal(0)) * packs.size
    left = sum((x.left for x in settled.carried.under_seats.packs["packs/x"].lots), Decimal(0))
    spent = by_entry.get("c/packs/x", Decimal(0)) + by_entry.get("c/packs/x/forfeited", Decimal(0))
    assert bought == spent + left


@given(PACKS, demands(), st.decimals(0, 2, places=4))
def test_cash_is_what_was_bought(packs: PackTerm, asked: list[Demand], price: Decimal) -> None:
    units = [replace(d, usage=()) for d in asked]
    usage = UsageTerm("p", "credits", Shape(per_unit=price))
    settled = settle(contract(usage=(usage,), packs=(packs,)), units)
    assert worth(settled) == worth(settled, "/purchase")
    whole = [x.quantity % 1 for x in settled.lines if x.entry.endswith("/purchase")]
    assert not any(whole)


@given(demands(), st.integers(1, 500))
def test_packs_bought_as_needed_leave_nothing_uncovered(asked: list[Demand], size: int) -> None:
    packs = PackTerm("x", Decimal(size), Decimal(1), meter="credits", as_needed=True)
    settled = settle(contract(packs=(packs,)), asked)
    wanted = sum((u.quantity for d in asked for u in d.units), Decimal(0))
    bought = worth(settled, "/purchase") * size
    assert worth(settled, "/blocked") == 0
    assert wanted <= bought < wanted + size


def _entries(settled: Settlement) -> set[str]:
    return {line.entry for line in settled.lines}


# -- included credits and rates ------------------------------------------------------------------------


@given(demands(seat_type=""), MONEY, st.one_of(st.none(), MONEY))
def test_a_credit_is_worth_what_it_displaces(asked: list[Demand], each: Decimal, cap: Decimal | None) -> None:
    credit = CreditTerm("api", per_seat={"dev": each}, amount=Decimal(1), cap=cap)
    for demand in asked:
        settled = settle(contract(credits=(credit,)), [demand])
        spend = sum((u.line.amount.low for u in demand.usage), Decimal(0))
        given_ = credit.given(demand, {})
        assert -worth(settled, "credit/api") == min(given_, spend)
        assert cap is None or given_ <= cap
        assert worth(settled) >= 0


@given(demands(), st.decimals(0, 1, places=3))
def test_a_discount_on_seat_usage_is_that_share_of_list(asked: list[Demand], discount: Decimal) -> None:
    settled = settle(contract(seat_usage=(SeatUsageTerm(("dev",), discount=discount),)), asked)
    at_list = sum((u.line.amount.low for d in asked for u in d.usage), Decimal(0))
    assert worth(settled) == at_list * (1 - discount)


# -- proportional parts --------------------------------------------------------------------------------


@given(
    st.lists(st.decimals("0.000001", 1000, places=6), min_size=1, max_size=12), st.decimals(0, 1, places=5)
)
def test_parts_add_up_and_none_is_above_its_weight(weights: list[Decimal], share: Decimal) -> None:
    total = (sum(weights, Decimal(0)) * share).quantize(Decimal("1E-9"))
    found = parts(min(total, sum(weights, Decimal(0))), weights)
    assert sum(found, Decimal(0)) == min(total, sum(weights, Decimal(0)))
    assert all(0 <= part <= weight for part, weight in zip(found, weights, strict=True))
