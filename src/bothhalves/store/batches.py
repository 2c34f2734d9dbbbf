"""What one import command brings, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bothhalves.core.dates import Span
from bothhalves.core.explain import Problem
from bothhalves.core.terms import Record


@dataclass(frozen=True, slots=True)
class Bulk:
    """Usage rows of a Parquet file that the engine takes straight from it; the ``aside`` ones it leaves.

    The file is that of the source, or made of it; ``header`` lines stand above the first row of the source.

    ``values`` is SQL by field of usage: texts whole, times UTC without a zone, people as they are named.
    ``instant`` is a column of times with a zone that orders as ``time`` does, if there is one. ``rows`` of
    them are taken; ``counted`` and ``amounts`` are the sums of all their counts and quantities.
    """

    path: str
    values: Mapping[str, str]
    instant: str
    aside: tuple[int, ...]
    rows: int
    counted: int
    amounts: Decimal
    header: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One file as its format read it. ``feed`` is the format's name.

    ``replaces`` and ``dedupes`` are those of the format; ``spans`` are the periods the file speaks for,
    empty where it does not say. Identities among the records are not stored: they are links for the
    caller to follow before it makes pseudonyms. ``bulk`` are rows that are no records, beside those that are.
    ``content`` is the hash of the file where ``sha256`` is that of the file and the day it was read for.
    """

    sha256: str
    name: str
    feed: str
    records: Iterable[Record]
    replaces: tuple[str, ...] = ("account",)
    dedupes: bool = False
    spans: tuple[Span, ...] = ()
    problems: tuple[Problem, ...] = ()
    bulk: Bulk | None = None
    content: str = ""

    @property
    def size(self) -> int:
        """How many records the file gave."""
        return len(list(self.records)) + (self.bulk.rows if self.bulk else 0)


@dataclass(frozen=True, slots=True)
class Scan:
    """New call records of a tree of transcripts, as NDJSON shards.

    ``marks`` say how far each file of the tree has been read, beside what is known of other files
    (a record is kept as a mapping of its fields);
    ``rewritten`` names files that were read again from their start, whose earlier calls no longer stand.
    """

    feed: str
    shards: tuple[Path, ...]
    marks: Mapping[str, object] = field(default_factory=dict)
    rewritten: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that one command imports. Files of one feed are parts of one export."""

    imports: tuple[Import, ...] = ()
    scans: tuple[Scan, ...] = ()


@dataclass(slots=True)
class CommitReport:
    """What a commit did. ``rows`` and ``replaced`` count rows by table; ``unchanged`` was known already."""

    snapshot: str = ""
    imported: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
