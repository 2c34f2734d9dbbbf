"""The manifest: which segments are the store now. Swapped whole, so a reader sees one state or the next."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

VERSION = 2
STATE, DERIVED = "state", ".bothhalves"
#: Tables that are kept with the state because nothing else can bring them back.
DURABLE = frozenset({"calls", "problems"})


class NeedsRebuild(Exception):
    """Derived segments that the manifest names are gone; ``missing`` lists them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"{len(missing)} stored segments are missing, such as {missing[0]}: rebuild them")
        self.missing = missing


class Damaged(Exception):
    """The manifest cannot be read, or was written by a newer version; the message says which."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One Parquet file. ``period`` is a month; ``origin`` tells counted calls from rows stated as buckets."""

    table: str
    feed: str
    period: str
    origin: str
    digest: str
    rows: int

    @property
    def slot(self) -> tuple[str, str, str, str]:
        return self.table, self.feed, self.period, self.origin

    def path(self, root: Path) -> Path:
        name = f"{self.period}-{self.digest}.parquet"
        if self.table in DURABLE:
            folder = "extract" if self.table == "calls" else self.table
            return root / STATE / folder / self.feed / name
        return root / DERIVED / "segments" / self.table / self.feed / name


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """An imported file. Sources with one ``sequence`` were imported together."""

    sha256: str
    name: str
    feed: str
    rows: int
    spans: tuple[tuple[str, str], ...]
    sequence: int
    content: str = ""

    @property
    def file(self) -> str:
        """The hash of the file itself, whatever day it was read for."""
        return self.content or self.sha256

    @property
    def short(self) -> str:
        """What the rows of this file carry as ``source``."""
        return self.sha256[:12]


@dataclass(slots=True)
class Manifest:
    """The state of the store after ``sequence`` commits. ``edges`` are those by which calls were classed."""

    sequence: int = 0
    edges: tuple[int, ...] = ()
    sources: list[SourceEntry] = field(default_factory=list)
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    segments: dict[tuple[str, str, str, str], Segment] = field(default_factory=dict)

    def copied(self) -> Manifest:
        """A manifest to be changed; its parts do not change."""
        marks = {feed: dict(files) for feed, files in self.marks.items()}
        return Manifest(self.sequence, self.edges, list(self.sources), marks, dict(self.segments))

    def of(self, table: str, feed: str | None = None, origin: str | None = None) -> list[Segment]:
        """The segments of a table, oldest period first."""
        return [
            s
            for slot, s in sorted(self.segments.items())
            if s.table == table and feed in (None, s.feed) and origin in (None, s.origin)
        ]

    def put(self, slot: tuple[str, str, str, str], segment: Segment | None) -> None:
        """Lets ``segment`` stand for ``slot``; None empties it."""
        if segment is None:
            self.segments.pop(slot, None)
        else:
            self.segments[slot] = segment

    def add_source(self, entry: SourceEntry) -> None:
        """Lets a file be part of the newest import, and of no older one."""
        self.sources = [s for s in self.sources if (s.feed, s.sha256) != (entry.feed, entry.sha256)]
        self.sources.append(entry)

    def knows(self, feed: str, sha256: str) -> bool:
        """True if something of the file is kept: one that gave nothing may be read again, told more."""
        return any(s.feed == feed and s.sha256 == sha256 and s.rows for s in self.sources)

    def encoded(self) -> bytes:
        """The manifest as it is written: the same state is always the same bytes."""
        content = {
            "version": VERSION,
            "sequence": self.sequence,
            "edges": self.edges,
            "sources": [asdict(s) for s in self.sources],
            "marks": self.marks,
            "segments": [asdict(s) for _, s in sorted(self.segments.items())],
        }
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def snapshot_id(self) -> str:
        return _id_of(self.encoded())


def _id_of(encoded: bytes) -> str:
    return hashlib.sha256(encoded).hexdigest()[:16]


def path_of(root: Path) -> Path:
    return root / STATE / "manifest.json"


def load(root: Path) -> Manifest:
    """The manifest of a workspace; an empty one where nothing was imported. Raises :class:`Damaged`.

    It may be the one that was read before: change a copy of it.
    """
    try:
        found = path_of(root).stat()
    except FileNotFoundError:
        return Manifest()
    return _read(path_of(root), (found.st_ino, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=1)
def _read(path: Path, state: tuple[int, ...]) -> Manifest:
    """The manifest in a file of this inode, time and size: a new one is always another file."""
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise Damaged(f"{path} is not a manifest: {error}") from error
    if content.get("version") != VERSION:
        raise Damaged(f"{path} has version {content.get('version')}, this program reads {VERSION}")
    segments = [Segment(**s) for s in content["segments"]]
    sources = [_source(s) for s in content["sources"]]
    return Manifest(
        content["sequence"],
        tuple(content["edges"]),
        sources,
        content["marks"],
        {s.slot: s for s in segments},
    )


def _source(content: dict[str, Any]) -> SourceEntry:
    spans = tuple((start, until) for start, until in content.pop("spans"))
    return SourceEntry(spans=spans, **content)


def save(root: Path, manifest: Manifest) -> str:
    """Swaps the manifest atomically and durably; its snapshot's id."""
    target, encoded = path_of(root), manifest.encoded()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".tmp")
    with draft.open("wb") as file:
        file.write(encoded)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    sync_folder(target.parent)
    return _id_of(encoded)


def sync_folder(folder: Path) -> None:
    """Makes renames in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def missing(root: Path, manifest: Manifest) -> list[str]:
    """The listed segments that are not there."""
    paths = (s.path(root) for s in manifest.segments.values())
    return sorted(str(p.relative_to(root)) for p in paths if not p.exists())


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """One writer at a time; waits for the other. The lock ends with the process that holds it."""
    folder = root / STATE
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
