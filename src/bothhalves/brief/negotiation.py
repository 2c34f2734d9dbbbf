"""The brief to negotiate with, from the records of ``bundle``, ``clauses``, ``renewal`` and ``plan``.

What is counted is what is needed with nothing built: a saving that has to be built first is in no figure of
need, of cost or of worth. Such figures carry ``basis=built`` in their keys; the same figure without it is
that of the verb, after the whole plan. What the seller earns is not known and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bothhalves.brief.bundles import BundleSheet, bundle_sheet
from bothhalves.brief.negotiation_exposures import exposures_part
from bothhalves.brief.negotiation_record import Cell, NegotiationBrief, Part, Refused
from bothhalves.brief.negotiation_terms import asks_part, dates_part, protections_part
from bothhalves.brief.rekeyed import BASIS, built
from bothhalves.brief.renewing import RenewalSheet, renewal_sheets
from bothhalves.brief.term_worths import WorthSheet, worth_sheet
from bothhalves.core.deal.halves import Half
from bothhalves.core.deal.headline import Refusal
from bothhalves.core.deal.outlook import Outlook, within
from bothhalves.core.explain import Figure, Grade, Operator, key
from bothhalves.core.money import Amount, MoneyKind, quotient
from bothhalves.workspace.committing import shown
from bothhalves.workspace.negotiating import DRAFT_ABOVE, Ground
from bothhalves.workspace.projecting import too_few
from bothhalves.workspace.records import Ledger

KIND = MoneyKind.SCENARIO
_MICRO = 10**6
_NEED_API = "Usage at list price over the term, as it is today: no lever and no tool is built."
_NEED_SEATS = "People who need one in the first month of the term; nobody moves to what is still to be built."


def brief_of(ground: Ground, today: date) -> NegotiationBrief:
    """The brief of what is known."""
    sheets = _sheets(ground)
    ledger, apart = ground.ledger, ground.apart
    term = (str(apart.months[0]), str(apart.months[-1])) if apart else ("", "")
    parts = (
        _need(ground),
        _costs(ground, sheets),
        asks_part(sheets.worths, _too_few(ground)),
        exposures_part(ground, sheets.renewals, sheets.now, sheets.later),
        dates_part(ground, sheets.renewals),
        protections_part(ground, sheets.worths),
        _unknowns(ground, sheets),
    )
    return NegotiationBrief(
        ledger.company,
        ground.offer.id,
        ground.offer.vendor,
        ground.offer.currency,
        ground.offer.source,
        today,
        (str(ledger.months[0]), str(ledger.months[-1])),
        term,
        max((ground.need.grade, *_grades(sheets.now)), key=str),
        tuple(_drafts(ledger)),
        _agreement(ledger),
        ledger.labels,
        tuple(_headline(ground, sheets.now)),
        parts,
        ledger.books,
        ledger.snapshot,
        ground.problems,
    )


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The verbs' records: ``now`` with nothing built, ``later`` after the whole plan."""

    now: BundleSheet | None
    later: BundleSheet | None
    worths: WorthSheet | None
    renewals: tuple[RenewalSheet, ...]


def _sheets(ground: Ground) -> _Sheets:
    now, later, worths = ground.apart, ground.planned_apart, ground.worths
    return _Sheets(
        None if now is None else bundle_sheet(now),
        None if later is None else bundle_sheet(later),
        None if worths is None else worth_sheet(worths),
        renewal_sheets(ground.renewing),
    )


def _grades(sheet: BundleSheet | None) -> Iterator[Grade]:
    if sheet is not None:
        yield sheet.bundle.grade


def _drafts(ledger: Ledger) -> Iterator[str]:
    """Why the brief is not final."""
    if not ledger.comparisons:
        yield "no invoice is here to compare with"
    for found in ledger.comparisons:
        gap, place = found.gap, " ".join(filter(None, (found.vendor, found.account, found.month)))
        if gap is None and found.nearest:
            yield f"{place}: nothing was invoiced, and something was computed"
        elif gap is not None and abs(gap) > DRAFT_ABOVE:
            percent = (abs(gap) * 100).quantize(Decimal("0.1"))
            yield f"{place}: the invoice and what is computed differ by {percent} %, more than 3 %"
        elif found.computed.at_least:
            yield f"{place}: some usage has no price"


def _agreement(ledger: Ledger) -> str:
    """How far invoices and computed cost differ at most."""
    gaps = [abs(c.gap) for c in ledger.comparisons if c.gap is not None]
    if not gaps:
        return "no invoice to compare with"
    return f"invoices and computed cost differ by at most {(max(gaps) * 100).quantize(Decimal('0.1'))} %"


def _too_few(ground: Ground) -> str:
    return too_few(ground.need) if ground.apart is None else ""


def _headline(ground: Ground, sheet: BundleSheet | None) -> Iterator[Cell]:
    if sheet is None:
        yield f"{ground.offer.id} cannot be priced on what is needed yet."
        return
    yield "What is needed costs "
    yield built(sheet.cost)
    yield f" under {ground.offer.id}"
    if ground.unsourced:
        yield "; what it costs elsewhere is not sourced."
        return
    yield ", and "
    yield built(sheet.standalone)
    yield " bought apart."


def _need(ground: Ground) -> Part:
    """Need on both lines."""
    outlook, title = ground.need, "What is needed"
    if ground.apart is None:
        return Part("need", title, refused=(Refused("the need over the term", _too_few(ground)),))
    ahead = within(outlook, ground.apart.months[0], len(ground.apart.months))
    names = tuple(s.name for s in shown(ahead))
    columns = ("over the term", *names, "evidence")
    rows = tuple((*row, str(outlook.grade)) for row in _need_rows(ground, ahead))
    return Part("need", title, columns, rows, tuple(_sentences(outlook.source)))


