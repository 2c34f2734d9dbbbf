"""The coding tool's scenarios and outcomes as figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bothhalves.core.explain import Figure, Line, Operator, by_key, key, sum_of
from bothhalves.core.levers.coding import WhatIf
from bothhalves.core.money import ZERO, Amount, MoneyKind
from bothhalves.core.rating import Rating
from bothhalves.workspace.coding_levers import CodingLevers, GroupOutcome, RatedWhatIf

_RULE = "What these sessions used, at the list prices of the day."


@dataclass(frozen=True, slots=True)
class CodingRow:
    """A scenario; ``saves`` None: not told, or not known."""

    what_if: WhatIf
    saves: Figure | None


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What one outcome of a group cost; None where it is not told."""

    outcome: GroupOutcome
    each: Figure | None


@dataclass(frozen=True, slots=True)
class CodingBrief:
    """The coding tool's levers in figures."""

    sessions: int | None
    rows: tuple[CodingRow, ...]
    outcomes: tuple[OutcomeRow, ...]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        roots = [*(r.saves for r in self.rows), *(r.each for r in self.outcomes)]
        return by_key(root for root in roots if root is not None)


def coding_brief(found: CodingLevers, currency: str) -> CodingBrief:
    """The figures of the coding tool's levers."""
    return CodingBrief(
        found.sessions,
        tuple(CodingRow(s.what_if, _saves(s, currency)) for s in found.scenarios),
        tuple(OutcomeRow(o, _each(o, currency)) for o in found.outcomes),
    )


def _saves(found: RatedWhatIf, currency: str) -> Figure | None:
    if found.what_if.people is None:
        return None
    lever = str(found.what_if.lever).replace(" ", "-")
    before = _cost("coding.before", lever, "Used", found.before, currency)
    after = _cost("coding.after", lever, "Used instead", found.after, currency)
    one, other = before.value, after.value
    if not isinstance(one, Amount) or not isinstance(other, Amount) or other.at_least:
        return None
    name = key("coding.saves", {"lever": lever})
    title = f"Saved {found.what_if.words}"
    return Figure(name, title, Operator.DIFFERENCE, one - other, (before, after), assumed=True)


def _cost(name: str, lever: str, title: str, ratings: Iterable[Rating], currency: str) -> Figure:
    """The sum of ratings: without upper end where some of it has no price in the currency."""
    found = list(ratings)
    lines: tuple[Figure | Line, ...] = tuple(
        line for rating in found for line in rating.lines if line.amount.currency == currency
    )
    if any(r.unpriced or set(r.currencies) - {currency} for r in found):
        value = Amount(currency, MoneyKind.SCENARIO, ZERO, None)
        own = key(f"{name}.unpriced", {"lever": lever})
        lines += (Figure(own, "Without a price", Operator.GIVEN, value),)
    return sum_of(key(name, {"lever": lever}), title, lines, currency, MoneyKind.SCENARIO, rule=_RULE)


def _each(found: GroupOutcome, currency: str) -> Figure | None:
    if found.reason:
        return None
    said = {"group": found.group, "month": str(found.month), "outcome": found.outcome}
    rule = "The group's metered use of the tool, at the list prices of the day."
    title = f"Metered use of the tool: {found.group}"
    cost = sum_of(key("coding.cost", said), title, found.lines, currency, MoneyKind.ESTIMATED, rule=rule)
    count = Figure(
        key("coding.count", said), f"{found.outcome}, counted", Operator.GIVEN, Decimal(found.count)
    )
    value = cost.value
    if not isinstance(value, Amount):
        return None
    high = None if value.high is None else value.high / found.count
    each = Amount(currency, MoneyKind.ESTIMATED, value.low / found.count, high)
    own, named = key("coding.outcome", said), f"Each {found.outcome}: {found.group}"
    return Figure(own, named, Operator.RATIO, each, (cost, count))
