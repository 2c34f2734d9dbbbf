"""Terms about usage: what a contract becomes with each, and without it; or why there is no such contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.commitments import Band, CommitmentTerm, RampStep, Rollover
from bothhalves.core.clauses.protection import PriceTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.deal.facts import Facts
from bothhalves.core.money import CENT, quotient, split, to_cents

NO_COMMITMENT = "the offer commits to no usage"
_ONE_PERIOD = "the months looked at are one period of the commitment"
_NIL = Fraction(0)


def _changed(contract: Contract, **clauses: object) -> Contract | str:
    if contract.commitment is None:
        return NO_COMMITMENT
    return replace(contract, commitment=replace(contract.commitment, **clauses))  # type: ignore[arg-type]


def periods_of(contract: Contract, facts: Facts) -> list[list[int]]:
    """Places of the months of each period of the commitment; none without one."""
    clause, month = contract.commitment, facts.first
    found: dict[int, list[int]] = {}
    for place in range(len(facts.api)):
        if clause is not None and contract.term.runs(month):
            found.setdefault(clause.period(contract.term, month), []).append(place)
        month = month.next
    return list(found.values())


def has_committed_overage(contract: Contract, facts: Facts) -> bool:
    del facts
    return contract.commitment is not None and contract.commitment.overage == "committed"


def with_committed_overage(contract: Contract, facts: Facts) -> Contract | str:
    """Usage beyond the commitment has its discount."""
    del facts
    return _changed(contract, overage="committed")


def without_committed_overage(contract: Contract, facts: Facts) -> Contract | str:
    """Usage beyond the commitment is at list price."""
    del facts
    return _changed(contract, overage="list")


def rolls_over(contract: Contract, facts: Facts) -> bool:
    del facts
    return contract.commitment is not None and contract.commitment.rollover is not None


def with_rollover(contract: Contract, facts: Facts) -> Contract | str:
    """What is unused lives on for a period, and is drawn first."""
    if len(periods_of(contract, facts)) < 2:
        return NO_COMMITMENT if contract.commitment is None else _ONE_PERIOD
    return _changed(contract, unused=Rollover(1, "rolled-first"))


def without_rollover(contract: Contract, facts: Facts) -> Contract | str:
    """What is unused is lost."""
    del facts
    return _changed(contract, unused="forfeited")


def draws_rolled_first(contract: Contract, facts: Facts) -> bool:
    del facts
    rollover = contract.commitment.rollover if contract.commitment else None
    return rollover is not None and rollover.drawn != "current-first"


def with_rolled_first(contract: Contract, facts: Facts) -> Contract | str:
    """Rolled money is drawn before that of the period, as it expires first."""
    rollover = contract.commitment.rollover if contract.commitment else None
    if rollover is None:
        return with_rollover(contract, facts)
    return _changed(contract, unused=replace(rollover, drawn="rolled-first"))


def with_current_first(contract: Contract, facts: Facts) -> Contract | str:
    """The money of the period is drawn first, and rolled money expires meanwhile."""
    found = with_rolled_first(contract, facts)
    if isinstance(found, str) or found.commitment is None or found.commitment.rollover is None:
        return found
    return _changed(found, unused=replace(found.commitment.rollover, drawn="current-first"))


def is_pooled_by_year(contract: Contract, facts: Facts) -> bool:
    del facts
    clause = contract.commitment
    return clause is not None and clause.per in (None, "year", "term") and not clause.minimum_per_month


def with_annual_pool(contract: Contract, facts: Facts) -> Contract | str:
    """The same money in one pool a year, and no minimum by the month."""
    clause = contract.commitment
    if clause is None:
        return NO_COMMITMENT
    months = [Fraction(clause.minimum_per_month or 0)] * len(facts.api)
    return _pooled(contract, facts, clause, "year" if clause.per != "term" else "term", months)


def without_annual_pool(contract: Contract, facts: Facts) -> Contract | str:
    """The same money use it or lose it by the month."""
    clause = contract.commitment
    if clause is None:
        return NO_COMMITMENT
    return _pooled(contract, facts, clause, "month", [_NIL] * len(facts.api))


def _pooled(
    contract: Contract, facts: Facts, clause: CommitmentTerm, per: str, least: Sequence[Fraction]
) -> Contract | str:
    """The money of every period spread over its months, and of these pooled anew; ``least`` is due by the
    month anyway."""
    old = periods_of(contract, facts)
    amounts = [clause.amount_in(contract.term, n) for n in range(len(old))]
    monthly = {n: Fraction(a) / len(own) for own, a in zip(old, amounts, strict=True) for n in own}
    anew = replace(contract, commitment=replace(clause, per=per))  # type: ignore[arg-type]
    new = periods_of(anew, facts)
    bands = _bands_of(clause, amounts, {len(own) for own in old}, {len(own) for own in new})
    if isinstance(bands, str):
        return bands
    pooled = [max(sum((monthly[n] for n in own), _NIL), sum((least[n] for n in own), _NIL)) for own in new]
    steps = [RampStep(own[0] + 1, quotient(a)) for own, a in zip(new, pooled, strict=True)]
    changes = (s for s, before in zip(steps[1:], steps, strict=False) if s.amount != before.amount)
    return _changed(
        anew, amount=steps[0].amount, ramp=tuple(changes), bands=bands, reductions=(), minimum_per_month=None
    )


def _bands_of(
    clause: CommitmentTerm, amounts: Sequence[Decimal], old: set[int], new: set[int]
) -> tuple[Band, ...] | str:
    """The discounts of ``amounts`` where their periods, of ``old`` lengths, become those of ``new`` ones."""
    levels = {part.discount for amount in amounts for part in clause.slices(amount)}
    if not clause.bands or len(levels) == 1:
        return tuple(Band(Decimal(0), level) for level in levels if level)
    if len(old) > 1 or len(new) > 1:
        return "several discounts, in periods of several lengths, have no level to keep in a pool"
    times = Fraction(new.pop(), old.pop())
    return tuple(replace(b, from_=quotient(Fraction(b.from_) * times)) for b in clause.bands)


def is_ramped(contract: Contract, facts: Facts) -> bool:
    del facts
    return contract.commitment is not None and bool(contract.commitment.ramp)


def with_ramp(contract: Contract, facts: Facts) -> Contract | str:
    """The same money in all, period by period in proportion to the usage of the base scenario."""
    clause, periods = contract.commitment, periods_of(contract, facts)
    if clause is None or len(periods) < 2:
        return NO_COMMITMENT if clause is None else _ONE_PERIOD
    if clause.bands_are == "incremental" or clause.reductions:
        return "amounts by slice, or reduced, have no level to keep in a ramp"
    used = [Decimal(sum(facts.api[n] for n in own)) for own in periods]
    if not any(used):
        return "the base scenario has no usage to ramp to"
    amounts = [clause.amount_in(contract.term, n) for n in range(len(periods))]
    whole = to_cents(sum(amounts, Decimal(0)))
    starts = [clause.first(contract.term, n) + 1 for n in range(len(periods))]
    steps = tuple(map(RampStep, starts, split(whole, used, CENT)))
    level = (Band(Decimal(0), clause.discount(amounts[0])),)
    return _changed(contract, amount=steps[0].amount, ramp=steps[1:], bands=level)


def without_ramp(contract: Contract, facts: Facts) -> Contract | str:
    """The same money in all, alike in every period."""
    clause, periods = contract.commitment, periods_of(contract, facts)
    if clause is None or len(periods) < 2:
        return NO_COMMITMENT if clause is None else _ONE_PERIOD
    amounts = [Fraction(clause.amount_in(contract.term, n)) for n in range(len(periods))]
    alike = quotient(sum(amounts, _NIL) / len(amounts), cents=True)
    return _changed(contract, amount=alike, ramp=(), reductions=())


def counts_seats(contract: Contract, facts: Facts) -> bool:
    del facts
    return contract.commitment is not None and "seats" in contract.commitment.counts


def with_seats_counted(contract: Contract, facts: Facts) -> Contract | str:
    """Seat fees draw on the commitment too."""
    del facts
    if contract.commitment is None or not contract.seats:
        return NO_COMMITMENT if contract.commitment is None else "the offer has no seats"
    return _changed(contract, counts=("seats", *(contract.commitment.counts or ("api",))))


def without_seats_counted(contract: Contract, facts: Facts) -> Contract | str:
    """Seat fees are paid beside the commitment."""
    del facts
    counts: Sequence[str] = contract.commitment.counts if contract.commitment else ()
    return _changed(contract, counts=tuple(c for c in counts if c != "seats") or ("api",))


def is_capped(contract: Contract, facts: Facts) -> bool:
    del facts
    return contract.spending.protection.kind in ("cap", "pass-through")


def with_price_cap(contract: Contract, facts: Facts) -> Contract | str:
    """The lower of today's list prices and those of the day."""
    return _prices(contract, facts, "cap")


