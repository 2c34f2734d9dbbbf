"""Scanning a folder of agent logs: only what changed is opened, only what is new is read."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

import msgspec

from bothhalves.core.explain import Problem
from bothhalves.intake.transcripts.batch import Batch, Job, read_batch
from bothhalves.intake.transcripts.codex import State
from bothhalves.intake.transcripts.marks import FileMark
from bothhalves.intake.transcripts.recognise import CODEX, Entry, walk
from bothhalves.intake.transcripts.records import CallRecord

#: Below this many bytes to read, starting processes takes longer than reading.
POOL_FROM = 128 * 2**20
#: Batches per process: small enough that none waits long for the last, large enough to be worth a shard.
_SHARE, _SMALLEST = 4, 4 * 2**20


@dataclass(slots=True)
class Scan:
    """What a scan found.

    ``shards`` hold one :class:`CallRecord` as JSON per line; a call may stand in several, see ``records``.
    ``marks`` are of all files there now, to be given to the next scan. ``gone`` are known files that are no
    longer there: their calls still happened, vendors delete logs. The calls of ``rewritten`` files are all
    in the shards again. Counts are of what this scan read.
    """

    shards: list[Path] = field(default_factory=list)
    marks: dict[str, FileMark] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    rewritten: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    files_read: int = 0
    bytes_read: int = 0
    lines_read: int = 0
    usage_lines: int = 0
    records: int = 0


def scan(
    root: Path,
    known: Mapping[str, FileMark],
    spool: Path,
    workers: int | None = None,
    label: str = "",
    person: str = "",
    meanwhile: Callable[[], object] = lambda: None,
) -> Scan:
    """Reads what is new below ``root`` into NDJSON files in ``spool``, which must be an empty folder.

    ``label`` tells this tree from others that are remembered together: names of files begin with it.
    ``known`` are the marks of the scan before. ``workers`` processes share the work; by default one per
    processor if there is much to read, else none beside this one. ``person`` is who the logs are known to
    be of, instead of the owner of a home folder. ``meanwhile`` is called while other processes
    read, if any do.
    """
    result = Scan()
    entries = list(walk(root, result.problems))
    if label:
        entries = [entry._replace(name=f"{label}/{entry.name}") for entry in entries]
    jobs, sizes = [], []
    for entry in entries:
        mark = known.get(entry.name)
        if mark is not None and mark.size == entry.size and mark.mtime_ns == entry.mtime_ns:
            result.marks[entry.name] = mark
        else:
            jobs.append(Job(entry.path, entry.name, mark))
            sizes.append(entry.size - mark.offset if mark and entry.size > mark.size else entry.size)
    result.files = len(entries)
    own = {name for name in known if name.startswith(f"{label}/")} if label else known.keys()
    result.gone = sorted(own - {entry.name for entry in entries})
    if jobs:
        _read_all(jobs, sizes, entries, spool, workers, meanwhile, result)
    if person:
        _owned(result.shards, person)
    return result


def _owned(shards: list[Path], person: str) -> None:
    decode, encode = msgspec.json.Decoder(CallRecord).decode_lines, msgspec.json.Encoder().encode_lines
    for shard in shards:
        calls = decode(shard.read_bytes())
        shard.write_bytes(encode([msgspec.structs.replace(call, person=person) for call in calls]))


def _read_all(
    jobs: list[Job],
    sizes: list[int],
    entries: list[Entry],
    spool: Path,
    workers: int | None,
    meanwhile: Callable[[], object],
    result: Scan,
) -> None:
    spool.mkdir(parents=True, exist_ok=True)
    if workers is None:
        workers = (os.cpu_count() or 1) if sum(sizes) >= POOL_FROM else 1
    batches = list(_split(jobs, sizes, workers))
    shards = [str(spool / f"{number:05d}.ndjson") for number in range(len(batches))]
    found = Batch("")
    for batch in _run(batches, shards, workers, meanwhile):
        found.add(batch)
    if found.deferred:
        rollouts = str(spool / f"{len(shards):05d}.ndjson")
        shards.append(rollouts)
        threads = _threads(entries, result.marks, found.deferred)
        found.add(read_batch([job for job, _ in found.deferred], rollouts, threads))
    _take_over(found, shards, jobs, result)


def _take_over(found: Batch, shards: Iterable[str], jobs: list[Job], result: Scan) -> None:
    for path in map(Path, shards):
        if path.stat().st_size:
            result.shards.append(path)
        else:
            path.unlink()
    for job in jobs:  # a file that could not be read keeps what was known of it
        mark = found.marks.get(job.name, job.known)
        if mark is not None:
            result.marks[job.name] = mark
    result.rewritten = sorted(found.rewritten)
    result.problems += sorted(found.problems)
    result.files_read, result.bytes_read = found.files, found.bytes
    result.lines_read, result.usage_lines, result.records = found.lines, found.usage_lines, found.records


def _run(
    batches: list[list[Job]], shards: list[str], workers: int, meanwhile: Callable[[], object]
) -> Iterator[Batch]:
    if workers < 2:
        yield from map(read_batch, batches, shards, repeat(None))
        return
    # Not needed, and not paid for, by the many small scans.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # A fork starts at once, but threads, such as those of a server that scans, do not survive it.
    start = "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"
    with ProcessPoolExecutor(min(workers, len(batches)), get_context(start)) as pool:
        found = pool.map(read_batch, batches, shards, repeat(None))
        meanwhile()
        yield from found


def _split(jobs: list[Job], sizes: list[int], workers: int) -> Iterator[list[Job]]:
    """The jobs in order, in batches of about equal size."""
    most = sum(sizes) + 1 if workers < 2 else max(_SMALLEST, sum(sizes) // (workers * _SHARE))
    batch, held = list[Job](), 0
    for job, size in zip(jobs, sizes, strict=True):
        if batch and held + size > most:
            yield batch
            batch, held = [], 0
        batch.append(job)
        held += size
    yield batch


def _threads(
    entries: list[Entry], unchanged: Mapping[str, FileMark], deferred: list[tuple[Job, str]]
) -> dict[str, str]:
    """Where the rollout of every thread lies; of two copies the first by name."""
    found = {job.name: thread for job, thread in deferred}
    for name, mark in unchanged.items():
        if mark.tool == CODEX:
            found[name] = msgspec.json.decode(mark.state, type=State).thread
    paths = {entry.name: entry.path for entry in entries if entry.name in found}
    return {found[name]: paths[name] for name in sorted(found, reverse=True) if found[name]}
