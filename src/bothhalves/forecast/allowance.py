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
