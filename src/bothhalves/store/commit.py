"""Importing: one command, one lock, one new manifest.

Every touched table, feed and month is written anew as one segment: the stored rows that stand, and the
new ones. Nothing that a reader may hold is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from bothhalves.core.explain import Problem, Where
from bothhalves.store import calls, importing, segments
from bothhalves.store import manifest as manifests
from bothhalves.store.batches import Batch, CommitReport, Import, Scan
from bothhalves.store.manifest import DURABLE, Manifest, NeedsRebuild
from bothhalves.store.spool import Pseudonym
from bothhalves.store.work import Work, at_work


def commit(root: Path, batch: Batch, *, edges: Sequence[int], pseudonym: Pseudonym) -> CommitReport:
    """Imports ``batch`` and swaps the manifest once, or leaves everything as it was.

    ``edges`` are the prompt sizes at which some price may change. ``pseudonym`` turns an identity into
    what is stored. A file that its feed has imported before is left alone, unless it comes with a new one
    of its feed: the two are parts of one export. Raises
    :class:`~bothhalves.store.manifest.NeedsRebuild` if segments to build upon are missing.
    """
    steps = tuple(sorted(set(edges)))
    with manifests.locked(root):
        before = manifests.load(root)
        if lost := manifests.missing(root, before):
            raise NeedsRebuild(lost)
        report = CommitReport()
        fresh = _fresh(before, batch, report)
        scans = [scan for scan in batch.scans if _is_news(scan, before)]
        is_reclassed = steps != before.edges and bool(before.of("calls"))
        if not fresh and not scans and not is_reclassed:
            report.snapshot = before.snapshot_id
            return report
        after = before.copied()
        after.sequence += 1
        after.edges = steps
        with at_work(root, after, steps, pseudonym, report) as work:
            importing.add(work, fresh)
            _add_scans(work, scans)
            if is_reclassed:
                calls.recount(work)
        return _swapped(root, before, after, report)


def rebuild(
    root: Path, batches: Iterable[Batch], *, edges: Sequence[int], pseudonym: Pseudonym
) -> CommitReport:
    """Makes the derived segments again from the kept calls and from ``batches``: the imports in their order.

    Transcripts need no batch while their calls are kept. Where those are lost too, the marks of the feed
    are forgotten, so that the next scan reads its tree from the start.
    """
    steps = tuple(sorted(set(edges)))
    with manifests.locked(root):
        before = manifests.load(root)
        after, lost = _kept(root, before)
        after.edges = steps
        report = CommitReport()
        seen: set[tuple[str, str]] = set()
        with at_work(root, after, steps, pseudonym, report) as work:
            for batch in batches:
                importing.add(work, batch.imports, lost)
                seen.update((item.feed, item.sha256) for item in batch.imports)
                report.imported.extend(item.name for item in batch.imports)
            calls.recount(work)
        report.problems.extend(_unread(before, seen))
        return _swapped(root, before, after, report)


def _fresh(known: Manifest, batch: Batch, report: CommitReport) -> list[Import]:
    fresh: dict[tuple[str, str], Import] = {}
    growing = {item.feed for item in batch.imports if not known.knows(item.feed, item.sha256)}
    for item in batch.imports:
        if item.feed not in growing or (item.feed, item.sha256) in fresh:
            report.unchanged.append(item.name)
        else:
            fresh[item.feed, item.sha256] = item
            report.imported.append(item.name)
    return list(fresh.values())


def _is_news(scan: Scan, known: Manifest) -> bool:
    marks = known.marks.get(scan.feed, {})
    changed = any(marks.get(file) != mark for file, mark in _plain(scan.marks).items())
    return bool(scan.shards or scan.rewritten) or changed


def _plain(marks: Mapping[str, Any]) -> dict[str, Any]:
    """Marks as they come back from the manifest: records as mappings."""
    return {f: asdict(mark) if is_dataclass(type(mark)) else mark for f, mark in marks.items()}


def _add_scans(work: Work, scans: Sequence[Scan]) -> None:
    for scan in scans:
        calls.add_scan(work, scan)
        work.manifest.marks.setdefault(scan.feed, {}).update(_plain(scan.marks))
        work.report.problems.extend(scan.problems)
        if scan.problems:
            importing.keep_scan_problems(work, scan)


def _kept(root: Path, before: Manifest) -> tuple[Manifest, frozenset[str]]:
    """The manifest without derived segments, and the feeds whose kept calls are lost."""
    durable = [s for s in before.segments.values() if s.table in DURABLE]
    gone = [s for s in durable if not s.path(root).exists()]
    lost = frozenset(s.feed for s in gone if s.table == "calls")
    after = before.copied()
    after.sequence += 1
    after.segments = {
        s.slot: s for s in durable if s not in gone and not (s.table == "calls" and s.feed in lost)
    }
    after.marks = {feed: marks for feed, marks in before.marks.items() if feed not in lost}
    return after, lost


def _unread(before: Manifest, seen: set[tuple[str, str]]) -> list[Problem]:
    fix = "Put the file back into the inbox and rebuild; calls that were kept are still counted."
    return [
        Problem("store.source-missing", Where(s.name), "an imported file is gone from the inbox.", fix)
        for s in before.sources
        if (s.feed, s.sha256) not in seen
    ]


def _swapped(root: Path, before: Manifest, after: Manifest, report: CommitReport) -> CommitReport:
    segments.retire(root, before, after)
    report.snapshot = manifests.save(root, after)
    segments.sweep(root, after)
    return report
