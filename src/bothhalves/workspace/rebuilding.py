"""Derived data made again from the inbox and the kept calls, in the order of the imports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bothhalves.core.explain import Problem
from bothhalves.intake.periods import dates_in_name
from bothhalves.intake.source import Source
from bothhalves.workspace.gathering import inbox_files
from bothhalves.workspace.identity import Register
from bothhalves.workspace.reading_files import Options, form_of

if TYPE_CHECKING:
    from bothhalves.store import Batch, Import
    from bothhalves.store.manifest import SourceEntry
    from bothhalves.workspace.open import Workspace

OPTIONS = "import-options.json"


def remember_options(root: Path, digests: list[str], options: Options) -> None:
    """Keep what the importer said about files, for the day they are read again."""
    said = {name: value for name, value in asdict(options).items() if value and name != "plan"}
    if not said or not digests:
        return
    path = root / "state" / OPTIONS
    known = _options(root)
    known |= {digest: known.get(digest, {}) | said for digest in digests}
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(known, indent=1, sort_keys=True), "utf-8")
    draft.replace(path)


def told_before(root: Path, digest: str, options: Options) -> Options:
    """``options``, with what the importer said about the file before where they are silent."""
    said: dict[str, Any] = {**_options(root).get(digest, {})}
    return replace(options, **{n: value for n, value in said.items() if not getattr(options, n, True)})


def _options(root: Path) -> dict[str, dict[str, str]]:
    try:
        content = json.loads((root / "state" / OPTIONS).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def take_up(workspace: Workspace, digests: list[str], options: Options, say: Callable[[str], None]) -> None:
    """Count the account or person that is said now of files imported before, by reading everything again.

    Where an imported file is gone, nothing is read again, and this is said.
    """
    from bothhalves.store.manifest import load

    here = {Source(path, path.name).sha256 for path in inbox_files(workspace.root)}
    gone = [s.name for s in load(workspace.root).sources if s.file not in here]
    if gone:
        said = "the account or person named now was not named when a file was imported, and does not count"
        say(f"{said}: {', '.join(gone)} would be needed in the inbox to read everything again.")
        return
    remember_options(workspace.root, digests, Options(account=options.account, person=options.person))
    say("more is said of a file that was imported before: reading everything in the inbox again")
    for problem in rebuild_derived(workspace):
        say(str(problem))


def rebuild_derived(workspace: Workspace) -> list[Problem]:
    """Make every derived segment again. Returns what could not be read again."""
    from bothhalves.store import rebuild

    pseudonym = Register(workspace.root).recording(workspace.pseudonyms)
    return rebuild(workspace.root, _batches(workspace), edges=workspace.edges, pseudonym=pseudonym).problems


def _batches(workspace: Workspace) -> Iterator[Batch]:
    from bothhalves.store import Batch
    from bothhalves.store.manifest import load

    said = _options(workspace.root)
    files: dict[str, list[Path]] = {}
    for path in inbox_files(workspace.root):
        files.setdefault(Source(path, path.name).sha256, []).append(path)
    sources = sorted(load(workspace.root).sources, key=lambda s: s.sequence)
    for _, together in groupby(sources, key=lambda s: s.sequence):
        here = [(e, _named(e, files[e.file])) for e in together if e.file in files]
        with ExitStack() as lasting:
            again = [_again(workspace, entry, path, said, lasting) for entry, path in here]
            yield Batch(tuple(i for i in again if i is not None))


def _named(entry: SourceEntry, paths: list[Path]) -> Path:
    """Of files with the same content that whose name says the same days."""
    days = dates_in_name(Source(Path(entry.name), entry.name))
    return next((p for p in paths if dates_in_name(Source(p, p.name)) == days), paths[0])


def _again(
    workspace: Workspace,
    entry: SourceEntry,
    path: Path,
    said: dict[str, dict[str, str]],
    lasting: ExitStack,
) -> Import | None:
    """The file read as it was read the first time, for so long as ``lasting`` lasts; None if no format takes
    it any more."""
    from bothhalves.workspace.importing import read_import

    given = said.get(entry.sha256, {})
    options = Options(**{str(name): str(value) for name, value in given.items()})  # type: ignore[arg-type]
    source = Source(path, entry.name, options.for_source())
    form, _ = form_of(workspace.root, source, options)
    return read_import(source, form, options, lasting)[0] if form is not None else None
