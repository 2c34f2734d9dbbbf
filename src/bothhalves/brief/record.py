"""The one page as a frozen, documented record. Every number on it is a Figure with a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bothhalves.brief.deal_record import Deal, is_of_brief, is_of_deal, no_deal
from bothhalves.brief.line_record import NOT_DRAWN, Drawn
from bothhalves.brief.negotiation_record import NegotiationBrief, no_brief
from bothhalves.brief.parts import ROWS_SHOWN, Prompt, Segment
from bothhalves.brief.scenario_record import (
    Comparison,
    Diff,
    is_of_scenario,
    no_comparison,
    no_diff,
    no_figure,
)
from bothhalves.core.explain import Figure, Grade, Problem, by_key, parse_key


class Agreement(StrEnum):
    """How computed cost compares with invoiced cost over the window."""

    AGREES = "agrees"  # within 2 % for every vendor that has invoices
    DISAGREES = "disagrees"
    UNCHECKED = "unchecked"  # no invoice to compare with


@dataclass(frozen=True, slots=True)
class Badge:
    """A short verdict with the figures behind it. ``tone`` is ``good``, ``warn`` or ``bad``."""

    text: str
    tone: str
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Half:
    """Seats or tokens. ``amounts`` are the money figures of the half, the one to lead with first."""

    name: str
    owner: str
    amounts: tuple[Figure, ...] = ()
    counts: tuple[Figure, ...] = ()
    bar: tuple[Segment, ...] = ()
    notes: tuple[str, ...] = ()
    missing: Prompt | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A group of people, a workload or a model. A cell that is None is not known and shows as absent."""

    name: str
    note: str
    cells: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` head the cells of every row; ``total`` adds them up.

    ``others`` adds up the rows after the first, where the table is long enough to be folded.
    """

    id: str
    title: str
    lead: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    note: str = ""
    others: Row | None = None

    @property
    def top(self) -> tuple[Row, ...]:
        """The rows that stand above the fold."""
        return self.rows[:ROWS_SHOWN] if self.others else self.rows


@dataclass(frozen=True, slots=True)
class Origin:
    """An imported source, for the audit section."""

    feed: str
    name: str
    sha256: str
    rows: int
    first: datetime | None
    last: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The one page. Sections that have no data are absent; the ``missing`` of a half says what to import."""

    company: str
    currency: str
    window: tuple[date, date]  # first day, day after the last
    zone: str
    snapshot: str  # changes whenever anything imported or configured changes
    books: tuple[str, ...]
    labels: tuple[str, ...]  # "invented data", "assumed: ..." shown on every page that it reaches
    headline: tuple[str | Figure, ...]
    lead: str
    agreement: Badge
    coverage: Badge
    evidence: Badge
    grade: Grade
    seats: Half
    tokens: Half
    together: tuple[Segment, ...]  # the totals side by side, one scale
    together_note: str
    line: Drawn = NOT_DRAWN
    tables: tuple[Table, ...] = ()
    origins: tuple[Origin, ...] = ()
    problems: tuple[Problem, ...] = ()
    hidden: tuple[Figure, ...] = field(default=())  # openable by key though not on the page
    later: Callable[[], Mapping[str, Figure]] = field(default=dict, compare=False)  # made when asked for
    deal: Callable[[], Deal] = field(default=no_deal, compare=False)  # seconds; made when asked for
    brief: Callable[[str], NegotiationBrief] = field(default=no_brief, compare=False)  # likewise, by offer
    compared: Callable[[str], Comparison] = field(default=no_comparison, compare=False)  # likewise
    diffed: Callable[[str], Diff] = field(default=no_diff, compare=False)  # likewise
    scenario: Callable[[str], Figure | None] = field(default=no_figure, compare=False)  # likewise, by key

    def roots(self) -> Iterator[Figure]:
        """Every figure that the page shows, in reading order."""
        yield from (part for part in self.headline if isinstance(part, Figure))
        for badge in (self.agreement, self.coverage, self.evidence):
            yield from badge.figures
        for half in (self.seats, self.tokens):
            yield from (*half.amounts, *half.counts, *(s.figure for s in half.bar))
        yield from (segment.figure for segment in self.together)
        yield from self.line.roots()
        for table in self.tables:
            for row in (*table.rows, *(r for r in (table.others, table.total) if r)):
                yield from (cell for cell in row.cells if cell is not None)
        yield from self.hidden

    def figure(self, figure_key: str) -> Figure | None:
        """The figure of a key, those that are made only when asked for included; None: there is none."""
        return self.figures().get(figure_key) or self.asked_for(figure_key)

    def asked_for(self, figure_key: str) -> Figure | None:
        """A figure that is made only when asked for; that of a deal only where its key is one's."""
        if is_of_scenario(figure_key):
            return self.scenario(figure_key)
        if not is_of_deal(figure_key):
            return self.later().get(figure_key)
        found = self._of_brief(figure_key) if is_of_brief(figure_key) else None
        return found or self.deal().figures().get(figure_key) or self._of_brief(figure_key)

    def _of_brief(self, figure_key: str) -> Figure | None:
        """A figure of the brief on the offer that its key names, or else of the first one."""
        try:
            return self.brief(parse_key(figure_key)[1].get("offer", "")).figures().get(figure_key)
        except (LookupError, ValueError):
            return None

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(self.roots())
