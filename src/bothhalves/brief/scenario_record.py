"""Scenarios told: key figures of each, of several side by side, and what explains the difference of two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bothhalves.core.explain import Figure, by_key
from bothhalves.workspace.scenario_inputs import Inputs

#: Keys of scenarios begin so; the scenario is their dimension ``of``.
FIRST_WORD = "scenario"
Words = tuple[str | Figure, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of a scenario. ``figure`` None: it is not known, and ``why`` says what is missing. ``reach``
    are the inputs that can change it, ``said`` what is to be known of it."""

    id: str
    group: str
    label: str
    figure: Figure | None
    reach: frozenset[str]
    why: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A scenario worked out. ``stated`` are its inputs in words, ``planned`` where each stands without it;
    ``said`` is what was taken for granted, and which inputs found nothing to change."""

    name: str
    inputs: Inputs
    rows: tuple[KeyFigure, ...]
    stated: Mapping[str, str]
    planned: Mapping[str, str]
    said: tuple[str, ...] = ()

    def word(self, name: str) -> str:
        """An input in words, as stated or as it stands without; empty where nobody says anything."""
        return self.stated.get(name, "") or self.planned.get(name, "")

    def row(self, row_id: str) -> KeyFigure | None:
        return next((row for row in self.rows if row.id == row_id), None)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A key figure of every scenario, in their order, and by how much each differs from the first (None: one
    of the two is not known; empty for the first). ``unaffected`` are stated inputs that do not reach it."""

    id: str
    group: str
    label: str
    figures: tuple[Figure | None, ...]
    more: tuple[Figure | None, ...]
    why: tuple[str, ...]
    unaffected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios side by side. ``findings`` are one sentence for each but the first; ``since`` says what is
    another since a scenario was saved, ``missing`` what none of them can tell, and why."""

    told: tuple[Told, ...]
    rows: tuple[ComparedRow, ...]
    findings: tuple[Words, ...]
    since: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...] = ()

    def roots(self) -> Iterator[Figure]:
        yield from (part for words in self.findings for part in words if isinstance(part, Figure))
        for row in self.rows:
            yield from (f for f in (*row.figures, *row.more) if f is not None)

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(self.roots())


@dataclass(frozen=True, slots=True)
class DiffRow:
    """A figure that differs between two scenarios. ``parts`` are by the input that explains them, and add up
    to ``more``; empty where a figure on the way is not known."""

    row: KeyFigure
    first: Figure | None
    second: Figure | None
    more: Figure | None
    parts: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Diff:
    """Two scenarios: the inputs that differ, in the order in which they are changed one at a time, with both
    of their values in words; the figures that differ; and what was found, in one sentence."""

    first: Told
    second: Told
    inputs: Mapping[str, tuple[str, str]]
    rows: tuple[DiffRow, ...] = field(default=())
    finding: Words = ()

    def roots(self) -> Iterator[Figure]:
        yield from (part for part in self.finding if isinstance(part, Figure))
        for row in self.rows:
            found = (row.first, row.second, row.more, *row.parts.values())
            yield from (f for f in found if f is not None)

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(self.roots())


def is_of_scenario(figure_key: str) -> bool:
    """True if a key is that of a figure of scenarios."""
    return figure_key.partition(".")[0] == FIRST_WORD


def no_comparison(_: str) -> Comparison:
    """What stands in place of a comparison where nothing is imported."""
    return Comparison((), (), (), {}, ("There is no usage and no roster yet.",))


def no_diff(_: str) -> Diff:
    """What stands in place of a difference where nothing is imported."""
    why = "There is no usage and no roster yet."
    nothing = Told("", Inputs(), (), {}, {})
    return Diff(nothing, nothing, {}, (), (why,))


def no_figure(_: str) -> Figure | None:
    """The figure of a scenario where nothing is imported."""
    return None
