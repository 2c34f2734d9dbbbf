"""Laws of rates, price protection, commitments, included credits, currency and tax, for any amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Demand, MeteredUse, Scope, SeatUse
from bothhalves.core.clauses.commitments import Band, CommitmentTerm, OverageRate, RampStep, Rollover
from bothhalves.core.clauses.currency import ExchangeRate
from bothhalves.core.clauses.grants import GrantTerm
from bothhalves.core.clauses.rates import RateTerm
from bothhalves.core.clauses.taxes import TaxTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract, SeatTerm, Term
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.settling import Settlement, settle

TERM = Term(date(2026, 1, 1), 12)
NEAR = Decimal("1E-6")
MONEY = st.decimals(0, 10_000, places=2)
SHARE = st.decimals(0, Decimal("0.99"), places=2)
MODELS = st.sampled_from(["large", "small"])


def contract(**clauses: object) -> Contract:
    return Contract("c", "v", "USD", TERM, **clauses)  # type: ignore[arg-type]


def line(identity: str, worth: Decimal, currency: str = "USD", month: object = "any") -> Line:
    return Line(
        id=identity,
        meter="input_tokens",
        quantity=Decimal(1_000_000),
        unit="tokens",
        price=worth,
        price_high=worth,
        per=1_000_000,
        amount=Amount.of(worth, currency, MoneyKind.ESTIMATED),
        view=View.LIST,
        entry="list/model",
        source="",
        layer="list",
        dimensions=(("month", str(month)),),
    )


Row = tuple[str, Decimal, Decimal]


def asked(months: list[list[Row]], times: int = 1, currency: str = "USD") -> list[Demand]:
    """Months of usage as model, worth and worth at the protected price."""
    found = []
    for number, rows in enumerate(months, 1):
        usage = tuple(
            MeteredUse(
                line(f"{number}|{n}", worth * times, currency, Month(2026, number)),
                model,
                protected=line(f"{number}|{n}", then * times, currency),
            )
            for n, (model, worth, then) in enumerate(rows)
        )
        found.append(Demand(Month(2026, number), usage))
    return found


MONTHS = st.lists(st.lists(st.tuples(MODELS, MONEY, MONEY), max_size=3), min_size=1, max_size=12)
BANDS = st.lists(st.tuples(MONEY, SHARE), max_size=3, unique_by=lambda b: b[0]).map(
    lambda drawn: tuple(
        Band(start, discount)
        for start, discount in zip(sorted(b[0] for b in drawn), sorted(b[1] for b in drawn), strict=True)
    )
)
ROLLOVERS = st.builds(
    Rollover,
    st.integers(1, 2),
    st.sampled_from(["rolled-first", "current-first"]),
    st.sampled_from([None, "renew-at-same-level"]),
)
COMMITMENTS = st.builds(
    CommitmentTerm,
    amount=MONEY,
    per=st.sampled_from(["month", "quarter", "year", "term"]),
    ramp=st.lists(st.builds(RampStep, st.integers(2, 12), MONEY), max_size=2).map(tuple),
    denominated=st.sampled_from(["net", "list"]),
    bands=BANDS,
    bands_are=st.sampled_from(["all-units", "incremental"]),
    counts=st.sampled_from([("api",), ("api", "seats"), ("seats",)]),
    overage=st.one_of(
        st.sampled_from(["committed", "list"]), st.builds(OverageRate, st.decimals(0, 2, places=1))
    ),
    unused=st.one_of(st.just("forfeited"), ROLLOVERS),
    paid=st.sampled_from(["prepaid", "in-arrears"]),
    minimum_per_month=st.one_of(st.none(), MONEY),
)
CLAUSES = st.fixed_dictionaries(
    {
        "commitment": COMMITMENTS,
        "seats": st.one_of(st.just(()), st.builds(lambda fee: (SeatTerm("s", "p", 3, fee),), MONEY)),
        "rates": st.one_of(
            st.just(()), st.builds(lambda d: (RateTerm(Scope(models=("large",)), discount=d),), SHARE)
        ),
        "prices": st.sampled_from([None, "lock", "cap", "pass-through"]),
        "included_credits": st.one_of(st.just(()), st.builds(lambda a: (GrantTerm("g", a),), MONEY)),
        "tax": st.one_of(st.none(), st.builds(TaxTerm, SHARE)),
    }
)


def worth(settled: Settlement, *starts: str, view: View | None = None) -> Decimal:
    """The sum of the Lines of clauses that begin so; of all, if none is named."""
    begin = tuple(f"c/{s}" for s in starts)
    return sum(
        (
            x.amount.low
            for x in settled.lines
            if (not begin or x.entry.startswith(begin)) and view in (None, x.view)
        ),
        start=Decimal(0),
    )


@settings(deadline=None, max_examples=50)
@given(CLAUSES, MONTHS, st.integers(0, 12))
def test_two_halves_with_what_is_carried_over_equal_the_whole(
    clauses: dict[str, object], months: list[list[Row]], cut: int
) -> None:
    signed, demands = contract(**clauses), asked(months)
    whole = settle(signed, demands)
    first = settle(signed, demands[:cut])
    second = settle(signed, demands[cut:], first.carried)
    assert first.lines + second.lines == whole.lines
    assert second.carried == whole.carried


#: A cent, of which a credit of a cent over three is no whole number.
THIRD: Row = ("large", Decimal("0.01"), Decimal(0))


@settings(deadline=None, max_examples=50)
@given(CLAUSES, MONTHS)
@example({"included_credits": (GrantTerm("g", Decimal("0.01")),)}, [[THIRD] * 3])
def test_the_order_of_rows_changes_nothing(clauses: dict[str, object], months: list[list[Row]]) -> None:
    signed, demands = contract(**clauses), asked(months)
    turned = [replace(d, usage=tuple(reversed(d.usage))) for d in demands]
    one, other = settle(signed, demands), settle(signed, turned)
    assert {x.id: x.amount for x in one.lines} == {x.id: x.amount for x in other.lines}
    assert len({x.id for x in one.lines}) == len(one.lines)
    assert one.carried == other.carried


@settings(deadline=None, max_examples=50)
@given(COMMITMENTS, MONTHS, st.sampled_from([10, 1000]))
def test_money_that_scales_scales_what_the_commitment_costs(
    term: CommitmentTerm, months: list[list[Row]], k: int
) -> None:
    larger = replace(
        term,
        amount=term.amount * k if term.amount is not None else None,
        ramp=tuple(replace(s, amount=s.amount * k) for s in term.ramp),
        bands=tuple(replace(b, from_=b.from_ * k) for b in term.bands),
        minimum_per_month=None if term.minimum_per_month is None else term.minimum_per_month * k,
    )
    one = settle(contract(commitment=term), asked(months))
    other = settle(contract(commitment=larger), asked(months, k))
    assert abs(worth(other) - worth(one) * k) < NEAR


@settings(deadline=None, max_examples=50)
@given(MONEY, SHARE, st.sampled_from(["net", "list"]), st.sampled_from(["prepaid", "in-arrears"]), MONTHS)
def test_a_period_costs_what_the_formula_says(
    amount: Decimal, discount: Decimal, denominated: str, paid: str, months: list[list[Row]]
) -> None:
    """payable + m (X - covered)+, with the commitment's discount on the covered part."""
    for times in (None, Decimal("1.1")):
        overage = OverageRate(times) if times else "committed"
        term = CommitmentTerm(
            amount,
            "term",
            denominated=denominated,  # type: ignore[arg-type]
            bands=(Band(Decimal(0), discount),),
            overage=overage,  # type: ignore[arg-type]
            paid=paid,  # type: ignore[arg-type]
        )
        signed = replace(contract(commitment=term), term=Term(date(2026, 1, 1), len(months)))
        used = sum((w for rows in months for _, w, _ in rows), Decimal(0))
        payable = amount if denominated == "net" else amount * (1 - discount)
        covered = amount / (1 - discount) if denominated == "net" else amount
        m = times or 1 - discount
        cost = payable + m * max(Decimal(0), used - covered)
        assert abs(worth(settle(signed, asked(months))) - cost) < NEAR


