"""Promises of several years: year by year, against signing again, and under prices that step down."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import Band, CommitmentTerm, RampStep, Rollover
from bothhalves.core.clauses.protection import PriceTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.committing import Commitment, sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.years import PriceStep, priced, years_of
from bothhalves.core.explain import Grade

FIRST = Month(2027, 1)
TEN = CommitmentTerm(Decimal(108), bands=(Band(Decimal(60), Decimal("0.1")),), overage="list")


def outlook(*years: int) -> Outlook:
    """One scenario, each year's usage spread evenly over its months."""
    api = tuple(year * MICRO // 12 for year in years for _ in range(12))
    return Outlook(FIRST, "USD", (Scenario("known", api, chance=Fraction(1)),), Grade.A, 8)


def offered(clause: CommitmentTerm, years: int) -> Offer:
    return Offer(clause, Term(FIRST.first, 12 * years), FIRST, 12 * years)


def found(clause: CommitmentTerm, *years: int) -> Commitment:
    return sized(offered(clause, len(years)), outlook(*years))


def units(amount: Fraction | None) -> Fraction | None:
    return None if amount is None else amount / MICRO


def test_a_promise_of_three_years_against_signing_each_of_them() -> None:
    """One amount for 120, 240 and 60: 108 a year cost 108 + 228 + 108, 60 are not worth 54 to 10 % off."""
    told = years_of(found(TEN, 120, 240, 60))
    assert told is not None
    alone = [units(y.alone.expected) for y in told.years]
    assert alone == [108, 216, 60]
    assert [y.alone.candidate.signed for y in told.years] == [True, True, False]
    kept = [units(y.kept.expected) for y in told.years if y.kept is not None]
    assert sum(kept) == units(told.promise)
    assert units(told.yearly) == 384
    assert told.walk_away == told.yearly - told.promise <= 0
    assert units(told.at_list) == 420


def test_later_years_count_less_at_the_rate_of_the_buyer() -> None:
    told = years_of(found(TEN, 120, 240, 60), Fraction(1, 4))
    assert told is not None
    assert units(told.yearly_now) == 108 + 216 / Fraction(5, 4) + 60 / Fraction(25, 16)


def test_a_ramp_is_kept_in_its_steps() -> None:
    ramp = CommitmentTerm(
        ramp=(RampStep(1, Decimal(108)), RampStep(13, Decimal(216))),
        bands=TEN.bands,
        overage="list",
    )
    told = years_of(found(ramp, 120, 240))
    assert told is not None
    assert [y.kept.amount // MICRO for y in told.years if y.kept is not None] == [108, 216]
    assert units(told.promise) == 324


@pytest.mark.parametrize(
    "clause",
    [
        CommitmentTerm(Decimal(200), "term", bands=TEN.bands, overage="list"),
        CommitmentTerm(Decimal(108), bands=TEN.bands, overage="list", unused=Rollover(1)),
    ],
)
def test_years_that_hang_together_are_not_told_apart(clause: CommitmentTerm) -> None:
    told = years_of(found(clause, 120, 240))
    assert told is not None
    assert [y.kept for y in told.years] == [None, None]
    assert told.promise_now is None


def test_a_single_year_has_no_years() -> None:
    assert years_of(found(TEN, 120)) is None


STEPS = (PriceStep(Month(2028, 1), Fraction(1, 2)),)


@pytest.mark.parametrize(
    ("kind", "used"),
    [("lock", [120, 120]), ("cap", [120, 60]), ("pass-through", [120, 60]), ("none", [120, 60])],
)
def test_falling_prices_reach_the_buyer_under_a_cap_only(kind: str, used: list[int]) -> None:
    told = priced(outlook(120, 120), STEPS, PriceTerm(kind))  # type: ignore[arg-type]
    (way,) = told.scenarios
    assert [sum(way.api[:12]) // MICRO, sum(way.api[12:]) // MICRO] == used


def test_a_fixed_amount_grows_in_volume_when_prices_fall() -> None:
    """Sized on prices as they are, 108 a year fit. Half as dear, 54 of the second 108 are left over, and
    what was to be saved is lost; sized with the step, 60 are promised: 113.33 and 60."""
    flat = found(TEN, 120, 120)
    assert units(Fraction(flat.recommended.amount)) == 108
    capped = priced(outlook(120, 120), STEPS, PriceTerm("cap"))
    again = sized(offered(TEN, 2), capped, [flat.recommended.amount])
    kept = again.row(flat.recommended.candidate)
    assert kept is not None
    assert units(kept.scenarios[0].forfeited) == 54
    assert units(kept.expected) == 216
    assert units(again.recommended.expected) == Fraction(520, 3)
    locked = sized(offered(TEN, 2), priced(outlook(120, 120), STEPS, PriceTerm("lock")))
    assert units(locked.recommended.expected) == 216


def test_a_rise_is_kept_out_while_protection_holds_and_to_its_cap() -> None:
    up = (PriceStep(Month(2028, 1), Fraction(3, 2)),)
    terms = (
        PriceTerm("cap"),
        PriceTerm("cap", increases_at_most=Decimal("0.1")),
        PriceTerm("cap", 12),
        PriceTerm("lock"),
    )
    second = [sum(priced(outlook(120, 120), up, term).scenarios[0].api[12:]) // MICRO for term in terms]
    assert second == [120, 132, 180, 120]
