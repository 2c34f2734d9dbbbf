"""Money that sources state for the window, added up within one kind and currency."""

from __future__ import annotations

from bothhalves.core.dates import Month
from bothhalves.core.explain import Selector
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.invoices import stated_lines
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import RatedUsage, Stated, Stream


def stated_costs(
    workspace: Workspace, months: tuple[Month, ...], naming: Naming, usage: tuple[RatedUsage, ...]
) -> tuple[Stated, ...]:
    """One record per feed, vendor, account, key, product, category, month, currency and kind."""
    zone, sole = workspace.config.company.zone, _sole_workloads(usage)
    found = []
    for row in workspace.store.stated([str(m) for m in months], zone):
        amount, gross, count = row.pop("amount"), row.pop("gross"), row.pop("rows")
        selector = Selector("costs").narrowed(**row)
        kind = MoneyKind(row.pop("kind"))
        named = naming.named_workload({**row, "workload": ""}, row["feed"])
        owner = named or sole.get((row["vendor"], row["account"]), "")
        found.append(
            Stated(**row, owner=owner, kind=kind, amount=amount, gross=gross, rows=selector, count=count)
        )
    return (*found, *stated_lines(workspace.invoices, months, naming))


def _sole_workloads(usage: tuple[RatedUsage, ...]) -> dict[tuple[str, str], str]:
    """Accounts whose metered usage all belongs to one workload: what is billed to them is its cost."""
    users: dict[tuple[str, str], set[str]] = {}
    for u in usage:
        if u.account and u.stream is Stream.API:
            users.setdefault((u.vendor, u.account), set()).add(u.owner)
    return {account: found.pop() for account, found in users.items() if len(found) == 1}
