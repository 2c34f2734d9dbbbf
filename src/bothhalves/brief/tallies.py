"""People added up by where they go: how many, and what a month of their use costs beyond the fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext
from fractions import Fraction

from bothhalves.brief.crowd import Crowd, Grown, Lot
from bothhalves.brief.knots import Ends, Way
from bothhalves.brief.small_groups import Group
from bothhalves.core.money import EXACT, ZERO, quotient


@dataclass(frozen=True, slots=True)
class Tally:
    """A group's people, and what their use costs a month beyond the fees: on the path they are on (``now``),
    where they go (``to``), and on the metered path; None: not all of them have a cost there."""

    number: int
    is_inferred: bool
    now: Ends | None
    to: Ends | None
    metered: Ends | None


NOBODY = Tally(0, False, (ZERO, ZERO), (ZERO, ZERO), (ZERO, ZERO))


#: Lots whose sums of months are divided by as many and grow alike.
_Slot = tuple[int, bool]


def tallied(crowd: Crowd, grown: Grown, found: Sequence[str]) -> dict[Group, Tally]:
    """Everybody by group, those who change first; ``found`` is where each lot goes."""
    alike: dict[tuple[str, str, str, int, bool], list[Lot]] = {}
    for lot, to in zip(grown.lots, found, strict=True):
        slot = (lot.label, lot.current, to, lot.months, lot.is_straight)
        alike.setdefault(slot, []).append(lot)
    groups: dict[Group, dict[_Slot, list[Lot]]] = {}
    for (label, current, to, months, is_straight), lots in alike.items():
        groups.setdefault(Group(label, current, to), {})[months, is_straight] = lots
    with localcontext(EXACT):
        return {
            group: _tally(group, slots, crowd, grown)
            for group, slots in sorted(groups.items(), key=lambda g: g[0].order)
        }


def _tally(group: Group, slots: Mapping[_Slot, Sequence[Lot]], crowd: Crowd, grown: Grown) -> Tally:
    paths = dict.fromkeys((group.current, group.to, crowd.base))
    months = {path: _month(slots, crowd.ways.get(path), grown) for path in paths}
    return Tally(
        sum([lot.number for lots in slots.values() for lot in lots]),
        any(lot.is_inferred for lots in slots.values() for lot in lots),
        months[group.current],
        months[group.to],
        months[crowd.base],
    )


def _month(slots: Mapping[_Slot, Sequence[Lot]], way: Way | None, grown: Grown) -> Ends | None:
    """What a mean month of the lots costs on a way beyond the fee."""
    low, high, is_endless = Fraction(0), Fraction(0), False
    for (months, _), lots in slots.items():
        ends = [lot.beyond.get(way.id) for lot in lots] if way is not None else [None]
        known = [e for e in ends if e is not None]
        if len(known) < len(ends):
            return None
        scale, highs = grown.scale(lots[0]), [most for _, most in known]
        is_endless = is_endless or None in highs
        low += Fraction(sum([least for least, _ in known]) * scale) / months
        high += Fraction(sum([most or ZERO for most in highs]) * scale) / months
    return quotient(low), None if is_endless else quotient(high)
