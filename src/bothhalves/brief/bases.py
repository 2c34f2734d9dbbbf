"""One offer on two needs side by side: with nothing built, as in the brief, and after the whole plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bothhalves.brief.bundles import BundleSheet, bundle_sheet
from bothhalves.brief.rekeyed import built
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.explain import Figure, by_key
from bothhalves.workspace.bundling import Bundled

#: What the two needs are called wherever they stand side by side.
NOW, LATER = "With nothing built", "After the whole plan"
WHY = (
    "Both are the same offer on two needs. The brief counts what is needed with nothing built (keys with "
    "basis=built), as nobody can negotiate with a saving that is still to come. Everything else here is on "
    "what is needed after the whole plan: the less is needed, the less the offer is worth."
)
#: Said where only the one is told.
AFTER = "This is on what is needed after the whole plan; the brief tells the same with nothing built."


@dataclass(frozen=True, slots=True)
class BasisRow:
    """A figure on both needs; None: it cannot be told."""

    label: str
    now: Figure | None
    later: Figure | None


def bases_of(bundled: Bundled, sheets: Sequence[BundleSheet]) -> dict[str, tuple[BasisRow, ...]]:
    """Rows by id of an offer; nothing for one that was refused, or without a plan that makes a difference."""
    later = {s.apart.offer.id: s for s in sheets if s.apart.outlook.baseline is Baseline.EFFICIENT}
    found = {}
    for apart in bundled.built:
        now = bundle_sheet(apart)
        if now is not None and apart.offer.id in later:
            found[apart.offer.id] = tuple(_rows(now, later[apart.offer.id]))
    return found


def _rows(now: BundleSheet, later: BundleSheet) -> Iterator[BasisRow]:
    yield BasisRow("Both halves alone: the walk-away cost", built(now.standalone), later.standalone)
    yield BasisRow("The need inside the bundle", built(now.cost), later.cost)
    yield BasisRow("Buying both together, less both alone", built(now.leverage), later.leverage)
    yield BasisRow("True discount", None if now.discount is None else built(now.discount), later.discount)


def figures(found: Iterable[BasisRow]) -> dict[str, Figure]:
    """Every figure of some rows by key, those below included."""
    return by_key(f for row in found for f in (row.now, row.later) if f is not None)
