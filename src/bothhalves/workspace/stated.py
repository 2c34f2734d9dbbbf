"""Money that sources state for the window, added up within one kind and currency."""

from __future__ import annotations

from bothhalves.core.dates import Month
from bothhalves.core.explain import Selector
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import Stated


def stated_costs(workspace: Workspace, months: tuple[Month, ...]) -> tuple[Stated, ...]:
    """One record per feed, vendor, account, product, category, month, currency and kind."""
    zone = workspace.config.company.zone
    found = []
    for row in workspace.store.stated([str(m) for m in months], zone):
        amount, gross, count = row.pop("amount"), row.pop("gross"), row.pop("rows")
        selector = Selector("costs").narrowed(**row)
        kind = MoneyKind(row.pop("kind"))
        found.append(Stated(**row, kind=kind, amount=amount, gross=gross, rows=selector, count=count))
    return tuple(found)
