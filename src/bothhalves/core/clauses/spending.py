"""The clauses of a contract about prices, commitments and payment, and what is wrong with them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from bothhalves.core.clauses.base import Basis, MeteredUse
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.clauses.currency import ExchangeRate
from bothhalves.core.clauses.draw_down import nets
from bothhalves.core.clauses.drawing import CommitmentState, settle_commitment
from bothhalves.core.clauses.due import KINDS, due_of
from bothhalves.core.clauses.grants import GrantTerm, grant
from bothhalves.core.clauses.protection import Kind, PriceTerm, protect
from bothhalves.core.clauses.rates import MarketplaceTerm, RateTerm, apply_rates
from bothhalves.core.clauses.taxes import TaxTerm, tax
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line
from bothhalves.core.money import ZERO

_TAXED = (*KINDS, "commitment")


@dataclass(frozen=True, slots=True)
class Spending:
    """These clauses of one contract."""

    rates: tuple[RateTerm, ...] = ()
    marketplaces: tuple[MarketplaceTerm, ...] = ()
    prices: PriceTerm | Kind | None = None
    commitment: CommitmentTerm | None = None
    included_credits: tuple[GrantTerm, ...] = ()
    exchange: tuple[ExchangeRate, ...] = ()
    tax: TaxTerm | Literal["excluded"] | None = None

    @property
    def protection(self) -> PriceTerm:
        """Price protection, however it is written."""
        if isinstance(self.prices, PriceTerm):
            return self.prices
        return PriceTerm(self.prices or "none")

    def fault(self, currency: str) -> str | None:
        """What is wrong with the clauses of a contract in ``currency`` together."""
        for names, what in (
            ([t.id for t in self.rates], "two rates have the same scope and beginning; name them apart"),
            ([t.id for t in self.included_credits], "two included credits have the same name"),
            ([t.id for t in self.marketplaces], "two marketplaces have the same name"),
            ([a for t in self.marketplaces for a in t.accounts], "an account is of two marketplaces"),
            ([(r.from_, r.on) for r in self.exchange], "two exchange rates are for the same day"),
        ):
            if len(set(names)) < len(names):
                return what
        if any(r.from_ == currency for r in self.exchange):
            return f"an exchange rate is from another currency than {currency}"
        if isinstance(self.tax, TaxTerm) and set(self.tax.on) - set(_TAXED):
            return f"tax: on lists {', '.join(_TAXED)}"
        return None

    def assumptions(self) -> Iterator[str]:
        """What the clauses take for granted."""
        for market in self.marketplaces:
            yield from market.assumptions()
        yield from self.protection.assumptions()
        for credit in self.included_credits:
            yield from credit.assumptions()
        if self.commitment is not None:
            yield from self.commitment.assumptions()
            if self.commitment.bands and self.rates:
                yield "commitment: the discount of its bands is taken off what negotiated rates leave."
        if self.tax is None:
            yield "tax: nothing is said; taxes are excluded."


@dataclass(frozen=True, slots=True)
class SpendingState:
    """What these clauses carry from month to month: credits spent, by clause id, and the commitment."""

    spent: Mapping[str, Decimal] = field(default_factory=dict)
    commitment: CommitmentState = field(default_factory=CommitmentState)


def price_usage(basis: Basis, clauses: Spending, month: Month, usage: Sequence[MeteredUse]) -> list[Line]:
    """What price protection and then negotiated rates change in the price of usage."""
    if not basis.term.runs(month):
        return []
    lines = protect(basis, clauses.protection, month, usage)
    if not clauses.rates and not clauses.marketplaces:
        return lines
    due = nets(usage, [*(use.line for use in usage), *lines])
    return lines + apply_rates(basis, clauses.rates, clauses.marketplaces, month, usage, due)


def settle_spending(
    basis: Basis,
    clauses: Spending,
    month: Month,
    usage: Sequence[MeteredUse],
    before: Sequence[Line],
    state: SpendingState,
) -> tuple[list[Line], SpendingState]:
    """The Lines to add to all those ``before``: included credits, then the commitment, then tax."""
    lines: list[Line] = []
    spent, drawn = dict(state.spent), state.commitment
    for term in clauses.included_credits:
        due = nets(usage, [*before, *lines])
        found, after = grant(basis, term, month, usage, due, spent.get(term.id, ZERO))
        lines += found
        if after:
            spent[term.id] = after
    if clauses.commitment is not None:
        owed = due_of(basis, usage, [*before, *lines])
        found, drawn = settle_commitment(basis, clauses.commitment, clauses.marketplaces, month, owed, drawn)
        lines += found
    if isinstance(clauses.tax, TaxTerm):
        lines += tax(basis, clauses.tax, month, due_of(basis, usage, [*before, *lines]))
    return lines, SpendingState(spent, drawn)
