"""What a contract would be renewed with of itself, against what is needed; and how its halves have moved.

Inherited: the seats billed at the end of the term and the amount committed until then. Honest: the seats
needed and the amount that the rules for commitments choose. Both at the fees of the renewed term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.seat_bill import SeatState
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import NOTHING, Candidate
from bothhalves.core.deal.committing import Commitment, sized
from bothhalves.core.deal.curves import Offer
from bothhalves.core.deal.outlook import Outlook, within
from bothhalves.core.deal.seat_course import MICRO, SeatSchedule

_NIL = Fraction(0)
_YEAR = 12


@dataclass(frozen=True, slots=True)
class SeatsRenewed:
    """A seat type: seats billed at the end of the term and seats needed, and a year of each, in micro-units,
    at the fees of the renewed term."""

    type: str
    billed: int
    needed: int
    inherited: Fraction
    honest: Fraction


@dataclass(frozen=True, slots=True)
class Baselines:
    """A year of the renewed term. ``api_inherited`` is usage under the amount committed until then,
    ``api_honest`` under the one that ``sizing`` chooses; None: the contract has no commitment. ``missing``
    are a year of what the fewest seats of the whole contract add, inherited and honest.
    """

    first: Month
    seats: tuple[SeatsRenewed, ...]
    missing: tuple[Fraction, Fraction]
    api_inherited: Fraction
    api_honest: Fraction
    sizing: Commitment | None

    @property
    def inherited(self) -> Fraction:
        return sum((s.inherited for s in self.seats), self.missing[0] + self.api_inherited)

    @property
    def honest(self) -> Fraction:
        return sum((s.honest for s in self.seats), self.missing[1] + self.api_honest)

    @property
    def gap(self) -> Fraction:
        """What renewing as it is costs more, in the first year."""
        return self.inherited - self.honest


def baselines(
    contract: Contract, first: Month, billed: Mapping[str, int], needed: Mapping[str, int], outlook: Outlook
) -> Baselines:
    """Both baselines of the year from ``first`` on, the first month of the renewed term.

    ``contract`` is looked ahead under. A type that ``needed`` does not name is needed as billed; ``outlook``
    is cut to the year.
    """
    terms = [t for t in contract.seats if t.charged(first)]
    wanted = {t.type: needed.get(t.type, billed.get(t.type, t.committed)) for t in terms}
    held = {t.type: billed.get(t.type, t.committed) for t in terms}
    seats = tuple(_seats(contract, t, first, held[t.type], wanted[t.type]) for t in terms)
    missing = _missing(contract, terms, first, held), _missing(contract, terms, first, wanted)
    year = within(outlook, first, _YEAR)
    sizing, api = _api(contract, first, year)
    return Baselines(first, seats, missing, *api, sizing)


def _seats(contract: Contract, term: SeatTerm, first: Month, billed: int, needed: int) -> SeatsRenewed:
    alone = replace(contract, seats=(term,), minimum_seats=None)
    years = [_year(alone, first, {term: count}) for count in (billed, needed)]
    return SeatsRenewed(term.type, billed, needed, *years)


def _missing(
    contract: Contract, terms: Sequence[SeatTerm], first: Month, counts: Mapping[str, int]
) -> Fraction:
    """A year of what the contract's fewest seats of all types together add."""
    states = _states(contract, first, {t: counts[t.type] for t in terms})
    return sum(SeatSchedule(contract, [first]).course({}, states).missing, _NIL) * _YEAR


def _year(contract: Contract, first: Month, counts: Mapping[SeatTerm, int]) -> Fraction:
    """Twelve months at the fee of the first one, of seats committed in the renewed term."""
    schedule = SeatSchedule(replace(contract, seats=tuple(map(_only_committed, contract.seats))), [first])
    return sum(schedule.course({}, _states(contract, first, counts)).cost, _NIL) * _YEAR


def _only_committed(term: SeatTerm) -> SeatTerm:
    return replace(term, true_up=None, proration=None, removals="")


def _states(contract: Contract, first: Month, counts: Mapping[SeatTerm, int]) -> dict[str, SeatState]:
    turn = contract.term.turn(first)
    return {term.id: SeatState(turn=turn, committed=count) for term, count in counts.items()}


def _api(
    contract: Contract, first: Month, year: Outlook
) -> tuple[Commitment | None, tuple[Fraction, Fraction]]:
    """The commitment sized for the year, and the year's expected cost under the old amount and under that
    which evidence allows to recommend. Chances that nobody states are alike."""
    clause = contract.commitment
    if clause is None:
        cost = _on_demand(year)
        return None, (cost, cost)
    term = contract.term
    amount = clause.amount_in(term, clause.period(term, first))
    anew = replace(clause, amount=amount, ramp=(), reductions=())
    old = Candidate(int(amount * MICRO))
    sizing = sized(Offer(anew, Term(first.first, _YEAR), first, _YEAR), year, (old.amount,))
    kept = sizing.row(old) or sizing.row(NOTHING) or sizing.recommended
    return sizing, (kept.expected, sizing.recommended.expected)


def _on_demand(year: Outlook) -> Fraction:
    """A year's usage at list price, scenarios weighed by their chances."""
    found = year.scenarios
    chances = [s.chance if s.chance is not None else Fraction(1, len(found)) for s in found]
    return sum((sum(s.api) * c for s, c in zip(found, chances, strict=True)), _NIL)


@dataclass(frozen=True, slots=True)
class Split:
    """What both halves cost in a month, in micro-units."""

    month: Month
    seats: Fraction
    api: Fraction

    @property
    def share(self) -> Fraction | None:
        """The part of the API; None: nothing was spent."""
        total = self.seats + self.api
        return self.api / total if total else None


@dataclass(frozen=True, slots=True)
class Drift:
    """How the split moved between the first and the last month known since signing."""

    first: Split
    last: Split

    @property
    def points(self) -> Fraction | None:
        """By how much the part of the API rose."""
        before, after = self.first.share, self.last.share
        return None if before is None or after is None else after - before


def drift(splits: Sequence[Split], signed: Month) -> Drift | None:
    """The drift since the month of signature; None where fewer than two months with costs are known."""
    since = sorted((s for s in splits if s.month >= signed and s.share is not None), key=lambda s: s.month)
    return Drift(since[0], since[-1]) if len(since) > 1 else None
