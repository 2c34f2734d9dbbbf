"""JSON Schemas of the files that people write, for completion and checks in editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bothhalves.core.explain import Where
from bothhalves.reading.books import BookFile


def schemas(types: Mapping[str, type[Any]] | None = None) -> dict[str, dict[str, Any]]:
    """JSON Schema by file kind. ``types`` adds the kinds that others own, such as ``company``."""
    kinds: dict[str, type[Any]] = {"book": BookFile, **(types or {})}
    return {name: schema(type_) for name, type_ in kinds.items()}


def schema(type_: type[Any]) -> dict[str, Any]:
    """The JSON Schema of one dataclass, with keys as they are written and no other keys allowed."""
    from pydantic import TypeAdapter

    written: dict[str, Any] = _written(TypeAdapter(type_).json_schema())
    return written


def _written(part: Any) -> Any:
    """Keys lose the trailing underscore that Python needs; places are not written by anybody."""
    if isinstance(part, list):
        return [_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    result = {key: _written(value) for key, value in part.items() if key != "$defs"}
    if "$defs" in part:
        result["$defs"] = {k: _written(v) for k, v in part["$defs"].items() if k != Where.__name__}
    if isinstance(part.get("properties"), dict):
        kept = {k: v for k, v in result["properties"].items() if not _is_place(v)}
        result["properties"] = {k.rstrip("_"): v for k, v in kept.items()}
        result["required"] = [k.rstrip("_") for k in part.get("required", []) if k in kept]
        result["additionalProperties"] = False
    return result


def _is_place(property_: Any) -> bool:
    return isinstance(property_, dict) and str(property_.get("$ref", "")).endswith("/" + Where.__name__)
