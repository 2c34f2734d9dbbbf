"""The levers of workloads as figures: three baselines, what each lever saves, and what of it is cash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from bothhalves.brief.making import by
from bothhalves.core.explain import Figure, Line, Operator, by_key, key, sum_of
from bothhalves.core.levers.composition import State, Subset
from bothhalves.core.levers.mix import LEVERS, Lever
from bothhalves.core.money import ZERO, Amount, MoneyKind
from bothhalves.workspace.levers import Levers, WorkloadLevers

RULES = {
    "lazy": "The observed requests on the reference model, not cached, not batched, at prices of the day.",
    "current": "The observed requests as they ran, at the prices of the day.",
    "efficient": "The cheapest state that evidence allows, priced cell by cell.",
    "header": "The observed requests at the prices of the day; a head that changes is never read again.",
    "state": "All cells with these levers as far as evidence allows, priced cell by cell.",
}
MONTHLY_RULE = "What the months of the window would surely lose without the lever, by the month."
CREDIT_RULE = "The mean of what the lever saves in each of the six orders of switching levers on (Shapley)."


@dataclass(frozen=True, slots=True)
class LeverRow:
    """One lever of a workload; None where a price has no upper end.

    ``credit`` and ``last_in`` are against lazy, ``step`` in the fixed order; ``cash`` is the part of what is
    saved from today's cost. ``monthly`` is what a month would lose without the lever, at least: what its
    building is set against.
    """

    lever: Lever
    credit: Figure | None
    step: Figure | None
    last_in: Figure | None
    cash: Figure | None
    build: Figure | None
    monthly: Figure | None

    def roots(self) -> tuple[Figure, ...]:
        found = (self.credit, self.step, self.last_in, self.cash, self.build, self.monthly)
        return tuple(f for f in found if f is not None)


@dataclass(frozen=True, slots=True)
class WorkloadBrief:
    """A workload's levers in figures."""

    found: WorkloadLevers
    lazy: Figure
    current: Figure
    efficient: Figure
    saving: Figure | None
    share: Figure | None
    gap: Figure | None
    engineering: Figure
    bankable: Figure | None
    rows: tuple[LeverRow, ...]
    header: Figure | None = None

    def roots(self) -> tuple[Figure, ...]:
        own = (
            self.lazy, self.current, self.efficient, self.saving, self.share, self.gap, self.engineering,
            self.bankable, self.header,
        )  # fmt: skip
        return (*(f for f in own if f is not None), *(f for row in self.rows for f in row.roots()))


def workload_brief(found: WorkloadLevers, currency: str) -> WorkloadBrief:
    """The figures of one workload."""
    return _Maker(found, currency).brief()


def figures(briefs: Iterable[WorkloadBrief]) -> dict[str, Figure]:
    """Every figure by key, those below the shown ones included."""
    return by_key(root for brief in briefs for root in brief.roots())


def lever_briefs(levers: Levers) -> tuple[WorkloadBrief, ...]:
    """All workloads' figures, in the order of the workloads."""
    return tuple(workload_brief(found, levers.currency) for found in levers.workloads)


