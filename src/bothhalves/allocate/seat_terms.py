"""The choice of seats as a problem and as an answer; every amount is a whole number of micro-units.

A micro-unit is a millionth of the currency's unit (micro-dollars for dollars), over one horizon that the
caller has chosen. Amounts are Scores: whoever shows money rates the chosen paths again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Whole: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

#: No sum of a problem may come near the end of 64 bits; about a million million dollars.
MOST = 2**60
#: A path that a person may not take costs this much. It is never added up.
BARRED = 2**61
#: The ties of a person's paths are bits of one number.
MOST_PATHS = 62

_SHAPE = "cost must be whole numbers of shape (people, paths) with at most {} paths, and is {} of {}"
_BESIDE = "eligible must be flags of the shape of cost, {}, and is {} of {}"
_CURRENT = "current must be a path for each of {} people, or -1"
_NOBODY = "{} of {} people may take no path at all; the first is in row {}"
_PATH = "a seat type is of path {}, and the paths are 0 to {}"
_TWICE = "two seat types are of one path"
_SEAT = "the seat type of path {} has a negative fee or minimum, or a fee or minimum that is too large"
_BREAKS = "the price breaks of path {} must begin at rising counts above 0 and never raise the fee"
_LARGE = "the amounts add up to more than 64 bits hold"


@dataclass(frozen=True, slots=True)
class SeatType:
    """What the seats of one path cost, in micro-units over the horizon.

    ``minimum`` seats are paid for, used or not. A break ``(from_count, fee)`` makes ``fee`` that of all units
    once so many are paid for; paying for more seats than are used in order to reach it is allowed. An
    ``optional`` type costs nothing while nobody holds it; of any other the minimum is always paid.
    """

    path: int
    fee: int
    minimum: int = 0
    breaks: tuple[tuple[int, int], ...] = ()
    optional: bool = False

    @property
    def levels(self) -> tuple[tuple[int, int], ...]:
        """(fewest seats paid for, fee) of the base price and of every break, as they are offered."""
        return ((self.minimum, self.fee), *((max(self.minimum, count), fee) for count, fee in self.breaks))

    def billed(self, count: int) -> tuple[int, int]:
        """The seats to pay for, and the fee of each, where ``count`` people hold one: the cheapest way.

        >>> SeatType(0, fee=10, breaks=((100, 8),)).billed(90)
        (100, 8)
        """
        if self.optional and count == 0:
            return 0, self.fee
        return min(
            ((max(count, fewest), fee) for fewest, fee in self.levels),
            key=lambda paid: (paid[0] * paid[1], paid),
        )

    def charge(self, count: int) -> int:
        """What is paid for the seats of ``count`` people."""
        seats, fee = self.billed(count)
        return seats * fee


@dataclass(frozen=True, eq=False)
class SeatProblem:
    """Who may take which path at what expected cost, and what the seats cost that are paid for as a whole.

    ``cost[n, k]`` is the expected cost of person n on path k over the horizon **without** the seat's fee
    (int64); ``eligible[n, k]`` tells whether the path is open to the person. Paths without a
    :class:`SeatType` have no fee. ``current`` is each person's path today, -1 for none; a path that is not
    eligible any more cannot be kept.

    Raises ``ValueError`` for shapes that do not fit, people without any path, price breaks out of order or
    that raise the fee, and amounts whose sum does not fit 64 bits.
    """

    cost: Whole
    eligible: Flags
    seats: tuple[SeatType, ...] = ()
    current: Whole | None = None

    def __post_init__(self) -> None:
        _check_arrays(self)
        _check_seats(self)
        _check_amounts(self)

    @property
    def people(self) -> int:
        return int(self.cost.shape[0])

    @property
    def paths(self) -> int:
        return int(self.cost.shape[1])

    @cached_property
    def kept(self) -> Whole:
        """Each person's path today where it may be kept, else -1."""
        if self.current is None:
            return np.full(self.people, -1, np.int64)
        current = np.asarray(self.current, np.int64)
        rows = np.arange(self.people)
        allowed = (current >= 0) & self.eligible[rows, np.maximum(current, 0)] if self.paths else current >= 0
        return np.where(allowed, current, -1)

    def counts(self, choice: Whole) -> tuple[int, ...]:
        """How many people are on each path."""
        return tuple(np.bincount(choice, minlength=self.paths).tolist())

    def total(self, choice: Whole) -> int:
        """The exact cost of a choice: expected costs, and the cheapest way to pay for its seats."""
        counts = self.counts(choice)
        costs = int(np.take_along_axis(self.cost, choice[:, None], 1).sum())
        return costs + sum(seat.charge(counts[seat.path]) for seat in self.seats)


