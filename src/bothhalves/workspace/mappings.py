"""Saved column mappings: ``mappings/<name>.yaml`` in the workspace."""

from __future__ import annotations

from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.intake.base import Format


def saved_mappings(root: Path) -> tuple[tuple[Format, ...], list[Problem]]:
    """The formats of all saved mappings, and what is wrong with those that are not sound."""
    forms: list[Format] = []
    problems: list[Problem] = []
    for path in sorted((root / "mappings").glob("*.yaml")):
        form, found = saved_mapping(root, path.stem)
        forms += [form] if form else []
        problems += found
    return tuple(forms), problems


def saved_mapping(root: Path, name: str) -> tuple[Format | None, list[Problem]]:
    """The format that a saved mapping describes, or why there is none."""
    from bothhalves.intake.mapping import Mapping, format_for
    from bothhalves.intake.mapping import problems as faults
    from bothhalves.reading import read_yaml

    path = root / "mappings" / f"{name}.yaml"
    if Path(name).name != name or not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yaml"))) or "none"
        fix = f"Saved mappings: {known}."
        return None, [
            Problem("import.mapping", Where(f"mappings/{name}"), f"there is no mapping {name!r}.", fix)
        ]
    mapping, problems = read_yaml(path, Mapping)
    if mapping is None:
        return None, problems
    wrong = list(faults(mapping, Where(f"mappings/{path.name}")))
    return (None if wrong else format_for(mapping)), [*problems, *wrong]
