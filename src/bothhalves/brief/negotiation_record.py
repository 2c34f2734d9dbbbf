"""The brief to negotiate with as a frozen record: parts with rows of text and figures, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bothhalves.core.explain import Figure, Grade, Problem, by_key

Cell = str | Figure


@dataclass(frozen=True, slots=True)
class Refused:
    """What the evidence does not allow to say: why, and what would allow it."""

    what: str
    reason: str
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the brief. ``columns`` head the cells of every row; ``notes`` are sentences below them."""

    id: str
    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()

    def roots(self) -> Iterator[Figure]:
        """Every figure that the part shows."""
        yield from (cell for row in self.rows for cell in row if isinstance(cell, Figure))


@dataclass(frozen=True, slots=True)
class NegotiationBrief:
    """One page about one offer or contract, as seen on ``day`` after the months of ``window``.

    ``drafts`` say why the brief is not final (none: it is), ``agreement`` how far invoices and computed cost
    differ. ``labels`` name invented or assumed data. Nobody is named in it: people are counted. ``parts``
    always stand in the same order.
    """

    company: str
    offer: str
    vendor: str
    currency: str
    source: str
    day: date
    window: tuple[str, str]
    term: tuple[str, str]
    grade: Grade
    drafts: tuple[str, ...]
    agreement: str
    labels: tuple[str, ...]
    headline: tuple[Cell, ...]
    parts: tuple[Part, ...]
    books: tuple[str, ...]
    snapshot: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_draft(self) -> bool:
        return bool(self.drafts)

    def roots(self) -> Iterator[Figure]:
        """Every figure shown, in reading order."""
        yield from (part for part in self.headline if isinstance(part, Figure))
        for part in self.parts:
            yield from part.roots()

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(self.roots())


def no_brief(offer: str = "") -> NegotiationBrief:
    """What stands in place of a brief where nothing is imported: there is none."""
    raise LookupError("There is no usage and no roster yet. Import them: bothhalves import EXPORT.")
