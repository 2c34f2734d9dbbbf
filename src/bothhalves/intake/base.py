"""What a format is, and where its records go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bothhalves.core.dates import Span
from bothhalves.core.explain import Problem, Where
from bothhalves.core.terms import Record
from bothhalves.intake.source import Source


@dataclass(slots=True)
class Sink:
    """Collects what a reader finds. ``spans``: the periods it speaks for, empty buckets included.

    ``dated`` is the day or period of the rows where the file's name or the user says it, and not they.
    """

    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    dated: str = ""

    def problem(self, code: str, where: Where, what: str, fix: str, *, changes: bool = True) -> None:
        self.problems.append(Problem(code, where, what, fix, changes))


@dataclass(frozen=True, slots=True)
class Format:
    """A vendor format.

    ``matches`` decides by content (never by file name) whether a source is of this format.
    ``read`` puts every readable row into the sink and every unreadable one into its problems.
    ``replaces`` names the record fields that, with the bucket, identify what a newer export of the same
    format takes the place of; ``dedupes`` is True where rows carry their own unique ``id`` instead.
    ``feed_rank`` orders feeds that may report the same call: the lowest rank is the feed of record.
    """

    name: str
    title: str
    matches: Callable[[Source], bool]
    read: Callable[[Source, Sink], None]
    replaces: tuple[str, ...] = ("account",)
    dedupes: bool = False
    feed_rank: int = 50
