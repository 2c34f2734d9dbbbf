"""The page from a workspace: ledger in, figures and sections out. No amount is made here, only summed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from bothhalves.brief.ahead import Ahead
from bothhalves.brief.badges import agreement_badge, coverage_badge, evidence_badge
from bothhalves.brief.changes import UNCHANGED, Changes
from bothhalves.brief.drawing import drawn
from bothhalves.brief.figures import Figures
from bothhalves.brief.halves import seats_half, tokens_half
from bothhalves.brief.line_record import NOT_DRAWN, Drawn
from bothhalves.brief.parts import Segment
from bothhalves.brief.plans import sheets
from bothhalves.brief.record import Half, Origin, Page
from bothhalves.brief.seating import seat_brief
from bothhalves.brief.tables import tables
from bothhalves.brief.what_if import Curves, curves_of, redrawn, with_sliders
from bothhalves.core.explain import Figure
from bothhalves.workspace import Workspace
from bothhalves.workspace.ledger import ledger_of
from bothhalves.workspace.planning.making import judged_seats, planned_of
from bothhalves.workspace.planning.planned import Planned
from bothhalves.workspace.records import Ledger, Stream

if TYPE_CHECKING:
    from bothhalves.workspace.prospects import Prospects


@dataclass(frozen=True, slots=True)
class Built:
    """A page, what redraws its line at changed inputs (``curves`` None: there is no plan), and what looks
    ahead of it (``ahead`` None: nothing is imported)."""

    page: Page
    curves: Curves | None = None
    ahead: Ahead | None = None

    def at(self, changes: Changes) -> Page:
        """The page with its line, its deal and its briefs at changed inputs."""
        since = UNCHANGED if self.curves is None else changes.since(self.curves.base)
        if self.curves is None or self.ahead is None or since == UNCHANGED:
            return self.page
        ahead = self.ahead.at(since)
        line = redrawn(self.page.line, self.curves, since)
        return replace(self.page, line=line, deal=ahead.deal, brief=ahead.brief)


def build(workspace: Workspace, window: str = "", as_of: str = "", changes: Changes = UNCHANGED) -> Page:
    """The page for ``window`` (``2026-09/2026-10``; default: the last two months with data).

    Raises ``WrongWindow`` for a window that cannot be read.
    """
    return built(workspace, window, as_of).at(changes)


def built(workspace: Workspace, window: str = "", as_of: str = "") -> Built:
    """The page for ``window``, ready to be redrawn. Raises as :func:`build` does."""
    ledger = ledger_of(workspace, window, as_of)
    if not ledger.usage and not ledger.seats:
        return Built(arranged(ledger))
    planned = planned_of(workspace, ledger.months, ledger)
    plans = sheets(planned)
    line = drawn(planned, plans)
    curves = curves_of(planned, plans, line)
    if curves is not None:
        line = with_sliders(line, curves, UNCHANGED)
    ahead = _ahead(workspace, planned, ledger, as_of, curves)
    page = replace(
        arranged(ledger, line),
        deal=ahead.deal,
        brief=ahead.brief,
        compared=ahead.compared,
        diffed=ahead.diffed,
        scenario=ahead.scenario_figure,
        later=_seat_figures(workspace, planned, ledger, as_of),
    )
    return Built(page, curves, ahead)


def _day_after(as_of: str) -> date | None:
    """Looking no further than a day means judging at its end."""
    return date.fromisoformat(as_of) + timedelta(days=1) if as_of else None


def _ahead(
    workspace: Workspace, planned: Planned, ledger: Ledger, as_of: str, curves: Curves | None
) -> Ahead:
    """What looks years ahead of the window, on the same plan and ledger."""

    def prospects() -> Prospects:
        from bothhalves.workspace.prospects import Prospects

        return Prospects(workspace, ledger.months, planned, ledger)

    today = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    return Ahead(prospects, today, curves)


def _seat_figures(
    workspace: Workspace, planned: Planned, ledger: Ledger, as_of: str
) -> Callable[[], Mapping[str, Figure]]:
    """What ``bothhalves seats`` tells, made on first use: without a plan all holders are priced for it."""

    @cache
    def figures() -> Mapping[str, Figure]:
        seating = planned.seating if not as_of else None
        if seating is None and ledger.seats:
            seating = judged_seats(workspace, ledger.months, _day_after(as_of))
        return {} if seating is None else seat_brief(seating).figures()

    return figures


def arranged(ledger: Ledger, line: Drawn = NOT_DRAWN) -> Page:
    """The page of a ledger, with the line where it is drawn."""
    figures = Figures(ledger)
    seats, tokens = seats_half(ledger, figures), tokens_half(ledger, figures)
    together = _together(figures)
    return Page(
        company=ledger.company,
        currency=ledger.currency,
        window=ledger.window,
        zone=ledger.zone,
        snapshot=ledger.snapshot,
        books=ledger.books,
        labels=ledger.labels,
        headline=_headline(figures, seats, tokens),
        lead=_lead(ledger, seats, tokens),
        agreement=agreement_badge(ledger),
        coverage=coverage_badge(ledger, figures),
        evidence=evidence_badge(ledger),
        grade=ledger.grade,
        seats=seats,
        tokens=tokens,
        together=together,
        together_note=_together_note(together),
        line=line,
        tables=tables(ledger, figures),
        origins=tuple(
            Origin(s.feed, s.name, s.sha256, s.rows, s.first, s.last, s.note) for s in ledger.sources
        ),
        problems=ledger.problems,
        hidden=figures.hidden(),
    )


def _headline(figures: Figures, seats: Half, tokens: Half) -> tuple[str | Figure, ...]:
    """One sentence: what both halves cost in the window, or what is missing to say so."""
    span = figures.window_words
    seat, token, both = figures.seat_fees(), figures.token_cost(), figures.both()
    if seat is not None and token is not None and both is not None:
        return ("You pay ", both, f" for AI in {span}: ", seat, " for seats and ", token, " for tokens.")
    if seat is not None:
        return ("You pay ", seat, f" for AI seats in {span}. ", "The line needs token usage.")
    if token is not None:
        return ("You pay ", token, f" for AI tokens in {span}. ", "The line needs seats.")
    notional = figures.notional()
    if notional is not None:
        return ("The seats' usage would cost ", notional, f" at metered list prices in {span}.")
    return ("Nothing is imported yet.",)


def _lead(ledger: Ledger, seats: Half, tokens: Half) -> str:
    """The second sentence: who the numbers hang on."""
    if seats.missing and tokens.missing:
        return "Three imports make the page: seats, tokens and prices. Prices are already here."
    parts = []
    if ledger.seats:
        assigned = sum(s.assigned for s in ledger.seats)
        active, unseen = sum(s.active for s in ledger.seats), sum(s.unseen for s in ledger.seats)
        if unseen < assigned:
            parts.append(f"{active} of {assigned} assigned seats were seen in use")
        if unseen:
            parts.append(f"{_number(unseen, 'assigned seat')} {'is' if unseen == 1 else 'are'} not visible")
    workloads = {u.owner for u in ledger.usage if u.stream is not Stream.SEAT}
    models = {u.model for u in ledger.usage if u.model and u.stream is not Stream.SEAT}
    if models:
        parts.append(f"{_number(len(workloads), 'workload')} ran on {_number(len(models), 'model')}")
    return "; ".join(parts).capitalize() + "." if parts else ""


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _together(figures: Figures) -> tuple[Segment, ...]:
    shown = {"At rates": figures.both(), "As billed": figures.both_billed()}
    return tuple(Segment(label, "solid", figure) for label, figure in shown.items() if figure is not None)


def _together_note(together: tuple[Segment, ...]) -> str:
    if not together:
        return "The total of both halves appears when both are known; it is never guessed."
    return "At rates: contract fees and list prices. As billed: invoices. The two are compared, never added."
