"""Saved column mappings: ``mappings/<name>.yaml`` in the workspace, and the templates that we ship.

A template is for exports whose columns their vendor does not publish. It is used by its name only, as it is
or as the start of a mapping of one's own with the same name, which then takes its place.
"""

from __future__ import annotations

from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.intake.base import Format

TEMPLATES = Path(__file__).parents[1] / "intake" / "templates"


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
    """The format that a saved mapping, or else a template, describes, or why there is none."""
    from bothhalves.intake.mapping import Mapping, format_for
    from bothhalves.intake.mapping import problems as faults
    from bothhalves.reading import read_yaml

    places = [folder / f"{name}.yaml" for folder in (root / "mappings", TEMPLATES)]
    path = next((place for place in places if place.is_file()), None)
    if Path(name).name != name or path is None:
        fix = f"Saved mappings: {_known(root / 'mappings')}. Templates: {_known(TEMPLATES)}."
        return None, [
            Problem("import.mapping", Where(f"mappings/{name}"), f"there is no mapping {name!r}.", fix)
        ]
    mapping, problems = read_yaml(path, Mapping)
    if mapping is None:
        return None, problems
    wrong = list(faults(mapping, Where(f"mappings/{path.name}")))
    return (None if wrong else format_for(mapping)), [*problems, *wrong]


def _known(folder: Path) -> str:
    return ", ".join(sorted(path.stem for path in folder.glob("*.yaml"))) or "none"
