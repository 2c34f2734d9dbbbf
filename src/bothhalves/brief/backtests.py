"""A backtest as figures: each term's bill under every rule, regret, and its median over series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.deal.backtesting import OURS, Bill, Standing, Step, Walk, standings
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.curves import in_units
from bothhalves.core.explain import Figure, Operator, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, plain, quotient
from bothhalves.workspace.backtesting import RULES, Backtest

KIND = MoneyKind.SCENARIO
BEST = "hindsight"
ALL_TERMS = "all"
WORDS: Mapping[str, str] = {
    OURS: "our advice",
    "do-nothing": "no commitment",
    "look-back": "the best for the months before, replayed",
    "mean": "sized to the mean",
    BEST: "the best in hindsight",
}
_BILL = "What was signed before the term, billed with the usage that came."
_REGRET = "What was paid in all terms, less what the best amounts in hindsight would have cost."
_SHARE = "Regret over what the best amounts in hindsight would have cost, all terms together."
_MEDIAN = "The relative regret of the series in the middle; of an even number, the mean of two."


@dataclass(frozen=True, slots=True)
class StepRow:
    """A term. ``bills`` are by rule, hindsight the last of them."""

    step: Step
    bills: Mapping[str, Figure]
    signed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WalkSheet:
    """A series: what each rule paid in all terms, its regret, and that as a share (if hindsight paid)."""

    walk: Walk
    rows: tuple[StepRow, ...]
    paid: Mapping[str, Figure]
    regret: Mapping[str, Figure]
    relative: Mapping[str, Figure]

    def roots(self) -> Iterable[Figure]:
        yield from (*self.paid.values(), *self.regret.values(), *self.relative.values())


@dataclass(frozen=True, slots=True)
class BacktestSheet:
    """All series under one set of terms."""

    test: Backtest
    walks: tuple[WalkSheet, ...]
    standings: tuple[Standing, ...]
    medians: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Together:
    """All series under all sets of terms: a series counts once for each that it was tested under."""

    standings: tuple[Standing, ...]
    medians: Mapping[str, Figure]


def sheets(tests: Iterable[Backtest]) -> tuple[BacktestSheet, ...]:
    """Backtests as figures."""
    return tuple(_sheet(test) for test in tests)


def together(found: Sequence[BacktestSheet]) -> Together | None:
    """How the rules stand over everything; None unless series were tested under several sets of terms."""
    tested = [sheet for sheet in found if sheet.standings]
    if len(tested) < 2:
        return None
    stand = standings([walk for sheet in tested for walk in sheet.test.walks], RULES)
    return Together(stand, _medians(ALL_TERMS, stand, [walk for sheet in tested for walk in sheet.walks]))


def figures(found: Sequence[BacktestSheet]) -> dict[str, Figure]:
    """Every figure by key, those below the shown ones included."""
    over = together(found)
    roots = [*over.medians.values()] if over else []
    roots += [f for s in found for f in (*s.medians.values(), *(r for w in s.walks for r in w.roots()))]
    return by_key(roots)


def _sheet(test: Backtest) -> BacktestSheet:
    walks = tuple(_Money(test, w).sheet() for w in test.walks)
    found = standings(test.walks, RULES)
    return BacktestSheet(test, walks, found, _medians(test.terms, found, walks))


def _medians(terms: str, found: Iterable[Standing], walks: Sequence[WalkSheet]) -> dict[str, Figure]:
    return {s.rule: _median(terms, s, walks) for s in found}


def _median(terms: str, standing: Standing, walks: Iterable[WalkSheet]) -> Figure:
    own = tuple(w.relative[standing.rule] for w in walks if standing.rule in w.relative)
    said = {"terms": terms, "rule": standing.rule}
    title = f"Median regret, {WORDS[standing.rule]}"
    if len(own) == 1:
        return Figure(key("backtest.median", said), title, Operator.SUM, own[0].value, own, rule=_MEDIAN)
    value = quotient(standing.median)
    return Figure(key("backtest.median", said), title, Operator.GIVEN, value, own, rule=_MEDIAN)


class _Money:
    """Figures of one series under one set of terms."""

    def __init__(self, test: Backtest, walk: Walk) -> None:
        self.test, self.walk = test, walk

    def key(self, name: str, rule: str, **said: str) -> str:
        return key(
            f"backtest.{name}",
            {"terms": self.test.terms, "series": self.walk.course.name, "rule": rule, **said},
        )

    def sheet(self) -> WalkSheet:
        rows = tuple(map(self.row, self.walk.steps))
        paid = {
            rule: sum_of(
                self.key("paid", rule), f"All terms, {words}", tuple(r.bills[rule] for r in rows),
                self.test.currency, KIND, rule=_BILL,
            )
            for rule, words in WORDS.items()
        }  # fmt: skip
        regret = {rule: self.regret(rule, paid) for rule in RULES}
        best = paid[BEST]
        assert isinstance(best.value, Amount)
        relative = (
            {rule: self.relative(rule, f, best) for rule, f in regret.items()} if best.value.low else {}
        )
        return WalkSheet(self.walk, rows, paid, regret, relative)

    def row(self, step: Step) -> StepRow:
        bills = {**step.bills, BEST: step.best}
        return StepRow(
            step,
            {rule: self.bill(step, rule, bill) for rule, bill in bills.items()},
            {rule: amount_words(bill) for rule, bill in bills.items()},
        )

    def bill(self, step: Step, rule: str, bill: Bill) -> Figure:
        """A term's bill: the commitment, used or not, and what was paid beyond it."""
        first = self.walk.course.named(step.known)
        said = {"from": first}
        title = f"Term from {first}, {WORDS[rule]}, {amount_words(bill)} signed"
        parts = (
            self.given("commitment", rule, "Paid for the commitment", bill.paid - bill.beyond, said),
            self.given("beyond", rule, "Paid for usage beyond it", bill.beyond, said),
        )
        return sum_of(self.key("bill", rule, **said), title, parts, self.test.currency, KIND, rule=_BILL)

    def given(self, name: str, rule: str, title: str, micro: Fraction, said: Mapping[str, str]) -> Figure:
        value = Amount.of(quotient(micro / MICRO), self.test.currency, KIND)
        source = self.test.title
        return Figure(self.key(name, rule, **said), title, Operator.GIVEN, value, rule=_BILL, source=source)

    def regret(self, rule: str, paid: Mapping[str, Figure]) -> Figure:
        pair = paid[rule], paid[BEST]
        assert isinstance(pair[0].value, Amount)
        assert isinstance(pair[1].value, Amount)
        value, title = pair[0].value - pair[1].value, f"Regret, {WORDS[rule]}"
        return Figure(self.key("regret", rule), title, Operator.DIFFERENCE, value, pair, rule=_REGRET)

    def relative(self, rule: str, regret: Figure, best: Figure) -> Figure:
        assert isinstance(regret.value, Amount)
        assert isinstance(best.value, Amount)
        title = f"Regret as a share, {WORDS[rule]}"
        value = regret.value.low / best.value.low
        return Figure(self.key("relative", rule), title, Operator.RATIO, value, (regret, best), rule=_SHARE)


def amount_words(bill: Bill) -> str:
    """What was signed, in units of the currency."""
    return plain(in_units(bill.signed.amount)) if bill.signed.signed else "nothing"


def percent(share: Fraction | Decimal) -> str:
    """A share to a tenth of a percent; one above a thousand percent says only so."""
    if share >= 10:
        return "> 1000%"
    return f"{quotient(Fraction(round(Fraction(share) * 1000), 10)):.1f}%"
