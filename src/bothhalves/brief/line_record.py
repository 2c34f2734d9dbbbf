"""Where the line sits, as a frozen record: who is on which side, and what everything costs on each path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bothhalves.brief.parts import ROWS_SHOWN, Prompt, Segment
from bothhalves.core.explain import Figure, by_key


@dataclass(frozen=True, slots=True)
class Bin:
    """People whose use lies in one class. ``label`` is its lower edge; each part is a number of people."""

    label: str
    parts: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """What happens to a stretch of bins, from ``start`` to ``end`` in bins from the left: how many people,
    and why."""

    start: float
    end: float
    words: str
    figure: Figure
    note: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """People by what their use would cost on the metered path. ``at`` is where the break-even lies, in bins
    from the left; None where there is none, and ``note`` says why. ``hold`` is where the two paths differ too
    little for anybody to move."""

    title: tuple[str | Figure, ...]
    lead: str
    bins: tuple[Bin, ...]
    zones: tuple[Zone, ...] = ()
    break_even: Figure | None = None
    at: float | None = None
    note: str = ""
    hold: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class PathCost:
    """What a month costs on one path at the three baselines of the same work: on the reference model without
    cache and batch, as used, and with what makes it cheaper. None: not everybody has a cost there."""

    path: str
    lazy: Figure | None
    current: Figure | None
    efficient: Figure | None

    def roots(self) -> Iterator[Figure]:
        yield from (f for f in (self.lazy, self.current, self.efficient) if f is not None)


@dataclass(frozen=True, slots=True)
class PathRow:
    """People alike, or a workload: its cost in a month now, on seats and on the efficient API.

    ``recommended`` is ``seat``, ``api`` or ``nothing``. ``no_seat`` says why there is no seat path,
    ``no_api`` what keeps them from the API.
    ``lazy`` is the same work on the API without any lever; ``costs`` are those of every path. ``workload`` is
    the id of a workload.
    """

    name: str
    note: str
    now: Figure | None
    seat: Figure | None
    api: Figure | None
    recommended: str
    action: str
    is_change: bool
    evidence: str
    levers: tuple[str, ...] = ()
    saves: Figure | None = None
    no_seat: str = ""
    no_api: str = ""
    lazy: Figure | None = None
    costs: tuple[PathCost, ...] = ()
    workload: str = ""

    def roots(self) -> Iterator[Figure]:
        yield from (f for f in (self.now, self.seat, self.lazy, self.api, self.saves) if f is not None)
        for cost in self.costs:
            yield from cost.roots()


@dataclass(frozen=True, slots=True)
class PathTable:
    """Every group and workload on each path, with the totals of a year; workloads that save most come first.

    ``others`` adds up the workloads after the first, where there are so many that they are folded.
    """

    title: str
    lead: str
    people: tuple[PathRow, ...]
    workloads: tuple[PathRow, ...]
    total: PathRow | None = None
    note: str = ""
    others: PathRow | None = None

    @property
    def top(self) -> tuple[PathRow, ...]:
        """The workloads that stand above the fold."""
        return self.workloads[:ROWS_SHOWN] if self.others else self.workloads

    def roots(self) -> Iterator[Figure]:
        for row in (*self.people, *self.workloads, *(r for r in (self.others, self.total) if r)):
            yield from row.roots()

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(self.roots())


@dataclass(frozen=True, slots=True)
class Slider:
    """An input that can be changed: its name in an address, its value now, and as ``planned``."""

    name: str
    label: str
    shown: str
    value: str
    least: str
    most: str
    step: str
    planned: str = ""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """The line: or, where the evidence does not allow one, what to measure first.

    ``finding`` is a sentence for the head of the page, ``totals`` are the bars of a horizon before and after.
    """

    finding: tuple[str | Figure, ...] = ()
    totals: tuple[Segment, ...] = ()
    histogram: Histogram | None = None
    paths: PathTable | None = None
    sliders: tuple[Slider, ...] = ()
    measure: Prompt | None = None

    def roots(self) -> Iterator[Figure]:
        yield from (p for p in self.finding if isinstance(p, Figure))
        yield from (s.figure for s in self.totals)
        if self.histogram is not None:
            yield from (p for p in self.histogram.title if isinstance(p, Figure))
            yield from ([self.histogram.break_even] if self.histogram.break_even else [])
            for part in self.histogram.bins:
                yield from (s.figure for s in part.parts)
            yield from (z.figure for z in self.histogram.zones)
        if self.paths is not None:
            yield from self.paths.roots()


NOT_DRAWN = Drawn()
