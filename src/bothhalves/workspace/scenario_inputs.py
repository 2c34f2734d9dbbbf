"""What a scenario states in the place of what the data and the terms say. All of it may be left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bothhalves.core.clauses.base import Percent, percent
from bothhalves.core.dates import Month
from bothhalves.core.deal.committing import Rule
from bothhalves.core.deal.years import PriceStep
from bothhalves.core.money import EXACT, exact, plain
from bothhalves.workspace.forecast_terms import Change
from bothhalves.workspace.scenario_changes import change_words, parsed_change

_HUNDRED = Decimal(100)
#: What each what-if input may be at least and at most (money, or percent), and what it is called.
LIMITS: Mapping[str, tuple[int, int, str]] = {
    "fee": (0, 1_000_000, "the seat's monthly fee"),
    "hold": (0, 99, "the hold in percent"),
    "levers": (0, 100, "the share of the levers' saving in percent"),
    "tool": (0, 1_000_000, "the tool's monthly cost for each person"),
    "growth": (-99, 1_000, "the growth of token use in percent"),
}
RuleName = Literal["none", "minimax regret", "expected cost"]
#: The rules by which a commitment is chosen, from the one that asks least of the evidence on.
RULES: Mapping[str, Rule] = {
    "none": Rule.NONE,
    "minimax regret": Rule.REGRET,
    "expected cost": Rule.EXPECTED,
}
#: Which of them are shares, written with a percent sign.
SHARES = ("hold", "levers", "growth")


@dataclass(frozen=True, slots=True)
class Step:
    """From a month on, list prices are ``level`` times those of today."""

    from_: Month
    level: Percent

    def fault(self) -> str | None:
        return None if self.level >= 0 else "level is not below zero"

    def __str__(self) -> str:
        return f"{self.from_}={_percent(self.level)}"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The what-if strip (``growth`` of token use, the share of what ``levers`` save that is achieved, monthly
    ``fee`` of the seat that most people hold, ``hold``, monthly cost of the own ``tool`` for each person),
    planned ``changes`` beside those of ``forecast.yaml``, the ``offer`` that is signed, changes of list
    prices, the ``rule`` by which a commitment is chosen as far as evidence allows it, what a later year is
    worth less, and the window.

    Fields stand in the order in which they are changed where a difference is explained.
    """

    window: str = ""
    growth: Percent | None = None
    levers: Percent | None = None
    fee: Decimal | None = None
    hold: Percent | None = None
    tool: Decimal | None = None
    changes: tuple[Change, ...] = ()
    offer: str = ""
    price_steps: tuple[Step, ...] = ()
    rule: RuleName | Literal[""] = ""
    rate: Percent | None = None

    def fault(self) -> str | None:
        return next(self._faults(), None)

    def _faults(self) -> Iterator[str]:
        for name, (least, most, _) in LIMITS.items():
            value = self.number(name)
            if value is not None and not least <= value <= most:
                sign = " %" if name in SHARES else ""
                yield f"{name} is from {least} to {most}{sign}, not {plain(value)}"
        if self.rate is not None and not 0 <= self.rate <= 1:
            yield "rate is from 0% to 100%"
        months = [s.from_ for s in self.price_steps]
        if len(set(months)) < len(months):
            yield "price_steps names a month twice"

    def number(self, name: str) -> Decimal | None:
        """A what-if input as the strip has it: money, or percent."""
        value: Decimal | None = getattr(self, name)
        return EXACT.multiply(value, _HUNDRED) if value is not None and name in SHARES else value

    def given(self) -> dict[str, str]:
        """What is stated, in words as a command line has them, in order."""
        found = {name: self._word(name) for name in NAMES}
        return {name: word for name, word in found.items() if word}

    def _word(self, name: str) -> str:
        value = getattr(self, name)
        if name == "price_steps":
            return ", ".join(map(str, value))
        if name == "changes":
            return "; ".join(map(change_words, value))
        if value is None or isinstance(value, str):
            return value or ""
        return _percent(value) if name in (*SHARES, "rate") else plain(value)

    @property
    def chosen_by(self) -> Rule | None:
        """The rule by which a commitment is chosen; None: the one that evidence allows."""
        return RULES.get(self.rule)

    @property
    def steps(self) -> tuple[PriceStep, ...]:
        return tuple(PriceStep(s.from_, Fraction(s.level)) for s in self.price_steps)


NAMES = tuple(field.name for field in fields(Inputs))
AS_IT_IS = Inputs()


def _percent(share: Decimal) -> str:
    return f"{plain(EXACT.multiply(share, _HUNDRED))}%"


def stated(words: Mapping[str, str], steps: Iterable[str] = (), changes: Iterable[str] = ()) -> Inputs:
    """Inputs as people write them: numbers for the strip (with or without a percent sign where they are
    shares), ``8%`` for the rate, ``2028-01=80%`` for each change of list prices, ``2027-02-01 app x1.4`` for
    each planned change; empty words state nothing.

    Raises ``ValueError`` with what each may be.
    """
    given = {name: word.strip() for name, word in words.items() if word.strip()}
    numbers = {name: _number(name, given[name]) for name in LIMITS if name in given}
    rate = percent(given["rate"]) if "rate" in given else None
    rule = given.get("rule", "")
    if rule and rule not in RULES:
        raise ValueError(f"rule is one of {', '.join(RULES)}, not {rule[:40]!r}")
    found = Inputs(
        window=given.get("window", ""),
        changes=tuple(map(parsed_change, changes)),
        offer=given.get("offer", ""),
        price_steps=tuple(map(_step, steps)),
        rule=rule,  # type: ignore[arg-type]
        rate=rate,
        **numbers,
    )
    fault = found.fault()
    if fault:
        raise ValueError(fault)
    return found


def _number(name: str, word: str) -> Decimal:
    least, most, what = LIMITS[name]
    text = word.removesuffix("%").rstrip() if name in SHARES else word
    try:
        value = exact(text)
    except ValueError as error:
        raise ValueError(f"{name} is {what}, a number from {least} to {most}: {error}") from error
    return EXACT.divide(value, _HUNDRED) if name in SHARES else value


def _step(text: str) -> Step:
    month, _, level = text.partition("=")
    try:
        found = Step(Month.parse(month), percent(level))
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no change of list prices such as 2028-01=80%: {error}") from error
    fault = found.fault()
    if fault:
        raise ValueError(f"{text[:40]!r}: {fault}")
    return found
