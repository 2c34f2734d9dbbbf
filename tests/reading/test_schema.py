"""The JSON Schemas accept every file that the reader accepts, and point at what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.reading.pricebook import SHIPPED
from bothhalves.reading.schema import schemas
from bothhalves.workspace.written_files import kinds
from source import ROOT

SCHEMAS = schemas(kinds())
FOLDERS = {
    "vendors": "book",
    "books": "book",
    "plans": "plans",
    "contracts": "contract",
    "offers": "contract",
}
FILES = [
    (kind, path)
    for place in (SHIPPED, ROOT / "examples", ROOT / "tests" / "cases", ROOT / "tests" / "correctness")
    for folder, kind in FOLDERS.items()
    for path in sorted(place.rglob(f"{folder}/*.yaml"))
]
FILES += [
    (kind, path)
    for kind in ("company", "deal", "forecast", "people", "planning", "workloads")
    for path in sorted((ROOT / "examples").rglob(f"{kind}.yaml"))
]
FILES += [("mapping", path) for path in sorted((ROOT / "examples").rglob("mappings/*.yaml"))]
#: Kinds that no example has a file of.
WITHOUT_EXAMPLE = {"invoice", "pilot", "scenario"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Editor(yaml.SafeLoader):
    """YAML 1.2, as editors read it: a day is text, and so is the key ``on``."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":bool"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}


def faults(value: Any, part: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """What is wrong with ``value`` by the keywords of JSON Schema that ours use."""
    if "$ref" in part:
        yield from faults(value, root["$defs"][part["$ref"].rsplit("/", 1)[1]], root, at)
    if "anyOf" in part and all(any(faults(value, option, root, at)) for option in part["anyOf"]):
        yield f"{at}: fits none"
    if "type" in part and not any(_is(value, name) for name in _names(part["type"])):
        yield f"{at}: {value!r} is not {part['type']}"
    elif "enum" in part and value not in part["enum"]:
        yield f"{at}: {value!r} is none of {part['enum']}"
    elif part.get("format") == "date" and not _DAY.fullmatch(value):
        yield f"{at}: {value!r} is not a day"
    elif isinstance(value, dict):
        yield from _object(value, part, root, at)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from faults(item, part.get("items", {}), root, f"{at}[{n}]")


def _object(value: dict[str, Any], part: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    known, others = part.get("properties", {}), part.get("additionalProperties", True)
    yield from (f"{at}: no {key}" for key in part.get("required", ()) if key not in value)
    for key, inner in value.items():
        if key in known or isinstance(others, dict):
            yield from faults(inner, known.get(key, others), root, f"{at}.{key}")
        elif others is False:
            yield f"{at}: {key} is not known"


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _names(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def checked(kind: str, text: str) -> list[str]:
    return list(faults(yaml.load(text, Editor), SCHEMAS[kind], SCHEMAS[kind]))


@pytest.mark.parametrize(
    ("kind", "path"), FILES, ids=[path.relative_to(ROOT).as_posix() for _, path in FILES]
)
def test_files_that_are_read_fit_their_schema(kind: str, path: Path) -> None:
    assert checked(kind, path.read_text("utf-8")) == []


def test_files_of_every_kind_were_checked() -> None:
    assert {kind for kind, _ in FILES} == set(SCHEMAS) - WITHOUT_EXAMPLE
    assert len(FILES) > 25


BOOK = "{book: a, vendor: v, checked: 2026-01-01"


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("book", BOOK + ", pricse: []}", ": pricse is not known"),
        ("book", "{book: a, checked: 2026-01-01}", ": no vendor"),
        ("book", "{book: a, vendor: v, checked: 1 May}", ".checked: '1 May' is not a day"),
        ("book", BOOK + ", prices: [{model: m, from: 2026-01-01}]}", ".prices[0]: no price"),
        ("plans", BOOK + ", plans: [{id: p}]}", ".plans[0]: no name"),
        ("plans", BOOK + ", plans: [{shape: heap}]}", ".plans[0].shape: 'heap' is none of"),
        ("contract", "{seats: [{plan: claude-pro}]}", ".seats[0]: no committed"),
        ("contract", "{seats: [{type: a, committed: 1}]}", ".seats[0]: fits none"),
        ("contract", "{commitment: {amount: [1]}}", ".commitment"),
    ],
)
def test_faults_are_shown_where_they_are(kind: str, text: str, said: str) -> None:
    assert any(fault.startswith(said) for fault in checked(kind, text)), checked(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("book", "prices: [{model: m, from: 2026-01-01, per: 1M, window: 22:00-06:00, price: {a: '1.50'}}]"),
        ("book", "prices: [{model: [m, 4], from: 2026-01-01, per: 1000, price: {a: 1}}]"),
        ("contract", "seat_usage: [{seats: [enterprise], discount: 5%}]"),
        ("contract", "seats: [{plan: claude-team-premium, committed: 12, billed: annual}]"),
        ("deal", "renewal_cap: 3%\nevidence: {api: typical}\nstandalone: {seats: quote-7}"),
        ("forecast", "price_steps: [{from: 2027-01-01, factor: 0.9, reason: announced list price}]"),
        ("forecast", "workloads: [{workload: app, growth: {low: 0%, base: 2%, high: 5%}, owner: Product}]"),
        ("forecast", "seats: [{type: premium, hiring: {base: 2}, adoption: 60%}]"),
        ("planning", "horizon_months: 12\nhold: 20%"),
    ],
)
def test_what_is_written_for_people_is_accepted(kind: str, text: str) -> None:
    assert [fault for fault in checked(kind, text) if not fault.startswith(": no ")] == []


def test_shipped_schemas_are_those_of_the_reader() -> None:
    shipped = {
        path.stem: json.loads(path.read_text("utf-8")) for path in (SHIPPED / "schemas").glob("*.json")
    }
    assert shipped == SCHEMAS, "run `make docs`"
