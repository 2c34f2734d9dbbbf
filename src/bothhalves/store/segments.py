"""Writing immutable segments, and sweeping those that no manifest names any more."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from bothhalves.store.engine import Engine, Parameters
from bothhalves.store.manifest import DERIVED, STATE, Manifest, Segment, sync_folder

#: A reader may hold an older snapshot for so long.
KEPT_SECONDS = 3600


def write(
    engine: Engine,
    root: Path,
    slot: tuple[str, str, str, str],
    select: str,
    parameters: Parameters | None = None,
) -> Segment | None:
    """Writes the rows of ``select`` as a segment named by its content; None if there are no rows."""
    folder = Segment(*slot, "", 0).path(root).parent
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".draft-{os.getpid()}"
    rows = engine.save(select, draft, parameters)
    if rows == 0:
        draft.unlink()
        return None
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
        os.fsync(file.fileno())
    segment = Segment(*slot, digest, rows)
    draft.replace(segment.path(root))
    sync_folder(folder)
    return segment


def retire(root: Path, before: Manifest, after: Manifest) -> None:
    """Starts the clock of the segments that ``after`` no longer names."""
    kept = {s.path(root) for s in after.segments.values()}
    for segment in before.segments.values():
        path = segment.path(root)
        if path not in kept and path.exists():
            os.utime(path)


def sweep(root: Path, manifest: Manifest, kept_seconds: float = KEPT_SECONDS) -> None:
    """Deletes files that nothing names and that are old enough to have no reader. Call it under the lock."""
    named = {s.path(root) for s in manifest.segments.values()}
    limit = time.time() - kept_seconds
    folders = (root / DERIVED / "segments", root / STATE / "extract", root / STATE / "problems")
    for folder in folders:
        for path in (*folder.rglob("*.parquet"), *folder.rglob(".draft-*")):
            if path not in named and path.stat().st_mtime < limit:
                path.unlink()