def _sentences(source: str) -> Iterator[str]:
    """What the need is made from, in sentences."""
    for said in source.split("; "):
        yield f"{said[:1].upper()}{said[1:].rstrip('.')}."


def _need_rows(ground: Ground, outlook: Outlook) -> Iterator[tuple[Cell, ...]]:
    ways = shown(outlook)
    for kind in sorted({kind for s in ways for kind in s.seats}):
        figures = tuple(
            Figure(
                _own("need.seats", ground, type=kind, scenario=s.name),
                f"{kind} seats needed, {s.name}",
                Operator.GIVEN,
                Decimal(s.seats[kind][0]),
                unit="seats",
                rule=_NEED_SEATS,
                source=outlook.source,
            )
            for s in ways
        )
        yield (f"{kind} seats, first month", *figures)
    api = tuple(
        Figure(
            _own("need.api", ground, scenario=s.name),
            f"API usage needed, {s.name}",
            Operator.GIVEN,
            Amount.of(quotient(Fraction(sum(s.api)), _MICRO), outlook.currency, KIND),
            rule=_NEED_API,
            source=outlook.source,
        )
        for s in ways
    )
    yield ("API at list price", *api)


def _own(name: str, ground: Ground, **said: str) -> str:
    return key(name, {"offer": ground.offer.id, "basis": BASIS, **said})


def _costs(ground: Ground, sheets: _Sheets) -> Part:
    """Walk-away cost, the offer at its true cost, and each half."""
    sheet, title = sheets.now, "Walk-away cost, and the offer at its true cost"
    refused = tuple(_cost_refusals(ground, sheet))
    if sheet is None:
        return Part("costs", title, refused=refused)
    rows: list[tuple[Cell, ...]] = [("Offer at true cost: what is needed, inside it", built(sheet.cost))]
    if not ground.unsourced:
        rows = [
            ("Walk-away cost: both halves bought apart", built(sheet.standalone)),
            *rows,
            ("The offer, less the walk-away cost", built(sheet.leverage)),
            *([("True discount of the offer", built(sheet.discount))] if sheet.discount else []),
        ]
        for half in sheet.halves:
            name = "Seats" if half.part.half is Half.SEATS else "API"
            rows += [
                (f"{name}, alone ({half.part.source})", built(half.standalone)),
                (f"{name}, inside the offer", built(half.bundle)),
            ]
    rows += [("Discount as the seller shows it", built(f)) for f in [sheet.headline] if f]
    rows += [
        ("Counter-offer: what is needed, at the offered unit rates", built(f)) for f in [sheet.counter] if f
    ]
    notes = () if ground.unsourced else (_leverage(sheet),)
    return Part("costs", title, ("over the term", "amount"), tuple(rows), notes, refused)


def _leverage(sheet: BundleSheet) -> str:
    if sheet.bundle.is_leverage:
        return "Buying both together costs less than apart: both halves are leverage for each other."
    return "Buying both together costs no less than apart: walking away from the bundle loses nothing."


def _cost_refusals(ground: Ground, sheet: BundleSheet | None) -> Iterator[Refused]:
    if ground.apart is None:
        yield Refused("walk-away cost and true cost", _too_few(ground))
    elif isinstance(ground.apart.found, Refusal):
        found = ground.apart.found
        yield Refused(f"{found.what} of the offer", found.reason, found.ask)
    if ground.unsourced:
        ask = "Write where it is from as `source` of the quote."
        yield Refused("walk-away cost and true discount", "; ".join(ground.unsourced), ask)
    if sheet is None:
        return
    if isinstance(sheet.bundle.headline, Refusal):
        yield Refused(
            "discount as the seller shows it", sheet.bundle.headline.reason, sheet.bundle.headline.ask
        )
    if sheet.bundle.undivided is not None:
        told = sheet.bundle.undivided
        yield Refused("what each half costs inside the one price", told.reason, told.ask)


def _unknowns(ground: Ground, sheets: _Sheets) -> Part:
    """What nobody knows yet, and what is taken for granted in its place."""
    return Part(
        "unknowns", "Not known, and taken for granted", notes=tuple(dict.fromkeys(_untold(ground, sheets)))
    )


def _untold(ground: Ground, sheets: _Sheets) -> Iterable[str]:
    ledger = ground.ledger
    for vendor, month in ledger.coverage.unknown:
        yield f"{vendor}, {month}: not known."
    for vendor, month in ledger.coverage.invoice_only:
        yield f"{vendor}, {month}: known by invoice only."
    weakening = sum(p.changes for p in ledger.problems)
    if weakening:
        yield f"{weakening} problems in what was imported change a number; `bothhalves check` lists them."
    undecided = sum(p.is_undecided for plan in ground.planned.plans for p in plan.situation.people)
    if undecided >= ground.smallest_group:
        yield f"{undecided} people keep their seats, as what is known of their use does not decide."
    if sheets.worths is not None:
        for one in sheets.worths.found.asks.unvalued:
            yield f"{one.term.id.replace('-', ' ').capitalize()}, not priced: {one.reason}."
    if sheets.now is not None:
        yield from (*sheets.now.bundle.said, *sheets.now.apart.said)
    if sheets.worths is not None:
        yield from sheets.worths.found.said
