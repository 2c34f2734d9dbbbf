"""The common shapes of seats as schedules, in the words of an expert."""

from __future__ import annotations

from decimal import Decimal

from bothhalves.core.money import ZERO
from bothhalves.core.paths.schedules import Piece, Schedule, Stair, tiered


def flat(fee: Decimal) -> Schedule:
    """A fee that includes all use."""
    return Schedule(fee)


def with_allowance(fee: Decimal, included: Decimal, times: Decimal) -> Schedule:
    """``included`` use in the fee, and ``times`` list price beyond: F + q (u - A)+."""
    return tiered(fee, (Piece(ZERO, ZERO), Piece(included, times)))


def stopping(fee: Decimal, included: Decimal) -> Schedule:
    """``included`` use in the fee, and none beyond."""
    return Schedule(fee, stop=included)


def in_packs(fee: Decimal, included: Decimal, size: Decimal, price: Decimal, at_least: int = 1) -> Schedule:
    """``included`` use in the fee, and whole packs beyond."""
    return Schedule(fee, stair=Stair(included, size, price, at_least))
