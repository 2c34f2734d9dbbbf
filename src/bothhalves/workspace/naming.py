"""Which workload, group and stream a row of usage belongs to, by the workspace's own files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bothhalves.core.terms import Billing
from bothhalves.workspace.config import Workload
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import Stream

_FIELDS = (
    ("keys", "key"),
    ("accounts", "account"),
    ("products", "product"),
    ("feeds", "feed"),
    ("workloads", "workload"),
)


class Naming:
    """Looks names up; the first workload in the file that matches is taken."""

    def __init__(self, workspace: Workspace) -> None:
        config = workspace.config
        self._billing = config.company.billing
        self._index: dict[tuple[str, str], str] = {}
        for workload in config.workloads:
            for slot in _slots(workload):
                self._index.setdefault(slot, workload.id)
        self.groups = _merged(workspace.pseudonyms.groups, config.company.smallest_group)
        self.workload_names = {w.id: w.name or w.id for w in config.workloads}
        self.group_names = {g.id: g.name or g.id for g in config.company.groups}

    def workload(self, row: Mapping[str, Any]) -> str:
        """The workload's id, else what the source calls it, else its key or product; ``""`` if unsaid."""
        for _, column in _FIELDS:
            found = self._index.get((column, row.get(column) or ""))
            if found:
                return found
        return str(row.get("workload") or row.get("key") or row.get("product") or "")

    def stream(self, row: Mapping[str, Any]) -> Stream:
        """Metered or in a seat, as the source says or, where it does not, as company.yaml says."""
        billing = row["billing"]
        if billing == Billing.UNKNOWN:
            said = self._billing.get(row["product"]) or self._billing.get(row["feed"])
            billing = said or Billing.UNKNOWN
        return {Billing.METERED: Stream.API, Billing.INCLUDED: Stream.SEAT}.get(billing, Stream.UNSTATED)


def _slots(workload: Workload) -> list[tuple[str, str]]:
    return [(column, value) for name, column in _FIELDS for value in getattr(workload.match, name) if value]


def _merged(groups: Mapping[str, str], smallest: int) -> dict[str, str]:
    """Groups with too few people become "other", so that nobody is shown alone."""
    sizes: dict[str, int] = {}
    for group in groups.values():
        sizes[group] = sizes.get(group, 0) + 1
    return {p: g if sizes[g] >= smallest else "other" for p, g in groups.items()}
