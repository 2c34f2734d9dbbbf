"""What was imported before: the same content for the same day is known; for another day it is evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bothhalves.intake.base import Format
from bothhalves.intake.periods import dated_outside, identity
from bothhalves.intake.source import Source
from bothhalves.workspace.reading_files import Options
from bothhalves.workspace.rebuilding import told_before

if TYPE_CHECKING:
    from bothhalves.store.manifest import SourceEntry


class Earlier:
    """The files of earlier imports, asked about under what is said of files now."""

    def __init__(self, root: Path, sources: Iterable[SourceEntry], options: Options) -> None:
        self._root, self._options = root, options
        self._known: dict[tuple[str, str], list[str]] = {}
        for entry in sources:
            self._known.setdefault((entry.feed, entry.file), []).append(entry.sha256)

    def knows(self, source: Source, form: Format) -> bool:
        """True if the file was read before, for the day that it would be read for now."""
        known = self._known.get((form.name, source.sha256), [])
        if not known or source.sha256 in known or not dated_outside(source):
            return bool(known)
        return any(digest in known for digest in self._possible(source, known))

    def told(self, source: Source, form: Format) -> Options:
        """What is said of the file now, and what was said before where now is silent.

        A day that was said before is that of another import if another is said now.
        """
        known = self._known.get((form.name, source.sha256), [])
        now = set(self._possible(source, known))
        same = [digest for digest in known if digest in now]
        digest = [source.sha256, *known, *same][-1]
        told = told_before(self._root, digest, self._options)
        if same or not dated_outside(source):
            return told
        return replace(told, as_of=self._options.as_of, period=self._options.period)

    def late(self, source: Source, form: Format) -> list[str]:
        """The imports of the file for which an account or a person is said now that was not before."""
        given = {n: v for n in ("account", "person") if (v := getattr(self._options, n))}
        silent = replace(self._options, account="", person="")
        known = self._known.get((form.name, source.sha256), []) if given else []
        told = {digest: told_before(self._root, digest, silent) for digest in known}
        return [d for d, before in told.items() if any(getattr(before, n) != v for n, v in given.items())]

    def _possible(self, source: Source, known: Iterable[str]) -> Iterator[str]:
        """The identities that the file can have, as it is described now or was for one of those known."""
        for dated in dated_outside(source):
            yield identity(source, dated)
        for digest in known:
            told = told_before(self._root, digest, self._options)
            for dated in dated_outside(Source(source.path, source.name, told.for_source())):
                yield identity(source, dated)
