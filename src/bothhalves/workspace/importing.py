"""Import: find the files, recognise them by content, read them, commit everything at once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bothhalves.core.explain import Problem, Where
from bothhalves.core.terms import Identity, Record
from bothhalves.intake.base import Format, Sink
from bothhalves.intake.source import Source, Unreadable
from bothhalves.workspace.feeds import TRANSCRIPTS
from bothhalves.workspace.identity import Pseudonyms, load_key
from bothhalves.workspace.links import remember
from bothhalves.workspace.locking import lock_versions
from bothhalves.workspace.open import Workspace

if TYPE_CHECKING:
    from bothhalves.store import CommitReport, Import, Scan

#: Prompt sizes at which usage is classed though no known book has a price change there yet.
STANDARD_EDGES = (
    8_000, 16_000, 32_000, 64_000, 100_000, 128_000, 199_999, 200_000, 256_000, 272_000, 400_000, 512_000,
    1_000_000, 2_000_000,
)  # fmt: skip
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who imports knows and the files do not say."""

    as_of: str = ""
    period: str = ""
    account: str = ""
    person: str = ""
    mapping: str = ""
    plan: bool = False

    def for_source(self) -> dict[str, str]:
        given = {"as_of": self.as_of, "period": self.period}
        return {name: value for name, value in given.items() if value}


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


def import_paths(workspace: Workspace, paths: Sequence[Path], options: Options, say: Say) -> ImportReport:
    """Read files and folders (default: the inbox) and commit them as one change.

    Files of one format given together are parts of one export. Killing the process leaves the store as it
    was before or as it is after.
    """
    report = ImportReport(planned=options.plan)
    files, trees = _gather(workspace, list(paths) or [workspace.root / "inbox"], report)
    imports, identities = _read_files(workspace, files, options, report, say)
    if options.plan:
        report.sources += [Imported(str(t), TRANSCRIPTS, "Local agent logs", 0) for t in trees]
        return report
    links = remember(workspace.root, identities)
    pseudonyms = Pseudonyms(load_key(workspace.root), workspace.config.people, links)
    with tempfile.TemporaryDirectory(prefix="bothhalves-") as spool:
        scans = _scan_trees(workspace, trees, Path(spool), report, say)
        _commit(workspace, imports, scans, pseudonyms, report)
    for source in files:
        _keep(workspace, source)
    lock_versions(workspace.root, ((layer.name, layer.version) for layer in workspace.book.layers))
    return report


def _gather(workspace: Workspace, paths: list[Path], report: ImportReport) -> tuple[list[Path], list[Path]]:
    """Files to recognise one by one, and folders of agent logs to read as trees."""
    from bothhalves.intake.transcripts import is_transcripts

    files: list[Path] = []
    trees: list[Path] = []
    for path in paths:
        if not path.exists():
            _problem(report, "import.missing", path, "there is no such file.", "Check the path.")
        elif path.is_file():
            (trees if is_transcripts(path) else files).append(path)
        else:
            inner_files, inner_trees = _folder(path, is_transcripts)
            files += inner_files
            trees += inner_trees
    return files, trees


def _folder(folder: Path, is_transcripts: Callable[[Path], bool]) -> tuple[list[Path], list[Path]]:
    """A folder is one tree if its own files are agent logs; otherwise its parts are looked at one by one."""
    entries = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    plain = [p for p in entries if p.is_file()]
    folders = [p for p in entries if p.is_dir() and not p.is_symlink()]
    if plain and is_transcripts(folder) and not _exports(plain, is_transcripts):
        return [], [folder]
    files = [p for p in plain if not is_transcripts(p)]
    trees = [p for p in plain if is_transcripts(p)]
    if not plain and folders and is_transcripts(folder):
        return [], [folder]
    for inner in folders:
        inner_files, inner_trees = _folder(inner, is_transcripts)
        files += inner_files
        trees += inner_trees
    return files, trees


def _exports(plain: list[Path], is_transcripts: Callable[[Path], bool]) -> bool:
    """True if some file of a folder of logs is not a log at all but an export to be read by itself."""
    from bothhalves.intake.recognise import recognise

    others = [p for p in plain if not is_transcripts(p)]
    return any(recognise(Source(p, p.name)) is not None for p in others)


def _read_files(
    workspace: Workspace, files: list[Path], options: Options, report: ImportReport, say: Say
) -> tuple[list[Import], list[Identity]]:
    from bothhalves.store import Import

    imports: list[Import] = []
    identities: list[Identity] = []
    for path in files:
        source = Source(path, _name(workspace, path), options.for_source())
        form = _form(workspace, source, options, report)
        if form is None:
            report.sources.append(Imported(source.name, "", "not recognised", 0))
            continue
        say(f"reading {source.name}: {form.title}")
        sink = _read(source, form)
        report.problems += sink.problems
        records = [_completed(r, options) for r in sink.records]
        identities += [r for r in records if isinstance(r, Identity)]
        report.sources.append(Imported(source.name, form.name, form.title, len(records)))
        imports.append(
            Import(
                sha256=source.sha256,
                name=source.name,
                feed=form.name,
                records=[r for r in records if not isinstance(r, Identity)],
                replaces=form.replaces,
                dedupes=form.dedupes,
                spans=tuple(sink.spans),
                problems=tuple(sink.problems),
            )
        )
    return imports, identities


