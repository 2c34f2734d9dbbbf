"""Invoices that people write down in invoices/*.yaml, as money that a vendor states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bothhalves.core.dates import Month, months
from bothhalves.core.explain import Problem, Selector, Where
from bothhalves.core.money import MoneyKind, plain, split
from bothhalves.reading import read_yaml
from bothhalves.workspace.records import Stated

if TYPE_CHECKING:
    from bothhalves.workspace.naming import Naming

FEED = "invoices"
Category = Literal["usage", "seats", "purchase", "credit", "tax", "adjustment"]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice. ``from`` and ``until`` are the period it is for, else the invoice's own.

    ``type`` is the seat type that it charges, ``quantity`` and ``unit_price`` what it says of them.
    """

    amount: Decimal
    category: Category = "usage"
    what: str = ""
    product: str = ""
    account: str = ""
    type: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    from_: date | None = None
    until: date | None = None
    where: Where = Where("")


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as it came. Its lines are added up with ``total``, where that is given."""

    invoice: str
    vendor: str
    currency: str
    from_: date
    until: date
    lines: tuple[InvoiceLine, ...]
    issued: date | None = None
    total: Decimal | None = None
    source: str = ""
    where: Where = Where("")

    def fault(self) -> str | None:
        if self.until <= self.from_:
            return f"until {self.until} is not after from {self.from_}"
        sum_ = sum((line.amount for line in self.lines), Decimal(0))
        if self.total is not None and sum_ != self.total:
            return f"the lines add up to {plain(sum_)}, the total says {plain(self.total)}"
        return None

    def period(self, line: InvoiceLine) -> tuple[date, date]:
        return line.from_ or self.from_, line.until or self.until


def read_invoices(root: Path) -> tuple[tuple[Invoice, ...], list[Problem]]:
    """The invoices in the folder. One that is there twice is counted once and said."""
    found: dict[tuple[str, str], Invoice] = {}
    problems: list[Problem] = []
    for path in sorted((root / "invoices").glob("*.yaml")):
        invoice, faults = read_yaml(path, Invoice, f"invoices/{path.name}")
        problems += faults
        if invoice is None:
            continue
        slot = (invoice.vendor, invoice.invoice)
        if slot in found:
            first = found[slot].where.file
            what = f"invoice {invoice.invoice} of {invoice.vendor} is there already, in {first}."
            problems.append(
                Problem("invoice.twice", invoice.where, what, "Remove one of the two; the first is counted.")
            )
            continue
        found[slot] = invoice
    return tuple(found.values()), problems


def imported_too(invoice: Invoice) -> Problem:
    """An invoice that was written down although an imported bill holds it."""
    what = f"invoice {invoice.invoice} of {invoice.vendor} was imported too; the imported lines are counted."
    return Problem("invoice.twice", invoice.where, what, "Remove the file.")


def stated_lines(
    invoices: tuple[Invoice, ...], shown: tuple[Month, ...], naming: Naming
) -> tuple[Stated, ...]:
    """What the invoices state for the months, a line that spans several split by days to the cent."""
    wanted = {str(m) for m in shown}
    return tuple(
        stated
        for invoice in invoices
        for number, line in enumerate(invoice.lines, 1)
        for stated in _by_month(invoice, number, line, naming)
        if stated.month in wanted
    )


def _by_month(invoice: Invoice, number: int, line: InvoiceLine, naming: Naming) -> Iterator[Stated]:
    said = {"account": line.account, "key": "", "product": line.product, "workload": ""}
    for month, amount in by_month(line.amount, *invoice.period(line)):
        yield Stated(
            feed=FEED,
            vendor=invoice.vendor,
            account=line.account,
            key="",
            product=line.product,
            owner=naming.named_workload(said, FEED),
            category=line.category,
            month=str(month),
            currency=invoice.currency,
            kind=MoneyKind.INVOICED,
            amount=amount,
            gross=None,
            rows=Selector("invoice", (("invoice", invoice.invoice), ("line", number))),
            count=1,
        )


def by_month(amount: Decimal, first: date, after: date) -> list[tuple[Month, Decimal]]:
    """``amount`` by the days of each month in ``[first, after)``, in parts that add up to it."""
    spanned = list(months(Month.of(first), Month.of(after)))
    days = [(min(after, m.next.first) - max(first, m.first)).days for m in spanned]
    held = [(m, d) for m, d in zip(spanned, days, strict=True) if d > 0]
    step = Decimal(1).scaleb(min(int(amount.as_tuple().exponent), -2))
    parts = split(amount, [Decimal(d) for _, d in held], step)
    return [(m, part) for (m, _), part in zip(held, parts, strict=True)]


def rows(invoices: tuple[Invoice, ...], selector: Selector) -> list[dict[str, str]]:
    """The line of an invoice that a selector names, as it was written."""
    wanted = dict(selector.where)
    for invoice in invoices:
        if invoice.invoice == wanted.get("invoice"):
            line = invoice.lines[int(str(wanted["line"])) - 1]
            first, after = invoice.period(line)
            return [
                {
                    "invoice": invoice.invoice,
                    "vendor": invoice.vendor,
                    "line": line.what or line.category,
                    "from": str(first),
                    "until": str(after),
                    "amount": f"{plain(line.amount)} {invoice.currency}",
                    "file": str(line.where),
                }
            ]
    return []
