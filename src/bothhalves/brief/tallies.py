"""People added up by where they go: how many, and what a month of their use costs beyond the fees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from bothhalves.brief.crowd import LAZY, Crowd
from bothhalves.brief.knots import Ends
from bothhalves.brief.ranks import Run
from bothhalves.brief.small_groups import Group
from bothhalves.core.money import EXACT, ZERO, quotient


@dataclass(frozen=True, slots=True)
class Tally:
    """A group's people, and what their use costs a month beyond the fees: on the path they are on (``now``),
    where they go (``to``), and on the metered path, as it is and lazily; None: not all of them have a cost
    there."""

    number: int
    is_inferred: bool
    now: Ends | None
    to: Ends | None
    metered: Ends | None
    lazy: Ends | None


NOBODY = Tally(0, False, *[(ZERO, ZERO)] * 4)


def tallied(crowd: Crowd, runs: Sequence[Run]) -> dict[Group, Tally]:
    """Everybody by group, those who change first; ``runs`` are where they go."""
    groups: dict[Group, list[Run]] = {}
    for run in runs:
        first = run.rank.first
        groups.setdefault(Group(first.label, first.current, run.to), []).append(run)
    with localcontext(EXACT):
        return {
            group: _tally(group, groups[group], crowd.base) for group in sorted(groups, key=lambda g: g.order)
        }


def _tally(group: Group, runs: Sequence[Run], base: str) -> Tally:
    months = {path: _month(runs, path) for path in (group.current, group.to, base, LAZY)}
    return Tally(
        sum(run.number for run in runs),
        any(run.rank.first.is_inferred for run in runs),
        months[group.current],
        months[group.to],
        months[base],
        months[LAZY],
    )


def _month(runs: Sequence[Run], path: str) -> Ends | None:
    """What a mean month of the runs costs on a path beyond the fee."""
    lows, highs = dict[int, Decimal](), dict[int, Decimal]()
    has_end = True
    for run in runs:
        ends, months = run.beyond(path), run.rank.first.months
        if ends is None:
            return None
        lows[months] = lows.get(months, ZERO) + ends[0]
        highs[months] = highs.get(months, ZERO) + ends[1]
        has_end = has_end and not ends[2]
    low, high = (
        sum((Fraction(found[months]) / months for months in found), Fraction(0)) for found in (lows, highs)
    )
    return quotient(low), quotient(high) if has_end else None
