"""What vendors billed beside what we compute, as figures that open."""

from __future__ import annotations

from dataclasses import dataclass

from bothhalves.core.bills import Explained
from bothhalves.core.explain import Figure, Operator, Selector, key, sum_of
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.workspace.billed import BilledAmount

RULE = "What the vendor states."


@dataclass(frozen=True, slots=True)
class Bill:
    """One billed amount. ``computed`` is None where nothing of the kind is computed here."""

    vendor: str
    what: str
    month: str
    invoiced: Figure
    computed: Figure | None
    explained: Explained


def bills(amounts: tuple[BilledAmount, ...]) -> tuple[Bill, ...]:
    """The billed amounts as figures, in their order."""
    return tuple(_bill(amount) for amount in amounts)


def figures(found: tuple[Bill, ...]) -> dict[str, Figure]:
    """Every figure by key."""
    shown = [f for bill in found for f in (bill.invoiced, bill.computed) if f is not None]
    return {f.key: f for f in shown}


def _bill(amount: BilledAmount) -> Bill:
    parts = {
        "vendor": amount.vendor,
        "category": amount.category,
        "month": amount.month,
        "account": amount.account,
        "product": amount.product,
    }
    what = " ".join(filter(None, (amount.category, amount.product, amount.account)))
    invoiced = Figure(
        key("bills.invoiced", parts),
        f"{amount.vendor} {what}, {amount.month}, as billed",
        Operator.GIVEN,
        Amount.of(amount.explained.billed, amount.currency, MoneyKind.INVOICED),
        rule=f"{RULE} Also stated by {', '.join(amount.also)}." if amount.also else RULE,
        rows=Selector.union(amount.rows) if len({r.table for r in amount.rows}) == 1 else amount.rows[0],
    )
    computed = None
    own = {line.amount.currency for line in amount.lines}
    if amount.explained.ours is not None and len(own) == 1:
        computed = sum_of(
            key("bills.computed", parts),
            f"{amount.vendor} {what}, {amount.month}, computed",
            amount.lines,
            own.pop(),
            MoneyKind.ESTIMATED,
            rule="Usage and seats under the contract, or at list price without one.",
        )
    return Bill(amount.vendor, what, amount.month, invoiced, computed, amount.explained)
