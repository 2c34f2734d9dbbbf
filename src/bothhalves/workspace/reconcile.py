"""Computed against invoiced cost, and how each vendor-month is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bothhalves.core.evidence import Comparison
from bothhalves.core.money import Amount, MoneyKind, total
from bothhalves.workspace.records import Coverage, RatedUsage, SeatMonth, Stated, Stream

#: Categories of invoiced money that usage explains; seats, credits and tax are looked at elsewhere.
EXPLAINED = "usage"


def comparisons(
    usage: Sequence[RatedUsage], invoiced: Sequence[Stated], currency: str
) -> tuple[Comparison, ...]:
    """Vendor-months that have both an invoice for usage and metered usage.

    Accounts are compared one by one where both sides name the same ones, otherwise the vendor as a whole.
    """
    billed = [s for s in invoiced if s.category == EXPLAINED and s.currency == currency]
    metered = [u for u in usage if u.stream is Stream.API]
    found = []
    for vendor in sorted({s.vendor for s in billed} & {u.vendor for u in metered}):
        ours = [u for u in metered if u.vendor == vendor]
        theirs = [s for s in billed if s.vendor == vendor]
        by_account = {u.account for u in ours} == {s.account for s in theirs}
        found += _compared(vendor, ours, theirs, by_account, currency)
    return tuple(found)


def _compared(
    vendor: str, ours: list[RatedUsage], theirs: list[Stated], by_account: bool, currency: str
) -> list[Comparison]:
    computed: dict[tuple[str, str], list[Amount]] = defaultdict(list)
    invoiced: dict[tuple[str, str], list[Amount]] = defaultdict(list)
    for u in ours:
        slot = (u.account if by_account else "", u.month)
        computed[slot].append(u.rating.amount(currency, MoneyKind.ESTIMATED))
    for s in theirs:
        slot = (s.account if by_account else "", s.month)
        invoiced[slot].append(Amount.of(s.amount, currency, MoneyKind.INVOICED))
    return [
        Comparison(
            vendor,
            slot[0],
            slot[1],
            total(invoiced[slot], currency, MoneyKind.INVOICED),
            total(computed[slot], currency, MoneyKind.ESTIMATED),
        )
        for slot in sorted(computed.keys() & invoiced.keys())
    ]


def coverage(usage: Sequence[RatedUsage], invoiced: Sequence[Stated], seats: Sequence[SeatMonth]) -> Coverage:
    """Every vendor-month of the window: measured by usage, known from an invoice only, or only contracted."""
    measured = {(u.vendor, u.month) for u in usage}
    billed = {(s.vendor, s.month) for s in invoiced} - measured
    contracted = {(m.contract.vendor, str(m.month)) for m in seats} - measured - billed
    return Coverage(tuple(sorted(measured)), tuple(sorted(billed)), tuple(sorted(contracted)))
