"""A contract in the term that runs: fees as they have risen so far, and what is assumed of renewals to come.

A rise that somebody assumes at renewals is one of the renewals ahead. Those that are over are known: a fee
that no clause raised is the same as before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bothhalves.core.clauses.renewals import Renewal
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.money import EXACT


@dataclass(frozen=True, slots=True)
class AssumedRise(Renewal):
    """A renewal of which the uplift is assumed. The first ``over`` rises were as ``stated``."""

    stated: Renewal = field(default_factory=Renewal)
    over: int = 0

    def factor(self, turn: int) -> Decimal:
        past = min(turn, self.over)
        return EXACT.multiply(self.stated.factor(past), Renewal.factor(self, turn - past))


def risen_so_far(looked: Contract, signed: Contract, last: Month) -> Contract:
    """``looked``, the contract ``signed`` as it is looked ahead under, with assumed rises of the renewals
    after ``last`` only, the last month that is known."""
    pairs = zip(looked.seats, signed.seats, strict=True)
    return replace(looked, seats=tuple(_risen(signed, own, term, last) for own, term in pairs))


def _risen(contract: Contract, looked: SeatTerm, signed: SeatTerm, last: Month) -> SeatTerm:
    stated, own = signed.renewal or Renewal(), looked.renewal
    over = renewals_of(contract, signed, last) - (stated.fee is not None)
    if own is None or own.uplift == stated.uplift or over <= 0:
        return looked
    assumed = AssumedRise(own.uplift, own.cap, own.baseline, own.fee, stated, over)
    return replace(looked, renewal=assumed)


def renewals_of(contract: Contract, term: SeatTerm, month: Month) -> int:
    """How often a seat clause has renewed by a month; one that begins later has renewed less often."""
    first = max(Month.of(contract.term.start), Month.of(term.from_ or date.min))
    return max(contract.term.turn(month) - contract.term.turn(first), 0)


def running(term: SeatTerm, renewals: int, committed: int) -> SeatTerm:
    """A seat clause as if it began with the term that runs after so many renewals, for ``committed`` seats:
    its fees as they have risen. A list fee does not rise with them."""
    current, factor = term.renewed(renewals)
    own = term.renewal
    return replace(
        current,
        committed=committed,
        fee=EXACT.multiply(current.fee, factor),
        breaks=tuple(replace(b, fee=EXACT.multiply(b.fee, factor)) for b in current.breaks),
        renewal=own if own is None or not renewals else Renewal(own.uplift, own.cap, own.baseline),
    )


def at_fees_of(contract: Contract, last: Month) -> Contract:
    """The contract with the seat fees that hold in a month of it, for a term that is signed anew."""
    seats = tuple(running(t, renewals_of(contract, t, last), t.committed) for t in contract.seats)
    return replace(contract, seats=seats)
