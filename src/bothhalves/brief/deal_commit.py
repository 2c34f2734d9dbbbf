"""How much to commit, as a section: expected cost by amount, what is recommended beside what is asked."""

from __future__ import annotations

from collections.abc import Iterable

from bothhalves.brief.committing import AmountRow, CommitSheet
from bothhalves.brief.deal_record import Curve, DealRow, DealTable, Dot, Section, Words

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
        f"{to_sign.contract.id}, {months}, by {found.licence.rule}: {found.licence.reason}",
        Curve(tuple(_dots(sheet))),
        (_amounts(sheet), _compared(sheet)),
        ("Assumed: " + " ".join((*found.assumptions, *to_sign.said)),),
    )


def _title(sheet: CommitSheet) -> Words:
    found = sheet.to_sign.found
    row = next(r for r in sheet.rows if r.row is found.recommended)
    if not row.row.candidate.signed:
        return ("How much to commit: nothing; expect to pay ", row.expected)
    return (
        "How much to commit: ",
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
        yield Dot(row.amount, row.expected, label, is_chosen, row.row.threshold)


def _amounts(sheet: CommitSheet) -> DealTable:
    head = ("Commit", "Expected to pay", "Largest regret", "Regret in the worst tenth", "Chosen by")
    return DealTable("Every amount told", head, tuple(_row(sheet, row) for row in sheet.rows))


def _row(sheet: CommitSheet, row: AmountRow) -> DealRow:
    rules = ", ".join(map(str, row.rules))
    chosen = row.row is sheet.to_sign.found.recommended
    return DealRow((row.amount, row.expected, row.max_regret, row.tail_regret, rules), chosen)


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