def with_price_lock(contract: Contract, facts: Facts) -> Contract | str:
    """Today's list prices, also when the list falls."""
    return _prices(contract, facts, "lock")


def _prices(contract: Contract, facts: Facts, kind: str) -> Contract | str:
    if not facts.moves:
        return "nobody has said how list prices may move: give --price-step 2028-01=80%"
    own = contract.prices if isinstance(contract.prices, PriceTerm) else PriceTerm()
    return replace(contract, prices=replace(own, kind=kind))  # type: ignore[arg-type]


def _next_band(contract: Contract) -> Band | None:
    clause = contract.commitment
    amount = clause.amount_in(contract.term, 0) if clause is not None else Decimal(0)
    return next((b for b in clause.bands if b.from_ > amount), None) if clause is not None else None


def is_in_top_band(contract: Contract, facts: Facts) -> bool:
    del facts
    return contract.commitment is not None and _next_band(contract) is None


def with_next_band(contract: Contract, facts: Facts) -> Contract | str:
    """The discount of the next band for the amount that is committed; in slices, for its last one."""
    del facts
    clause, higher = contract.commitment, _next_band(contract)
    if clause is None or higher is None:
        return NO_COMMITMENT if clause is None else "there is no higher band"
    amount = clause.amount_in(contract.term, 0)
    if clause.bands_are == "incremental":
        amount = max((b.from_ for b in clause.bands if b.from_ < amount), default=Decimal(0))
    kept = [b for b in clause.bands if b.from_ < amount or b.from_ > higher.from_]
    bands = sorted([*kept, Band(amount, higher.discount)], key=lambda b: b.from_)
    return _changed(contract, bands=tuple(bands))


def without_band(contract: Contract, facts: Facts) -> Contract | str:
    """The discount of the band below."""
    del facts
    clause = contract.commitment
    if clause is None or not clause.bands:
        return NO_COMMITMENT if clause is None else "the offer has no bands"
    amount = clause.amount_in(contract.term, 0)
    reached = [b for b in clause.bands if b.from_ <= amount]
    return _changed(contract, bands=tuple(b for b in clause.bands if b not in reached[-1:]))
