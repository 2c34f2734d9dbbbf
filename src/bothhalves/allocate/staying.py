"""Ties keep what is: no unit moves unless its move is worth something."""

from __future__ import annotations

import time

import numpy as np

from bothhalves.allocate.band_program import BandProgram, Branch
from bothhalves.allocate.bill import settled
from bothhalves.allocate.cells import MICRO, Cells, Free, cells
from bothhalves.allocate.model import Ints
from bothhalves.allocate.polish import Polish
from bothhalves.allocate.search import Best
from bothhalves.allocate.slopes import dearer, slopes
from bothhalves.allocate.sums import replaced, switched

#: Dollars by which a sum in floating point may be wrong; what is below is worked out exactly.
_NOTHING = 1e-4
#: Where each unit is asked again after others went back, so often at most.
_ROUNDS = 1000
#: So many units are looked at together.
_BLOCK = 20_000


def stayed(best: Best, until: float) -> None:
    """Takes back moves as long as the choice without them costs no more; the band stays.

    Of very many units each is asked once: one that went back may make it free for another, but rarely.
    """
    best.choice = tuple(options.copy() for options in best.choice)
    rounds = _ROUNDS if best.problem.size <= _BLOCK else 1
    for _ in range(rounds):
        if best.bill is None or time.monotonic() > until:
            return
        asked = _worth_asking(best)
        blocks = [
            Free(group, some, _both(best, group, some))
            for group, units in enumerate(asked)
            for some in np.array_split(units, -(-len(units) // _BLOCK) or 1)
            if len(some)
        ]
        if not any([_block(best, block, until) for block in blocks]):  # noqa: C419 (each is asked)
            return


def _worth_asking(best: Best) -> list[Ints]:
    """The units of each group whose way back is not surely dearer.

    Where any amount can be signed, what is signed changes with what is used: there all are asked.
    """
    assert best.bill is not None
    if best.problem.bands[best.band].rate is not None:
        groups = zip(best.problem.groups, best.choice, best.problem.current, strict=True)
        return [
            np.flatnonzero((now != today) & group.eligible[np.arange(len(now)), today])
            for group, now, today in groups
        ]
    here = slopes(best.problem, best.problem.bands[best.band], best.totals, best.bill)
    change = dearer(best.problem, here, best.choice)
    return [
        np.flatnonzero((now != today) & (more <= _NOTHING * MICRO))
        for now, today, more in zip(best.choice, best.problem.current, change, strict=True)
    ]


def _both(best: Best, group: int, units: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """The options that units have now and had before."""
    rows = np.arange(len(units))
    allowed = np.zeros((len(units), len(best.problem.groups[group].options)), dtype=np.bool_)
    allowed[rows, best.choice[group][units]] = True
    allowed[rows, best.problem.current[group][units]] = True
    return allowed


def _block(best: Best, block: Free, until: float) -> bool:
    """Takes back what costs no more, of one block; true if anything was."""
    assert best.bill is not None
    band, free = best.problem.bands[best.band], cells(best.problem, [block])
    fixed = replaced(best.problem, best.totals, best.choice, [block])
    program = BandProgram(best.problem, band, free, fixed, Branch.open(best.problem), whole=False)
    reckoned = Polish(program, float(best.bill.payable) / MICRO, np.zeros(len(free.unit)))
    taken = np.flatnonzero(free.option == best.choice[block.group][free.place])
    return _taken_back(best, free, reckoned.no_dearer(best.totals, taken, _NOTHING), until)


def _taken_back(best: Best, free: Cells, places: Ints, until: float) -> bool:
    """Takes back all of some moves if that costs no more, or what can be of each half of them."""
    if not len(places) or time.monotonic() > until:
        return False
    group, units = int(free.group[places[0]]), free.place[places]
    options = best.choice[group]
    before, problem = options[units], best.problem
    found = switched(problem, best.totals, best.choice, group, units, free.option[places])
    bill = settled(problem, found, problem.bands[best.band])
    is_sold = all(s.most is None or h <= s.most for s, h in zip(problem.seats, found.held, strict=True))
    if is_sold and best.bill is not None and bill.objective <= best.bill.objective:
        best.take(best.choice, found, best.band, bill)
        return True
    options[units] = before
    if len(places) == 1:
        return False
    first, second = (_taken_back(best, free, half, until) for half in np.array_split(places, 2))
    return first or second
