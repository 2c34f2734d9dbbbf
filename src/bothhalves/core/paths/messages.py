"""Dollars per message as a measured interval, for seats that tell messages and no tokens.

It is measured on people of whom both are known, and is inferred for all others: evidence of grade C at best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.explain import Grade
from bothhalves.core.money import EXACT, ZERO, quotient
from bothhalves.core.paths.expected import Use

FEWEST_PEOPLE = 5
FEWEST_MESSAGES = 20
#: One in twenty people at either end is left out, where there are as many.
_TRIMMED = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One person's months in which both were known: so many messages, worth ``worth`` at list price."""

    messages: Decimal
    worth: Use


@dataclass(frozen=True, slots=True)
class PerMessage:
    """What a message is worth at list price: between ``low`` and ``high`` (None: at least ``low``).

    ``people`` were measured, on ``messages`` messages.
    """

    low: Decimal
    high: Decimal | None
    people: int
    messages: Decimal
    grade: Grade = Grade.C

    def use(self, messages: Decimal) -> Use:
        """The use that so many messages stand for."""
        high = None if self.high is None else EXACT.multiply(self.high, messages)
        return Use(EXACT.multiply(self.low, messages), high)


def per_message(people: Iterable[Measured]) -> PerMessage | None:
    """The interval from the least to the most that a message of one measured person was worth.

    People with fewer than 20 messages are left out, and of 20 and more people the lowest and the highest
    twentieth. None: fewer than 5 people are left, so that nothing is known.
    """
    known = [m for m in people if m.messages >= FEWEST_MESSAGES]
    if len(known) < FEWEST_PEOPLE:
        return None
    lows = sorted(Fraction(m.worth.low) / Fraction(m.messages) for m in known)
    highs = [None if m.worth.high is None else Fraction(m.worth.high) / Fraction(m.messages) for m in known]
    cut = len(known) // _TRIMMED
    top = _from_top(highs, cut)
    return PerMessage(
        quotient(lows[cut]),
        None if top is None else quotient(top),
        len(known),
        sum((m.messages for m in known), ZERO),
    )


def _from_top(values: Sequence[Fraction | None], cut: int) -> Fraction | None:
    """The highest value but ``cut``; those without an upper end are the highest."""
    endless = sum(v is None for v in values)
    known = sorted(v for v in values if v is not None)
    return None if endless > cut else known[len(known) - 1 - (cut - endless)]
