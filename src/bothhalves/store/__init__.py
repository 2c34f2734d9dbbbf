"""Imported facts as immutable Parquet segments under one manifest, and the queries over them."""

from bothhalves.store.batches import Batch, CommitReport, Import, Scan
from bothhalves.store.commit import commit, rebuild
from bothhalves.store.engine import OutOfRange
from bothhalves.store.manifest import Damaged, NeedsRebuild
from bothhalves.store.reader import Coverage, Cut, Quantities, Store, Window

__all__ = [
    "Batch",
    "CommitReport",
    "Coverage",
    "Cut",
    "Damaged",
    "Import",
    "NeedsRebuild",
    "OutOfRange",
    "Quantities",
    "Scan",
    "Store",
    "Window",
    "commit",
    "rebuild",
]
