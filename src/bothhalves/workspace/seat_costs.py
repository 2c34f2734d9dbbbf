"""What holders' use costs in their seat and metered, for the labels light and heavy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bothhalves.core.money import EXACT
from bothhalves.core.paths.breakpoints import Breakpoint, breakpoint_of
from bothhalves.core.paths.schedules import Schedule
from bothhalves.core.paths.verdicts import standing
from bothhalves.core.seating.labelling import PersonCosts
from bothhalves.core.seating.rules import SeatRules
from bothhalves.workspace.paths import Path, VendorPaths


def seat_costs(vendors: Iterable[VendorPaths], rules: SeatRules) -> dict[tuple[str, str], PersonCosts]:
    """How each holder's months lie to the seat and to the metered path it is compared with.

    By vendor and pseudonym. Seats whose cost is not that of one person, as of a pool, are left out.
    """
    return {(found.vendor, p): costs for found in vendors for p, costs in _of_vendor(found, rules)}


def _of_vendor(found: VendorPaths, rules: SeatRules) -> Iterable[tuple[str, PersonCosts]]:
    paths = {path.id: path for path in found.paths}
    held = (paths[id_] for id_ in {p.current for p in found.people} & {*paths})
    compared = {seat.id: c for seat in held if (c := _compared(seat, paths, rules)) is not None}
    for person in found.people:
        if person.current in compared:
            own, path, at = compared[person.current]
            stands = standing(own, path, at, person.uses, rules.light, rules.heavy_times)
            yield person.person, PersonCosts(stands, len(person.months), _is_flat(paths[person.current]))


def _compared(
    seat: Path, paths: Mapping[str, Path], rules: SeatRules
) -> tuple[Schedule, Schedule, Breakpoint] | None:
    """A seat's cost, what it is compared with, and where they meet; None: its cost is not one person's."""
    if seat.option is None or seat.breakpoint is None:
        return None
    own, path = seat.option.schedule, _metered(paths[seat.against], rules)
    return own, path, breakpoint_of(own, path)


def _metered(path: Path, rules: SeatRules) -> Schedule:
    """The path's schedule, with the cost for each person of company.yaml where it has none of its own."""
    assert path.option is not None
    schedule = path.option.schedule
    return schedule if schedule.fee else replace(schedule, fee=EXACT.add(schedule.fee, rules.metered_cost))


def _is_flat(seat: Path) -> bool:
    """True if the fee covers all use: no overage, no packs, and no limit at which it stops."""
    assert seat.option is not None
    schedule = seat.option.schedule
    priced = any(piece.slope for piece in schedule.pieces) or schedule.stair is not None
    return not (priced or schedule.stop is not None or seat.is_limited or seat.units)
