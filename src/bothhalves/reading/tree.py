"""YAML text as a tree of written scalars with their places. Nothing is interpreted here.

Built from the parser's events without recursion. Anchors, aliases, tags and several documents are
refused, so that a small file cannot stand for a large one, and every value is where it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bothhalves.core.explain import Problem, Where

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Unquoted text that YAML readers take for something else than what was meant.
_TRAPS = (
    (re.compile(r"(?i:yes|no|on|off|y|n)"), "is a truth value to some YAML readers and text to others"),
    (re.compile(r"(?i:[+-]?\.(inf|nan))"), "is not a finite number"),
    (re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+"), "is a floating-point number"),
    (re.compile(r"[+-]?(0[xo][0-9a-fA-F]+|\d[\d_]*_[\d_.]*)"), "is not a plain decimal number"),
)


@dataclass(slots=True)
class Node:
    """A scalar (``text``), a mapping (``pairs``) or a list (``items``), with its place."""

    where: Where
    kind: str
    text: str = ""
    quoted: bool = False
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True where nothing is written, or ``null`` or ``~``."""
        return self.kind == "scalar" and not self.quoted and self.text in ("", "~", "null", "Null", "NULL")


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_tree(path: Path, name: str = "") -> tuple[Node | None, list[Problem]]:
    """The tree of the file at ``path``; None with problems if it cannot be read. ``name`` is shown for it."""
    name = name or path.as_posix()
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        reason = error.strerror or "no reason given"
        what = f"the file cannot be read ({reason})."
        return None, [Problem("yaml.unreadable", Where(name), what, "Check the path.")]
    if size > MAX_BYTES:
        what = f"the file has {size:,} bytes; at most {MAX_BYTES:,} are read."
        return None, [Problem("yaml.too-large", Where(name), what, "Split it.")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        return None, [Problem("yaml.encoding", Where(name, row), "this is not UTF-8.", "Save it as UTF-8.")]
    return parse(text, name)


def parse(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """The tree of ``text``. A file without content is an empty mapping."""
    try:
        root = _Builder(name).build(text)
    except _Refused as refused:
        return None, [refused.problem]
    except yaml.YAMLError as error:
        return None, [_syntax(error, name)]
    if root is None or root.empty:
        root = Node(Where(name, 1, 1), "mapping")
    return root, list(_lint(root))


def _syntax(error: yaml.YAMLError, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = Where(name, mark.line + 1, mark.column + 1) if mark else Where(name)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
    return Problem("yaml.syntax", where, f"this is not valid YAML: {reason}.", "Mend the line.")


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Node | None = None
        self.open: list[Node] = []
        self.keys: list[Node | None] = []

    def build(self, text: str) -> Node | None:
        documents = 0
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.refuse(event, "yaml.documents", "a second document begins here.", "Keep one.")
            elif isinstance(event, yaml.NodeEvent):
                self.node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
                self.keys.pop()
        return self.root

    def node(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self.refuse(event, "yaml.alias", "anchors and aliases are not read.", "Write it out.")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise self.refuse(event, "yaml.tag", f"tags such as {tag[:40]} are not read.", "Leave it out.")
        where = _place(self.name, event)
        if isinstance(event, yaml.ScalarEvent):
            self.attach(Node(where, "scalar", event.value, quoted=event.style in ("'", '"', "|", ">")))
            return
        node = Node(where, "mapping" if isinstance(event, yaml.MappingStartEvent) else "list")
        self.attach(node)
        self.open.append(node)
        self.keys.append(None)
        if len(self.open) > MAX_DEPTH:
            raise self.refuse(event, "yaml.depth", f"more than {MAX_DEPTH} levels.", "Nest less deeply.")

    def attach(self, node: Node) -> None:
        if not self.open:
            self.root = node
        elif self.open[-1].kind == "list":
            self.open[-1].items.append(node)
        elif self.keys[-1] is None:
            self.keys[-1] = node
        else:
            self.open[-1].pairs.append((self.keys[-1], node))
            self.keys[-1] = None

    def refuse(self, event: yaml.Event, code: str, what: str, fix: str) -> _Refused:
        return _Refused(Problem(code, _place(self.name, event), what, fix))


def _place(name: str, event: yaml.Event) -> Where:
    mark = event.start_mark
    return Where(name, mark.line + 1, mark.column + 1) if mark is not None else Where(name)


def _lint(root: Node) -> Iterator[Problem]:
    """Faults that need no knowledge of the file's meaning: ambiguous scalars and repeated keys."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node.items
        if node.kind == "scalar" and not node.quoted:
            yield from _trap(node)
        first: dict[str, Node] = {}
        for key, value in node.pairs:
            waiting.append(value)
            if key.kind != "scalar":
                yield Problem("yaml.key", key.where, "a key must be plain text.", "Write a name.")
            elif key.text in first:
                what = f"the key {key.text!r} stands in line {first[key.text].where.row} already."
                yield Problem("yaml.duplicate-key", key.where, what, "Keep one of them.")
            else:
                first[key.text] = key


def _trap(node: Node) -> Iterator[Problem]:
    for pattern, reason in _TRAPS:
        if pattern.fullmatch(node.text):
            what = f"{node.text[:40]!r} {reason}."
            fix = "Write true or false, a plain number such as 12.50, or put text in quotes."
            yield Problem("yaml.ambiguous", node.where, what, fix)
            return