@dataclass(frozen=True, eq=False)
class SeatChoice:
    """A path for everyone, what it costs, and the proof.

    ``billed`` and ``fees`` are the seats paid for and the fee of each, by path; 0 for paths without seats.
    ``open`` holds the seat paths that are paid for at all. No choice whatever costs less than ``bound``.

    ``multipliers[k]`` is how far one more person on path k costs less than the fee of a seat: 0 where seats
    are bought as needed, the whole fee where paid seats stay empty. They are of the choice that was solved
    last for this answer; a person is best served by the path of the least ``cost + fee - multiplier``.
    """

    choice: Whole
    counts: tuple[int, ...]
    billed: tuple[int, ...]
    fees: tuple[int, ...]
    open: tuple[int, ...]
    multipliers: tuple[int, ...]
    total: int
    bound: int

    @property
    def gap(self) -> int:
        """What the choice may cost above the least possible; 0 is the proof that it is the least."""
        return self.total - self.bound

    @property
    def status(self) -> str:
        """``proven``: no choice costs less. ``bounded``: none costs less by more than ``gap``."""
        return "bounded" if self.gap else "proven"


def _check_arrays(problem: SeatProblem) -> None:
    cost, eligible, current = problem.cost, problem.eligible, problem.current
    if cost.ndim != 2 or cost.dtype != np.int64 or cost.shape[1] > MOST_PATHS:
        raise ValueError(_SHAPE.format(MOST_PATHS, cost.dtype, cost.shape))
    if eligible.shape != cost.shape or eligible.dtype != np.bool_:
        raise ValueError(_BESIDE.format(cost.shape, eligible.dtype, eligible.shape))
    if current is not None and (
        current.shape != cost.shape[:1]
        or current.dtype.kind not in "iu"
        or (problem.people and not -1 <= int(current.min()) <= int(current.max()) < problem.paths)
    ):
        raise ValueError(_CURRENT.format(problem.people))
    barred = np.flatnonzero(~eligible.any(axis=1))
    if len(barred):
        raise ValueError(_NOBODY.format(len(barred), problem.people, int(barred[0])))


def _check_seats(problem: SeatProblem) -> None:
    for seat in problem.seats:
        if not 0 <= seat.path < problem.paths:
            raise ValueError(_PATH.format(seat.path, problem.paths - 1))
        if min(seat.fee, seat.minimum) < 0 or max(seat.fee, seat.minimum) >= BARRED:
            raise ValueError(_SEAT.format(seat.path))
        counts = [0, *(count for count, _ in seat.breaks)]
        fees = [seat.fee, *(fee for _, fee in seat.breaks)]
        rising = all(a < b for a, b in pairwise(counts))
        if not rising or fees != sorted(fees, reverse=True) or fees[-1] < 0:
            raise ValueError(_BREAKS.format(seat.path))
    if len({seat.path for seat in problem.seats}) < len(problem.seats):
        raise ValueError(_TWICE)


def _check_amounts(problem: SeatProblem) -> None:
    """Sums stay within 64 bits. Measured in floating point, as the sum itself may not fit."""
    largest = 0.0
    for row in range(0, problem.people, 1 << 16):
        rows = slice(row, row + (1 << 16))
        costs = np.where(problem.eligible[rows], problem.cost[rows], 0)
        highest, lowest = costs.max(axis=1).astype(float), costs.min(axis=1).astype(float)
        largest += float(np.maximum(highest, -lowest).sum())
    fees = sum(seat.fee * (problem.people + max(count for count, _ in seat.levels)) for seat in problem.seats)
    if largest + fees >= MOST:
        raise ValueError(_LARGE)
