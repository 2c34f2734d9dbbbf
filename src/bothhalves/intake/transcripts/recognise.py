"""Which tool wrote a log, by the JSON keys in its first bytes, and the files of a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bothhalves.core.explain import Problem, Where
from bothhalves.intake.source import Source

CLAUDE, CODEX, GEMINI = "claude-code", "codex", "gemini-cli"
VENDORS = {CLAUDE: "anthropic", CODEX: "openai", GEMINI: "google"}
HEAD = 256 * 1024
#: Nearly always enough of it.
_GLANCE = 8 * 1024
BOM = b"\xef\xbb\xbf"

# Quotes inside JSON strings are escaped, so these can only be keys and whole values.
_GEMINI = (
    re.compile(rb'"messages"\s*:\s*\['),
    re.compile(rb'"(projectHash|lastUpdated)"\s*:|"type"\s*:\s*"gemini"'),
)
_CODEX = (
    re.compile(rb'"payload"\s*:\s*\{'),
    re.compile(rb'"type"\s*:\s*"(session_meta|turn_context|event_msg|response_item)"'),
)
_CLAUDE = (
    re.compile(rb'"sessionId"\s*:'),
    re.compile(rb'"(parentUuid|isSidechain|requestId|costUSD|leafUuid)"\s*:'),
    re.compile(rb'"(message|type)"\s*:'),
)
_SIGNS = {CLAUDE: _CLAUDE, CODEX: _CODEX, GEMINI: (*_GEMINI, _CLAUDE[0])}


class Entry(NamedTuple):
    """A file of the tree. ``name`` is its path relative to the root, with slashes."""

    path: str
    name: str
    size: int
    mtime_ns: int


def tool_of(head: bytes) -> str:
    """The tool that wrote a log beginning with ``head``; an empty string for anything else."""
    if not head.removeprefix(BOM).lstrip().startswith(b"{"):
        return ""
    return _signed(head[:_GLANCE]) or _signed(head)


def _signed(head: bytes) -> str:
    return next((tool for tool, signs in _SIGNS.items() if all(s.search(head) for s in signs)), "")


def is_transcripts(path: Path) -> bool:
    """True for an agent's log, or a folder that holds at least one at any depth; decided by content."""
    if path.is_dir():
        return any(_is_log(entry.path) for entry in walk(path, []))
    return path.is_file() and _is_log(str(path))


def _is_log(path: str) -> bool:
    source = Source(Path(path), path)
    return source.head[:HEAD] != b"" and tool_of(source.head[:HEAD]) != ""


def walk(root: Path, problems: list[Problem]) -> Iterator[Entry]:
    """The regular files below ``root`` (or ``root`` itself), in the order of their names.

    Links are never followed: one that stays inside leads to a file that is found anyway, one that leads out
    is a problem, and so is a folder that cannot be listed.
    """
    top = os.path.realpath(root)
    if os.path.isfile(top):
        stat = os.stat(top)
        yield Entry(top, root.name, stat.st_size, stat.st_mtime_ns)
        return
    folders = [(top, "")]
    while folders:
        folder, prefix = folders.pop()
        below: list[tuple[str, str]] = []
        for entry in _listed(folder, prefix, problems):
            name = prefix + entry.name
            if entry.is_symlink():
                if not _inside(entry.path, top):
                    problems.append(_link_outside(shown(name)))
            elif entry.is_dir(follow_symlinks=False):
                below.append((entry.path, name + "/"))
            elif entry.is_file(follow_symlinks=False):
                try:
                    stat = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # deleted since it was listed
                    continue
                yield Entry(entry.path, shown(name), stat.st_size, stat.st_mtime_ns)
        folders += reversed(below)


def _listed(folder: str, prefix: str, problems: list[Problem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        what = f"the folder cannot be listed ({error.strerror})."
        problems.append(Problem("transcripts.unreadable", Where(shown(prefix)), what, "Grant read access."))
        return []


def _link_outside(name: str) -> Problem:
    what = "the link leads out of the folder and was not followed."
    return Problem("transcripts.link", Where(name), what, "Scan the folder that it points to as well.")


def _inside(link: str, top: str) -> bool:
    return os.path.join(os.path.realpath(link), "").startswith(os.path.join(top, ""))


def shown(name: str) -> str:
    """The name as text that can be written: bytes that are not UTF-8 are replaced."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")