PLAIN = st.builds(
    CommitmentTerm,
    amount=st.one_of(st.just(Decimal(0)), st.decimals(1, 3_000, places=2)),
    per=st.sampled_from(["month", "quarter", "year", "term"]),
    denominated=st.sampled_from(["net", "list"]),
    counts=st.just(("api", "seats")),
    overage=st.just("list"),
    paid=st.sampled_from(["prepaid", "in-arrears"]),
)
WAYS = st.sampled_from(
    [
        TrueUp("quarter", method="average", direction="both"),
        TrueUp("quarter", method="snapshot", direction="both"),
        TrueUp("year", method="average", direction="both"),
    ]
)


@settings(deadline=None, max_examples=200)
@given(PLAIN, WAYS, st.lists(st.tuples(st.integers(0, 30), MONEY), min_size=12, max_size=12))
def test_a_period_costs_what_it_commits_or_all_that_was_charged_less_what_was_given_back(
    term: CommitmentTerm, way: TrueUp, months: list[tuple[int, Decimal]]
) -> None:
    seats = SeatTerm("dev", "p", 20, Decimal(30), true_up=way)
    used = asked([[("large", money / 10, money)] for _, money in months])
    demands = [replace(d, seats=(SeatUse("dev", n),)) for d, (n, _) in zip(used, months, strict=True)]
    charged = settle(contract(seats=(seats,)), demands, kind=MoneyKind.SCENARIO)
    drawn = settle(contract(seats=(seats,), commitment=term), demands, kind=MoneyKind.SCENARIO)
    length = {"month": 1, "quarter": 3}.get(term.per, 12)
    for first in range(0, 12, length):
        run = {str(d.month) for d in demands[first : first + length]}
        net, paid = (
            sum(x.amount.low for x in found.lines if dict(x.dimensions)["month"] in run)
            for found in (charged, drawn)
        )
        assert abs(paid - (max(term.amount, net) if term.amount else net)) < NEAR


