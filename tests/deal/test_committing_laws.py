"""Laws of sizing a commitment, for any offer and usage: nothing beats what is chosen, and formulas settle."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import (
    Band,
    CommitmentTerm,
    OverageRate,
    RampStep,
    Reduction,
    Rollover,
)
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import NOTHING, Candidate, costing
from bothhalves.core.deal.commitment_cost import MICRO, cost
from bothhalves.core.deal.committing import Commitment, Rule, sized
from bothhalves.core.deal.curves import CENT, Offer
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.spread import spread, tail_mean, weights_of
from bothhalves.core.explain import Grade

FIRST = Month(2027, 1)
WHOLE = st.integers(0, 60).map(Decimal)
SHARES = st.sampled_from([Decimal(n) / 20 for n in range(12)])
BANDS = st.lists(st.tuples(WHOLE, SHARES), min_size=1, max_size=3, unique_by=lambda b: b[0]).map(
    lambda drawn: tuple(
        Band(start, discount)
        for start, discount in zip(sorted(b[0] for b in drawn), sorted(b[1] for b in drawn), strict=True)
    )
)
OVERAGES = st.one_of(
    st.sampled_from(["committed", "list"]),
    st.builds(OverageRate, st.sampled_from([Decimal(1), Decimal("1.25")])),
)
CLAUSES = st.builds(
    CommitmentTerm,
    amount=st.integers(1, 80).map(Decimal),
    per=st.sampled_from(["month", "quarter", "year", "term"]),
    ramp=st.sampled_from([(), (RampStep(13, Decimal(30)),)]),
    denominated=st.sampled_from(["net", "list"]),
    bands=BANDS,
    bands_are=st.sampled_from(["all-units", "incremental"]),
    overage=OVERAGES,
    unused=st.just("forfeited"),
    right_to_reduce=st.just(Decimal("0.5")),
    reductions=st.sampled_from([(), (Reduction(2, Decimal("0.5")),)]),
)
USAGE = st.lists(st.lists(st.integers(0, 70), min_size=2, max_size=2), min_size=1, max_size=4)
CHANCES = st.lists(st.integers(1, 5), min_size=4, max_size=4)


def offer(clause: CommitmentTerm, years: int = 2) -> Offer:
    return Offer(clause, Term(FIRST.first, years * 12), FIRST, years * 12)


def scenarios(years: list[list[int]], chances: list[int] | None = None) -> tuple[Scenario, ...]:
    """Each year's usage in its fifth month."""
    whole = sum((chances or [])[: len(years)])
    found = []
    for place, own in enumerate(years):
        api = [0] * (12 * len(own))
        for year, used in enumerate(own):
            api[12 * year + 4] = used * MICRO
        chance = Fraction(chances[place], whole) if chances else None
        found.append(Scenario(f"s{place}", tuple(api), chance=chance))
    return tuple(found)


def outlook(years: list[list[int]], chances: list[int] | None = None, grade: Grade = Grade.A) -> Outlook:
    return Outlook(FIRST, "USD", scenarios(years, chances), grade, 8)


@settings(deadline=None, max_examples=150)
@given(CLAUSES, USAGE, st.integers(0, 90 * 100))
def test_the_formula_is_what_the_terms_cost(
    clause: CommitmentTerm, years: list[list[int]], cents: int
) -> None:
    one, ways = offer(clause), scenarios(years)
    found = costing(one, ways, weights_of(ways))
    amounts = [c for c in found.candidates() if c.signed]
    if clause.bands_are == "all-units":
        amounts.append(Candidate(cents * CENT))
    for candidate in amounts[:6]:
        schedule = one.schedule(candidate.amount)
        paid = found.paid(candidate)
        scale, outcomes = found.outcomes(candidate)
        for place, way in enumerate(ways):
            told, out = cost(schedule, way.api), outcomes[place]
            assert abs(Fraction(paid[place]) / found.scale - told.paid) <= 1
            assert abs(Fraction(out.paid) / scale - told.paid) <= 1
            assert abs(Fraction(out.forfeited) / scale - told.total("forfeited")) <= 1
            assert abs(Fraction(out.overage) / scale - told.total("overage")) <= 1
            assert abs(Fraction(out.covered) / scale - told.total("covered")) <= 1


#: Micro-units by which rounding an amount up may cost more: a ramp to thirty times makes so much more of it,
#: in each of two years' months.
RAMPED = 30 * 24


