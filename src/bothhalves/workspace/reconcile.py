"""Computed against invoiced cost, and how each vendor-month is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bothhalves.core.evidence import Comparison
from bothhalves.core.explain import Line
from bothhalves.core.money import Amount, MoneyKind, total
from bothhalves.workspace.records import Coverage, RatedUsage, SeatMonth, Stated, Stream

#: Categories of invoiced money that usage explains; seats, credits and tax are looked at elsewhere.
EXPLAINED = "usage"


def comparisons(
    usage: Sequence[RatedUsage], invoiced: Sequence[Stated], currency: str, clauses: Sequence[Line] = ()
) -> tuple[Comparison, ...]:
    """Vendor-months that have both an invoice for usage and metered usage.

    Accounts are compared one by one where both sides name the same ones, otherwise the vendor as a whole.
    ``clauses`` are what contracts add to the usage at list price, such as discounts.
    """
    billed = [s for s in invoiced if s.category == EXPLAINED and s.currency == currency]
    metered = [u for u in usage if u.stream is Stream.API]
    found = []
    for vendor in sorted({s.vendor for s in billed} & {u.vendor for u in metered}):
        ours = [u for u in metered if u.vendor == vendor]
        theirs = [s for s in billed if s.vendor == vendor]
        adjusting = [x for x in clauses if _adjusts(x, vendor, currency)]
        accounts = {u.account for u in ours}
        by_account = accounts == {s.account for s in theirs} and {_account(x) for x in adjusting} <= accounts
        found += _compared(vendor, ours, theirs, adjusting, by_account)
    return tuple(found)


def _adjusts(line: Line, vendor: str, currency: str) -> bool:
    """True for what changes the bill of metered usage; purchases and tax stand on lines of their own."""
    said = dict(line.dimensions)
    apart = line.meter == "tax" or line.entry.endswith("/purchase") or "seat_type" in said
    return said.get("vendor") == vendor and line.amount.currency == currency and not apart


def _account(line: Line) -> str:
    return dict(line.dimensions).get("account", "")


def _compared(
    vendor: str, ours: list[RatedUsage], theirs: list[Stated], clauses: list[Line], by_account: bool
) -> list[Comparison]:
    currency = theirs[0].currency
    computed: dict[tuple[str, str], list[Amount]] = defaultdict(list)
    invoiced: dict[tuple[str, str], list[Amount]] = defaultdict(list)
    for u in ours:
        slot = (u.account if by_account else "", u.month)
        computed[slot].append(u.rating.amount(currency, MoneyKind.ESTIMATED))
    for line in clauses:
        slot = (_account(line) if by_account else "", dict(line.dimensions)["month"])
        computed[slot].append(line.amount)
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
