"""How many seats to sign: the need, the minimum, price breaks, and whether to sign ahead.

Every count is priced by the contract itself, signed anew with so many seats, so that a seat below the minimum
costs nothing more and a break of all units can make surplus seats cheaper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from bothhalves.core.clauses.base import Demand
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import ZERO, Amount
from bothhalves.core.moves import State, View, states


@dataclass(frozen=True, slots=True)
class Candidate:
    """Signing ``seats`` of a type for a month, with the Lines that the contract charges for all its seats.

    ``surplus`` seats nobody needs; they would be in the baseline of the next renewal. ``why`` is the need,
    the minimum, or a price break.
    """

    seats: int
    surplus: int
    why: str
    state: State

    @property
    def cost(self) -> Amount:
        return self.state.total

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.state.lines

    @property
    def raises_baseline(self) -> bool:
        """True if more is signed than anybody needs, which the next renewal begins from."""
        return self.surplus > 0


def with_buffer(need: int, buffer: Decimal) -> int:
    """The need and so much more, in whole seats, rounded up."""
    return ceil(Fraction(need) * (1 + Fraction(buffer)))


def candidates(
    contract: Contract, term: SeatTerm, need: int, others: Mapping[str, int], month: Month
) -> tuple[Candidate, ...]:
    """The need (or the minimum) and every price break above it, fewest seats first.

    ``others`` are the seats of the contract's other types, which are signed as they are. Counts above the
    most that can be held are left out, so there may be none.
    """
    fewest = max(need, term.minimum)
    why = "the minimum" if term.minimum > need else "the need"
    counts = {fewest: why} | {
        b.from_: f"the price break from {b.from_} on" for b in term.breaks if b.from_ > fewest
    }
    view = View("renewal", contract, (month,), at_renewal=True)
    return tuple(
        Candidate(seats, seats - need, said, _signed(view, {**others, term.type: seats}, month))
        for seats, said in sorted(counts.items())
        if term.maximum is None or seats <= term.maximum
    )


def _signed(view: View, seats: Mapping[str, int], month: Month) -> State:
    return states(view, [Demand(month)], seats, [])[0]


def cheapest(found: Iterable[Candidate]) -> Candidate | None:
    """The candidate to sign; ties go to fewer seats. None without any."""
    return min(found, key=lambda c: (c.cost.low, c.seats), default=None)


def signing_ahead(
    current: int, price_now: Decimal, late_price: Decimal, needs: Mapping[int, Fraction]
) -> int:
    """How many seats to sign beyond ``current``, given how likely each future need is.

    One more is signed only while ``late_price`` times the chance that the need exceeds what is signed is
    above ``price_now``; at a tie fewer. Both prices are of the whole term, the late one as a later addition
    costs it. Where late seats are prorated at the contract's price, nothing is signed ahead.
    """
    if sum(needs.values(), Fraction(0)) != 1 or min(needs.values()) < 0:
        raise ValueError("the chances of all needs add up to 1")
    if price_now < ZERO or late_price < ZERO:
        raise ValueError("prices are not below zero")
    signed, most = current, max(needs)
    while signed < most:
        exceeds = sum((chance for need, chance in needs.items() if need > signed), Fraction(0))
        if Fraction(late_price) * exceeds <= Fraction(price_now):
            break
        signed += 1
    return signed - current


def late_seats_are_prorated(term: SeatTerm) -> bool:
    """True if seats added later cost the contract's fee from then on, so that signing ahead gains nothing."""
    rule = term.rule
    return rule is not None and rule.stated.rate == "contract"