class _Maker:
    """Makes the figures of one workload; nothing is worked out here that has no figure of its own."""

    def __init__(self, found: WorkloadLevers, currency: str) -> None:
        self._found, self._currency = found, currency

    def brief(self) -> WorkloadBrief:
        composition = self._found.composition
        lazy = self._state("levers.lazy", "Lazy", composition.lazy, RULES["lazy"])
        current = self._state("levers.current", "Current", composition.current, RULES["current"])
        efficient = self._state("levers.efficient", "Efficient", composition.efficient, RULES["efficient"])
        ends = {frozenset[Lever](): lazy, frozenset(LEVERS): efficient}
        from_lazy = self._states("lazy", composition.from_lazy, ends)
        from_today = self._states("today", composition.from_today, {**ends, frozenset(): current})
        saving = self._less(self._key("levers.saving"), "Saved against lazy", lazy, efficient)
        banked = from_today[self._found.kept]
        kept = self._less(
            self._key("levers.kept"), "Saved from today by levers worth building", current, banked
        )
        engineering = self._engineering()
        return WorkloadBrief(
            self._found,
            lazy,
            current,
            efficient,
            saving,
            self._share(saving, lazy),
            self._less(self._key("levers.gap"), "Current less efficient", current, efficient),
            engineering,
            None
            if kept is None
            else self._less(
                self._key("levers.bankable"), "Bankable: saved less engineering", kept, engineering
            ),
            tuple(self._row(lever, from_lazy, from_today) for lever in LEVERS),
            self._header(),
        )

    def _header(self) -> Figure | None:
        """What a head that changes with each request would cost if it were cached."""
        found = self._found.header
        if found is None:
            return None
        ways = (
            ("levers.header.written", "Every token of the changing head written", found.written),
            ("levers.header.plain", "None of it cached", found.plain),
        )
        written, plain = (
            self._sum(self._key(name), self._title(title), lines, RULES["header"])
            for name, title, lines in ways
        )
        return self._less(self._key("levers.header"), "Caching a head that changes", written, plain)

    def _key(self, name: str, **dimensions: str) -> str:
        return key(name, {"workload": self._found.workload, **dimensions})

    def _title(self, title: str) -> str:
        return f"{title}: {self._found.name}"

    def _state(self, name: str, title: str, state: State, rule: str, **dimensions: str) -> Figure:
        """What a state costs: a figure for each model, lines below that."""
        missing = self._missing(name, state, dimensions)
        models = by(state.lines, lambda line: line.id.split("|")[1])
        parts = tuple(
            self._sum(self._key(name, **dimensions, model=model), f"{title}, {model}", tuple(lines), rule)
            for model, lines in sorted(models.items())
        )
        return self._sum(self._key(name, **dimensions), self._title(title), (*parts, *missing), rule)

    def _missing(self, name: str, state: State, dimensions: Mapping[str, str]) -> tuple[Figure, ...]:
        """A leaf without upper end, where something of the state has no price."""
        reasons = {u.reason for part in state.placed for u in part.rating.unpriced}
        others = {c for part in state.placed for c in part.rating.currencies} - {self._currency}
        reasons |= {f"some of it is priced in {other}" for other in others}
        if not reasons:
            return ()
        value = Amount(self._currency, MoneyKind.SCENARIO, ZERO, None)
        name = self._key(f"{name}.unpriced", **dimensions)
        rule = f"{'; '.join(sorted(reasons))}."
        return (Figure(name, "Without a price", Operator.GIVEN, value, rule=rule),)

    def _states(
        self, base: str, states: Mapping[Subset, State], known: Mapping[Subset, Figure]
    ) -> dict[Subset, Figure]:
        made = dict(known)
        for levers, state in states.items():
            if levers not in made:
                names = "+".join(lever for lever in LEVERS if lever in levers)
                made[levers] = self._state(
                    "levers.state",
                    f"With {names}, from {base}",
                    state,
                    RULES["state"],
                    base=base,
                    levers=names,
                )
        return made

    def _row(
        self, lever: Lever, from_lazy: Mapping[Subset, Figure], from_today: Mapping[Subset, Figure]
    ) -> LeverRow:
        return LeverRow(
            lever,
            self._credit("levers.credit", f"Credit of {lever} against lazy", lever, "lazy", from_lazy),
            self._step(lever, LEVERS, "lazy", from_lazy),
            self._last_in(lever, from_lazy),
            self._credit("levers.cash", f"Saved from today by {lever}", lever, "today", from_today),
            self._build(lever),
            self._monthly(lever, from_today),
        )

    def _step(
        self, lever: Lever, order: tuple[Lever, ...], base: str, states: Mapping[Subset, Figure]
    ) -> Figure | None:
        """What the lever saves after those before it in ``order``."""
        before = order[: order.index(lever)]
        name = self._key("levers.step", lever=lever, base=base, order="+".join(order))
        after = " and ".join(before) or "nothing"
        return self._less(
            name, f"{lever} after {after}", states[frozenset(before)], states[frozenset((*before, lever))]
        )

    def _credit(
        self, name: str, title: str, lever: Lever, base: str, states: Mapping[Subset, Figure]
    ) -> Figure | None:
        steps = tuple(self._step(lever, order, base, states) for order in permutations(LEVERS))
        found = tuple(s for s in steps if s is not None)
        if len(found) < len(steps):
            return None
        every = self._sum(
            self._key(f"{name}.orders", lever=lever), f"{title}, all orders", found, CREDIT_RULE
        )
        count = Figure(
            self._key(f"{name}.number", lever=lever), "Number of orders", Operator.GIVEN, Decimal(len(found))
        )
        low, high = (self._over(end, len(found)) for end in (every.value.low, every.value.high))  # type: ignore[union-attr]
        value = Amount(self._currency, MoneyKind.SCENARIO, low or ZERO, high)
        own, operands = self._key(name, lever=lever), (every, count)
        return Figure(own, self._title(title), Operator.RATIO, value, operands, rule=CREDIT_RULE)

    @staticmethod
    def _over(end: Decimal | None, count: int) -> Decimal | None:
        return None if end is None else end / count

    def _last_in(self, lever: Lever, states: Mapping[Subset, Figure]) -> Figure | None:
        every = frozenset(LEVERS)
        name, title = self._key("levers.last", lever=lever), f"Lost if {lever} alone is dropped"
        return self._less(name, title, states[every - {lever}], states[every])

    def _share(self, saving: Figure | None, lazy: Figure) -> Figure | None:
        if saving is None or not isinstance(saving.value, Amount) or not isinstance(lazy.value, Amount):
            return None
        if not (saving.value.is_point and lazy.value.is_point and lazy.value.low):
            return None
        title = self._title("Saved against lazy, as a share")
        share = saving.value.low / lazy.value.low
        return Figure(self._key("levers.share"), title, Operator.RATIO, share, (saving, lazy))

    def _engineering(self) -> Figure:
        value = Amount.of(self._found.engineering, self._currency, MoneyKind.SCENARIO)
        rule = (
            "As workloads.yaml states it: build spread over the horizon, upkeep and running, for the months"
            " of the window. Levers that are not worth building are left out."
        )
        title = self._title("Engineering of the levers")
        return Figure(self._key("levers.engineering"), title, Operator.GIVEN, value, rule=rule, assumed=True)

    def _build(self, lever: Lever) -> Figure | None:
        built = self._found.built.get(lever)
        if built is None:
            return None
        value = Amount.of(built.work.build, self._currency, MoneyKind.SCENARIO)
        title, rule = self._title(f"Build of {lever}"), "Hours at their rate, and what is paid once."
        own = self._key("levers.build", lever=lever)
        return Figure(own, title, Operator.GIVEN, value, rule=rule, assumed=True)

    def _monthly(self, lever: Lever, states: Mapping[Subset, Figure]) -> Figure | None:
        built, every = self._found.built.get(lever), frozenset(LEVERS)
        name, title = self._key("levers.lost", lever=lever), f"Lost from today if {lever} alone is dropped"
        lost = self._less(name, title, states[every - {lever}], states[every])
        if built is None or lost is None:
            return None
        months = Figure(
            self._key("levers.months"),
            "Months of the window",
            Operator.GIVEN,
            Decimal(built.months),
            unit="months",
        )
        own, title = self._key("levers.monthly", lever=lever), self._title(f"Saved a month by {lever}")
        value = Amount.of(built.saving, self._currency, MoneyKind.SCENARIO)
        return Figure(own, title, Operator.GIVEN, value, (lost, months), rule=MONTHLY_RULE)

    def _sum(self, name: str, title: str, parts: tuple[Figure | Line, ...], rule: str) -> Figure:
        return sum_of(name, title, parts, self._currency, MoneyKind.SCENARIO, rule=rule)

    def _less(self, name: str, title: str, first: Figure, second: Figure) -> Figure | None:
        """The first figure less the second; None where that has no lower end."""
        one, other = first.value, second.value
        if not isinstance(one, Amount) or not isinstance(other, Amount) or other.at_least:
            return None
        return Figure(name, self._title(title), Operator.DIFFERENCE, one - other, (first, second))
