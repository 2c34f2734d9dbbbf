"""What a reader changes to see how firm the line is: five inputs, each None where it stays as planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from bothhalves.core.money import exact, plain
from bothhalves.workspace.scenario_inputs import LIMITS


@dataclass(frozen=True, slots=True)
class Changes:
    """``fee`` of the seat type that most people hold and ``tool`` (what the buyer's tool costs for each
    person) are money a month; ``hold`` in percent, ``levers`` in percent of the planned saving that is
    achieved, and ``growth`` in percent of token use."""

    fee: Decimal | None = None
    hold: Decimal | None = None
    levers: Decimal | None = None
    tool: Decimal | None = None
    growth: Decimal | None = None

    def given(self) -> Iterator[tuple[str, Decimal]]:
        """Names and values of what is changed."""
        for name in NAMES:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def words(self) -> dict[str, str]:
        """What is changed as an address or a command line writes it."""
        return {name: plain(value) for name, value in self.given()}

    def since(self, base: Mapping[str, Decimal]) -> Changes:
        """Without what is as planned anyway, and without what the plan has nothing of."""
        return Changes(
            **{name: value for name, value in self.given() if base.get(name, value) != value and name in base}
        )


NAMES = tuple(field.name for field in fields(Changes))
UNCHANGED = Changes()


def parsed(words: Mapping[str, str]) -> Changes:
    """The changes written in ``words``; empty ones are none. ``ValueError`` says what a value may be."""
    return Changes(**{name: _parsed(name, words[name]) for name in NAMES if words.get(name, "").strip()})


def _parsed(name: str, word: str) -> Decimal:
    least, most, called = LIMITS[name]
    fine = f"{name} is {called}, a number from {least} to {most}"
    try:
        value = exact(word)
    except ValueError as error:
        raise ValueError(f"{fine}: {error}") from error
    if not least <= value <= most:
        raise ValueError(f"{fine}, not {word.strip()[:40]}")
    return value
