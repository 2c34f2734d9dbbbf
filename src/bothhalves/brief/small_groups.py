"""Rows of people that name nobody: groups too small to be shown alone are one row together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bothhalves.core.explain import key
from bothhalves.workspace.paths import NOTHING
from bothhalves.workspace.planning.few import together

OTHERS, EVERYBODY = "Other people", "All people"
#: How the path is called on which each of several groups is today.
OWN = "own"


@dataclass(frozen=True, slots=True)
class Group:
    """People of one label on one path (by id) who go to one path."""

    label: str
    current: str
    to: str

    @property
    def is_change(self) -> bool:
        return self.to != self.current

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Changes first."""
        return not self.is_change, self.label, self.current, self.to

    @property
    def name(self) -> str:
        return f"{(self.label or 'all').capitalize()}, on {called(self.current)}"

    @property
    def move(self) -> str:
        """The id of the plan's move for them."""
        return f"people:{self.label}:{called(self.current)}:{called(self.to)}"

    @property
    def action(self) -> str:
        if not self.is_change:
            return "Keep seat"
        return "Release" if self.to == NOTHING else f"To {called(self.to)}"

    @property
    def recommended(self) -> str:
        return "nothing" if self.to == NOTHING else "seat" if "/" in self.to else "api"


@dataclass(frozen=True, slots=True)
class Shown:
    """The groups of one row, those who change first. ``largest`` is the one with most people; ``name`` is
    given where there are several."""

    groups: tuple[Group, ...]
    number: int
    largest: Group
    name: str

    @property
    def is_change(self) -> bool:
        return any(group.is_change for group in self.groups)

    @property
    def action(self) -> str:
        found = list(dict.fromkeys(group.action for group in self.groups))
        return found[0] if len(found) == 1 else "Each as planned"

    @property
    def recommended(self) -> str:
        return self.largest.recommended

    @property
    def saved_as(self) -> str:
        """What their saving is called: as their move, unless there are several."""
        return self.groups[0].move.removeprefix("people:") if len(self.groups) == 1 else _slug(self.name)

    def key(self, contract: str, path: str, baseline: str = "") -> str:
        """The key of what a month of them costs on a path; ``baseline`` is left out for the efficient one."""
        said = {"contract": contract, "people": _slug(self.name), "path": called(path)}
        if len(self.groups) == 1:
            said["to"] = called(self.groups[0].to)
        return key("paths.cost", {**said, **({"baseline": baseline} if baseline else {})})


def _slug(name: str) -> str:
    return name.lower().replace(", ", "-").replace(" ", "-")


def called(path: str) -> str:
    """The seat type of ``contract/type``; other paths are called what they are called."""
    return path.rpartition("/")[2]


def gathered(sizes: Mapping[Group, int], smallest: int) -> Iterator[Shown]:
    """The rows of groups of so many people, those who change first and those too small for a row last.

    What is too small stands together; if even that is, the next larger group joins it.
    """
    small = together(sizes, smallest, lambda g: g.order)
    for group in sorted(sizes, key=lambda g: g.order):
        if group not in small:
            yield Shown((group,), sizes[group], group, group.name)
    if small:
        name = EVERYBODY if len(small) == len(sizes) else OTHERS
        largest = max(small, key=lambda g: (sizes[g], g.order))
        groups = tuple(sorted(small, key=lambda g: g.order))
        yield Shown(groups, _people(small, sizes), largest, name)


def _people(groups: Iterable[Group], sizes: Mapping[Group, int]) -> int:
    return sum(sizes[g] for g in groups)
