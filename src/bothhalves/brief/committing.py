"""A commitment as figures: what each amount costs, which one is recommended, what others would have cost, and
how a signed one burns down. What is compared by scenario is settled, and opens down to its Lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.deal.amounts import Candidate
from bothhalves.core.deal.burn_down import BurnDown
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.committing import Commitment, Row, Rule
from bothhalves.core.deal.curves import in_units
from bothhalves.core.deal.years import Year, Years
from bothhalves.core.explain import Figure, Operator, by_key, key, sum_of
from bothhalves.core.money import Amount, MoneyKind, plain, quotient
from bothhalves.workspace.committing import Running, ToSign

KIND = MoneyKind.SCENARIO
NONE = "none"
_EXPECTED = (
    "The cost in every scenario, weighted with its chance; alike where nobody says how likely each is."
)
_REGRET = "The most that it costs above the best amount for a scenario, over the scenarios looked at."
_TAIL = "The mean of the tenth of chances with the largest regret (CVaR of regret, never of cost)."
_SETTLED = "The terms settled on the scenario's months, with this amount signed."
_MORE = "What this amount costs in the scenario, less what the recommended one costs in it."
_PROMISE = "The expected cost of the recommended amount over all years of the term."
_NOW = "Each year of the term, discounted to its first day at the yearly rate of deal.yaml or --rate."
_YEARLY = "Each year sized by itself by the same rule, as if the same bands were offered again every year."


PERCENTILES = ("P10", "P50", "P90")
_LEVEL = "At most so much in a tenth, in half, or in nine tenths of the chances."
#: Parts of what an amount comes to: what they are called, and what they are.
SPREADS = {
    "paid": ("Cost", "All that is due over the term."),
    "forfeited": ("Forfeited", "What is committed and not used when its period ends."),
    "overage": ("Overage", "What is paid beyond the commitment."),
    "regret": ("Regret", "What the amount costs more than the best one of each scenario."),
}
SHARES = {
    "utilisation": ("Utilisation", "What is used of what is committed."),
    "coverage": ("Coverage", "Usage within the commitment, over all usage at list price."),
    "savings": ("Effective savings rate", "1 less all that is due over usage at list price."),
}


@dataclass(frozen=True, slots=True)
class AmountRow:
    """A candidate with its figures; ``rules`` are those that choose it. ``spreads`` are money, ``shares``
    parts of it, at P10, P50 and P90 by name (:data:`SPREADS`, :data:`SHARES`); None: there is none."""

    row: Row
    amount: Figure
    expected: Figure
    max_regret: Figure
    tail_regret: Figure
    rules: tuple[Rule, ...]
    spreads: Mapping[str, tuple[Figure, ...]]
    shares: Mapping[str, tuple[Figure | None, ...]]

    def roots(self) -> Iterator[Figure]:
        yield from (self.amount, self.expected, self.max_regret, self.tail_regret)
        yield from (figure for told in self.spreads.values() for figure in told)
        yield from (figure for told in self.shares.values() for figure in told if figure is not None)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """What one amount costs in each scenario that is shown, and how much more than the recommended one."""

    role: str
    candidate: Candidate
    costs: Mapping[str, Figure]
    more: Mapping[str, Figure]

    def roots(self) -> tuple[Figure, ...]:
        return (*self.costs.values(), *self.more.values())


@dataclass(frozen=True, slots=True)
class YearRow:
    year: Year
    kept: Figure | None
    alone: Figure
    at_list: Figure

    def roots(self) -> tuple[Figure, ...]:
        return tuple(f for f in (self.kept, self.alone, self.at_list) if f is not None)


@dataclass(frozen=True, slots=True)
class YearsSheet:
    """Year by year. ``now`` are the promise and signing every year as of the first day (empty: no rate)."""

    rows: tuple[YearRow, ...]
    promise: Figure
    yearly: Figure
    walk_away: Figure
    now: tuple[Figure, ...]

    def roots(self) -> tuple[Figure, ...]:
        own = (self.promise, self.yearly, self.walk_away, *self.now)
        return (*own, *(f for row in self.rows for f in row.roots()))


@dataclass(frozen=True, slots=True)
class CommitSheet:
    """A commitment to choose. ``under`` are the amount that would be recommended under another price
    protection, and its expected cost."""

    to_sign: ToSign
    rows: tuple[AmountRow, ...]
    compared: tuple[ComparedRow, ...]
    years: YearsSheet | None
    under: Mapping[str, tuple[Figure, Figure]]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        roots = [f for row in self.rows for f in row.roots()]
        roots += [f for row in self.compared for f in row.roots()]
        roots += [f for both in self.under.values() for f in both]
        return by_key([*roots, *(self.years.roots() if self.years else ())])


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """The period under way in one scenario."""

    period: BurnDown
    committed: Figure
    drawn: Figure
    projected: Figure
    forfeited: Figure
    overage: Figure
    utilisation: Figure | None

    def roots(self) -> tuple[Figure, ...]:
        found = (self.committed, self.drawn, self.projected, self.forfeited, self.overage, self.utilisation)
        return tuple(f for f in found if f is not None)


@dataclass(frozen=True, slots=True)
class RunningSheet:
    """A signed commitment. ``savings`` is what carrying out the plan is worth, by name."""

    running: Running
    rows: tuple[PeriodRow, ...]
    savings: Mapping[str, Figure]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key."""
        return by_key([*(f for row in self.rows for f in row.roots()), *self.savings.values()])


