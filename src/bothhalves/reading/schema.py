"""JSON Schemas of the files that people write, for completion and checks in editors.

They follow the reader in :mod:`bothhalves.reading.records`: keys as they are written and no others, text
that may look like a number, and whatever a field's own parser reads (``10%``, ``1M``, ``22:00-06:00``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from bothhalves.core.contracts import Contract
from bothhalves.core.explain import Where
from bothhalves.core.plans import PlansFile
from bothhalves.reading.books import BookFile

#: Text and numbers, with or without quotes.
_SCALAR = {"type": ["string", "number"]}
#: What a seat of a contract takes from the plan that it names.
_FROM_PLAN = ("type", "product", "fee")


def schemas(types: Mapping[str, type[Any]] | None = None) -> dict[str, dict[str, Any]]:
    """JSON Schema by file kind. ``types`` adds the kinds that others own, such as ``company``."""
    kinds: dict[str, type[Any]] = {
        "book": BookFile,
        "plans": PlansFile,
        "contract": Contract,
        **(types or {}),
    }
    found = {name: schema(type_) for name, type_ in kinds.items()}
    seat = found["contract"]["$defs"]["SeatTerm"]
    seat["required"] = [key for key in seat["required"] if key not in _FROM_PLAN]
    seat["anyOf"] = [{"required": ["plan"]}, {"required": list(_FROM_PLAN)}]
    return found


def schema(type_: type[Any]) -> dict[str, Any]:
    """The JSON Schema of one dataclass, with keys as they are written and no other keys allowed."""
    from pydantic import TypeAdapter

    raw = TypeAdapter(type_).json_schema()
    for name, key, hint in _parsed(type_, set()):
        record = raw["$defs"][name] if name in raw.get("$defs", {}) else raw
        record["properties"][key] = _shape(hint)
    written: dict[str, Any] = _written(raw)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **written}


def _parsed(hint: Any, seen: set[Any]) -> Iterator[tuple[str, str, Any]]:
    """Record, field and type of everything reachable that is read by a parser of its own."""
    for part in get_args(hint):
        yield from _parsed(part, seen)
    if not is_dataclass(hint) or hint in seen:
        return
    seen.add(hint)
    hints = get_type_hints(hint, include_extras=True)
    for field in fields(hint):
        own = hints[field.name]
        if field.init and _has_parser(own):
            yield getattr(hint, "__name__", ""), field.name, own
        yield from _parsed(own, seen)


def _has_parser(hint: Any) -> bool:
    return get_origin(hint) is Annotated or any(_has_parser(part) for part in get_args(hint))


def _shape(hint: Any) -> dict[str, Any]:
    """The schema of a type that has a parser somewhere inside."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return {"anyOf": [_shape(part) for part in arguments]}
    if origin in (tuple, list, frozenset):
        return {"type": "array", "items": _shape(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _shape(arguments[1])}
    return {"type": "null"} if hint is type(None) else dict(_SCALAR)


def _written(part: Any) -> Any:
    """Keys lose the trailing underscore that Python needs; places are not written by anybody."""
    if isinstance(part, list):
        return [_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "string" and not {"format", "enum", "const", "pattern"} & set(part):
        part = {**part, **_SCALAR}
    result = {key: _written(value) for key, value in part.items() if key not in ("$defs", "title")}
    if "$defs" in part:
        result["$defs"] = {k: _written(v) for k, v in part["$defs"].items() if k != Where.__name__}
    if isinstance(part.get("properties"), dict):
        kept = {k: v for k, v in part["properties"].items() if not _is_place(v)}
        result["properties"] = {k.rstrip("_"): _written(v) for k, v in kept.items()}
        result["required"] = [k.rstrip("_") for k in part.get("required", []) if k in kept]
        result["additionalProperties"] = False
    return result


def _is_place(property_: Any) -> bool:
    return isinstance(property_, dict) and str(property_.get("$ref", "")).endswith("/" + Where.__name__)
