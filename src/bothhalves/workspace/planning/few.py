"""Moves of so few people that a name for them would tell of one person: they stand together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from bothhalves.workspace.planning.planned import Task

G = TypeVar("G")
PEOPLE = "people:"
#: The id of what several moves of few people are called together.
OTHERS = f"{PEOPLE}others"


def together(sizes: Mapping[G, int], smallest: int, order: Callable[[G], Any]) -> list[G]:
    """The groups too small to stand alone, the smallest first, ties by ``order``.

    If they are too few even together, the next larger group joins them.
    """
    rising = sorted(sizes, key=lambda g: (sizes[g], order(g)))
    small = [g for g in rising if sizes[g] < smallest]
    for group in rising[len(small) :]:
        if not small or sum(sizes[g] for g in small) >= smallest:
            break
        small.append(group)
    return small


def moves_together(tasks: Iterable[Task], smallest: int) -> frozenset[str]:
    """The ids of the moves of people that are told as one; none where each is large enough."""
    sizes = {task.move: task.people for task in tasks if task.move.startswith(PEOPLE)}
    return frozenset(together(sizes, smallest, str))
