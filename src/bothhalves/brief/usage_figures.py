"""Usage in figures: tokens, and what they cost at rates, metered or notional."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from bothhalves.brief.making import Maker, by, low
from bothhalves.core.explain import Figure, Line, Operator, Selector, View, key
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.rating import Unpriced
from bothhalves.workspace.records import RatedUsage, Stream

RATES_RULE = "Counted quantities at the price in force on the day of use: list, or the company's own book."
NOTIONAL_RULE = (
    "What the tokens of seat users would cost at metered list prices. Nobody is billed this: it is notional "
    "and never added to what is paid."
)


class UsageFigures(Maker):
    """What counted usage says, by workload, group and model."""

    def usage_cost(
        self, name: str, title: str, usage: Iterable[RatedUsage], kind: MoneyKind, **dimensions: str
    ) -> Figure | None:
        """The list cost of ``usage``: a figure per model below it, Lines below those. None without usage."""
        chosen = list(usage)
        rule = NOTIONAL_RULE if kind is MoneyKind.NOTIONAL else RATES_RULE

        def make(figure_key: str) -> Figure | None:
            parts = [
                self._model_cost(name, title, model, part, kind, rule, dimensions)
                for model, part in by(chosen, lambda u: u.model or "(model not stated)").items()
            ]
            found = tuple(sorted(parts, key=lambda f: (-low(f), f.key)))
            return self._sum(figure_key, title, found, kind, rule) if found else None

        return self._once(key(name, dimensions), make) if chosen else None

    def _model_cost(
        self,
        name: str,
        title: str,
        model: str,
        usage: list[RatedUsage],
        kind: MoneyKind,
        rule: str,
        dimensions: dict[str, str],
    ) -> Figure:
        lines = tuple(
            line
            for u in usage
            for line in u.rating.lines
            if line.amount.currency == self.ledger.currency and line.amount.kind is kind
        )
        unpriced = [m for u in usage for m in u.rating.unpriced]
        return self._sum(
            key(name, {**dimensions, "model": model}),
            f"{title}, {model}",
            (*lines, *self._leaves(name, dimensions, model, unpriced, kind)),
            kind,
            rule,
            self._weakening(usage),
        )

    def _leaves(
        self, name: str, dimensions: dict[str, str], model: str, unpriced: list[Unpriced], kind: MoneyKind
    ) -> tuple[Figure, ...]:
        """A leaf for each meter without price: worth at least nothing, and no upper end."""
        found = []
        for (code, meter), parts in by(unpriced, lambda u: (u.code, u.meter)).items():
            reasons = list(dict.fromkeys(p.reason for p in parts))
            quantity = sum((p.quantity for p in parts), Decimal(0))
            found.append(
                Figure(
                    key(name + ".unpriced", {**dimensions, "model": model, "meter": meter, "why": code}),
                    f"{quantity:f} {_meter_words(meter)} without a price",
                    Operator.GIVEN,
                    Amount(self.ledger.currency, kind, Decimal(0), None),
                    rule=f"{'; '.join(reasons)}.",
                    problems=tuple(self._unpriced[code, meter, reason] for reason in reasons),
                )
            )
        return tuple(found)

    def workload_cost(self, workload: str, usage: Iterable[RatedUsage]) -> Figure | None:
        """A workload's metered usage at rates."""
        title = f"Tokens at rates: {workload}"
        return self.usage_cost("tokens.cost", title, usage, MoneyKind.ESTIMATED, workload=workload)

    def group_notional(self, group: str, usage: Iterable[RatedUsage]) -> Figure | None:
        """What a group's tokens on seats would cost metered."""
        title = f"Seat users' tokens at metered list prices (notional): {group}"
        return self.usage_cost("seats.notional", title, usage, MoneyKind.NOTIONAL, group=group)

    def model_cost(self, vendor: str, model: str, usage: Iterable[RatedUsage]) -> Figure | None:
        """Metered usage of one model at rates."""
        title = f"Tokens at rates: {vendor} {model}"
        return self.usage_cost(
            "models.cost", title, usage, MoneyKind.ESTIMATED, id=f"{vendor}:{model or '-'}"
        )

    def metered_cost(self) -> Figure | None:
        """Metered usage (and usage whose path nobody stated) at rates, by workload."""
        usage = [u for u in self.ledger.usage if u.stream is not Stream.SEAT]
        parts = [self.workload_cost(name, part) for name, part in by(usage, _owner("unassigned")).items()]
        return self._total_of(
            "tokens.metered", "Metered tokens at rates", parts, MoneyKind.ESTIMATED, RATES_RULE
        )

    def token_cost(self) -> Figure | None:
        """Metered usage at rates, and usage that a contract prices itself."""
        rule = "Metered usage at rates and usage that a contract prices itself."
        parts = [self.metered_cost(), *self.contract_costs()]
        return self._total_of("tokens.cost", "Tokens at rates", parts, MoneyKind.ESTIMATED, rule)

    def notional(self) -> Figure | None:
        """Seat users' tokens at metered list prices, by group."""
        usage = [u for u in self.ledger.usage if u.stream is Stream.SEAT]
        parts = [self.group_notional(name, part) for name, part in by(usage, _owner("unknown")).items()]
        title = "Seat users' tokens at metered list prices (notional)"
        return self._total_of("seats.notional", title, parts, MoneyKind.NOTIONAL, NOTIONAL_RULE)

    def others(self, parts: list[Figure]) -> Figure | None:
        """The smaller workloads together; None where they cost nothing."""
        if not any(low(part) for part in parts):
            return None
        return self._once(
            "tokens.others",
            lambda k: self._sum(k, "Other workloads at rates", tuple(parts), MoneyKind.ESTIMATED, RATES_RULE),
        )

    def tokens(self, name: str, title: str, usage: Iterable[RatedUsage], **dimensions: str) -> Figure | None:
        """How many tokens: a count figure per meter below it."""
        chosen = list(usage)
        problems = self._weakening(chosen)

        def make(figure_key: str) -> Figure | None:
            rows = Selector.union(u.rows for u in chosen)
            meters: dict[str, Decimal] = defaultdict(Decimal)
            for u in chosen:
                for meter, quantity in u.quantities:
                    if meter.endswith("_tokens"):
                        meters[meter] += quantity
            parts = tuple(
                Figure(
                    key(name, {**dimensions, "meter": meter}),
                    f"{title}, {_meter_words(meter)}",
                    Operator.COUNT,
                    quantity,
                    unit="tokens",
                    rule="Counted at import from the sources named below; cached input is counted apart.",
                    rows=rows,
                    problems=problems if meter == "output_tokens" else (),
                )
                for meter, quantity in sorted(meters.items(), key=lambda item: -item[1])
                if quantity
            )
            value = sum(meters.values(), Decimal(0))
            return Figure(figure_key, title, Operator.SUM, value, parts, unit="tokens", problems=problems)

        return self._once(key(name, dimensions), make) if chosen else None

    def contract_costs(self) -> list[Figure]:
        """What contracts make of usage, clause by clause: prices of their own, discounts, covers, overage.

        Lines that only say when something is paid are left out: they are not what the use costs.
        """
        lines = self.ledger.contract_lines
        own = [x for x in lines if x.amount.currency == self.ledger.currency and x.view is not View.BILLED]
        return [
            self._sum(
                key("contract.usage", dict(dimensions)),
                title,
                tuple(found),
                MoneyKind.ESTIMATED,
                "As the contract says.",
            )
            for (title, dimensions), found in by(own, _clause_of).items()
        ]


def _clause_of(line: Line) -> tuple[str, tuple[tuple[str, str], ...]]:
    """How the page calls a clause, and its key's dimensions: the unit that it prices, or its own name."""
    said = dict(line.dimensions)
    contract, _, clause = line.entry.partition("/")
    product = said.get("product", "")
    if "seat_type" in said:
        return f"{product} under seats", (("product", product), ("seat", said["seat_type"]))
    if clause.startswith("usage/"):
        return f"{product} {line.meter} under contract", (("product", product), ("meter", line.meter))
    name = clause.replace("/", ":")
    return f"{name} of {contract}", (("contract", contract), ("clause", name))


def _owner(otherwise: str) -> Callable[[RatedUsage], str]:
    return lambda usage: usage.owner or otherwise


def _meter_words(meter: str) -> str:
    return meter.removesuffix("_tokens").replace("_", " ")
