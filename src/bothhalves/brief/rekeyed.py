"""Figures that are counted with nothing built, apart from the same ones after the whole plan."""

from __future__ import annotations

from dataclasses import replace

from bothhalves.core.explain import Figure, key, parse_key

BASIS = "built"


def built(figure: Figure) -> Figure:
    """The figure, and those below it, under keys that say ``basis=built``."""
    name, said = parse_key(figure.key)
    parts = tuple(built(p) if isinstance(p, Figure) else p for p in figure.operands)
    return replace(figure, key=key(name, {**said, "basis": BASIS}), operands=parts)