def _form(workspace: Workspace, source: Source, options: Options, report: ImportReport) -> Format | None:
    from bothhalves.intake.recognise import recognise, unrecognised
    from bothhalves.workspace.mappings import saved_mapping

    if options.mapping:
        form, problems = saved_mapping(workspace.root, options.mapping)
        report.problems += problems
        return form
    form = recognise(source)
    if form is None:
        report.problems.append(unrecognised(source))
    return form


def _read(source: Source, form: Format) -> Sink:
    """Everything readable; a file that cannot be opened is one problem."""
    sink = Sink()
    try:
        form.read(source, sink)
    except Unreadable as error:
        sink.problem(
            "import.unreadable", Where(source.name), f"the file cannot be read: {error}.", "Export it again."
        )
    return sink


def _completed(record: Record, options: Options) -> Record:
    """Fill in the account and person that only the importer knows."""
    if isinstance(record, Identity):
        return record
    if options.account and not record.account:
        record = replace(record, account=options.account)
    if options.person and not record.person:
        record = replace(record, person=options.person)
    return record


def _scan_trees(
    workspace: Workspace, trees: list[Path], spool: Path, report: ImportReport, say: Say
) -> list[Scan]:
    """Read what is new in each folder of logs. Marks of other folders are carried along."""
    from bothhalves.intake.transcripts import FileMark, scan
    from bothhalves.store import Scan
    from bothhalves.store.manifest import load

    if not trees:
        return []
    marks = {n: FileMark(**m) for n, m in load(workspace.root).marks.get(TRANSCRIPTS, {}).items()}
    shards: list[Path] = []
    rewritten: list[str] = []
    problems: list[Problem] = []
    for number, tree in enumerate(trees):
        name = _name(workspace, tree)
        say(f"reading {name}: local agent logs")
        found = scan(tree, marks, spool / str(number), label=name)
        marks |= found.marks
        shards += found.shards
        rewritten += found.rewritten
        problems += found.problems
        report.sources.append(Imported(name, TRANSCRIPTS, "Local agent logs", found.records))
    report.problems += problems
    kept = {name: asdict(mark) for name, mark in sorted(marks.items())}
    return [Scan(TRANSCRIPTS, tuple(shards), kept, tuple(rewritten), tuple(problems))]


def _commit(
    workspace: Workspace,
    imports: list[Import],
    scans: list[Scan],
    pseudonyms: Pseudonyms,
    report: ImportReport,
) -> None:
    from bothhalves.store import Batch, commit

    edges = tuple(sorted({*STANDARD_EDGES, *workspace.book.edges}))
    done: CommitReport = commit(
        workspace.root, Batch(tuple(imports), tuple(scans)), edges=edges, pseudonym=pseudonyms
    )
    report.rows, report.replaced = dict(done.rows), dict(done.replaced)
    unchanged = set(done.unchanged)
    report.sources = [replace(s, unchanged=s.name in unchanged) for s in report.sources]
    known = set(report.problems)
    report.problems += [p for p in done.problems if p not in known]


def _keep(workspace: Workspace, path: Path) -> None:
    """Copy an export into the inbox as it came, so that what was derived from it can be made again."""
    inbox = workspace.root / "inbox"
    if inbox.resolve() in path.resolve().parents:
        return
    inbox.mkdir(parents=True, exist_ok=True)
    target = inbox / path.name
    content = Source(path, path.name).sha256
    if target.exists():
        if Source(target, target.name).sha256 == content:
            return
        target = inbox / f"{path.stem}-{content[:8]}{path.suffix}"
    draft = target.with_name(f".{target.name}.part")
    shutil.copyfile(path, draft)
    draft.replace(target)


def _name(workspace: Workspace, path: Path) -> str:
    """What problems call a file: relative to the workspace if it lies in it, else as it was given."""
    root, place = workspace.root.resolve(), path.resolve()
    return str(place.relative_to(root)) if root in place.parents else str(path)


def _problem(report: ImportReport, code: str, path: Path, what: str, fix: str) -> None:
    report.problems.append(Problem(code, Where(str(path)), what, fix))


def inbox_files(root: Path) -> Iterator[Path]:
    """The exports kept in the inbox."""
    yield from sorted(p for p in (root / "inbox").rglob("*") if p.is_file() and not p.name.startswith("."))
