"""Measure first: what is missing before a recommendation may be made, and who has to export it from where.

Two full months on both lines, reconciled with the invoices, license a recommendation (grade B). Below that
there is no plan to give, only a plan to measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bothhalves.core.evidence import TOLERANCE, Comparison
from bothhalves.core.explain import Grade

#: Full months below which nothing is recommended.
FEWEST_MONTHS = 2


class Export(StrEnum):
    """The four things that must be known of a vendor, as far as they are bought there."""

    ROSTER = "roster"
    ACTIVITY = "activity"
    USAGE = "usage"
    INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an export comes from, and ``by`` whom. ``keep`` is what is lost if it is not kept."""

    vendor: str
    what: Export
    from_: str
    by: str
    keep: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a vendor: what is bought there, and which exports are here."""

    vendor: str
    has_seats: bool
    has_api: bool
    exports: frozenset[Export]

    @property
    def missing(self) -> tuple[Export, ...]:
        wanted = {Export.INVOICE}
        wanted |= {Export.ROSTER, Export.ACTIVITY} if self.has_seats else set()
        wanted |= {Export.USAGE} if self.has_api else set()
        return tuple(e for e in Export if e in wanted - self.exports)


@dataclass(frozen=True, slots=True)
class Step:
    """One export to make. ``why`` says what cannot be said without it."""

    vendor: str
    what: Export
    from_: str
    by: str
    why: str
    keep: str = ""
    source: str = ""

    def __str__(self) -> str:
        keep = f" ({self.keep})" if self.keep else ""
        return f"{self.vendor} {self.what}: {self.from_}{keep}. By {self.by}. {self.why}"


@dataclass(frozen=True, slots=True)
class MeasureFirst:
    """Why nothing is recommended, and what to do about it in order."""

    reasons: tuple[str, ...]
    steps: tuple[Step, ...]


WHY = {
    Export.ROSTER: "Without it nobody knows who holds which seat, and since when.",
    Export.ACTIVITY: "Without it no data would be taken for no use.",
    Export.USAGE: "Without it the API side is a total that cannot be divided.",
    Export.INVOICE: "Without it nothing shows that the computed cost is what is billed.",
}


def measure_first(
    full_months: int,
    grade: Grade,
    comparisons: Sequence[Comparison],
    vendors: Iterable[Known],
    sources: Sequence[Source],
) -> MeasureFirst | None:
    """What to measure before anything is recommended; None where the evidence licenses a recommendation."""
    if grade in (Grade.A, Grade.B):
        return None
    found = list(vendors)
    steps = tuple(_step(known, what, sources) for known in found for what in known.missing)
    return MeasureFirst(tuple(_reasons(full_months, comparisons)), steps)


def _reasons(full_months: int, comparisons: Sequence[Comparison]) -> Iterator[str]:
    if full_months < FEWEST_MONTHS:
        there = "there is one" if full_months == 1 else f"there are {full_months}"
        yield f"A recommendation takes {FEWEST_MONTHS} full months of data; {there}."
    if not comparisons:
        yield "No invoice is here to compare with."
    for c in comparisons:
        if not c.agrees:
            account = f" {c.account}" if c.account else ""
            yield f"{c.vendor}{account}, {c.month}: computed and invoiced cost differ by {_gap(c)}."


def _gap(comparison: Comparison) -> str:
    if comparison.computed.at_least:
        return "an amount that nobody knows, because usage is unpriced"
    gap = comparison.gap
    most = f"more than {TOLERANCE * 100:.0f} %"
    return most if gap is None else f"{abs(gap) * 100:.1f} %, {most}"


def _step(known: Known, what: Export, sources: Sequence[Source]) -> Step:
    """The vendor's own export, or how such an export is made anywhere."""
    own = next((s for s in sources if (s.vendor, s.what) == (known.vendor, what)), None)
    general = next((s for s in sources if (s.vendor, s.what) == ("", what)), None)
    source = own or general
    if source is None:
        return Step(known.vendor, what, "the vendor's admin pages", "an admin", WHY[what])
    return Step(known.vendor, what, source.from_, source.by, WHY[what], source.keep, source.source)
