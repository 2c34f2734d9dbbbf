"""The sections about a deal as records: a finding, a drawing, tables; or why there is nothing to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from bothhalves.core.explain import Figure, by_key

#: What is said in place of a deal where nothing is imported.
NOTHING_IMPORTED = "There is no usage and no roster yet."
#: Figures of a deal, and of the brief on an offer, have keys that begin with one of these words.
FIRST_WORDS = ("bundle", "commit", "projection", "renewal", "clause", "ask", "need", "exposure")
_OF_BRIEF = ("need", "exposure")
Words = tuple[str | Figure, ...]
Cell = str | Figure | None


@dataclass(frozen=True, slots=True)
class DealRow:
    """A row of a table; ``is_chosen``: it is the recommended one."""

    cells: tuple[Cell, ...]
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class DealTable:
    title: str
    head: tuple[str, ...]
    rows: tuple[DealRow, ...]

    @property
    def numbers(self) -> frozenset[int]:
        """The columns that hold figures."""
        return frozenset(n for row in self.rows for n, c in enumerate(row.cells) if isinstance(c, Figure))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar: its figure, the hue of its half and how it is filled."""

    figure: Figure
    hue: str
    style: str


@dataclass(frozen=True, slots=True)
class Step:
    """A bar of a waterfall. ``is_whole``: it starts at nothing, else where the bar above it ends."""

    label: str
    pieces: tuple[Piece, ...]
    told: Figure
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Waterfall:
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """An amount, what it is expected to cost, and its cost at P10 and P90. ``label`` is empty for amounts
    that nobody proposes."""

    amount: Figure
    expected: Figure
    low: Figure
    high: Figure
    label: str
    is_chosen: bool
    starts_band: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A scenario: its name, what is used in a period at list price, and its weight among all; for drawing
    only."""

    name: str
    used: float
    weight: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Cost by amount, the smallest first, over the usage of all scenarios."""

    dots: tuple[Dot, ...]
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A labelled line: what is paid up to each month, for drawing only; ``total`` is its end. ``low`` and
    ``high`` bound it where it is told with its scenarios."""

    label: str
    total: Figure
    style: str
    so_far: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Courses:
    first: date
    lines: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day with what it is about; ``is_quarter``: it is the seller's."""

    on: date
    label: str
    is_quarter: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, their ends included, with the work to be done in them."""

    label: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Timeline:
    today: date
    moments: tuple[Moment, ...]
    work: tuple[Stretch, ...] = ()


Drawing = Waterfall | Curve | Courses | Timeline


@dataclass(frozen=True, slots=True)
class Section:
    """One section. ``why_not`` and ``fix`` say why it is empty and what would fill it."""

    id: str
    title: Words
    lead: str = ""
    drawing: Drawing | None = None
    tables: tuple[DealTable, ...] = ()
    notes: tuple[str, ...] = ()
    why_not: str = ""
    fix: str = ""

    def roots(self) -> Iterator[Figure]:
        """Every figure that the section shows."""
        yield from (part for part in self.title if isinstance(part, Figure))
        for step in self.drawing.steps if isinstance(self.drawing, Waterfall) else ():
            yield from (step.told, *(piece.figure for piece in step.pieces))
        for table in self.tables:
            yield from (c for row in table.rows for c in row.cells if isinstance(c, Figure))


@dataclass(frozen=True, slots=True)
class Deal:
    """All sections. ``hidden`` are figures that can be opened though no section shows them."""

    sections: tuple[Section, ...]
    hidden: tuple[Figure, ...] = field(default=(), repr=False)

    def roots(self) -> Iterator[Figure]:
        """Every figure shown, in reading order, then those that are not."""
        for section in self.sections:
            yield from section.roots()
        yield from self.hidden

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(self.roots())


def no_deal() -> Deal:
    """What stands in place of a deal where nothing is imported."""
    fix = "Import rosters and usage: `bothhalves import EXPORT`."
    return Deal((Section("bundle", ("The deal",), why_not=NOTHING_IMPORTED, fix=fix),))


def is_of_deal(figure_key: str) -> bool:
    """True if a key is that of a figure of a deal, or of the brief on an offer."""
    return figure_key.partition(".")[0] in FIRST_WORDS


def is_of_brief(figure_key: str) -> bool:
    """True if a key is that of a figure of the brief on an offer: the need, or what it is the basis of."""
    return figure_key.partition(".")[0] in _OF_BRIEF or "basis=built" in figure_key
