"""Reading a batch of files in one process, from open file to NDJSON shard."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BufferedIOBase
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec

from bothhalves.core.dates import instant
from bothhalves.core.explain import Problem, Where
from bothhalves.intake.source import Source, Unreadable
from bothhalves.intake.transcripts import claude, codex, gemini
from bothhalves.intake.transcripts.lines import BLOCK, LONGEST, LineReader
from bothhalves.intake.transcripts.marks import FileMark, continues, sha_head
from bothhalves.intake.transcripts.recognise import BOM, CLAUDE, CODEX, GEMINI, HEAD, tool_of
from bothhalves.intake.transcripts.records import CallRecord

_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_PEEK = 8 * 1024
#: 2026-09-01T09:14:07.400Z, as these logs write their times; the last days of a month are left to `instant`.
_AS_WRITTEN = re.compile(
    r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII
).fullmatch


class Job(NamedTuple):
    """One file to read: where it is, what it is called, and what is known of it."""

    path: str
    name: str
    known: FileMark | None


@dataclass(slots=True)
class Batch:
    """What reading files gave. ``deferred`` are rollouts, with their thread, that wait for their parents."""

    shard: str
    records: int = 0
    marks: dict[str, FileMark] = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    deferred: list[tuple[Job, str]] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    lines: int = 0
    usage_lines: int = 0

    def add(self, other: Batch) -> None:
        """Takes over everything but the shard."""
        self.records += other.records
        self.marks |= other.marks
        self.rewritten += other.rewritten
        self.problems += other.problems
        self.deferred += other.deferred
        self.files += other.files
        self.bytes += other.bytes
        self.lines += other.lines
        self.usage_lines += other.usage_lines


class _Opened(NamedTuple):
    """A file ready to be read from ``offset``; ``packed`` ones are always read whole."""

    file: IO[bytes]
    stat: os.stat_result
    packed: bool
    tool: str
    known: FileMark | None  # only where the file continues it


def read_batch(jobs: list[Job], shard: str, threads: Mapping[str, str] | None = None) -> Batch:
    """Reads the files and writes their calls to ``shard``.

    ``threads`` says where the rollout of a thread lies; without it rollouts are deferred.
    """
    batch, buffer = Batch(shard), bytearray(BLOCK)
    with open(shard, "wb") as out:
        for job in jobs:
            try:
                with open(job.path, "rb") as file:
                    records = _read_file(job, file, batch, threads, buffer)
            except (OSError, Unreadable) as error:
                why = getattr(error, "strerror", None) or error
                batch.problems.append(_unreadable(job.name, f"the file cannot be read ({why})."))
                continue
            kept = [record for record in records if _dated(record, batch.problems)]
            batch.records += len(kept)
            out.write(msgspec.json.Encoder().encode_lines(kept))
    return batch


def _read_file(
    job: Job, file: IO[bytes], batch: Batch, threads: Mapping[str, str] | None, buffer: bytearray
) -> list[CallRecord]:
    opened = _open(job, file)
    if opened.tool == CODEX and threads is None:
        batch.deferred.append((job, _thread(opened, job)))
        return []
    batch.files += 1
    if job.known and job.known.tool and not opened.known:
        batch.rewritten.append(job.name)
    if opened.tool == GEMINI:
        return _read_document(job, opened, batch)
    if opened.tool:
        return _read_lines(job, opened, batch, threads or {}, buffer)
    stat = opened.stat
    batch.marks[job.name] = FileMark(stat.st_size, stat.st_mtime_ns, 0, 0, "")
    return []


def _open(job: Job, file: IO[bytes]) -> _Opened:
    number, known = file.fileno(), job.known
    stat, head = os.fstat(number), os.pread(number, _PEEK, 0)
    packed = head.startswith(_PACKED)
    if known and not packed and known.tool in (CLAUDE, CODEX) and continues(number, stat.st_size, known):
        return _Opened(file, stat, packed, known.tool, known)
    if packed:
        with Source(Path(job.path), job.name).open() as stream:
            return _Opened(file, stat, packed, tool_of(cast(BufferedIOBase, stream).read1(HEAD)), None)
    return _Opened(file, stat, packed, tool_of(head) or tool_of(os.pread(number, HEAD, 0)), None)


def _stream(opened: _Opened, job: Job) -> BufferedIOBase:
    if opened.packed:
        return cast(BufferedIOBase, Source(Path(job.path), job.name).open())
    begins = len(BOM) if os.pread(opened.file.fileno(), len(BOM), 0) == BOM else 0
    opened.file.seek(opened.known.offset if opened.known else begins)
    return cast(BufferedIOBase, opened.file)


def _read_document(job: Job, opened: _Opened, batch: Batch) -> list[CallRecord]:
    with _stream(opened, job) as stream:
        data = stream.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise Unreadable(f"a session of more than {LONGEST} bytes")
    found, told = gemini.read(data, job.name, batch.problems)
    batch.bytes, batch.lines = batch.bytes + len(data), batch.lines + data.count(b"\n") + 1
    batch.usage_lines += told
    stat = opened.stat
    batch.marks[job.name] = FileMark(stat.st_size, stat.st_mtime_ns, len(data), 0, "", GEMINI)
    return found


def _read_lines(
    job: Job, opened: _Opened, batch: Batch, threads: Mapping[str, str], buffer: bytearray
) -> list[CallRecord]:
    known = opened.known
    stream = _stream(opened, job)
    start = stream.tell() if not opened.packed else 0
    lines = LineReader(stream, start, known.lines if known else 0, buffer)
    before, state = lines.lines, ""
    if opened.tool == CLAUDE:
        records, told = claude.read(lines, job.name, batch.problems)
    else:
        rollout = codex.Rollout(job.name, _state(job, opened), _parents(threads))
        rollout.read(lines)
        records, told, state = rollout.records, rollout.events, _text(rollout.state)
        batch.problems += rollout.problems
    batch.problems += _line_problems(lines, job.name)
    batch.bytes, batch.lines = batch.bytes + lines.read, batch.lines + lines.lines - before
    batch.usage_lines += told
    size, sha = opened.stat.st_size, ""
    if opened.packed:
        stream.close()
    else:
        sha = sha_head(opened.file.fileno(), size, lines.offset)
    batch.marks[job.name] = FileMark(
        size, opened.stat.st_mtime_ns, lines.offset, lines.lines, sha, opened.tool, state
    )
    return records


def _line_problems(lines: LineReader, name: str) -> list[Problem]:
    found = []
    if lines.damage:
        found.append(_unreadable(name, f"the file breaks off ({lines.damage}); what came before is counted."))
    if lines.cut:
        what = "the last line breaks off; it is read once it is whole."
        found.append(
            Problem("transcripts.cut-line", Where(name, lines.cut), what, "Read again once it is written.")
        )
    for number in lines.too_long:
        what = f"the line has more than {LONGEST} bytes and was passed over."
        found.append(Problem("transcripts.long-line", Where(name, number), what, "Split the file."))
    return found


def _dated(record: CallRecord, problems: list[Problem]) -> bool:
    """Writes the record's time the one way we write times; False, with a problem, if it has none."""
    if _AS_WRITTEN(record.time):
        return True
    try:
        moment = instant(record.time)
    except ValueError as error:
        what = f"the time of the call is not readable ({str(error)[:100]}); it is not counted."
        fix = "Times are ISO 8601 with a zone, such as 2026-09-01T09:14:07.400Z."
        problems.append(Problem("transcripts.bad-time", Where(record.file, record.line), what, fix))
        return False
    record.time = f"{moment.isoformat(timespec='milliseconds')[:23]}Z"
    return True


