"""What each lever saves, from the cost of every subset of them, each priced as a final state.

Savings of levers do not add up, because they meet on the same tokens. Each has a credit (L. S. Shapley, A
value for n-person games, 1953: the mean of its step over all orders), a step in one fixed order, and what is
lost if it alone is dropped. Only the first two add up to the whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import TypeVar

from bothhalves.core.money import Amount

L = TypeVar("L", bound=Hashable)
Costs = Mapping[frozenset[L], Amount]


def steps(costs: Costs[L], order: Sequence[L]) -> dict[L, Amount]:
    """What each lever saves when they are switched on in ``order``; the steps add up to the whole saving.

    ``ValueError`` where a cost has no upper end.
    """
    found, on = {}, frozenset[L]()
    for lever in order:
        found[lever] = costs[on] - costs[on | {lever}]
        on |= {lever}
    return found


def orders(levers: Sequence[L]) -> Iterator[tuple[L, ...]]:
    """Every order of the levers."""
    return permutations(levers)


def summed_steps(costs: Costs[L], levers: Sequence[L]) -> tuple[dict[L, Amount], int]:
    """Each lever's steps added up over all orders, and the number of orders: the credit is their quotient.

    Kept apart, because a sixth has no finite decimal: the sums add up to the whole saving times the number.
    """
    found: dict[L, Amount] = {}
    every = list(orders(levers))
    for order in every:
        for lever, step in steps(costs, order).items():
            found[lever] = found[lever] + step if lever in found else step
    return {lever: found[lever] for lever in levers}, len(every)


def last_in(costs: Costs[L], levers: Sequence[L]) -> dict[L, Amount]:
    """What is lost if one lever is dropped and the others stay."""
    whole = frozenset(levers)
    return {lever: costs[whole - {lever}] - costs[whole] for lever in levers}
