"""Where the exports of each vendor come from, from the shipped books."""

from __future__ import annotations

from bothhalves.core.explain import Problem
from bothhalves.core.measuring import Source
from bothhalves.reading.records import read_yaml
from bothhalves.reading.routes import BOOKS


def export_sources() -> tuple[tuple[Source, ...], list[Problem]]:
    """Every known export, and what is wrong with the file that names them."""
    found, problems = read_yaml(BOOKS / "exports.yaml", tuple[Source, ...], "books/exports.yaml")
    return found or (), problems