@settings(deadline=None, max_examples=50)
@given(COMMITMENTS, MONTHS)
def test_what_is_bought_in_advance_is_drawn_to_nothing(term: CommitmentTerm, months: list[list[Row]]) -> None:
    term = replace(term, paid="prepaid", denominated="net")
    settled = settle(contract(commitment=term), asked((months * 12)[:12]))
    bought, drawn = worth(settled, "commitment/purchase"), worth(settled, "commitment/drawn")
    assert abs(bought + drawn) < NEAR


@settings(deadline=None, max_examples=50)
@given(COMMITMENTS, MONTHS)
def test_paid_in_advance_or_in_arrears_a_whole_term_costs_the_same(
    term: CommitmentTerm, months: list[list[Row]]
) -> None:
    term = replace(term, unused="forfeited")
    rows = (months * 12)[:12]
    sides = [
        settle(contract(commitment=replace(term, paid=paid)), asked(rows))  # type: ignore[arg-type]
        for paid in ("prepaid", "in-arrears")
    ]
    assert abs(worth(sides[0]) - worth(sides[1])) < NEAR
    assert worth(sides[0], "commitment", view=View.CONTRACTED) == worth(
        sides[1], "commitment", view=View.CONTRACTED
    )


@settings(deadline=None, max_examples=50)
@given(COMMITMENTS, ROLLOVERS, MONTHS)
def test_rolling_over_never_costs_more_than_forfeiting(
    term: CommitmentTerm, rollover: Rollover, months: list[list[Row]]
) -> None:
    simple = replace(term, bands=(), overage="list", minimum_per_month=None)
    demands = asked((months * 12)[:12])
    rolled = settle(contract(commitment=replace(simple, unused=rollover)), demands)
    lost = settle(contract(commitment=replace(simple, unused="forfeited")), demands)
    assert worth(rolled) <= worth(lost) + NEAR