class _Money:
    """Figures of one contract, in its currency."""

    def __init__(self, contract: str, currency: str) -> None:
        self.contract, self.currency = contract, currency

    def key(self, name: str, **said: str) -> str:
        return key(f"commit.{name}", {"contract": self.contract, **said})

    def given(self, name: str, title: str, micro: Fraction, rule: str, source: str, **said: str) -> Figure:
        """Money that follows from scenarios, which have no Lines."""
        value = Amount.of(quotient(Fraction(micro) / MICRO), self.currency, KIND)
        return Figure(self.key(name, **said), title, Operator.GIVEN, value, rule=rule, source=source)


def amount_name(candidate: Candidate) -> str:
    """The amount as keys name it."""
    return plain(in_units(candidate.amount)) if candidate.signed else NONE


def commit_sheet(to_sign: ToSign) -> CommitSheet:
    """The commitment to choose, as figures."""
    money = _Money(to_sign.contract.id, to_sign.contract.currency)
    found = to_sign.found
    rules = {row.candidate: tuple(r for r, c in found.choices.items() if c is row) for row in found.rows}
    rows = tuple(_amount_row(money, row, rules[row.candidate], found.outlook.source) for row in found.rows)
    under = {kind: _protected(money, kind, found) for kind, found in to_sign.under.items()}
    return CommitSheet(to_sign, rows, tuple(_compared(money, to_sign)), _years(money, to_sign), under)


def _protected(money: _Money, kind: str, found: Commitment) -> tuple[Figure, Figure]:
    """What would be recommended if the offer had this protection of prices."""
    row, source = found.recommended, found.outlook.source
    amount, words = Fraction(row.amount), f"under a {kind} of prices"
    what = "What is signed for a period."
    return (
        money.given("amount", f"Amount a period, {words}", amount, what, source, under=kind),
        money.given("expected", f"Expected cost, {words}", row.expected, _EXPECTED, source, under=kind),
    )


def _amount_row(money: _Money, row: Row, rules: tuple[Rule, ...], source: str) -> AmountRow:
    name = amount_name(row.candidate)
    words = f"commitment of {name}" if row.candidate.signed else "no commitment"

    def figure(part: str, title: str, micro: Fraction, rule: str) -> Figure:
        return money.given(part, f"{title}, {words}", micro, rule, source, amount=name)

    return AmountRow(
        row,
        figure("amount", "Amount a period", Fraction(row.amount), "What is signed for a period."),
        figure("expected", "Expected cost", row.expected, _EXPECTED),
        figure("max-regret", "Largest regret", row.max_regret, _REGRET),
        figure("tail-regret", "Regret in the worst tenth", row.tail_regret, _TAIL),
        rules,
        {part: tuple(_levels(money, row, part, words, source)) for part in SPREADS},
        {part: tuple(_share_levels(money, row, part, words, source)) for part in SHARES},
    )


def _levels(money: _Money, row: Row, part: str, words: str, source: str) -> Iterator[Figure]:
    """What a part comes to at P10, P50 and P90."""
    spread, (title, rule) = getattr(row, part), SPREADS[part]
    name = amount_name(row.candidate)
    for level, micro in zip(PERCENTILES, (spread.low, spread.middle, spread.high), strict=True):
        told = f"{title} at {level}, {words}"
        yield money.given(part, told, micro, f"{rule} {_LEVEL}", source, amount=name, level=level)


def _share_levels(money: _Money, row: Row, part: str, words: str, source: str) -> Iterator[Figure | None]:
    title, rule = SHARES[part]
    for level, ratios in zip(PERCENTILES, row.ratios, strict=True):
        share = share_value(getattr(ratios, part))
        if share is None:
            yield None
            continue
        figure_key = money.key(part, amount=amount_name(row.candidate), level=level)
        told = f"{title} at {level}, {words}"
        rule_said = f"{rule} {_LEVEL}"
        yield Figure(figure_key, told, Operator.GIVEN, share * 100, unit="%", rule=rule_said, source=source)


def _compared(money: _Money, to_sign: ToSign) -> Iterable[ComparedRow]:
    best: Mapping[str, Figure] = {}
    for signed in to_sign.settled:
        costs = {
            name: sum_of(
                money.key(f"{signed.role}.cost", scenario=name),
                f"{signed.role.capitalize()} amount, {amount_name(signed.candidate)}, in {name}",
                lines,
                money.currency,
                KIND,
                rule=_SETTLED,
            )
            for name, lines in signed.lines.items()
        }
        best = best or costs
        more = {name: _more(money, signed.role, name, costs[name], best[name]) for name in costs}
        yield ComparedRow(signed.role, signed.candidate, costs, {} if costs is best else more)


