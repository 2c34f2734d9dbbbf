"""The files of one feed, from records to months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from bothhalves.core.explain import Problem, Where
from bothhalves.store import bulk, requests, segments
from bothhalves.store.batches import Import, Scan
from bothhalves.store.counting import cells
from bothhalves.store.engine import query
from bothhalves.store.manifest import SourceEntry
from bothhalves.store.replacing import Replacing
from bothhalves.store.spool import Ceiling, Spool, problem_rows, rows
from bothhalves.store.work import Work


def add(work: Work, imports: Iterable[Import], lost: frozenset[str] | None = None) -> None:
    """Merges files feed by feed. ``lost`` is given when rebuilding: the feeds whose calls are read again."""
    ordered = sorted(imports, key=lambda item: item.feed)
    for feed, group in groupby(ordered, key=lambda item: item.feed):
        _add_feed(work, feed, list(group), lost)


def _add_feed(work: Work, feed: str, items: list[Import], lost: frozenset[str] | None) -> None:
    _stage(work, items, is_replay=lost is not None)
    staged = bulk.stage(work, items)
    replacing = Replacing(work, feed, items[0].replaces, {i.sha256[:12]: i.spans for i in items})
    _count_buckets(work)
    if len(items) > 1:
        _report_repeated(work, items)
    for table in ("usage", "seats", "activity", "costs"):
        replacing.table(table)
    if lost is None or feed in lost:
        requests.add_requests(work, feed, replacing, staged)
    bulk.unstage(work, staged)


def _stage(work: Work, items: list[Import], is_replay: bool) -> None:
    """Makes the ``new_`` tables of the records, and notes sources and problems."""
    spool, ceiling = Spool(work.folder), Ceiling()
    for item in items:
        problems, kept = list(item.problems), Counter[str]()
        if item.bulk is not None and item.bulk.rows:
            ceiling.admit(item.bulk.counted, item.bulk.amounts)
            kept["usage"] += item.bulk.rows
        for table, row in rows(item, work.pseudonym, ceiling, problems):
            spool.write(table, row)
            kept["usage" if table == "calls" else table] += 1
        if is_replay:
            continue
        _forget_problems(work, item)
        for row in problem_rows(item.feed, item.sha256[:12], problems):
            spool.write("problems", row)
        work.report.rows.update(kept)
        work.report.problems.extend(problems)
        work.manifest.add_source(_entry(item, kept.total(), work.manifest.sequence))
    spool.load(work.engine)
    _keep_problems(work, items[0].feed)


def _forget_problems(work: Work, item: Import) -> None:
    """What an earlier reading of the same file found wrong is said again, or no longer true."""
    if not any((s.feed, s.sha256) == (item.feed, item.sha256) for s in work.manifest.sources):
        return
    for segment in work.manifest.of("problems", item.feed):
        work.view("past", "problems", [segment])
        work.write(segment.slot, "select * from past where source <> $source", {"source": item.sha256[:12]})


def keep_scan_problems(work: Work, scan: Scan) -> None:
    """Stores what was wrong with the logs of a scan."""
    spool = Spool(work.folder)
    for row in problem_rows(scan.feed, "", scan.problems):
        spool.write("problems", row)
    spool.load(work.engine)
    _keep_problems(work, scan.feed)


def _keep_problems(work: Work, feed: str) -> None:
    """Stores the rows of ``new_problems`` beside those of earlier commits."""
    slot = ("problems", feed, f"{work.manifest.sequence:06d}", "import")
    segment = segments.write(work.engine, work.root, slot, "select * from new_problems")
    if segment is not None:
        work.manifest.put(slot, segment)


def _entry(item: Import, kept: int, sequence: int) -> SourceEntry:
    spans = tuple((s.start.isoformat(), s.until.isoformat()) for s in item.spans)
    return SourceEntry(item.sha256, item.name, item.feed, kept, spans, sequence, item.content)


def _count_buckets(work: Work) -> None:
    """Makes ``new_usage`` of the rows that a source states by the bucket and without an id."""
    work.engine.run(
        "create or replace temp view counting as"
        " select * from new_calls where until is not null and id is null"
    )
    work.engine.run(f"create or replace temp table new_usage as {cells(work.edges)}")
    work.engine.run("drop view counting")


def _report_repeated(work: Work, items: list[Import]) -> None:
    """Warns where two files of one export state the very same rows: likely two versions of one export."""
    names = {item.sha256[:12]: item.name for item in items}
    for first, second, count in work.engine.run(query("repeated")):
        what = f"{count} rows are the same as in {names[first]}, and are counted in both."
        fix = "If one of the files is a newer version of the other, import them one after the other."
        work.report.problems.append(Problem("import.repeated", Where(names[second]), what, fix))
