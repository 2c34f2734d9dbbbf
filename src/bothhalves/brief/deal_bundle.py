"""A bundle taken apart as a section: from both halves alone to the seller's price, bar by bar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bothhalves.brief.bases import LATER, NOW, WHY, BasisRow
from bothhalves.brief.bundles import BundleSheet, HalfSheet
from bothhalves.brief.deal_record import Cell, DealRow, DealTable, Piece, Section, Step, Waterfall, Words
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.headline import Refusal
from bothhalves.core.explain import Figure

HUES = {Half.SEATS: "seats", Half.API: "tokens"}
NAMES = {Half.SEATS: "Seats", Half.API: "API"}
_UNUSED = {Half.SEATS: "Seats that nobody needs", Half.API: "Usage committed above the need"}


def bundle_section(name: str, sheet: BundleSheet, bases: Sequence[BasisRow] = ()) -> Section:
    """The offer beside both halves alone; ``bases`` is the same on two needs."""
    apart, bundle = sheet.apart, sheet.bundle
    what = "mean over chances" if apart.outlook.is_weighed else f"scenario {apart.base}, not a forecast"
    return Section(
        name,
        _title(sheet),
        f"{apart.offer.id}, {apart.months[0]} to {apart.months[-1]}, {what}. Evidence {bundle.grade}.",
        Waterfall(tuple(_steps(sheet))) if sheet.halves else None,
        (
            *([_bases(bases)] if bases else []),
            _halves(sheet) if sheet.halves else _shares(sheet),
            _whole(sheet),
        ),
        (*([WHY] if bases else []), *_notes(sheet)),
    )


def _title(sheet: BundleSheet) -> Words:
    if not sheet.bundle.is_leverage:
        return ("The bundle, taken apart: it costs ", sheet.leverage, " more than both halves alone")
    saved = sheet.discount.operands[0] if sheet.discount is not None else sheet.leverage
    if isinstance(saved, Figure):
        return ("The bundle, taken apart: buying both together saves ", saved)
    return ("The bundle, taken apart",)


def _steps(sheet: BundleSheet) -> Iterable[Step]:
    alone = tuple(Piece(h.standalone, HUES[h.part.half], "solid") for h in sheet.halves)
    yield Step("Both halves, each alone", alone, sheet.standalone, is_whole=True)
    for half in sheet.halves:
        piece = Piece(half.rate, HUES[half.part.half], "light")
        yield Step(f"{NAMES[half.part.half]} at other rates", (piece,), half.rate)
    for half in sheet.halves:
        piece = Piece(half.quantity, HUES[half.part.half], "hatched")
        yield Step(_UNUSED[half.part.half], (piece,), half.quantity)
    inside = tuple(Piece(h.bundle, HUES[h.part.half], "solid") for h in sheet.halves)
    yield Step("The same need inside the bundle", inside, sheet.cost, is_whole=True)


def _bases(rows: Sequence[BasisRow]) -> DealTable:
    told = tuple(DealRow((row.label, row.now, row.later)) for row in rows)
    return DealTable("On which need", ("The same offer", NOW, LATER), told)


def _halves(sheet: BundleSheet) -> DealTable:
    head = ("Half", "Alone", "At the offer's rates", "In the bundle", "Above alone", "Evidence")
    return DealTable("Each half", head, tuple(_half(h) for h in sheet.halves))


def _half(half: HalfSheet) -> DealRow:
    part = half.part
    evidence = f"{part.grade}: {part.source}"
    return DealRow((NAMES[part.half], half.standalone, half.offered, half.bundle, half.premium, evidence))


def _shares(sheet: BundleSheet) -> DealTable:
    """One price for both: what each half's share of it may be."""
    head = ("Half of the one price", "Alone", "In proportion", "Shapley", "At least", "At most")
    names = ("standalone", "in-proportion", "shapley", "least", "most")
    rows = tuple(DealRow((NAMES[h], *(told.get(n) for n in names))) for h, told in sheet.shares.items())
    return DealTable("Shares of one price", head, rows)


def _whole(sheet: BundleSheet) -> DealTable:
    rows: list[tuple[Cell, ...]] = [
        ("Discount as the seller shows it", sheet.headline),
        ("True discount of what is needed", sheet.discount),
        ("What is needed, at the offer's unit rates: the counter-offer", sheet.counter),
    ]
    return DealTable("The whole", ("What", "Comes to"), tuple(DealRow(r) for r in rows))


def _notes(sheet: BundleSheet) -> Iterable[str]:
    bundle = sheet.bundle
    if bundle.carries is not None:
        half = "seats" if bundle.carries is Half.SEATS else "API"
        yield f"The {half} half carries the margin; what it costs to sell is not known."
    if bundle.undivided is not None:
        yield f"Not identified: {bundle.undivided.reason}. {bundle.undivided.ask}"
    if isinstance(bundle.headline, Refusal):
        yield f"No headline: {bundle.headline.reason}. {bundle.headline.ask}"
    yield "Assumed: " + " ".join((*bundle.said, *sheet.apart.said))