def a_cent(clause: CommitmentTerm) -> Fraction:
    """Balanced regret is signed in whole cents; a ramp makes a cent of the first year so many in the next."""
    assert clause.amount is not None
    return CENT * (1 + sum(Fraction(step.amount) / Fraction(clause.amount) for step in clause.ramp))


@settings(deadline=None, max_examples=60)
@given(CLAUSES, USAGE, CHANCES)
def test_no_amount_on_a_fine_grid_beats_what_is_chosen(
    clause: CommitmentTerm, years: list[list[int]], chances: list[int]
) -> None:
    """Every twentieth of a unit from the first band on, and nothing."""
    clause = replace(clause, bands_are="all-units")
    ways = scenarios(years, chances)
    found = costing(offer(clause), ways, weights_of(ways))
    chosen = sized(offer(clause), outlook(years, chances))
    first = min(int(b.from_ * 20) for b in clause.bands)
    grid = [NOTHING, *(Candidate(step * MICRO // 20) for step in range(first, 90 * 20))]
    paid = [found.paid(c) for c in grid]
    # With a ramp a later year can reach the first band before the first does.
    cheapest = min(found.expected(c) for c in grid)
    weight = sum(weights_of(ways)) * found.scale
    # What is signed is a whole millionth, and a ramp makes more of it in later years.
    assert chosen.choices[Rule.EXPECTED].expected <= Fraction(cheapest) / weight + RAMPED
    least = [min(column) for column in zip(*paid, strict=True)]
    assert all(a <= b + RAMPED * found.scale for a, b in zip(found.least(), least, strict=True))
    calmest = min(max(p - b for p, b in zip(row, found.least(), strict=True)) for row in paid)
    assert chosen.choices[Rule.REGRET].max_regret <= Fraction(calmest) / found.scale + a_cent(clause)


@settings(deadline=None, max_examples=60)
@given(CLAUSES, USAGE, CHANCES)
def test_a_commitment_by_expected_cost_is_never_dearer_than_none(
    clause: CommitmentTerm, years: list[list[int]], chances: list[int]
) -> None:
    found = sized(offer(clause), outlook(years, chances))
    none = found.choices[Rule.NONE].expected
    assert found.recommended.expected <= none
    assert found.licence.rule is Rule.EXPECTED
    used = [sum(y) * MICRO for y in years]
    weights = chances[: len(years)]
    assert none == Fraction(sum(u * w for u, w in zip(used, weights, strict=True)), sum(weights))


@settings(deadline=None, max_examples=60)
@given(CLAUSES, USAGE, st.lists(st.integers(0, 70), min_size=2, max_size=2))
def test_one_more_scenario_never_lowers_the_least_largest_regret(
    clause: CommitmentTerm, years: list[list[int]], more: list[int]
) -> None:
    narrow = sized(offer(clause), outlook(years)).choices[Rule.REGRET]
    wide = sized(offer(clause), outlook([*years, more])).choices[Rule.REGRET]
    assert wide.max_regret >= narrow.max_regret - a_cent(clause)


@settings(deadline=None, max_examples=60)
@given(CLAUSES, USAGE, CHANCES, st.sampled_from([10, 1000]))
def test_in_another_money_the_same_is_chosen(
    clause: CommitmentTerm, years: list[list[int]], chances: list[int], times: int
) -> None:
    clause = replace(clause, bands_are="all-units")
    assert clause.amount is not None
    larger = replace(
        clause,
        amount=clause.amount * times,
        bands=tuple(replace(b, from_=b.from_ * times) for b in clause.bands),
        ramp=tuple(replace(s, amount=s.amount * times) for s in clause.ramp),
    )
    one = sized(offer(clause), outlook(years, chances))
    other = sized(offer(larger), outlook([[n * times for n in own] for own in years], chances))
    for rule in (Rule.EXPECTED, Rule.NONE):
        apart = abs(other.choices[rule].expected - one.choices[rule].expected * times)
        assert apart <= times * RAMPED
    smaller, greater = (f.choices[Rule.REGRET].max_regret for f in (one, other))
    assert abs(greater - smaller * times) <= times * a_cent(clause)


@settings(deadline=None, max_examples=60)
@given(CLAUSES, USAGE, CHANCES)
def test_what_is_payable_is_used_or_forfeited(
    clause: CommitmentTerm, years: list[list[int]], chances: list[int]
) -> None:
    found = sized(offer(clause), outlook(years, chances))
    for row in found.rows:
        for one in row.scenarios:
            payable = one.paid - one.overage
            assert 0 <= one.forfeited <= payable
            assert one.regret >= 0
            if one.ratios.utilisation is not None:
                assert one.ratios.utilisation * payable == payable - one.forfeited
            if one.used:
                assert one.ratios.savings is not None
                assert one.paid == one.used * (1 - one.ratios.savings)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 9)), min_size=1, max_size=30))
