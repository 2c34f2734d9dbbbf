"""Scenarios listed, side by side and taken apart, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bothhalves.brief.making import low
from bothhalves.brief.scenario_record import ComparedRow, Comparison, Diff, DiffRow, Told
from bothhalves.core.explain import Figure
from bothhalves.report import show
from bothhalves.report.grid import grid
from bothhalves.report.line import headline_text
from bothhalves.report.record import figure_record
from bothhalves.workspace.scenario_inputs import NAMES
from bothhalves.workspace.scenarios import BASE, Prints, Saved

Record = dict[str, Any]
#: Inputs in words of people.
CALLED = {
    "window": "window", "growth": "growth of tokens", "levers": "levers achieved", "fee": "seat fee, a month",
    "hold": "hold", "tool": "own tool, a person", "changes": "planned changes",
    "offer": "offer", "price_steps": "list prices", "rule": "rule of the commitment",
    "rate": "a year later worth less",
}  # fmt: skip
SAME = "as the data says"
ORDER = "One input is changed after another, from left to right: the parts add up to the difference."


def flags(names: Iterable[str]) -> str:
    """Inputs as they are given, in one line."""
    return ", ".join(name.replace("_", " ") for name in names)


def more(figure: Figure | None) -> str:
    """A difference with its sign."""
    if figure is None:
        return show.NOTHING
    text = show.figure(figure)
    return f"+{text}" if low(figure) > 0 else text


def against(figure: Figure) -> str:
    """A difference to the first scenario."""
    return more(figure) if low(figure) else "same"


def listed_text(saved: Mapping[str, Saved], now: Prints) -> str:
    """Each scenario with what it states, who saved it and when, and what is another since."""
    rows = [("", "states", "saved", "since then"), (BASE, "everything as the data says", "", "")]
    for name, one in saved.items():
        said = "; ".join(f"{CALLED[n]} {word}" for n, word in one.inputs.given().items()) or SAME
        noted = f"{said} ({one.note})" if one.note else said
        rows.append((name, show.clean(noted), by_whom(one), since_words(one.computed_on.changed(now))))
    return "\n".join(grid(rows))


def by_whom(one: Saved) -> str:
    when = show.day(one.saved_at) if one.saved_at else ""
    return show.clean(" by ".join(part for part in (when, one.saved_by) if part))


def since_words(changed: Iterable[str]) -> str:
    """What is another since a scenario was saved, in words."""
    found = list(changed)
    return f"{' and '.join(found)} changed since" if found else ""


def listed_record(saved: Mapping[str, Saved], now: Prints) -> str:
    return _encoded({"scenarios": [_saved(name, one, now) for name, one in saved.items()]})


def _saved(name: str, one: Saved, now: Prints) -> Record:
    return {
        "name": name,
        "inputs": one.inputs.given(),
        "note": one.note,
        "saved_by": one.saved_by,
        "saved_at": one.saved_at.isoformat() if one.saved_at else None,
        "changed_since": list(one.computed_on.changed(now)),
    }


def compared_text(found: Comparison) -> str:
    """What was found, the inputs, and every key figure side by side."""
    lines = [*(f"{show.clean(headline_text(words))}." for words in found.findings), ""]
    lines += [*_inputs(found.told), "", *_figures(found), ""]
    return "\n".join([*lines, *_notes(found)]).rstrip()


def stated(told: Iterable[Told]) -> list[str]:
    """The inputs that any of the scenarios states."""
    every = [t.inputs.given() for t in told]
    return [name for name in NAMES if any(name in given for given in every)]


def _inputs(told: Iterable[Told]) -> list[str]:
    every = list(told)
    rows = [
        (CALLED[name], *(show.clean(t.word(name)) or show.NOTHING for t in every)) for name in stated(every)
    ]
    head = [("Inputs", *(t.name for t in every))]
    return grid([*head, *rows], right=range(1, len(every) + 1)) if rows else ["Inputs: as the data says."]


def _figures(found: Comparison) -> list[str]:
    names = [t.name for t in found.told]
    unaffected = any(row.unaffected for row in found.rows)
    head = ["", names[0]]
    for name in names[1:]:
        head += [name, f"against {names[0]}"]
    rows = [[*head, *(["not affected by"] if unaffected else [])]]
    group = ""
    for row in found.rows:
        if row.group != group:
            group = row.group
            rows.append([group, *[""] * (len(rows[0]) - 1)])
        rows.append([f"  {row.label}", *_cells(row), *([flags(row.unaffected)] if unaffected else [])])
    return grid(rows, right=range(1, 2 * len(names)))


def _cells(row: ComparedRow) -> Iterator[str]:
    for place, figure in enumerate(row.figures):
        yield show.figure(figure)
        if place:
            own = row.more[place]
            yield against(own) if own else show.NOTHING


def notes(found: Comparison) -> dict[str, list[str]]:
    """What is to be known of each scenario: what changed since it was saved, what it found nothing to change,
    and which figures are not known and why."""
    told: dict[str, list[str]] = {}
    for place, one in enumerate(found.told):
        since = since_words(found.since[one.name])
        missing = dict.fromkeys(f"{row.group}: {row.why[place]}" for row in found.rows if row.why[place])
        told[one.name] = [
            *([f"{since[:1].upper()}{since[1:]} it was saved."] if since else []),
            *one.said,
            *missing,
        ]
    return {name: said for name, said in told.items() if said}


def _notes(found: Comparison) -> Iterator[str]:
    for name, said in notes(found).items():
        yield from (show.clean(f"{name}: {line}") for line in said)
    yield from map(show.clean, found.missing)
    yield "Months to come are scenarios, not a forecast; the saving is of the plan at its renewal."
    key = next((f.key for row in found.rows for f in reversed(row.figures) if f is not None), "")
    if key:
        yield f"Open any figure: add --explain '{key}'."


def compared_record(found: Comparison) -> str:
    """One JSON object: scenarios, rows whose cells are keys, and every figure."""
    return _encoded(
        {
            "scenarios": [_told(one, found.since[one.name]) for one in found.told],
            "findings": [headline_text(words) for words in found.findings],
            "rows": [_row(row) for row in found.rows],
            "missing": list(found.missing),
            "figures": {k: figure_record(f) for k, f in sorted(found.figures().items())},
        }
    )


def _told(one: Told, changed: Iterable[str] = ()) -> Record:
    return {
        "name": one.name,
        "inputs": dict(one.stated),
        "planned": dict(one.planned),
        "notes": list(one.said),
        "changed_since": list(changed),
    }


def _row(row: ComparedRow) -> Record:
    return {
        "id": row.id,
        "group": row.group,
        "label": row.label,
        "figures": [f.key if f else None for f in row.figures],
        "more": [f.key if f else None for f in row.more],
        "why": list(row.why),
        "unaffected_by": list(row.unaffected),
    }


def diffed_text(found: Diff) -> str:
    """The inputs that differ, then the figures, and what of each difference an input explains."""
    names = (found.first.name, found.second.name)
    if not found.inputs:
        return f"{names[0]} and {names[1]} state the same."
    inputs = [("Inputs that differ", *names)]
    inputs += [
        (CALLED[n], show.clean(a) or show.NOTHING, show.clean(b) or show.NOTHING)
        for n, (a, b) in found.inputs.items()
    ]
    noted = [f"{t.name}: {show.clean(line)}" for t in (found.first, found.second) for line in t.said]
    said = [f"{show.clean(headline_text(found.finding))}.", "", *grid(inputs), *noted, ""]
    if not found.rows:
        return "\n".join([*said, "No key figure differs."])
    rows = [("", *names, "difference", *(f"by {flags([n])}" for n in found.inputs))]
    group = ""
    for row in found.rows:
        if row.row.group != group:
            group = row.row.group
            rows.append((group, *[""] * (len(rows[0]) - 1)))
        rows.append(_diff_cells(row, found.inputs))
    return "\n".join([*said, *grid(rows, right=range(1, len(rows[0]))), "", ORDER])


def _diff_cells(row: DiffRow, inputs: Iterable[str]) -> tuple[str, ...]:
    parts = (more(row.parts.get(name)) for name in inputs)
    return (f"  {row.row.label}", show.figure(row.first), show.figure(row.second), more(row.more), *parts)


def diffed_record(found: Diff) -> str:
    """One JSON object: both scenarios, the inputs that differ, rows with their parts, all figures."""
    return _encoded(
        {
            "scenarios": [_told(found.first), _told(found.second)],
            "finding": headline_text(found.finding),
            "inputs": [{"input": n, "from": a, "to": b} for n, (a, b) in found.inputs.items()],
            "rows": [
                {
                    "id": row.row.id,
                    "group": row.row.group,
                    "label": row.row.label,
                    "from": row.first.key if row.first else None,
                    "to": row.second.key if row.second else None,
                    "more": row.more.key if row.more else None,
                    "parts": {n: f.key for n, f in row.parts.items()},
                }
                for row in found.rows
            ],
            "figures": {k: figure_record(f) for k, f in sorted(found.figures().items())},
        }
    )


def _encoded(record: Record) -> str:
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
