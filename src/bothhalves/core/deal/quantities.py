"""A contract at the quantities that are needed: its unit rates without what it commits the buyer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.commitments import Band, CommitmentTerm
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.clauses.trueups import TrueUp
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.commitment_cost import Schedule, laid
from bothhalves.core.money import EXACT, quotient

#: Each month is charged for the seats that it needs.
_AS_NEEDED = TrueUp("month", "provisioned", "actual", "contract", "both")


def at_need(contract: Contract, months: Sequence[Month]) -> Contract:
    """The contract as if only what is needed were bought, at the unit rates of what it offers.

    Seats are charged month by month as they are needed, at the fee that the committed number reaches; usage
    has the discount that the committed amount reaches, on average over the months, and nothing is committed.
    """
    seats = tuple(_seats_at_need(t, t.minimum, keep_breaks=False) for t in contract.seats)
    found = replace(contract, seats=tuple(replace(t, minimum=0) for t in seats), minimum_seats=None)
    clause = contract.commitment
    if clause is None or "api" not in (clause.counts or ("api",)):
        return replace(found, commitment=None)
    share = unit_share(laid(clause, contract.term, months[0], len(months)))
    usage = _usage_at(clause, share)
    return replace(found, commitment=usage)


def standalone_seats(contract: Contract) -> Contract:
    """The seats of a quote by themselves, as many as are needed, with the quote's own minimums and breaks."""
    seats = tuple(_seats_at_need(t, t.minimum, keep_breaks=True) for t in contract.seats)
    return replace(contract, seats=seats, commitment=None, rates=(), undivided=None)


def standalone_api(contract: Contract) -> Contract:
    """What a quote says of usage by itself."""
    return replace(contract, seats=(), minimum_seats=None, undivided=None)


def unit_share(schedule: Schedule) -> Fraction:
    """What a unit of usage at list price costs within a commitment: payable over covered; 1 without one."""
    lots = [lot for period in schedule.periods for lot in period.lots if lot.left]
    payable = sum((lot.left * schedule.pays(lot) for lot in lots), Fraction(0))
    covered = covered_list(schedule)
    return payable / covered if covered else Fraction(1)


def covered_list(schedule: Schedule) -> Fraction:
    """How much usage at list price the commitments of all periods cover, in micro-units."""
    lots = (lot for period in schedule.periods for lot in period.lots)
    parts = (lot.left if schedule.in_list else lot.left / (1 - lot.discount) for lot in lots)
    return sum(parts, Fraction(0))


def _seats_at_need(term: SeatTerm, minimum: int, *, keep_breaks: bool) -> SeatTerm:
    own = replace(
        term, committed=0, minimum=minimum, billed="monthly", true_up=_AS_NEEDED, removals="", proration=None
    )
    if keep_breaks:
        return own
    return replace(own, fee=unit_fee(term), breaks=(), breaks_are="")


def unit_fee(term: SeatTerm) -> Decimal:
    """The fee of a seat where as many are held as are committed, on average where breaks are incremental."""
    count = Fraction(max(term.committed, term.minimum, 1))
    parts = list(term.fees(Decimal(1), Fraction(0), count, count))
    return quotient(sum((seats * Fraction(fee) for seats, fee, _ in parts), Fraction(0)) / count)


def _usage_at(clause: CommitmentTerm, share: Fraction) -> CommitmentTerm:
    """Usage at a share of its list price, nothing committed."""
    discount = EXACT.subtract(Decimal(1), quotient(share))
    return CommitmentTerm(
        amount=Decimal(0),
        per=clause.per,
        denominated="net",
        bands=(Band(Decimal(0), discount),),
        bands_are="all-units",
        counts=("api",),
        overage="committed",
        unused="forfeited",
        paid="in-arrears",
    )
