"""Every mistake of docs/traps.yaml has tests that fail when it is made, and they are where it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from source import ROOT

TRAPS = yaml.safe_load((ROOT / "docs" / "traps.yaml").read_text("utf-8"))
#: Keys under which a case in a list has its title.
_TITLES = ("what", "title")


def _titles(node: Any) -> Iterator[str]:
    """The titles of all cases in a file of cases, and every other key."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from [str(value)] if key in _TITLES else _titles(value)
    elif isinstance(node, list):
        for value in node:
            yield from _titles(value)


@cache
def _tests(path: Path) -> frozenset[str]:
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        found = (n.name for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef))
        return frozenset(name for name in found if name.startswith("test_"))
    return frozenset(_titles(yaml.load(text, yaml.BaseLoader)))


@pytest.mark.parametrize("trap", TRAPS, ids=[t["mistake"] for t in TRAPS])
def test_a_mistake_has_its_tests(trap: dict[str, Any]) -> None:
    assert trap["tests"]
    for file, name in trap["tests"]:
        assert name in _tests(ROOT / file), f"{file} has no {name!r}"


def test_no_mistake_is_listed_twice() -> None:
    mistakes = [t["mistake"] for t in TRAPS]
    assert len(set(mistakes)) == len(mistakes)