def _more(money: _Money, role: str, scenario: str, cost: Figure, best: Figure) -> Figure:
    return _difference(
        money.key(f"{role}.more", scenario=scenario),
        f"What the {role} amount costs more in {scenario}",
        cost,
        best,
        _MORE,
    )


def _difference(figure_key: str, title: str, first: Figure, second: Figure, rule: str) -> Figure:
    assert isinstance(first.value, Amount)
    assert isinstance(second.value, Amount)
    value = first.value - second.value
    return Figure(figure_key, title, Operator.DIFFERENCE, value, (first, second), rule=rule)


def _years(money: _Money, to_sign: ToSign) -> YearsSheet | None:
    years, source = to_sign.years, to_sign.found.outlook.source
    if years is None:
        return None
    rows = []
    for year in years.years:
        said = {"from": str(year.first)}
        name = amount_name(year.alone.candidate)
        kept = None
        if year.kept is not None:
            title = f"Year from {year.first}, {amount_name(year.kept.candidate)} as promised"
            kept = money.given("year.kept", title, year.kept.expected, _PROMISE, source, **said)
        alone = money.given(
            "year.alone",
            f"Year from {year.first} by itself, {name}",
            year.alone.expected,
            _YEARLY,
            source,
            **said,
        )
        at_list = money.given(
            "year.at-list", f"Year from {year.first} at list price", year.at_list, _EXPECTED, source, **said
        )
        rows.append(YearRow(year, kept, alone, at_list))
    alone_all = tuple(row.alone for row in rows)
    kept_all = tuple(row.kept for row in rows if row.kept is not None)
    promise = money.given("promise", "The whole term", years.promise, _PROMISE, source)
    if len(kept_all) == len(rows):
        promise = sum_of(
            money.key("promise"), "The whole term", kept_all, money.currency, KIND, rule=_PROMISE
        )
    yearly = sum_of(
        money.key("yearly"), "Signed again every year", alone_all, money.currency, KIND, rule=_YEARLY
    )
    away = _difference(
        money.key("walk-away"),
        "What signing every year costs more",
        yearly,
        promise,
        "Below zero: it costs less.",
    )
    return YearsSheet(tuple(rows), promise, yearly, away, tuple(_now(money, years, source)))


def _now(money: _Money, years: Years, source: str) -> Iterator[Figure]:
    """The promise and signing every year as of the first day, where there is a rate."""
    told = (("promise", "The whole term", years.promise_now), ("yearly", "Every year", years.yearly_now))
    for name, title, micro in told:
        if micro is not None and years.rate:
            yield money.given(f"{name}.now", f"{title}, as of its first day", micro, _NOW, source)


def running_sheet(running: Running) -> RunningSheet:
    """The signed commitment, as figures."""
    money = _Money(running.contract.id, running.contract.currency)
    return RunningSheet(running, tuple(_period(money, p) for p in running.periods), _savings(money, running))


def _period(money: _Money, period: BurnDown) -> PeriodRow:
    way = period.scenario.replace(" ", "-")

    def figure(part: str, title: str, micro: Fraction) -> Figure:
        rule = "The terms on the usage so far, and on the months to come as in this scenario."
        words = f"{title}, {period.scenario}"
        return money.given(f"running.{part}", words, micro, rule, money.contract, scenario=way)

    committed = figure("committed", "Committed in the period", period.committed)
    projected = figure("projected", "Used of it at the end of the period", period.projected)
    share = None
    if period.committed:
        value = committed.value, projected.value
        assert isinstance(value[0], Amount)
        assert isinstance(value[1], Amount)
        share = Figure(
            money.key("running.utilisation", scenario=way), f"Utilisation, {period.scenario}", Operator.RATIO,
            value[1].low / value[0].low, (projected, committed),
        )  # fmt: skip
    return PeriodRow(
        period,
        committed,
        figure("drawn", "Used of it so far", period.drawn),
        projected,
        figure("forfeited", "Lost at the end of the period", period.forfeited),
        figure("overage", "Paid beyond it", period.overage),
        share,
    )


def _savings(money: _Money, running: Running) -> dict[str, Figure]:
    """What carrying out the plan from now on is worth."""
    worth = running.saving
    if worth is None:
        return {}
    told = {
        "at-list": ("at list price in the months to come", worth.at_list),
        "in-term": ("on the bill until the term ends", worth.in_term),
        "at-renewal": ("over the next term, the amount sized anew", worth.at_renewal),
    }
    rule = "Expected over scenarios: the present usage against what the plan's moves leave of it."
    return {
        name: money.given(
            f"running.saving.{name}", f"What the plan saves {words}", micro, rule, money.contract
        )
        for name, (words, micro) in told.items()
        if micro is not None
    }


def share_value(share: Fraction | None) -> Decimal | None:
    """A share as a number, to six places."""
    return None if share is None else quotient(Fraction(round(share * 10**6), 10**6))
