"""Parts of the brief about terms: what to ask for, the days, and protections on both sides."""

from __future__ import annotations

from collections.abc import Sequence

from bothhalves.brief.negotiation_record import Cell, Part, Refused
from bothhalves.brief.rekeyed import built
from bothhalves.brief.renewing import RenewalSheet
from bothhalves.brief.term_worths import WorthRow, WorthSheet, words
from bothhalves.core.deal.asks import gates
from bothhalves.core.deal.deadlines import Deadline
from bothhalves.core.deal.deadlines import ending as ending_of
from bothhalves.workspace.negotiating import Ground

_ASKS = "What to ask for, the most valuable first"


def asks_part(sheet: WorthSheet | None, too_few: str) -> Part:
    """Asks by worth, each with the point at which to walk away from it."""
    if sheet is None:
        return Part("asks", _ASKS, refused=(Refused("what terms are worth", too_few),))
    worthy = [r for r in sheet.asks if r.valued and r.valued.worth.expected > 0]
    idle = [words(r.valued.pair.term) for r in sheet.asks if r.valued and r.valued.worth.expected <= 0]
    rows = [_ask(row) for row in worthy]
    if sheet.package is not None and len(worthy) > 1:
        rows.append(("All of them that go together", "", "", built(sheet.package.worth), ""))
    notes = ["Worths do not add up: one term covers what another would."] if len(worthy) > 1 else []
    if worthy:
        notes.append(
            "Each is worth a price lower by its worth: below that, the lower price is the better deal."
        )
    else:
        notes.append("No term that has a price here is worth money on this need.")
    if idle:
        notes.append(f"Worth nothing on this need: {', '.join(idle)}.")
    held = [words(r.valued.pair.term) for r in sheet.held if r.valued]
    if held:
        notes.append(f"Keep what the offer has already: {', '.join(held)}.")
    columns = ("ask", "what to ask for", "settle for", "walk away at a price lower by", "evidence")
    return Part("asks", _ASKS, columns if rows else (), tuple(rows), tuple(notes))


def _ask(row: WorthRow) -> tuple[Cell, ...]:
    assert row.valued is not None
    term = row.valued.pair.term
    return (words(term), term.ask, term.settle_for, built(row.worth), str(row.valued.grade))


def dates_part(ground: Ground, renewals: Sequence[RenewalSheet]) -> Part:
    """The days of the contracts that run with the vendor, and those of the offer."""
    rows: list[tuple[Cell, ...]] = []
    for sheet in renewals:
        if sheet.told.contract.vendor == ground.offer.vendor:
            rows += [_day(sheet.told.contract.id, d) for d in sheet.told.deadlines]
    offer, today = ground.offer, ground.renewing.today
    if all(sheet.told.contract.id != offer.id for sheet in renewals):
        said = "past" if offer.term.start < today else ""
        rows.append((str(offer.term.start), offer.id, "The offered term begins", said))
        end = ending_of(offer.term, today)
        if end is not None and end.notice_by is not None:
            rows.append((str(end.notice_by), offer.id, "Last day for notice, if it is signed", ""))
        if end is not None:
            rows.append((str(end.last), offer.id, "The offered term ends", ""))
    return Part(
        "dates", "Dates", ("day", "contract", "what", ""), tuple(sorted(rows, key=lambda r: str(r[0])))
    )


def _day(contract: str, day: Deadline) -> tuple[Cell, ...]:
    return (str(day.on), contract, f"{day.what}: {day.why}", "past" if day.is_past else "")


def protections_part(ground: Ground, sheet: WorthSheet | None) -> Part:
    """What is promised beside money, for the seats and for the API."""
    title = "Protections on both sides"
    found = sheet.found.asks.gates if sheet is not None else tuple(gates(ground.offer, ground.needs))
    rows = tuple(
        (
            g.name,
            g.seats or "not said",
            g.api or "not said",
            g.required or "not required",
            f"fails for {' and '.join(g.fails)}"
            if g.fails
            else "the two sides differ"
            if g.differs
            else "alike",
        )
        for g in found
    )
    if not rows:
        none = "The offer promises nothing beside money on either side, and company.yaml requires nothing."
        return Part("protections", title, notes=(none,))
    return Part("protections", title, ("term", "seats", "API", "required", "verdict"), rows)
