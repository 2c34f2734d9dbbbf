"""``planning.yaml``: what a buyer decides and states before work is moved. Everything has a default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from bothhalves.core.clauses.base import Percent
from bothhalves.core.clauses.protections import UNSAID, Protections
from bothhalves.core.explain import Grade
from bothhalves.core.money import plain
from bothhalves.core.routes import Work
from bothhalves.core.seating.rules import is_sensible, percentage

Basis = Literal["measured", "back-tested", "trialled", "estimated", "assumed"]
#: How good a number is as evidence whose basis is stated.
GRADES: dict[Basis, Grade] = {
    "measured": Grade.B,
    "back-tested": Grade.B,
    "trialled": Grade.B,
    "estimated": Grade.C,
    "assumed": Grade.D,
}


@dataclass(frozen=True, slots=True)
class OwnTool:
    """A tool of one's own over the API, which people would use in the place of a seat.

    ``share`` is what the same work costs there, as a share of its list price (routed, cached, discounted),
    and ``basis`` how that is known. It takes ``hours`` at ``rate`` and ``once`` to build, ``upkeep`` of that
    a year and ``run`` a month to keep, and ``per_person`` a month for each person who uses it.
    """

    id: str
    vendor: str
    work: tuple[Work, ...] = (Work.CHAT,)
    share: Percent = Decimal(1)
    basis: Basis = "assumed"
    per_person: Decimal = Decimal(0)
    hours: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    once: Decimal = Decimal(0)
    upkeep: Percent = Decimal("0.2")
    run: Decimal = Decimal(0)
    live: date | None = None
    controls: tuple[str, ...] = ()
    terms: Protections = UNSAID
    source: str = ""

    def fault(self) -> str | None:
        amounts = (self.share, self.per_person, self.hours, self.rate, self.once, self.upkeep, self.run)
        return "no amount of a tool is below zero" if min(amounts) < 0 else None


@dataclass(frozen=True, slots=True)
class SeatWork:
    """The kinds of work that a seat type opens; a type that is not named opens all."""

    seat: str
    work: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class ToSeats:
    """A workload that ``people`` without a seat could do on seats of a type instead."""

    workload: str
    seat: str
    people: int

    def fault(self) -> str | None:
        return "people is above zero" if self.people < 1 else None


@dataclass(frozen=True, slots=True)
class MessageCost:
    """What a message of a product would cost metered, between ``low`` and ``high``, and who measured it.

    ``lazy_low`` and ``lazy_high``: the same on the reference model, without cache and batch; None: unknown.
    """

    product: str
    low: Decimal
    high: Decimal
    basis: Basis = "assumed"
    source: str = ""
    lazy_low: Decimal | None = None
    lazy_high: Decimal | None = None

    def fault(self) -> str | None:
        if not 0 <= self.low <= self.high:
            return "low is not below zero and not above high"
        if self.lazy_low is None or self.lazy_high is None:
            return None if self.lazy_low is self.lazy_high else "lazy_low and lazy_high are given together"
        ordered = 0 <= self.lazy_low <= self.lazy_high
        return None if ordered else "lazy_low is not below zero and not above lazy_high"


@dataclass(frozen=True, slots=True)
class Planning:
    """How the line is drawn: over ``horizon_months``; nobody moves for less than ``hold`` of what they cost;
    a tool is built if it pays back within ``payback_months``; money has ``interest`` a year.
    ``reference_model`` is what people's work would run on if nobody chose. Seats are signed for the need that
    is enough with ``seat_confidence``, and ``seat_buffer`` beyond it."""

    horizon_months: int = 12
    hold: Percent = Decimal("0.2")
    payback_months: int = 12
    interest: Percent = Decimal("0.1")
    tools: tuple[OwnTool, ...] = ()
    seats: tuple[SeatWork, ...] = ()
    to_seats: tuple[ToSeats, ...] = ()
    messages: tuple[MessageCost, ...] = field(default=())
    reference_model: str = ""
    seat_confidence: Percent = Decimal("0.9")
    seat_buffer: Percent = Decimal(0)

    def fault(self) -> str | None:
        return next((said for wrong, said in self._faults() if wrong), None)

    def _faults(self) -> Iterator[tuple[bool, str]]:
        yield not 1 <= self.horizon_months <= 60, "horizon_months is between 1 and 60"
        yield not 1 <= self.payback_months <= 60, "payback_months is between 1 and 60"
        yield not 0 <= self.hold < 1, "hold is at least 0% and below 100%"
        yield not 0 <= self.interest < 1, "interest is at least 0% and below 100%"
        yield not is_sensible(self.seat_confidence), "seat_confidence is between 50% and 99.99%"
        yield not 0 <= self.seat_buffer <= 1, "seat_buffer is between 0% and 100%"
        yield _twice(t.id for t in self.tools), "two tools have one id"
        yield _twice(m.product for m in self.messages), "messages names a product twice"

    def said(self) -> list[str]:
        """The rules in sentences, to be printed with every plan."""
        return [
            f"The next {self.horizon_months} months are taken to be like the observed ones.",
            f"Nobody moves unless the other path is cheaper by at least {percentage(self.hold)}.",
            f"A tool is built only if it pays back within {self.payback_months} months.",
            *(_tool_said(t) for t in self.tools),
        ]

    def seats_said(self) -> str:
        """How seats are counted, to be printed with every count."""
        sure, more = percentage(self.seat_confidence), percentage(self.seat_buffer)
        return f"Seats are signed for a need that is enough with {sure} confidence, and {more} beyond it."


def _tool_said(tool: OwnTool) -> str:
    share = f"the same work costs {percentage(tool.share)} of its list price there ({tool.basis})"
    return f"{tool.id}: {share}, and {plain(tool.per_person)} a month for each person."


def _twice(names: Iterable[str]) -> bool:
    found = list(names)
    return len(set(found)) < len(found)
