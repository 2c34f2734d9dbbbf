"""A promise of several years, year by year: what it costs against signing again every year, and what happens
to it when list prices change.

A commitment of a fixed amount buys more usage as prices fall. Under a lock prices do not fall for its buyer;
under a cap they do, and money that was sized on the old ones can be left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.protection import PriceTerm
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import Candidate
from bothhalves.core.deal.committing import Commitment, Row, Rule, sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.moves import horizon

_YEAR = 12


@dataclass(frozen=True, slots=True)
class PriceStep:
    """From a month on, list prices are ``level`` times those of today."""

    from_: Month
    level: Fraction


def priced(outlook: Outlook, steps: Sequence[PriceStep], term: PriceTerm, begun: int = 0) -> Outlook:
    """The usage of an outlook, at the list prices of today, at what its buyer is charged when they change.

    See :func:`charged_levels`.
    """
    if not steps:
        return outlook
    levels = charged_levels(steps, term, horizon(outlook.start, outlook.months), begun)
    return replace(outlook, scenarios=tuple(_priced(s, levels) for s in outlook.scenarios))


def level_of(steps: Sequence[PriceStep], month: Month) -> Fraction:
    """The level of list prices in a month."""
    begun = [s for s in steps if s.from_ <= month]
    return max(begun, key=lambda s: s.from_).level if begun else Fraction(1)


def charged_levels(
    steps: Sequence[PriceStep], term: PriceTerm, months: Sequence[Month], begun: int = 0
) -> tuple[Fraction, ...]:
    """What is charged in each month, as a multiple of the list prices of today.

    Protected are the list prices of the first month; or those of today, where the term had ``begun`` so many
    months before it.
    """
    signed = Fraction(1) if begun > 0 else level_of(steps, months[0])
    places = enumerate((level_of(steps, month) for month in months), begun)
    return tuple(signed * _charged(term, level / signed, n) if signed else level for n, level in places)


def rebased(outlook: Outlook, steps: Sequence[PriceStep]) -> tuple[Outlook, tuple[PriceStep, ...]]:
    """An outlook at the list prices of its first month, and the changes after it against those."""
    signed = level_of(steps, outlook.start)
    if signed in (0, 1):
        return outlook, tuple(steps)
    ways = tuple(_priced(s, (signed,) * outlook.months) for s in outlook.scenarios)
    later = (s for s in steps if s.from_ > outlook.start)
    return replace(outlook, scenarios=ways), tuple(replace(s, level=s.level / signed) for s in later)


def _charged(term: PriceTerm, level: Fraction, place: int) -> Fraction:
    """What is charged in the month at ``place`` of the term, as a multiple of the price that is protected."""
    if term.kind == "none" or (term.for_ is not None and place >= term.for_):
        return level
    highest = (1 + Fraction(term.increases_at_most or 0)) ** (place // _YEAR)
    return max(Fraction(1), min(level, highest)) if term.kind == "lock" else min(level, highest)


def _priced(scenario: Scenario, levels: Sequence[Fraction]) -> Scenario:
    return replace(scenario, api=at_levels(scenario.api, levels))


def at_levels(api: Sequence[int], levels: Sequence[Fraction]) -> tuple[int, ...]:
    """Usage by month at so many times its price, to the micro-unit."""
    return tuple(floor(used * level + Fraction(1, 2)) for used, level in zip(api, levels, strict=True))


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the term. ``kept`` is the row of what the promise commits in it (None: a period is longer
    than a year, or money lives on into another); ``alone`` what would be signed for this year only."""

    first: Month
    kept: Row | None
    alone: Row
    at_list: Fraction


@dataclass(frozen=True, slots=True)
class Years:
    """Expected cost over all years of one promise, of signing again every year, and of none, in micro-units;
    ``now`` are the same as of the first day, at a yearly ``rate``."""

    years: tuple[Year, ...]
    promise: Fraction
    yearly: Fraction
    at_list: Fraction
    rate: Fraction
    promise_now: Fraction | None
    yearly_now: Fraction

    @property
    def walk_away(self) -> Fraction:
        """What signing again every year costs more than the promise; below zero it costs less."""
        return self.yearly - self.promise


def years_of(found: Commitment, rate: Fraction = Fraction(0)) -> Years | None:
    """The recommended amount year by year; None for a term of a year or less.

    Every year is sized by the same rule, as if the same bands were offered again.
    """
    if found.offer.months <= _YEAR:
        return None
    starts = range(0, found.offer.months, _YEAR)
    years = tuple(_year(found, start) for start in starts)
    factors = [1 / (1 + rate) ** n for n in range(len(years))]
    kept = [y.kept.expected for y in years if y.kept is not None]
    whole = len(kept) == len(years)
    return Years(
        years,
        found.recommended.expected,
        sum((y.alone.expected for y in years), start=Fraction(0)),
        sum((y.at_list for y in years), start=Fraction(0)),
        rate,
        sum((k * f for k, f in zip(kept, factors, strict=True)), start=Fraction(0)) if whole else None,
        sum((y.alone.expected * f for y, f in zip(years, factors, strict=True)), start=Fraction(0)),
    )


def _year(found: Commitment, start: int) -> Year:
    offer, outlook = found.offer, found.outlook
    months = horizon(offer.first, offer.months)[start : start + _YEAR]
    clause = replace(offer.clause, amount=offer.base, ramp=(), reductions=())
    one = Offer(
        clause, Term(months[0].first, len(months)), months[0], len(months), offer.fees[start : start + _YEAR]
    )
    ways = tuple(replace(s, api=s.api[start : start + _YEAR], seats={}) for s in outlook.scenarios)
    own = replace(outlook, start=months[0], scenarios=ways)
    amount = _committed(found, start)
    sizing = sized(one, own, () if amount is None else [amount.amount])
    return Year(
        months[0],
        None if amount is None else sizing.row(amount),
        sizing.recommended,
        sizing.choices[Rule.NONE].expected,
    )


def _committed(found: Commitment, start: int) -> Candidate | None:
    """What the recommended amount commits a period of the year that begins at ``start``."""
    chosen, clause = found.recommended.candidate, found.offer.clause
    if not chosen.signed:
        return chosen
    if clause.rollover is not None or (clause.per == "term" and found.offer.months > _YEAR):
        return None
    periods = [p for p in found.offer.schedule(chosen.amount).periods if start <= p.months[0] < start + _YEAR]
    amounts = {p.amount for p in periods}
    alike = len(amounts) == 1 and all(p.months[-1] < start + _YEAR for p in periods)
    return Candidate(round(amounts.pop())) if alike else None