@settings(deadline=None, max_examples=50)
@given(MONTHS)
def test_clauses_that_cannot_bind_add_nothing(months: list[list[Row]]) -> None:
    silent = contract(
        rates=(RateTerm(discount=Decimal(0)),),
        prices="none",
        commitment=CommitmentTerm(Decimal(0), overage="list", minimum_per_month=Decimal(0)),
        included_credits=(GrantTerm("g", Decimal(0)),),
        exchange=(ExchangeRate("GBP", date(2026, 1, 1), Decimal(2), "plan"),),
        tax=TaxTerm(Decimal(0)),
    )
    settled = settle(silent, asked(months))
    assert worth(settled, "rate", "protection", "commitment", "included-credit", "tax") == 0
    assert worth(settled) == sum((w for rows in months for _, w, _ in rows), Decimal(0))


@settings(deadline=None, max_examples=50)
@given(MONTHS, st.sampled_from(["cap", "pass-through", "lock"]))
def test_protected_prices(months: list[list[Row]], kind: str) -> None:
    settled = settle(contract(prices=kind), asked(months))
    rows = [row for month in months for row in month]
    wanted = sum((then if kind == "lock" else min(now, then) for _, now, then in rows), Decimal(0))
    assert worth(settled) == wanted


@settings(deadline=None, max_examples=50)
@given(MONTHS, MONEY, SHARE)
def test_a_contract_in_another_currency_is_the_same_one_times_the_rate(
    months: list[list[Row]], amount: Decimal, discount: Decimal
) -> None:
    term = CommitmentTerm(amount, "month", bands=(Band(Decimal(0), discount),), denominated="list")
    here = settle(contract(commitment=term), asked(months))
    there = replace(
        contract(commitment=replace(term, amount=amount * 2)),
        currency="EUR",
        exchange=(ExchangeRate("USD", date(2026, 1, 1), Decimal(2), "plan"),),
    )
    abroad = settle(there, asked(months))
    assert abs(worth(abroad) - worth(here) * 2) < NEAR
    assert {x.amount.currency for x in abroad.lines} <= {"EUR"}


@settings(deadline=None, max_examples=50)
@given(MONTHS)
def test_without_a_rate_nothing_is_converted_and_nothing_added(months: list[list[Row]]) -> None:
    abroad = replace(contract(), currency="EUR", seats=(SeatTerm("s", "p", 1, Decimal(5)),))
    settled = settle(abroad, asked(months))
    assert {x.amount.currency for x in settled.lines} == {"EUR"}
    assert worth(settled) == 5 * len(months)
    used = [m for m in months if m]
    assert [n.amount for n in settled.unexchanged] == [sum(w for _, w, _ in rows) for rows in used]
    assert all("no rate from USD to EUR" in str(n) for n in settled.unexchanged)


@settings(deadline=None, max_examples=50)
@given(MONTHS, MONEY)
def test_a_credit_pays_no_more_than_it_is_and_no_more_than_usage_costs(
    months: list[list[Row]], amount: Decimal
) -> None:
    settled = settle(contract(included_credits=(GrantTerm("g", amount),)), asked(months))
    used = sum((w for rows in months for _, w, _ in rows), Decimal(0))
    assert worth(settled, "included-credit") == -min(amount, used)


@settings(deadline=None, max_examples=50)
@given(CLAUSES, MONTHS)
def test_tax_is_a_share_of_all_that_is_billed(clauses: dict[str, object], months: list[list[Row]]) -> None:
    taxed = settle(contract(**clauses | {"tax": TaxTerm(Decimal("0.19"))}), asked(months))
    bare = settle(contract(**clauses | {"tax": None}), asked(months))
    assert worth(taxed, "tax") == worth(bare) * Decimal("0.19")
