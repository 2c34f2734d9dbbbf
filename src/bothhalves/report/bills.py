"""Bills against what we compute, as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bothhalves.brief.bills import Bill
from bothhalves.core.bills import Explained, Verdict
from bothhalves.core.money import plain, to_cents
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record


def bills_record(bills: Sequence[Bill]) -> str:
    """A list with the verdict on each billed amount, and its two figures with their Lines."""
    return json.dumps(
        [
            {
                "vendor": bill.vendor,
                "what": bill.what,
                "month": bill.month,
                "verdict": str(bill.explained.verdict),
                "invoiced": plain(bill.explained.billed),
                "computed": None if bill.explained.ours is None else plain(bill.explained.ours),
                "causes": list(bill.explained.causes),
                "perhaps": list(bill.explained.perhaps),
                "figures": [figure_record(f) for f in (bill.invoiced, bill.computed) if f is not None],
            }
            for bill in bills
        ],
        indent=2,
        ensure_ascii=False,
    )


def bills_text(bills: Sequence[Bill]) -> str:
    """One line for each billed amount: billed, computed, and the verdict in words."""
    if not bills:
        return "Nothing was billed in this window, as far as is known here."
    head = ("month", "vendor", "what", "billed", "computed", "")
    return "\n".join(grid([head, *map(_cells, bills)], right={3, 4}))


def _cells(bill: Bill) -> tuple[str, ...]:
    money = show.cents(bill.invoiced), show.cents(bill.computed)
    return bill.month, bill.vendor, bill.what, *money, _words(bill.explained)


def _words(explained: Explained) -> str:
    """``agreed``, ``off by x because …``, or what may have to do with it."""
    if explained.verdict is Verdict.AGREED:
        return "agreed"
    gap = explained.difference
    off = "not computed here" if gap is None else f"off by {to_cents(gap):,f}"
    if explained.causes:
        return f"{off} because: {' and '.join(explained.causes)}"
    perhaps = f" Perhaps: {'; '.join(explained.perhaps)}." if explained.perhaps else ""
    if gap is None:
        return f"{off}.{perhaps}"
    close = " (within the 2 % of reconciliation)" if explained.reconciles else ""
    return f"{off}{close}, unexplained.{perhaps}"