def _unreadable(name: str, what: str) -> Problem:
    return Problem("transcripts.unreadable", Where(name), what, "Copy the file again, or grant read access.")


def _state(job: Job, opened: _Opened) -> codex.State:
    if opened.known:
        return msgspec.json.decode(opened.known.state, type=codex.State)
    return codex.State(thread=_first_line(opened, job))


def _text(state: codex.State) -> str:
    return msgspec.json.encode(state).decode()


def _first_line(opened: _Opened, job: Job) -> str:
    """A name for a thread that gives none: the same in every copy of the file, and as it grows."""
    with Source(Path(job.path), job.name).open() as stream:
        first = stream.readline(HEAD).rstrip(b"\r\n")
    return f"line-{hashlib.sha256(first).hexdigest()[:24]}"


def _thread(opened: _Opened, job: Job) -> str:
    if opened.known:
        return _state(job, opened).thread
    with Source(Path(job.path), job.name).open() as stream:
        return codex.thread_of(LineReader(cast(BufferedIOBase, stream), buffer=bytearray(HEAD)))


def _parents(threads: Mapping[str, str]) -> Callable[[str], set[codex.Pair] | None]:
    def parent_pairs(thread: str) -> set[codex.Pair] | None:
        path = threads.get(thread)
        return None if path is None else _pairs_in(path)

    return parent_pairs


@lru_cache(maxsize=8)
def _pairs_in(path: str) -> set[codex.Pair] | None:
    try:
        with Source(Path(path), path).open() as stream:
            return codex.pairs(LineReader(cast(BufferedIOBase, stream)))
    except (OSError, Unreadable):
        return None
