"""Which workload, group and stream a row of usage belongs to, by the workspace's own files."""

from __future__ import annotations

from collections.abc import Mapping

from bothhalves.core.terms import Billing
from bothhalves.workspace.config import Workload
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.records import Stream

UNKNOWN_GROUP = "unknown"
_STREAMS: dict[str, Stream] = {Billing.METERED: Stream.API, Billing.INCLUDED: Stream.SEAT}
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
        self._aliases = workspace.aliases
        self._groups = _merged(workspace.pseudonyms.groups, config.company.smallest_group)
        self.workload_names = {w.id: w.name or w.id for w in config.workloads}
        self.group_names = {g.id: g.name or g.id for g in config.company.groups}

    def workload(self, said: Mapping[str, str], feed: str) -> str:
        """The workload's id, else what the source calls it, else its key or product; ``""`` if unsaid."""
        return self.named_workload(said, feed) or said["workload"] or said["key"] or said["product"]

    def named_workload(self, said: Mapping[str, str], feed: str) -> str:
        """The id of the first workload in the file that matches; ``""`` if none does."""
        for _, column in _FIELDS:
            value = feed if column == "feed" else said[column]
            found = self._index.get((column, value)) if value else None
            if found:
                return found
        return ""

    def person(self, pseudonym: str) -> str:
        """The pseudonym of today: a link may have been added since the row was stored."""
        return self._aliases.get(pseudonym, pseudonym)

    def teams(self) -> dict[str, str]:
        """Group by pseudonym, those that people had before they were linked included."""
        own = {old: self._groups[now] for old, now in self._aliases.items() if now in self._groups}
        return {**self._groups, **own}

    def group(self, pseudonym: str) -> str:
        """The person's group, "other" where it is too small to be shown, "unknown" where nobody says."""
        return self._groups.get(self.person(pseudonym), UNKNOWN_GROUP)

    def stream(self, billing: str, product: str, feed: str) -> Stream:
        """Metered or in a seat, as the source says or, where it does not, as company.yaml says."""
        if billing in ("", Billing.UNKNOWN):
            billing = self._billing.get(product) or self._billing.get(feed) or Billing.UNKNOWN
        return _STREAMS.get(billing, Stream.UNSTATED)


def _slots(workload: Workload) -> list[tuple[str, str]]:
    return [(column, value) for name, column in _FIELDS for value in getattr(workload.match, name) if value]


def _merged(groups: Mapping[str, str], smallest: int) -> dict[str, str]:
    """Groups with too few people become "other", so that nobody is shown alone."""
    sizes: dict[str, int] = {}
    for group in groups.values():
        sizes[group] = sizes.get(group, 0) + 1
    return {p: g if sizes[g] >= smallest else "other" for p, g in groups.items()}
