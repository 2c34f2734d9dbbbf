"""Money that sources state for the window, added up within one kind and currency, and counted once."""

from __future__ import annotations

from bothhalves.core.dates import Month
from bothhalves.core.explain import Selector
from bothhalves.core.money import MoneyKind
from bothhalves.workspace.feeds import feed_ranks
from bothhalves.workspace.invoices import FEED, stated_lines
from bothhalves.workspace.naming import Naming
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import RatedUsage, Stated, Stream
from bothhalves.workspace.stated_once import WRITTEN_RANK, StatedOnce, counted_once


def stated_costs(
    workspace: Workspace, months: tuple[Month, ...], naming: Naming, usage: tuple[RatedUsage, ...]
) -> StatedOnce:
    """One record per feed, vendor, account, key, product, category, month, currency and kind.

    Invoiced money that several feeds state counts by one of them.
    """
    zone, sole = workspace.config.company.zone, _sole_workloads(usage)
    found = []
    for row in workspace.store.stated([str(m) for m in months], zone):
        amount, gross, count = row.pop("amount"), row.pop("gross"), row.pop("rows")
        span = row.pop("first"), row.pop("after")
        selector = Selector("costs").narrowed(**row)
        kind = MoneyKind(row.pop("kind"))
        named = naming.named_workload({**row, "workload": ""}, row["feed"])
        owner = named or sole.get((row["vendor"], row["account"]), "")
        found.append(
            Stated(
                **row,
                owner=owner,
                kind=kind,
                amount=amount,
                gross=gross,
                rows=selector,
                count=count,
                span=span,
            )
        )
    written = stated_lines(workspace.invoices, months, naming)
    return counted_once((*found, *written), {**feed_ranks(), FEED: WRITTEN_RANK})


def _sole_workloads(usage: tuple[RatedUsage, ...]) -> dict[tuple[str, str], str]:
    """Accounts whose metered usage all belongs to one workload: what is billed to them is its cost."""
    users: dict[tuple[str, str], set[str]] = {}
    for u in usage:
        if u.account and u.stream is Stream.API:
            users.setdefault((u.vendor, u.account), set()).add(u.owner)
    return {account: found.pop() for account, found in users.items() if len(found) == 1}
