"""The figures of a ledger, each made once under one key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from typing import TypeVar

from bothhalves.core.explain import Figure, Line, Operator, Selector, key, sum_of
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.rating import Unpriced
from bothhalves.workspace.records import Ledger, RatedUsage, SeatGroup, SeatMonth, Stated, Stream

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

LIST_RULE = "Counted quantities at the list price in force on the day of use."
FEE_RULE = "Committed seats at the contract's fee, for each month of the window, used or not."
NOTIONAL_RULE = (
    "What the tokens of seat users would cost at metered list prices. Nobody is billed this: it is notional "
    "and never added to what is paid."
)
BILLED_RULE = "Amounts that the vendor states as billed, as imported; not computed here."


class Figures:
    """Makes figures on demand and remembers them, so that one key is one figure."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._made: dict[str, Figure | None] = {}
        first, last = (
            ledger.months[0] if ledger.months else None,
            ledger.months[-1] if ledger.months else None,
        )
        self.window_words = _window_words(str(first), str(last)) if first and last else "the window"

    # -- usage at list price -------------------------------------------------------------------------

    def usage_cost(
        self, name: str, title: str, usage: Iterable[RatedUsage], kind: MoneyKind, **dimensions: str
    ) -> Figure | None:
        """The list cost of ``usage``: a figure per model below it, Lines below those. None without usage."""
        chosen = list(usage)
        rule = NOTIONAL_RULE if kind is MoneyKind.NOTIONAL else LIST_RULE

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
            (*lines, *_unpriced_leaves(name, dimensions, model, unpriced, self.ledger.currency, kind)),
            kind,
            rule,
        )

    def _sum(
        self, figure_key: str, title: str, operands: tuple[Figure | Line, ...], kind: MoneyKind, rule: str
    ) -> Figure:
        return sum_of(figure_key, title, operands, self.ledger.currency, kind, rule=rule)

    def token_cost(self) -> Figure | None:
        """Metered usage (and usage whose path nobody stated) at list price, by workload."""
        return self._grouped(
            "tokens.cost",
            "Tokens at list price",
            [u for u in self.ledger.usage if u.stream is not Stream.SEAT],
            MoneyKind.ESTIMATED,
            lambda u: ("workload", u.owner or "unassigned"),
        )

    def notional(self) -> Figure | None:
        """Seat users' tokens at metered list prices, by group."""
        return self._grouped(
            "seats.notional",
            "Seat users' tokens at metered list prices (notional)",
            [u for u in self.ledger.usage if u.stream is Stream.SEAT],
            MoneyKind.NOTIONAL,
            lambda u: ("group", u.owner or "unknown"),
        )

    def _grouped(
        self,
        name: str,
        title: str,
        usage: list[RatedUsage],
        kind: MoneyKind,
        owner: Callable[[RatedUsage], tuple[str, str]],
    ) -> Figure | None:
        def make(figure_key: str) -> Figure | None:
            parts = [
                self.usage_cost(name, f"{title}: {value}", part, kind, **{dimension: value})
                for (dimension, value), part in by(usage, owner).items()
            ]
            found = tuple(sorted((p for p in parts if p), key=lambda f: (-low(f), f.key)))
            return self._sum(
                figure_key, title, found, kind, NOTIONAL_RULE if kind is MoneyKind.NOTIONAL else LIST_RULE
            )

        return self._once(name, make) if usage else None

    def tokens(self, name: str, title: str, usage: Iterable[RatedUsage], **dimensions: str) -> Figure | None:
        """How many tokens: a count figure per meter below it."""
        chosen = list(usage)

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
                )
                for meter, quantity in sorted(meters.items(), key=lambda item: -item[1])
                if quantity
            )
            value = sum(meters.values(), Decimal(0))
            return Figure(figure_key, title, Operator.SUM, value, parts, unit="tokens")

        return self._once(key(name, dimensions), make) if chosen else None

    # -- seats ---------------------------------------------------------------------------------------

    def seat_fees(self) -> Figure | None:
        """Contract fees of all seats, by seat type, month by month."""

        def make(figure_key: str) -> Figure | None:
            parts = tuple(
                self._sum(
                    key("seats.cost", {"type": seat_type}),
                    f"Seat fees, {seat_type}",
                    tuple(m.line for m in fees),
                    MoneyKind.ESTIMATED,
                    FEE_RULE,
                )
                for seat_type, fees in by(self._own_fees(), lambda m: m.term.type).items()
            )
            return self._sum(figure_key, "Seat fees at contract rates", parts, MoneyKind.ESTIMATED, FEE_RULE)

        return self._once("seats.cost", make) if self._own_fees() else None

    def _own_fees(self) -> list[SeatMonth]:
        return [m for m in self.ledger.seat_fees if m.contract.currency == self.ledger.currency]

    def seat_count(self, name: str, title: str, pick: Callable[[SeatGroup], int], rule: str) -> Figure | None:
        """Seats in the latest rosters, by seat type."""

        def make(figure_key: str) -> Figure | None:
            parts = tuple(
                Figure(
                    key(name, {"type": seat_type}),
                    f"{title}, {seat_type}",
                    Operator.COUNT,
                    Decimal(sum(pick(g) for g in groups)),
                    unit="seats",
                    rule=rule,
                    rows=Selector.union(g.rows for g in groups),
                )
                for seat_type, groups in by(list(self.ledger.seats), lambda g: g.seat_type).items()
            )
            value = sum((p.value for p in parts if isinstance(p.value, Decimal)), Decimal(0))
            return Figure(figure_key, title, Operator.SUM, value, parts, unit="seats", rule=rule)

        return self._once(name, make) if self.ledger.seats else None

    def bought(self) -> Figure | None:
        """Committed seats in the last month of the window, by contract clause."""

        def make(figure_key: str) -> Figure | None:
            last = max(m.month for m in self.ledger.seat_fees)
            parts = tuple(
                Figure(
                    key("seats.bought", {"type": m.term.type, "contract": m.contract.id}),
                    f"Seats bought, {m.term.type}",
                    Operator.GIVEN,
                    Decimal(m.term.committed),
                    unit="seats",
                    rule="As the contract says.",
                    source=m.contract.source,
                    assumed=m.contract.assumed,
                )
                for m in self.ledger.seat_fees
                if m.month == last
            )
            value = sum((p.value for p in parts if isinstance(p.value, Decimal)), Decimal(0))
            return Figure(figure_key, "Seats bought", Operator.SUM, value, parts, unit="seats")

        return self._once("seats.bought", make) if self.ledger.seat_fees else None

    # -- as billed -----------------------------------------------------------------------------------

    def billed(self, name: str, title: str, stated: Iterable[Stated], **dimensions: str) -> Figure | None:
        """Invoiced money, one given figure for each vendor, account and month."""
        chosen = [s for s in stated if s.currency == self.ledger.currency]

        def make(figure_key: str) -> Figure | None:
            parts = tuple(
                Figure(
                    key(
                        name,
                        {
                            **dimensions,
                            "vendor": s.vendor,
                            "account": s.account,
                            "month": s.month,
                            "product": s.product,
                            "category": s.category,
                            "feed": s.feed,
                        },
                    ),
                    f"{s.vendor} {s.product} {s.category}, {s.month}".replace("  ", " "),
                    Operator.GIVEN,
                    Amount.of(s.amount, s.currency, MoneyKind.INVOICED),
                    rule=BILLED_RULE,
                    rows=s.rows,
                    source=s.feed,
                )
                for s in chosen
            )
            return self._sum(figure_key, title, parts, MoneyKind.INVOICED, BILLED_RULE)

        return self._once(key(name, dimensions), make) if chosen else None

    def seats_billed(self) -> Figure | None:
        return self.billed(
            "seats.billed", "Seats as billed", (s for s in self.ledger.invoiced if s.category == "seats")
        )

    def tokens_billed(self) -> Figure | None:
        return self.billed(
            "tokens.billed", "Tokens as billed", (s for s in self.ledger.invoiced if s.category != "seats")
        )

    def contract_cost(self, product: str, meter: str, lines: tuple[Line, ...]) -> Figure | None:
        """Usage that a contract prices itself."""
        name = key("contract.usage", {"product": product, "meter": meter})
        title = f"{product} {meter} under contract"
        return self._once(
            name, lambda k: self._sum(k, title, lines, MoneyKind.ESTIMATED, "As the contract says.")
        )

    def stated_estimate(self, feed: str, kind: MoneyKind, stated: Iterable[Stated]) -> Figure | None:
        """What a source itself computed: compared with ours, never added to anything."""
        chosen = [s for s in stated if s.currency == self.ledger.currency]
        rule = "The source's own estimate, as imported."

        def make(figure_key: str) -> Figure:
            parts = tuple(
                Figure(
                    key(
                        "estimates.stated",
                        {
                            "feed": feed,
                            "kind": kind,
                            "month": s.month,
                            "vendor": s.vendor,
                            "product": s.product,
                            "account": s.account,
                        },
                    ),
                    f"{s.vendor} {s.product}, {s.month}".replace(" ,", ","),
                    Operator.GIVEN,
                    Amount.of(s.amount, s.currency, kind),
                    rule=rule,
                    rows=s.rows,
                    source=feed,
                )
                for s in chosen
            )
            return self._sum(figure_key, f"Estimate by {feed}", parts, kind, rule)

        return self._once(key("estimates.stated", {"feed": feed, "kind": kind}), make) if chosen else None

    # -- both ----------------------------------------------------------------------------------------

    def both(self) -> Figure | None:
        """Contract seat fees and metered usage at list price together; None unless both are known."""
        seats, tokens = self.seat_fees(), self.token_cost()
        if seats is None or tokens is None:
            return None
        return self._once(
            "both.cost",
            lambda k: self._sum(
                k, "Seats and tokens at rates", (seats, tokens), MoneyKind.ESTIMATED, "Seat fees plus tokens."
            ),
        )

    def both_billed(self) -> Figure | None:
        seats, tokens = self.seats_billed(), self.tokens_billed()
        if seats is None or tokens is None:
            return None
        return self._once(
            "both.billed",
            lambda k: self._sum(
                k, "Seats and tokens as billed", (seats, tokens), MoneyKind.INVOICED, BILLED_RULE
            ),
        )

    def hidden(self) -> tuple[Figure, ...]:
        """Everything that was made, so that each can be opened by its key."""
        return tuple(f for f in self._made.values() if f is not None)

    def _once(self, figure_key: str, make: Callable[[str], Figure | None]) -> Figure | None:
        if figure_key not in self._made:
            self._made[figure_key] = make(figure_key)
        return self._made[figure_key]


