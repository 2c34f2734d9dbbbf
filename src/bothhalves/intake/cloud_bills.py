"""What the bills of clouds have in common: token units, tags, and rows about much else than AI."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT
from bothhalves.intake.base import Sink
from bothhalves.intake.fields import LARGEST_COUNT, Fields
from bothhalves.intake.source import Source

#: Tags that name the workload which a cost belongs to, the most telling first.
WORKLOAD_TAGS = ("workload", "application", "app", "service", "component", "team")
_UNIT = re.compile(r"(?:per )?([0-9]*) ?(k|thousand|m|million)?s? ?(?:of )?(?:input |output )?tokens?")
_SCALE = {"": 1, "k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000}
_NAMED = 8


def tokens_per(unit: str) -> int | None:
    """How many tokens a unit such as ``1K tokens`` or ``Million tokens`` is; None for other units."""
    match = _UNIT.fullmatch(unit.strip().lower().replace(",", ""))
    if match is None or len(match[1]) > 9:
        return None
    return int(match[1] or 1) * _SCALE[match[2] or ""]


def whole_tokens(row: Fields, name: str, per: int) -> int:
    """The quantity ``name`` of units of ``per`` tokens: bills round the quantity, and a token is whole."""
    found = row.quantity(name) or Decimal(0)
    if found > LARGEST_COUNT // per:
        row.bad(name, "larger than any real quantity", "Export again.")
        return 0
    return int(EXACT.multiply(found, Decimal(per)).to_integral_value(ROUND_HALF_EVEN))


def workload_of(tags: Mapping[str, str]) -> str:
    """The value of the most telling tag, by the last part of its name; empty if there is none."""
    named = {re.split(r"[/:]", name)[-1].lower().removeprefix("user_"): tags[name] for name in sorted(tags)}
    return next((named[name] for name in WORKLOAD_TAGS if named.get(name)), "")


@dataclass(slots=True)
class Unread:
    """What of a bill is passed over, told in two notes at its end.

    ``services``: rows of services that sell no AI; ``skus``: those whose money alone is read.
    """

    services: Counter[str] = field(default_factory=Counter)
    skus: Counter[str] = field(default_factory=Counter)

    def report(self, source: Source, sink: Sink) -> None:
        where = Where(source.name)
        if self.services:
            what = f"{self.services.total()} rows of other services were not read: {_listed(self.services)}."
            fix = "Nothing to do, unless one of these sells AI: then report its name."
            sink.problem("import.other-services", where, what, fix, changes=False)
        if self.skus:
            what = (
                f"{self.skus.total()} rows do not say model, token kind and unit, so only their money is"
                f" read: {_listed(self.skus)}."
            )
            fix = "Import a usage report of the vendor or a gateway's log for these."
            sink.problem("import.money-only", where, what, fix, changes=False)


def _listed(names: Iterable[str]) -> str:
    known = sorted({" ".join(name.split())[:60] or "(unnamed)" for name in names})
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return ", ".join(known[:_NAMED]) + more
