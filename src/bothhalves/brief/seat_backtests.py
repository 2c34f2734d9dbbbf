"""A backtest of seats as figures: what each rule paid for a seat type, and its regret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bothhalves.core.deal.backtesting import OURS
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.seat_backtesting import HINDSIGHT, SeatStep
from bothhalves.core.explain import Figure, Operator, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, quotient
from bothhalves.workspace.seat_histories import RIVALS, SeatBacktest

KIND = MoneyKind.SCENARIO
WORDS: Mapping[str, str] = {
    OURS: "our advice",
    "keep-all": "everybody keeps a seat",
    "look-back": "those active in the month before keep one",
    HINDSIGHT: "the best in hindsight",
}
_RULES = (OURS, *RIVALS)
_PAID = "Seats that were kept, and those bought again when their holder returned or somebody new came."
_REGRET = "What was paid in all terms, less what keeping the right people would have cost."
_SHARE = "Regret over what keeping the right people would have cost, all terms together."


@dataclass(frozen=True, slots=True)
class SeatSheet:
    """One seat type: what each rule paid in each term and in all, and regret, also as a share."""

    test: SeatBacktest
    rows: tuple[tuple[SeatStep, Mapping[str, Figure]], ...]
    paid: Mapping[str, Figure]
    regret: Mapping[str, Figure]
    relative: Mapping[str, Figure]


def seat_sheets(tests: Iterable[SeatBacktest]) -> tuple[SeatSheet, ...]:
    """Backtests of seats as figures, of seat types with a decision."""
    return tuple(_Sheet(test).made() for test in tests if test.steps)


def seat_figures(found: Iterable[SeatSheet]) -> dict[str, Figure]:
    """Every figure by key, those below the shown ones included."""
    roots = (f for s in found for own in (s.paid, s.regret, s.relative) for f in own.values())
    return by_key(roots)


class _Sheet:
    """Figures of one seat type."""

    def __init__(self, test: SeatBacktest) -> None:
        self.test = test
        self.contract = test.history.contract

    def key(self, name: str, rule: str, **said: str) -> str:
        own = {"contract": self.contract.id, "seats": self.contract.seats[0].type, "rule": rule, **said}
        return key(f"backtest.seats-{name}", own)

    def made(self) -> SeatSheet:
        rows = tuple((step, {rule: self.term(step, rule) for rule in WORDS}) for step in self.test.steps)
        paid = {
            rule: sum_of(
                self.key("paid", rule), f"All terms, {words}", tuple(own[rule] for _, own in rows),
                self.contract.currency, KIND, rule=_PAID,
            )
            for rule, words in WORDS.items()
        }  # fmt: skip
        regret = {rule: self.regret(rule, paid) for rule in _RULES}
        best = paid[HINDSIGHT].value
        some = isinstance(best, Amount) and best.low
        relative = {rule: self.relative(rule, regret[rule], paid) for rule in _RULES} if some else {}
        return SeatSheet(self.test, rows, paid, regret, relative)

    def term(self, step: SeatStep, rule: str) -> Figure:
        value = Amount.of(quotient(step.paid[rule] / MICRO), self.contract.currency, KIND)
        title = f"Term from {step.first}, {WORDS[rule]}, {step.kept[rule]} of {step.held} kept"
        source = f"{self.contract.id}, rosters and activity before {step.first}"
        own = self.key("term", rule, **{"from": str(step.first)})
        return Figure(own, title, Operator.GIVEN, value, rule=_PAID, source=source)

    def regret(self, rule: str, paid: Mapping[str, Figure]) -> Figure:
        pair = paid[rule], paid[HINDSIGHT]
        assert isinstance(pair[0].value, Amount)
        assert isinstance(pair[1].value, Amount)
        value = pair[0].value - pair[1].value
        title = f"Regret, {WORDS[rule]}"
        return Figure(self.key("regret", rule), title, Operator.DIFFERENCE, value, pair, rule=_REGRET)

    def relative(self, rule: str, regret: Figure, paid: Mapping[str, Figure]) -> Figure:
        best = paid[HINDSIGHT]
        assert isinstance(regret.value, Amount)
        assert isinstance(best.value, Amount)
        value = regret.value.low / best.value.low
        title = f"Regret as a share, {WORDS[rule]}"
        return Figure(self.key("relative", rule), title, Operator.RATIO, value, (regret, best), rule=_SHARE)
