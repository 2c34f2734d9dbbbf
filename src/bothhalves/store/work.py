"""A manifest in the making: engine, scratch folder and what the steps of a commit share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bothhalves.store import manifest as manifests
from bothhalves.store import segments
from bothhalves.store.batches import CommitReport
from bothhalves.store.counting import prepare
from bothhalves.store.engine import DuckDB, Parameters
from bothhalves.store.manifest import Manifest, Segment
from bothhalves.store.schema import TABLES
from bothhalves.store.spool import Pseudonym

Slot = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Work:
    """``manifest`` is the one to be saved; ``folder`` lies in the state, for it may hold identities."""

    root: Path
    manifest: Manifest
    engine: DuckDB
    folder: Path
    edges: tuple[int, ...]
    pseudonym: Pseudonym
    report: CommitReport

    def view(self, name: str, table: str, stored: list[Segment]) -> None:
        """Lets ``name`` stand for the rows of segments of ``table``."""
        self.engine.view(name, [s.path(self.root) for s in stored], TABLES[table])

    def stored(self, table: str, feed: str, origin: str, months: set[str] | None = None) -> list[Segment]:
        """The segments of a feed, of these months only if they are given."""
        found = self.manifest.of(table, feed, origin)
        return [s for s in found if months is None or s.period in months]

    def write(self, slot: Slot, select: str, parameters: Parameters | None = None) -> Segment | None:
        """Lets the rows of ``select`` be the segment of ``slot``; None if there are none."""
        segment = segments.write(self.engine, self.root, slot, select, parameters)
        self.manifest.put(slot, segment)
        return segment


@contextmanager
def at_work(
    root: Path, manifest: Manifest, edges: tuple[int, ...], pseudonym: Pseudonym, report: CommitReport
) -> Iterator[Work]:
    """Opens an engine and a scratch folder, and removes both."""
    state = root / manifests.STATE
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=state, ignore_cleanup_errors=True) as scratch:
        engine = DuckDB(Path(scratch) / "spill")
        try:
            prepare(engine, edges)
            yield Work(root, manifest, engine, Path(scratch), edges, pseudonym, report)
        finally:
            engine.close()