def _unpriced_leaves(
    name: str,
    dimensions: dict[str, str],
    model: str,
    unpriced: list[Unpriced],
    currency: str,
    kind: MoneyKind,
) -> tuple[Figure, ...]:
    """A leaf for each meter without price: worth at least nothing, and no upper end."""
    found = []
    for (meter, reason), parts in by(unpriced, lambda u: (u.meter, u.reason)).items():
        quantity = sum((p.quantity for p in parts), Decimal(0))
        found.append(
            Figure(
                key(name + ".unpriced", {**dimensions, "model": model, "meter": meter, "why": parts[0].code}),
                f"{quantity:f} {_meter_words(meter)} without a price",
                Operator.GIVEN,
                Amount(currency, kind, Decimal(0), None),
                rule=f"{reason}.",
            )
        )
    return tuple(found)


def by(items: Iterable[T], name: Callable[[T], K]) -> dict[K, list[T]]:
    """``items`` in groups, in order of first appearance."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(name(item), []).append(item)
    return groups


def low(figure: Figure) -> Decimal:
    """For ordering: the least that a figure is worth."""
    return figure.value.low if isinstance(figure.value, Amount) else figure.value


def _meter_words(meter: str) -> str:
    return meter.removesuffix("_tokens").replace("_", " ")


def _window_words(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"