def test_the_tail_is_the_least_over_all_thresholds(rows: list[tuple[int, int]]) -> None:
    """min over z of z + E[(v - z)+] / (1 - level), tried at every value."""
    values, weights = [v for v, _ in rows], [w for _, w in rows]
    whole = sum(weights)
    tried = [
        z + 10 * Fraction(sum(w * max(v - z, 0) for v, w in rows), whole)
        for z in [*values, 0, min(values) - 1]
    ]
    found = tail_mean(values, weights)
    assert found == min(tried)
    middle = spread(values, weights)
    assert middle.low <= middle.middle <= middle.high <= found <= max(values)


@settings(deadline=None, max_examples=40)
@given(CLAUSES, USAGE, st.sampled_from(["rolled-first", "current-first", None]), st.integers(0, 9))
def test_terms_without_a_formula_are_walked_through(
    clause: CommitmentTerm, years: list[list[int]], drawn: str | None, minimum: int
) -> None:
    rolling = replace(
        clause,
        unused=Rollover(1, drawn),  # type: ignore[arg-type]
        minimum_per_month=Decimal(minimum) / 10,
    )
    check_walked(sized(offer(rolling), outlook(years)))
    check_walked(sized(replace(offer(rolling), fees=(minimum * MICRO, 0) * 12), outlook(years)))
    kept = sized(offer(replace(rolling, bands=(), overage="list", minimum_per_month=None)), outlook(years))
    lost = sized(offer(replace(clause, bands=(), overage="list")), outlook(years))
    assert kept.rows[-1].expected <= lost.rows[-1].expected + 1


def check_walked(found: Commitment) -> None:
    for row in found.rows:
        if row.candidate.signed:
            schedule = found.offer.schedule(row.amount)
            ways = zip(row.scenarios, found.outlook.scenarios, strict=True)
            fees = found.offer.fees
            assert all(one.paid == cost(schedule, way.api, fees).paid for one, way in ways)


def test_the_tail_is_of_regret_and_never_of_cost() -> None:
    """The tail of cost would favour 350, because the dear scenario is that of high usage."""
    clause = CommitmentTerm(
        Decimal(350),
        bands=(Band(Decimal(200), Decimal("0.1")), Band(Decimal(350), Decimal("0.16"))),
        overage="list",
    )
    found = sized(offer(clause, 1), outlook([[160], [260], [400]], [1, 1, 1]))
    rows = {r.amount // MICRO: r for r in found.rows}
    assert max(o.paid for o in rows[350].scenarios) < max(o.paid for o in rows[200].scenarios)
    assert rows[200].tail_regret == 40 * MICRO
    assert rows[350].tail_regret == 190 * MICRO


def _slices(start: str, off: str, amount: str) -> CommitmentTerm:
    return CommitmentTerm(
        Decimal(amount), per="year", bands=(Band(Decimal(start), Decimal(off)),), bands_are="incremental",
        overage=OverageRate(Decimal("0.95")),
    )  # fmt: skip


def test_regret_is_against_amounts_that_can_be_signed() -> None:
    """Usage beyond it costs 95 % of list, but nothing below the first threshold is on offer."""
    clause = _slices("50", "0.1", "84")
    found = sized(offer(clause, years=1), outlook([[7], [3]]))
    assert found.choices[Rule.NONE].max_regret == 0
    assert found.recommended.candidate == NOTHING


def test_a_threshold_of_slices_is_an_amount_to_sign() -> None:
    """A cent more buys no discount that is worth it: 12 and 0.95 x 88 are the least."""
    clause = _slices("12", "0.03", "31")
    found = sized(offer(clause, years=1), outlook([[100]], [1]))
    assert found.row(Candidate(12 * MICRO)) is not None
    assert found.choices[Rule.EXPECTED].amount == 12 * MICRO
    assert found.recommended.expected == Fraction("95.6") * MICRO
