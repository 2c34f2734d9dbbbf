"""What is needed in the months to come under a scenario: the levels of the plan, as its inputs change them.

People and workloads go where the one page has them at the same inputs, so that the two always agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.brief.changed_costs import Scene, held
from bothhalves.brief.small_groups import Group
from bothhalves.brief.tallies import NOBODY, Tally
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.outlook import Baseline
from bothhalves.core.money import EXACT, plain
from bothhalves.workspace.forecast_levels import MICRO, MOVED, NOTHING_USED, ByMonth, Ends, Levels
from bothhalves.workspace.paths import NOTHING

_ONE = Fraction(1)


def levels_at(
    base: Mapping[Baseline, Levels], scenes: Iterable[Scene], vendor: str, growth: Decimal, achieved: Decimal
) -> dict[Baseline, Levels]:
    """The levels of a vendor's three baselines with use grown by the share ``growth``, and with the share
    ``achieved`` of what levers save."""
    factor = _ONE + Fraction(growth)
    said = _said(growth)
    found = {b: replace(_grown(levels, factor), notes=(*levels.notes, *said)) for b, levels in base.items()}
    after = base[Baseline.EFFICIENT]
    if after.baseline is not Baseline.EFFICIENT:
        return found
    own = list(scenes)
    tuned = {work.id for scene in own for work in scene.covered.works if work.is_tuned and not work.is_moved}
    now, part = found[Baseline.CURRENT].api, found[Baseline.EFFICIENT]
    api = dict(part.api)
    for name in tuned & {*api} & {*now}:
        api[name] = _between(now[name], api[name], Fraction(achieved))
    come = _come(own, vendor)
    if MOVED in api or come:
        months = next(iter(after.api.values()), {})
        api[MOVED] = _more(after.api.get(MOVED, {}), months, sum(come.values(), NOTHING_USED))
    seats = {kind: count + _more_seats(own, vendor, kind) for kind, count in after.seats.items()}
    later = {
        name: replace(
            tool,
            api=_more(tool.api, tool.api, come.get(name, NOTHING_USED)),
            seats={k: tool.seats.get(k, 0) + _more_leave(own, vendor, k, name) for k in after.seats},
        )
        for name, tool in after.later.items()
    }
    found[Baseline.EFFICIENT] = replace(part, api=api, seats=seats, later=later)
    return found


def built_at(base: Levels, scenes: Iterable[Scene], vendor: str, growth: Decimal) -> Levels:
    """The levels of a vendor with nothing built, likewise: use is grown, and people are on other seats; who
    would go to a tool or a meter stays."""
    seats = dict(base.seats)
    for scene in scenes:
        contract = scene.covered.sheet.plan.situation.contract
        for term in contract.seats if contract.vendor == vendor else ():
            more = _stays(scene.groups, contract, term.type) - _stays(
                scene.covered.planned, contract, term.type
            )
            seats[term.type] = seats.get(term.type, 0) + more
    grown = _grown(base, _ONE + Fraction(growth))
    return replace(grown, seats=seats, notes=(*base.notes, *_said(growth)))


def _said(growth: Decimal) -> tuple[str, ...]:
    return (
        (f"Use is taken {plain(EXACT.multiply(growth, 100))} % above what was seen, as stated.",)
        if growth
        else ()
    )


def _stays(groups: Mapping[Group, Tally], contract: Contract, kind: str) -> int:
    """People on a seat type of the contract if nobody leaves for what is no seat of it."""
    path, seats = f"{contract.id}/{kind}", {NOTHING, *(f"{contract.id}/{t.type}" for t in contract.seats)}
    return sum(t.number for g, t in groups.items() if path == (g.to if g.to in seats else g.current))


def _grown(levels: Levels, factor: Fraction) -> Levels:
    """All usage times the factor."""
    return levels.mapped(
        lambda own: {m: replace(e, low=e.low * factor, high=e.high * factor) for m, e in own.items()}
    )


def _between(now: ByMonth, after: ByMonth, achieved: Fraction) -> ByMonth:
    """Months of a workload of whose saving a part is achieved."""
    if achieved == 1:
        return after
    return {
        month: replace(
            ends,
            low=now[month].low + achieved * (ends.low - now[month].low),
            high=now[month].high + achieved * (ends.high - now[month].high),
        )
        for month, ends in after.items()
    }


def _come(scenes: Iterable[Scene], vendor: str) -> dict[str, Ends]:
    """What more of a month's use comes to the vendor's API with people who go to each tool than as planned;
    with what grows of those who go there anyway."""
    found: dict[str, Ends] = {}
    for scene in scenes:
        tools = {tool.id for tool in scene.covered.crowd.tools if tool.vendor == vendor}
        every: Iterable[Group] = {**scene.covered.planned, **scene.groups}
        for group in (g for g in every if g.to in tools):
            then = scene.groups.get(group, NOBODY).to
            now = scene.covered.planned.get(group, NOBODY).to
            if then is not None and now is not None:
                low = Fraction(then[0]) - Fraction(now[0])
                high = Fraction(_end(then)) - Fraction(_end(now))
                found[group.to] = found.get(group.to, NOTHING_USED) + Ends(low * MICRO, high * MICRO)
    return found


def _end(ends: tuple[Decimal, Decimal | None]) -> Decimal:
    return ends[0] if ends[1] is None else ends[1]


def _more(own: ByMonth, months: Iterable[Month], more: Ends) -> ByMonth:
    return {month: _at_least_nothing(own.get(month, NOTHING_USED), more) for month in months}


def _at_least_nothing(first: Ends, more: Ends) -> Ends:
    low, high = max(first.low + more.low, Fraction(0)), max(first.high + more.high, Fraction(0))
    return replace(first, low=min(low, high), high=max(low, high))


def _more_seats(scenes: Iterable[Scene], vendor: str, kind: str) -> int:
    """How many more people are on seats of a type than as planned."""
    found = 0
    for scene in scenes:
        contract = scene.covered.sheet.plan.situation.contract
        if contract.vendor == vendor:
            path = f"{contract.id}/{kind}"
            found += held(scene.groups, path) - held(scene.covered.planned, path)
    return found


def _more_leave(scenes: Iterable[Scene], vendor: str, kind: str, tool: str) -> int:
    """How many more people go from seats of a type to a tool than as planned."""
    found = 0
    for scene in scenes:
        contract = scene.covered.sheet.plan.situation.contract
        if contract.vendor == vendor:
            for groups, sign in ((scene.groups, 1), (scene.covered.planned, -1)):
                path = f"{contract.id}/{kind}"
                found += sign * sum(t.number for g, t in groups.items() if (g.current, g.to) == (path, tool))
    return found
