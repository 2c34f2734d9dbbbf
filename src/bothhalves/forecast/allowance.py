"""Allowances first: only usage beyond them is spend, so a month's spend does not go on at its mean so far."""

from __future__ import annotations

from collections.abc import Sequence


def beyond(usage: Sequence[int], allowance: int) -> list[int]:
    """What of each day's usage is beyond an ``allowance`` that the days use up in their order.

    The parts add up to the usage of all days less the allowance, or to nothing.
    """
    left, found = allowance, []
    for amount in usage:
        covered = min(left, amount)
        left -= covered
        found.append(amount - covered)
    return found


def rest_of_month(so_far: Sequence[int], to_come: Sequence[int], allowance: int) -> int:
    """The spend of the days ``to_come`` after those ``so_far`` of one month: usage is forecast, and what the
    days so far left of the allowance is taken off it."""
    return sum(beyond([*so_far, *to_come], allowance)[len(so_far) :])
