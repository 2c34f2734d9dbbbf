"""What to ask for, as a section: each term with what it is worth, the most valuable first."""

from __future__ import annotations

from bothhalves.brief.deal_record import DealRow, DealTable, Section, Words
from bothhalves.brief.term_worths import WorthRow, WorthSheet, words


def asks_section(sheet: WorthSheet) -> Section:
    """The asks of an offer."""
    found = sheet.found
    what = "mean over chances" if found.outlook.is_weighed else "base scenario, not a forecast"
    return Section(
        "asks",
        _title(sheet),
        f"{found.offer.id}, {found.months[0]} to {found.months[-1]}, {what}. Ranked by worth.",
        None,
        (_asked(sheet),),
        tuple(_notes(sheet)),
    )


def _title(sheet: WorthSheet) -> Words:
    if sheet.package is None:
        return ("What to ask for: no term is worth money here",)
    return ("What to ask for: all together are worth ", sheet.package.worth)


def _worth_something(row: WorthRow) -> bool:
    return row.valued is not None and row.valued.worth.expected > 0


def _asked(sheet: WorthSheet) -> DealTable:
    head = ("Term", "Ask", "Settle for", "Over", "Evidence", "Low", "High", "Worth")
    rows = [row for row in map(_row, filter(_worth_something, sheet.asks)) if row is not None]
    if sheet.package is not None:
        ways = sheet.package.ways
        over = ("All together", "they do not add up", "", "the term", "")
        rows.append(DealRow((*over, ways["low"], ways["high"], sheet.package.worth)))
    return DealTable("Asks", head, tuple(rows))


def _row(row: WorthRow) -> DealRow | None:
    valued = row.valued
    if valued is None:
        return None
    term = valued.pair.term
    over = "term and renewal" if valued.renewed else "the term"
    said = (words(term), term.ask, term.settle_for, over, str(valued.grade))
    return DealRow((*said, row.ways["low"], row.ways["high"], row.worth))


def _notes(sheet: WorthSheet) -> list[str]:
    found = sheet.found
    idle = [words(r.valued.pair.term) for r in sheet.asks if r.valued and not _worth_something(r)]
    said = [f"Worth nothing here: {', '.join(idle)}."] if idle else []
    said += [f"{words(u.term)}: {u.reason}." for u in found.asks.unvalued]
    failing = [f"{g.name} fails for {' and '.join(g.fails)}." for g in found.asks.gates if g.fails]
    return [*said, *failing, "Assumed: " + " ".join(found.said)]
