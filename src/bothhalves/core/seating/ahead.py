"""How many seats an order needs that begins in some months: today's need, and how months have moved before.

The number of active holders moves from month to month, and the months to come are taken to move like those
seen, each by itself: the chance of every need is counted out exactly. Of m changes the k-th smallest is
enough in k of m + 1 cases (split conformal prediction; Vovk, Gammerman and Shafer 2005), so that a count with
a confidence c takes the change that so many of all combinations do not exceed: c (m + 1) / m. Where that is
above one, the history is too short for the confidence, and a range alone is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil

from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.money import plain
from bothhalves.core.seating.rules import percentage
from bothhalves.core.seating.sizing import late_seats_are_prorated, signing_ahead

#: With fewer changes from month to month no confidence is stated at all.
LEAST_CHANGES = 5


@dataclass(frozen=True, slots=True)
class Ahead:
    """The need in ``months`` months, as far as the ``changes`` of active holders from month to month tell.

    ``low`` and ``high`` are today's ``need`` if every month moves as the least or the most of them; None: no
    change is known. ``sure`` is enough with the ``confidence``, and never less than the need; None: too few
    changes support it. ``chances`` are those of every need, none below zero.
    """

    need: int
    months: int
    confidence: Decimal
    changes: tuple[int, ...]
    low: int | None
    high: int | None
    sure: int | None
    chances: Mapping[int, Fraction]

    @property
    def missing(self) -> int:
        """The fewest changes that support the confidence."""
        share = Fraction(self.confidence)
        return max(LEAST_CHANGES, ceil(share / (1 - share)))


@dataclass(frozen=True, slots=True)
class Ordered:
    """Sign for a need of ``seats``, of which so many are ``ahead`` of today's. ``why`` is the rule."""

    seats: int
    ahead: int
    why: str


def ahead_of(need: int, history: Sequence[int], months: int, confidence: Decimal) -> Ahead:
    """The need ``months`` months after the last of ``history``, the active holders by month.

    Raises ``ValueError`` unless it is at least one month ahead.
    """
    if months < 1:
        raise ValueError("an order begins at least one month after the last that is known")
    changes = tuple(after - before for before, after in pairwise(history))
    low, high = (
        (max(need + months * end, 0) for end in (min(changes), max(changes))) if changes else (None, None)
    )
    found = Ahead(need, months, confidence, changes, low, high, None, {})
    if len(changes) < found.missing:
        return found
    chances = chances_of(need, changes, months)
    level = Fraction(confidence) * (len(changes) + 1) / len(changes)
    reached = zip(chances, accumulate(chances.values()), strict=True)
    sure = next(count for count, chance in reached if chance >= level)
    return replace(found, sure=max(sure, need), chances=chances)


def chances_of(need: int, changes: Sequence[int], months: int) -> dict[int, Fraction]:
    """How likely each need is after so many months, each of which moves as one of ``changes``, lowest first.

    Ways to come to a sum are the coefficients of a power: each change is a digit of a number whose digits are
    wide enough for all ways together.
    """
    counts, least = Counter(changes), min(changes)
    ways = len(changes) ** months
    width = (ways.bit_length() + 7) // 8
    number = sum(n << (8 * width * (change - least)) for change, n in counts.items()) ** months
    digits = number.to_bytes(width * (months * (max(changes) - least) + 1), "little")
    found: dict[int, Fraction] = {}
    for place in range(0, len(digits), width):
        count = int.from_bytes(digits[place : place + width], "little")
        if count:
            after = max(need + months * least + place // width, 0)
            found[after] = found.get(after, Fraction(0)) + Fraction(count, ways)
    return found


def ordered(term: SeatTerm, found: Ahead) -> Ordered:
    """How many of the seats that may be needed to sign for, given what the clause says of later additions.

    Never fewer than today's need.
    """
    sure = f"{percentage(found.confidence)} confidence"
    if late_seats_are_prorated(term):
        return Ordered(found.need, 0, "seats added later cost the contract's fee, so none is signed ahead")
    if found.sure is None:
        return Ordered(found.need, 0, f"today's need; no count holds with {sure}: {_too_short(found)}")
    late = _late_price(term)
    if late is None:
        more = found.sure - found.need
        return Ordered(found.sure, more, f"enough with {sure}, as no price of later seats is stated")
    more = signing_ahead(found.need, term.fee, late, found.chances)
    prices = f"a later seat costs {plain(late)} a month and one signed now {plain(term.fee)}"
    return Ordered(found.need + more, more, f"{prices}: signed ahead as long as that is likely to save")


def _too_short(found: Ahead) -> str:
    seen = f"{len(found.changes)} of {found.missing} changes from month to month are known"
    if found.low is None or found.high is None:
        return seen
    if found.low == found.high:
        return f"{seen}, which would lead to {found.low}"
    return f"{seen}, which would lead to {found.low} to {found.high}"


def _late_price(term: SeatTerm) -> Decimal | None:
    """What a later seat costs a month; None: the clause does not say."""
    rule = term.rule
    if rule is None:
        return None
    return term.list_fee if rule.stated.rate == "list" else rule.price
