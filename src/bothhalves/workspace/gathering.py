"""Which files to read one by one, and which folders are trees of agent logs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.intake.source import Source


def gather(paths: list[Path]) -> tuple[list[Path], list[Path], list[Problem]]:
    """Files, trees of logs, and what is not there."""
    from bothhalves.intake.transcripts import is_transcripts

    files: list[Path] = []
    trees: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            inner_files, inner_trees = _folder(path, is_transcripts)
            files += inner_files
            trees += inner_trees
        elif path.is_file():
            (trees if is_transcripts(path) else files).append(path)
        else:
            problems.append(
                Problem("import.missing", Where(str(path)), "there is no such file.", "Check the path.")
            )
    return files, trees, problems


def _folder(folder: Path, is_transcripts: Callable[[Path], bool]) -> tuple[list[Path], list[Path]]:
    """A folder is one tree if its own files are agent logs; otherwise its parts are looked at one by one."""
    entries = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    plain = [p for p in entries if p.is_file()]
    folders = [p for p in entries if p.is_dir() and not p.is_symlink()]
    if is_transcripts(folder) and (not plain or not _exports(plain, is_transcripts)):
        return [], [folder]
    files = [p for p in plain if not is_transcripts(p)]
    trees = [p for p in plain if is_transcripts(p)]
    for inner in folders:
        inner_files, inner_trees = _folder(inner, is_transcripts)
        files += inner_files
        trees += inner_trees
    return files, trees


def _exports(plain: list[Path], is_transcripts: Callable[[Path], bool]) -> bool:
    """True if some file beside logs is not a log at all but an export to be read by itself."""
    from bothhalves.intake.recognise import recognise

    others = [p for p in plain if not is_transcripts(p)]
    return any(recognise(Source(p, p.name)) is not None for p in others)


def keep(root: Path, path: Path) -> None:
    """Copy an export into the inbox as it came, so that what was derived from it can be made again."""
    inbox = root / "inbox"
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


def inbox_files(root: Path) -> Iterator[Path]:
    """The exports kept in the inbox."""
    yield from sorted(p for p in (root / "inbox").rglob("*") if p.is_file() and not p.name.startswith("."))


def shown_name(root: Path, path: Path) -> str:
    """What problems call a file: relative to the workspace if it lies in it, else as it was given."""
    home, place = root.resolve(), path.resolve()
    return str(place.relative_to(home)) if home in place.parents else str(path)
