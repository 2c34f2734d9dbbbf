"""What would change the advice of a task, as a value where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.engineering import Engineering, break_even_people
from bothhalves.core.money import EXACT, Amount, plain, quotient, to_cents
from bothhalves.core.moves import Component
from bothhalves.workspace.paths import NOTHING
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.people_moves import Group
from bothhalves.workspace.planning.views import Moved

#: What flips a move that is not about people on seats, by the kind of the move.
_OTHERS = {
    "seats": "more people who need a seat",
    "levers": "worse quality, fewer cache hits or less that can wait than its evidence says",
    "to-seats": "more people than named, or a dearer seat",
}


@dataclass(frozen=True, slots=True)
class FeeFlip:
    """A lower fee of the seat that ``people`` leave: what the task surely ``saves`` in all ``months`` is
    then nothing."""

    seat: SeatTerm
    people: int
    months: int
    saves: Decimal

    @property
    def fee(self) -> Decimal:
        """To cents."""
        freed = self.people * self.months
        return to_cents(EXACT.subtract(self.seat.fee, quotient(Fraction(self.saves), freed)))

    @property
    def words(self) -> str:
        return f"a {self.seat.type} fee below {plain(self.fee)} a month"


@dataclass(frozen=True, slots=True)
class PeopleFlip:
    """Fewer people who move to a tool, so that they do not pay for it over the ``months``. The ``people`` of
    the plan save ``gross`` a month, less what the tool costs for each of them."""

    tool: OwnTool
    people: int
    months: int
    gross: Decimal

    @property
    def each(self) -> Decimal:
        """What one of them saves a month."""
        return quotient(Fraction(self.gross), self.people)

    @property
    def needed(self) -> int | None:
        """How many have to move to it; None: no number will do."""
        return break_even_people(engineering_of(self.tool), self.months, self.each)

    @property
    def words(self) -> str:
        return f"fewer than {self.needed} people who move to it"


Flip = FeeFlip | PeopleFlip | str


def engineering_of(tool: OwnTool) -> Engineering:
    """What a tool takes to build and to keep, live from the first month on."""
    return Engineering(tool.hours, tool.rate, tool.once, tool.run, 1, tool.upkeep)


def served(
    groups: Sequence[Group], tool: OwnTool, saved: Mapping[str, Amount], months: int
) -> tuple[int, Decimal]:
    """How many people go to a tool, and what all of them surely save a month beyond what it costs for each.
    ``saved`` is what each step saves over the ``months``."""
    own = [g for g in groups if g.to == tool.id]
    people = sum(len(g.people) for g in own)
    gross = sum((saved[f"people:{g.id}"].low for g in own), Decimal(0)) / months
    return people, gross - people * tool.per_person


def of_tools(
    tools: Sequence[OwnTool], groups: Sequence[Group], saved: Mapping[str, Amount], months: int
) -> Iterator[tuple[str, PeopleFlip]]:
    """What would make each tool that the plan uses not worth its building, by the id of its move."""
    for tool in tools:
        people, gross = served(groups, tool, saved, months)
        found = PeopleFlip(tool, people, months, gross) if people else None
        if found is not None and found.needed:
            yield f"tool:{tool.id}", found


def of_move(
    moved: Moved, group: Group | None, saves: Amount, seats: Mapping[str, SeatTerm], months: int, start: date
) -> Flip:
    """What would change the advice of any other move. ``seats`` are those in force, ``start`` the day from
    which savings count."""
    if moved.low.component is Component.ENGINEERING:
        return "the moves that it serves"
    if not saves.low and moved.low.seats:
        return "a lower minimum of seats: at this one it saves nothing"
    if group is None:
        return _OTHERS.get(moved.id.partition(":")[0], "other use than was observed")
    if group.to == NOTHING:
        return f"somebody of them who is seen in use before {start}"
    return FeeFlip(seats[group.seat], len(group.people), months, saves.low)


def words(flip: Flip) -> str:
    """What would change the advice, in words."""
    return flip if isinstance(flip, str) else flip.words
