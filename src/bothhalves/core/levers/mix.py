"""The work of a workload as cells, and the settings that each lever can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.levers.caching import CachingState, HitRate, Lifetime
from bothhalves.core.levers.routing import SAME, Model, Recount
from bothhalves.core.rating import Counted, Rating


class Lever(StrEnum):
    """What changes the cost of the same work, in the order in which a waterfall shows it."""

    ROUTING = "routing"
    CACHING = "caching"
    BATCH = "batch"


LEVERS = tuple(Lever)


class Setting(StrEnum):
    """How a lever stands: not used at all, as it is used today, or as well as evidence allows."""

    LAZY = "lazy"
    TODAY = "today"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Target:
    """A model that work may run on, and how many tokens the same work takes there."""

    model: Model
    recount: Recount = SAME


@dataclass(frozen=True, slots=True)
class Slot:
    """A cache of its own: a model's, in a tier, with a lifetime."""

    model: Model
    tier: str
    lifetime: Lifetime


@dataclass(frozen=True, slots=True)
class Head:
    """The part of a cell's prompts that repeats, and how much of it caches were seen to serve.

    ``share`` of the prompt tokens belong to it, ``tokens`` in each request. ``lifetime`` is today's.
    ``billed``: what the cache does not serve is billed as a write (else as input). ``rates`` hold for
    today's traffic of a slot, ``played`` for the traffic after routing, ``trialled`` for any traffic.
    """

    share: Fraction
    tokens: int
    lifetime: Lifetime
    changes: bool = False
    billed: bool = True
    rates: Mapping[Slot, HitRate] = field(default_factory=dict)
    played: Mapping[Slot, HitRate] = field(default_factory=dict)
    trialled: Mapping[Slot, HitRate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """Observed usage of one task class that shares one price.

    ``reference`` is the large model that lazy use would take, ``chosen`` the one that evidence allows; None:
    the work stays on its model. ``can_wait`` is the share for which nobody waits.
    """

    id: str
    task_class: str
    usage: Counted
    reference: Target | None = None
    chosen: Target | None = None
    can_wait: Decimal = Decimal(0)
    head: Head | None = None

    @property
    def model(self) -> Model:
        return self.usage.vendor, self.usage.model

    @property
    def own(self) -> Target:
        """Today's model."""
        return Target(self.model)


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of a cell in a state: the usage that it makes there, what that costs, and how it is cached."""

    cell: Cell
    usage: Counted
    rating: Rating
    caching: CachingState
