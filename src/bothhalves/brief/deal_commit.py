"""How much to commit, as a section: expected cost by amount, what is recommended beside what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from bothhalves.brief.committing import PERCENTILES, SHARES, AmountRow, CommitSheet
from bothhalves.brief.deal_record import Curve, DealRow, DealTable, Dot, Section, Way, Words
from bothhalves.core.clauses.undivided import MONTHS
from bothhalves.core.deal.committing import Commitment
from bothhalves.core.deal.seat_course import MICRO
from bothhalves.core.deal.spread import weights_of
from bothhalves.core.explain import Figure

_ROUNDED = (
    "An amount that just covers a scenario is signed in whole millionths of the currency, so that it may "
    "cost up to a millionth more than the best one, and its regret is not quite nothing."
)
_ROLES = {
    "recommended": "Recommended",
    "none": "No commitment",
    "offered": "As offered",
    "current": "Sized on today's usage, before the plan",
    "lazy": "Sized on lazy usage",
}


def commit_section(name: str, sheet: CommitSheet) -> Section:
    """A commitment to choose."""
    to_sign, found = sheet.to_sign, sheet.to_sign.found
    months = f"{to_sign.months[0]} to {to_sign.months[-1]}"
    return Section(
        name,
        _title(sheet),
        f"{months}, by {found.licence.rule}: {found.licence.reason}",
        Curve(tuple(_dots(sheet)), tuple(_ways(found))),
        (_amounts(sheet), _lost(sheet), _shares(sheet), _compared(sheet)),
        (_ROUNDED, "Assumed: " + " ".join((*found.assumptions, *to_sign.said))),
    )


def _title(sheet: CommitSheet) -> Words:
    found = sheet.to_sign.found
    row = next(r for r in sheet.rows if r.row is found.recommended)
    if not row.row.candidate.signed:
        return (
            f"How much to commit under {sheet.to_sign.contract.id}: nothing; expect to pay ",
            row.expected,
        )
    return (
        f"How much to commit under {sheet.to_sign.contract.id}: ",
        row.amount,
        f" a {found.offer.clause.per or 'year'}, to pay ",
        row.expected,
    )


def _dots(sheet: CommitSheet) -> Iterable[Dot]:
    found = sheet.to_sign.found
    offered = next((r.candidate for r in sheet.compared if r.role == "offered"), None)
    for row in sheet.rows:
        is_chosen = row.row is found.recommended
        asked = row.row.candidate == offered
        label = "recommended" if is_chosen else "as offered" if asked else ""
        if not row.row.candidate.signed and not label:
            label = "none"
        low, _, high = row.spreads["paid"]
        yield Dot(row.amount, row.expected, low, high, label, is_chosen, row.row.threshold)


def _ways(found: Commitment) -> Iterable[Way]:
    """Every scenario's usage in a period, over the mean of the periods of the term."""
    months = found.offer.months
    length = min(MONTHS.get(found.offer.clause.per or "year", months), months)
    ways = found.outlook.scenarios
    for way, weight in zip(ways, weights_of(ways), strict=True):
        yield Way(way.name, float(Fraction(sum(way.api) * length, months * MICRO)), weight)


def _amounts(sheet: CommitSheet) -> DealTable:
    head = (
        *("Commit", "Expected to pay", *(f"Pays at {level}" for level in PERCENTILES)),
        *("Largest regret", "CVaR of regret", "Chosen by"),
    )
    return DealTable("Every amount told", head, tuple(_row(sheet, row) for row in sheet.rows))


def _row(sheet: CommitSheet, row: AmountRow) -> DealRow:
    rules = ", ".join(map(str, row.rules))
    chosen = row.row is sheet.to_sign.found.recommended
    paid = row.spreads["paid"]
    return DealRow((row.amount, row.expected, *paid, row.max_regret, row.tail_regret, rules), chosen)


def _lost(sheet: CommitSheet) -> DealTable:
    """What an amount loses and what it leaves uncovered."""
    parts = {"forfeited": "Forfeited", "overage": "Overage"}
    return _spread(sheet, "What is lost, and what is paid beyond", parts, lambda row: row.spreads)


def _shares(sheet: CommitSheet) -> DealTable:
    parts = {part: said for part, (said, _) in SHARES.items()}
    return _spread(sheet, "Used, covered and saved", parts, lambda row: row.shares)


def _spread(
    sheet: CommitSheet,
    title: str,
    parts: Mapping[str, str],
    of: Callable[[AmountRow], Mapping[str, Sequence[Figure | None]]],
) -> DealTable:
    """Each amount with some of its parts at every percentile."""
    head = ("Commit", *(f"{said} {level}" for said in parts.values() for level in PERCENTILES))
    rows = (
        DealRow(
            (row.amount, *(f for part in parts for f in of(row)[part])),
            row.row is sheet.to_sign.found.recommended,
        )
        for row in sheet.rows
    )
    return DealTable(title, head, tuple(rows))


def _compared(sheet: CommitSheet) -> DealTable:
    ways = list(sheet.compared[0].costs)
    head = ("Signed", *(f"Paid in {w}" for w in ways), *(f"More in {w}" for w in ways))
    rows = (
        DealRow(
            (_ROLES[row.role], *(row.costs[w] for w in ways), *(row.more.get(w) for w in ways)),
            row.role == "recommended",
        )
        for row in sheet.compared
    )
    return DealTable("What another amount would have cost, settled", head, tuple(rows))
