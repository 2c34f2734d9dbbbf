"""Import: find the files, recognise them by content, read them, commit everything at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bothhalves.core.explain import Problem
from bothhalves.core.terms import Identity
from bothhalves.intake.base import Format
from bothhalves.intake.periods import identity
from bothhalves.intake.source import Source
from bothhalves.workspace.bulk import read_at_once
from bothhalves.workspace.earlier import Earlier
from bothhalves.workspace.feeds import TRANSCRIPTS
from bothhalves.workspace.gathering import gather, keep, shown_name
from bothhalves.workspace.identity import Pseudonyms, Register, load_key
from bothhalves.workspace.links import remember
from bothhalves.workspace.locking import lock_versions
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.reading_files import Options, form_of, read_records
from bothhalves.workspace.rebuilding import remember_options, take_up

if TYPE_CHECKING:
    from bothhalves.store import Import, Scan

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """One file or folder and what it was recognised as (``""``: not recognised)."""

    name: str
    feed: str
    title: str
    records: int
    unchanged: bool = False


@dataclass(slots=True)
class ImportReport:
    """What an import found and did."""

    sources: list[Imported] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    replaced: dict[str, int] = field(default_factory=dict)
    planned: bool = False

    def add(self, problems: Sequence[Problem]) -> None:
        """Problems not yet in the report."""
        known = set(self.problems)
        self.problems += [p for p in problems if p not in known]


def import_paths(workspace: Workspace, paths: Sequence[Path], options: Options, say: Say) -> ImportReport:
    """Read files and folders (default: the inbox) and commit them as one change.

    Files of one format given together are parts of one export: those named one by one even where some of
    them were imported before. Killing the process leaves the store as it was before or as it is after.
    """
    with ExitStack() as lasting:
        return _import_paths(workspace, paths, options, say, lasting)


def _import_paths(
    workspace: Workspace, paths: Sequence[Path], options: Options, say: Say, lasting: ExitStack
) -> ImportReport:
    report = ImportReport(planned=options.plan)
    workspace.made_sound(say)
    files, trees, problems = gather(list(paths) or [workspace.root / "inbox"])
    report.add(problems)
    read = partial(read_import, lasting=lasting)
    imports, identities, late = _read_files(workspace, files, set(paths), options, report, say, read)
    if options.plan:
        names = (shown_name(workspace.root, tree) for tree in trees)
        report.sources += [Imported(name, TRANSCRIPTS, "Local agent logs", 0) for name in names]
        return report
    pseudonyms = Pseudonyms(
        load_key(workspace.root), workspace.config.people, remember(workspace.root, identities)
    )
    pseudonym = Register(workspace.root).recording(pseudonyms)
    remember_options(workspace.root, [i.sha256 for i in imports], options)
    recognised = {s.name for s in report.sources if s.feed}
    for path in files:
        if shown_name(workspace.root, path) in recognised:
            keep(workspace.root, path)
    spool = Path(lasting.enter_context(tempfile.TemporaryDirectory(prefix="bothhalves-")))
    scans = _scan_trees(workspace, trees, options.person, spool, report, say)
    _commit(workspace, imports, scans, pseudonym, report)
    if late:
        take_up(workspace, late, options, say)
    lock_versions(workspace.root, lambda: ((layer.name, layer.version) for layer in workspace.book.layers))
    return report


def _read_files(
    workspace: Workspace,
    files: list[Path],
    named: set[Path],
    options: Options,
    report: ImportReport,
    say: Say,
    read: Callable[[Source, Format, Options], tuple[Import, list[Identity]]],
) -> tuple[list[Import], list[Identity], list[str]]:
    """What is to be stored, the names that files state, and earlier imports of which more is said now."""
    from bothhalves.store.manifest import load

    told_more = bool(options.for_source() or options.mapping)
    kept = [s for s in load(workspace.root).sources if s.rows or not told_more]
    earlier = Earlier(workspace.root, kept, options)
    recognised: list[tuple[Source, Format | None]] = []
    for path in files:
        source = Source(path, shown_name(workspace.root, path), options.for_source())
        form, problems = form_of(workspace.root, source, options)
        report.add(problems)
        recognised.append((source, form))
    growing = {f.name for s, f in recognised if f is not None and not earlier.knows(s, f)}
    imports: list[Import] = []
    identities: list[Identity] = []
    late: list[str] = []
    for source, form in recognised:
        if form is None:
            report.sources.append(Imported(source.name, "", "not recognised", 0))
        elif earlier.knows(source, form) and not (source.path in named and form.name in growing):
            report.sources.append(Imported(source.name, form.name, form.title, 0, unchanged=True))
            late += earlier.late(source, form)
        else:
            say(f"reading {source.name}: {form.title}")
            told = earlier.told(source, form)
            again = Source(source.path, source.name, told.for_source())
            found, links = read(again, form, told)
            report.add(found.problems)
            report.sources.append(Imported(source.name, form.name, form.title, found.size))
            imports.append(found)
            identities += links
    return imports, identities, late


def read_import(
    source: Source, form: Format, options: Options, lasting: ExitStack
) -> tuple[Import, list[Identity]]:
    """One file as the store takes it while ``lasting`` lasts, and the pairs of names that it states."""
    from bothhalves.store import Import

    at_once = read_at_once(source, form, options, lasting)
    bulk, records, sink = at_once or (None, *read_records(source, form, options))
    links = [r for r in records if isinstance(r, Identity)]
    return (
        Import(
            sha256=identity(source, sink.dated),
            name=source.name,
            feed=form.name,
            records=[r for r in records if not isinstance(r, Identity)],
            replaces=form.replaces,
            dedupes=form.dedupes,
            spans=tuple(sink.spans),
            problems=tuple(sink.problems),
            bulk=bulk,
            content=source.sha256 if sink.dated else "",
        ),
        links,
    )


def _scan_trees(
    workspace: Workspace, trees: list[Path], person: str, spool: Path, report: ImportReport, say: Say
) -> list[Scan]:
    """Read what is new in each folder of logs. Marks of other folders are carried along."""
    from bothhalves.intake.transcripts import FileMark, scan
    from bothhalves.store import Scan
    from bothhalves.store.manifest import load

    if not trees:
        return []
    known = load(workspace.root).marks.get(TRANSCRIPTS, {})
    marks = {name: FileMark(**mark) for name, mark in known.items()}
    shards: list[Path] = []
    rewritten: list[str] = []
    problems: list[Problem] = []
    changed: dict[str, FileMark] = {}
    for number, tree in enumerate(trees):
        name = shown_name(workspace.root, tree)
        say(f"reading {name}: local agent logs")
        meanwhile = partial(_warm_up, workspace)
        found = scan(tree, marks, spool / str(number), label=name, person=person, meanwhile=meanwhile)
        changed |= {n: mark for n, mark in found.marks.items() if marks.get(n) is not mark}
        marks |= found.marks
        shards += found.shards
        rewritten += found.rewritten
        problems += found.problems
        report.sources.append(
            Imported(name, TRANSCRIPTS, "Local agent logs", found.records, unchanged=not found.files_read)
        )
    report.add(problems)
    kept = known | {name: mark.fields for name, mark in changed.items()}
    return [Scan(TRANSCRIPTS, tuple(shards), kept, tuple(rewritten), tuple(problems))]


def _warm_up(workspace: Workspace) -> None:
    """What the commit will need, done while other processes still read."""
    from bothhalves.store.engine import DuckDB

    DuckDB().close()
    _ = workspace.edges


def _commit(
    workspace: Workspace,
    imports: list[Import],
    scans: list[Scan],
    pseudonym: Callable[[str], str],
    report: ImportReport,
) -> None:
    from bothhalves.store import Batch, commit

    done = commit(
        workspace.root, Batch(tuple(imports), tuple(scans)), edges=workspace.edges, pseudonym=pseudonym
    )
    report.rows, report.replaced = dict(done.rows), dict(done.replaced)
    unchanged = set(done.unchanged)
    report.sources = [replace(s, unchanged=s.unchanged or s.name in unchanged) for s in report.sources]
    report.add(done.problems)
