"""The catalogue of problems: docs/errors.yaml with the cases of tests/errors/ and the codes in src/."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "docs" / "errors.yaml"
CASES = ROOT / "tests" / "errors"
SOURCE = ROOT / "src" / "bothhalves"
#: Conditions of use for which a price can be missing.
CONDITIONS = ("region",)
_CODE = re.compile(r"[a-z]+(\.[a-z]+(-[a-z]+)*)")
_FILE_ENDINGS = (".yaml", ".json", ".csv", ".html", ".txt", ".sql", ".py", ".md", ".css", ".js")


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of problem: what it means, how to mend it, and an input with the text it causes.

    ``how`` names the way in which the case is run: ``price`` rates the first file with the others as books,
    ``read`` reads vendors' exports with ``options``, ``logs`` scans the folder ``logs``, ``check`` opens a
    workspace, imports its inbox and builds the page, ``rebuild`` does so and then loses the inbox. ``limits``
    are module constants, such as size limits, made small enough for an example.
    """

    code: str
    meaning: str
    remedy: str
    how: str
    inputs: dict[str, Any]
    expected: str
    options: dict[str, str]
    limits: dict[str, int]


def entries() -> list[Entry]:
    """Every catalogued problem in the order of its code. Raises ``KeyError`` where a case is missing."""
    return [_entry(code, text) for code, text in sorted(_catalogue().items())]


def _catalogue() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    return loaded


def _entry(code: str, text: dict[str, str]) -> Entry:
    path = CASES / f"{code}.yaml"
    case: dict[str, Any] = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    return Entry(
        code,
        " ".join(text["meaning"].split()),
        " ".join(text["remedy"].split()),
        case.get("how", ""),
        case.get("files", {}),
        case.get("expected", ""),
        case.get("options", {}),
        case.get("limits", {}),
    )


def catalogued() -> set[str]:
    return set(_catalogue())


def cases() -> set[str]:
    return {path.stem for path in CASES.glob("*.yaml")}


def codes_in_source() -> set[str]:
    """Every code of a problem that the source names.

    A code is a constant such as ``usage.bad-number``, whose first word also starts a code given directly to
    ``Problem`` or ``problem``, and which is no key of a figure; and ``price.`` with each reason for which a
    price can be missing.
    """
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))]
    direct = {code for tree in trees for code in _given_to(tree, {"Problem", "problem"})}
    families = {code.split(".")[0] for code in direct}
    named = {text for tree in trees for text in _constants(tree) if _CODE.fullmatch(text)}
    named -= {text for tree in trees for text in _given_to(tree, {"key"})}
    codes = {text for text in named if text.split(".")[0] in families and not text.endswith(_FILE_ENDINGS)}
    missing = {reason for tree in trees for reason in _given_to(tree, {"Missing"})}
    return codes | {f"price.{reason}" for reason in (*missing, *CONDITIONS) if reason.isalpha()}


def _given_to(tree: ast.Module, callables: set[str]) -> Iterator[str]:
    """The text constants in the first argument of calls of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in callables:
                yield from _constants(node.args[0])


def _constants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
