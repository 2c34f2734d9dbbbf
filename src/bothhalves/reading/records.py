"""A YAML tree as plain dataclasses, with a Problem at the place of everything that does not fit.

A key is a field's name without a trailing underscore (``from`` fills ``from_``). Numbers keep the written
digits. A field of type :class:`Where` is not a key: it receives the place of its record. A record may
have a ``fault()`` that returns what is wrong with it as written. ``Annotated[T, parse]`` reads a scalar
with ``parse(text)``, which raises ``ValueError`` with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bothhalves.core.dates import Month, instant
from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import exact
from bothhalves.core.prices import near
from bothhalves.reading.tree import Node, parse, read_tree

T = TypeVar("T")
_WHOLE = re.compile(r"[+-]?\d{1,18}")


def read_yaml(path: Path, type_: type[T], name: str = "") -> tuple[T | None, list[Problem]]:
    """The record of ``type_`` in the file at ``path``, and every problem found in it.

    None if anything required is missing or wrong; problems show ``name`` (the path if empty).
    """
    root, problems = read_tree(path, name)
    return _converted(root, type_, problems)


def top_keys(path: Path) -> frozenset[str]:
    """The keys at the top of a file, which tell what kind of file it is; none if it cannot be read."""
    root, _ = read_tree(path)
    pairs = root.pairs if root is not None and root.kind == "mapping" else []
    return frozenset(key.text for key, _ in pairs)


def read_text(text: str, type_: type[T], name: str) -> tuple[T | None, list[Problem]]:
    """The record of ``type_`` in ``text``, which stands in a file called ``name``."""
    root, problems = parse(text, name)
    return _converted(root, type_, problems)


def _converted(root: Node | None, type_: type[T], problems: list[Problem]) -> tuple[T | None, list[Problem]]:
    if root is None:
        return None, problems
    value, found = convert(root, type_)
    places = {p.where for p in problems if p.code == "yaml.ambiguous"}
    found = [p for p in found if p.where not in places]
    problems = sorted({*problems, *found}, key=lambda p: (p.where, p.code))
    return (None if problems else value), problems


def convert(node: Node, type_: type[T]) -> tuple[T | None, list[Problem]]:
    """``node`` as ``type_``; None with the problems if it does not fit."""
    problems: list[Problem] = []
    value = _value(node, type_, problems)
    return (None if problems else value), problems


def _value(node: Node, type_: Any, problems: list[Problem]) -> Any:
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return _scalar(node, _reader(arguments), problems)
    if origin in (Union, UnionType):
        return _either(node, arguments, problems)
    if origin is Literal:
        return _scalar(node, _one_of(arguments), problems)
    if origin in (tuple, list, frozenset):
        return _list(node, origin, arguments[0], problems)
    if origin is dict:
        return _mapping(node, arguments[1], problems)
    if is_dataclass(type_) and type_ not in _READERS:
        return _record(node, type_, problems)
    return _scalar(node, _READERS.get(type_) or _choice(type_), problems)


def _wrong(node: Node, expected: str, problems: list[Problem]) -> None:
    names = {"mapping": "keys with values", "list": "a list"}
    got = names.get(node.kind) or (repr(node.text[:40]) if not node.empty else "nothing")
    what = f"expected {expected}, found {got}."
    problems.append(Problem("yaml.wrong-type", node.where, what, f"Write {expected}."))


def _scalar(node: Node, read: Callable[[Node], Any], problems: list[Problem]) -> Any:
    if node.kind != "scalar":
        return _wrong(node, "a single value", problems)
    try:
        return read(node)
    except ValueError as error:
        problems.append(Problem("yaml.bad-value", node.where, f"{error}.", "Mend the value."))
        return None


def _either(node: Node, options: tuple[Any, ...], problems: list[Problem]) -> Any:
    """The first option that fits; if none does, the problems of the one whose shape fits."""
    if type(None) in options and node.empty:
        return None
    attempts: list[tuple[bool, list[Problem]]] = []
    for option in (o for o in options if o is not type(None)):
        found: list[Problem] = []
        value = _value(node, option, found)
        if not found:
            return value
        attempts.append((all(p.code == "yaml.wrong-type" and p.where == node.where for p in found), found))
    problems += min(attempts, key=lambda a: a[0])[1]
    return None


def _list(node: Node, container: Any, item: Any, problems: list[Problem]) -> Any:
    if node.empty:
        return container()
    if node.kind != "list":
        return _wrong(node, "a list", problems)
    return container(_value(n, item, problems) for n in node.items)


def _mapping(node: Node, item: Any, problems: list[Problem]) -> Any:
    if node.empty:
        return {}
    if node.kind != "mapping":
        return _wrong(node, "keys with values", problems)
    return {key.text: _value(value, item, problems) for key, value in node.pairs if key.kind == "scalar"}


@cache
def _plan(type_: Any) -> tuple[dict[str, tuple[str, Any]], set[str], str | None]:
    """Keys of a dataclass with field and type, the required keys, and the field that takes the place."""
    hints = get_type_hints(type_, include_extras=True)
    keys: dict[str, tuple[str, Any]] = {}
    required: set[str] = set()
    place = None
    for f in fields(type_):
        if not f.init:
            continue
        if hints[f.name] is Where:
            place = f.name
            continue
        key = f.name.rstrip("_")
        keys[key] = (f.name, hints[f.name])
        if f.default is MISSING and f.default_factory is MISSING:
            required.add(key)
    return keys, required, place


def _record(node: Node, type_: Any, problems: list[Problem]) -> Any:
    if node.kind != "mapping":
        return _wrong(node, "keys with values", problems)
    before = len(problems)
    keys, required, place = _plan(type_)
    given: dict[str, Any] = {place: node.where} if place else {}
    seen = {key.text for key, _ in node.pairs}
    for key, value in node.pairs:
        if key.text not in keys:
            _unknown(key, keys, seen, problems)
            continue
        name, hint = keys[key.text]
        if value.empty and key.text not in required:
            continue
        given[name] = _value(value, hint, problems)
    for key_name in sorted(required - seen):
        what = f"the key {key_name!r} is missing."
        problems.append(Problem("yaml.missing-key", node.where, what, f"Add {key_name}."))
    return _built(node, type_, given, problems) if len(problems) == before else None


def _built(node: Node, type_: Any, given: dict[str, Any], problems: list[Problem]) -> Any:
    try:
        record = type_(**given)
    except ValueError as error:
        problems.append(Problem("yaml.bad-value", node.where, f"{error}.", "Mend the entry."))
        return None
    fault = record.fault() if callable(getattr(record, "fault", None)) else None
    if fault:
        what = f"this does not fit: {fault}."
        problems.append(Problem("yaml.bad-value", node.where, what, "Mend the entry."))
    return record


def _unknown(key: Node, keys: dict[str, Any], seen: set[str], problems: list[Problem]) -> None:
    similar = near(key.text, [k for k in keys if k not in seen], 1) or near(key.text, keys, 1)
    fix = f"Did you mean {similar[0]!r}?" if similar else f"Known here: {', '.join(sorted(keys))}."
    problems.append(Problem("yaml.unknown-key", key.where, f"the key {key.text[:40]!r} is not known.", fix))


def _text(node: Node) -> str:
    if not node.quoted and (node.empty or node.text.lower() in ("true", "false")):
        raise ValueError(f"expected text, found {node.text or 'nothing'}; put it in quotes if it is meant")
    return node.text


def _whole(node: Node) -> int:
    if not _WHOLE.fullmatch(node.text):
        raise ValueError(f"expected a whole number, found {node.text[:40]!r}")
    return int(node.text)


def _truth(node: Node) -> bool:
    if node.quoted or node.text not in ("true", "false"):
        raise ValueError(f"expected true or false, found {node.text[:40]!r}")
    return node.text == "true"


def _day(node: Node) -> date:
    try:
        return date.fromisoformat(node.text)
    except ValueError:
        raise ValueError(f"expected a day such as 2026-10-07, found {node.text[:40]!r}") from None


_READERS: dict[Any, Callable[[Node], Any]] = {
    str: _text,
    int: _whole,
    bool: _truth,
    date: _day,
    Decimal: lambda node: exact(node.text),
    datetime: lambda node: instant(node.text),
    Month: lambda node: Month.parse(node.text),
}


def _reader(arguments: tuple[Any, ...]) -> Callable[[Node], Any]:
    parser = arguments[1]
    return lambda node: parser(node.text)


def _one_of(options: tuple[Any, ...]) -> Callable[[Node], Any]:
    def read(node: Node) -> Any:
        for option in options:
            if str(option) == node.text:
                return option
        raise ValueError(f"expected one of {', '.join(map(str, options))}, found {node.text[:40]!r}")

    return read


def _choice(type_: Any) -> Callable[[Node], Any]:
    if isinstance(type_, type) and issubclass(type_, Enum):
        return lambda node: type_(_one_of(tuple(m.value for m in type_))(node))
    raise TypeError(f"no way to read {type_!r} from YAML")
