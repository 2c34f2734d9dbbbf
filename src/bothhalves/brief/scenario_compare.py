"""Scenarios side by side, and the difference of two taken apart input by input.

A difference is explained by changing one input at a time, in the order in which inputs are told: each part is
the figure after a change less the figure before it, so that the parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bothhalves.brief.scenario_record import (
    FIRST_WORD,
    ComparedRow,
    Comparison,
    Diff,
    DiffRow,
    KeyFigure,
    Told,
    Words,
)
from bothhalves.brief.scenarios import Study
from bothhalves.core.explain import Figure, Operator, key, parse_key
from bothhalves.core.money import EXACT, Amount
from bothhalves.workspace.scenario_inputs import NAMES, Inputs
from bothhalves.workspace.scenarios import CannotSave, Prints, Saved, chosen

_MORE = "The figure of the one scenario, less that of the other."
_PART = "The figure with this input changed, less the figure before; inputs change one after another."


def compared(study: Study, saved: Mapping[str, Saved], now: Prints) -> Comparison:
    """The scenarios in their order; differences are against the first."""
    told = tuple(study.told(name, one.inputs) for name, one in saved.items())
    stated = [name for name in NAMES if any(name in t.inputs.given() for t in told)]
    every = [_row(told, row, stated) for row in _every(told)]
    rows = tuple(row for row in every if any(row.figures))
    reasons = ((row.group, why) for row in every if not any(row.figures) for why in row.why if why)
    nobody = dict.fromkeys(f"{group}: {why}" for group, why in reasons)
    since = {name: one.computed_on.changed(now) for name, one in saved.items()}
    return Comparison(told, rows, tuple(_findings(told)), since, tuple(nobody))


def _every(told: Iterable[Told]) -> list[KeyFigure]:
    """Each key figure that any of the scenarios has, by its first appearance."""
    found: dict[str, KeyFigure] = {}
    for one in told:
        for row in one.rows:
            found.setdefault(row.id, row)
    order = {group: n for n, group in enumerate(dict.fromkeys(row.group for row in found.values()))}
    return sorted(found.values(), key=lambda row: order[row.group])


def _row(told: Sequence[Told], row: KeyFigure, stated: Iterable[str]) -> ComparedRow:
    own = [one.row(row.id) for one in told]
    figures = tuple(r.figure if r else None for r in own)
    more = (None, *(_more(row.id, told[0], one) for one in told[1:]))
    why = tuple("" if r is not None and r.figure else r.why if r else "" for r in own)
    label = next((r.label for r in own if r is not None and r.figure), row.label)
    unaffected = tuple(name for name in stated if name not in row.reach)
    return ComparedRow(row.id, row.group, label, figures, more, why, unaffected)


def _more(row: str, first: Told, one: Told) -> Figure | None:
    """By how much a key figure differs from that of the first scenario."""
    a, b = first.row(row), one.row(row)
    if a is None or b is None or a.figure is None or b.figure is None:
        return None
    name = key(f"{FIRST_WORD}.more", {"row": row, "of": one.name, "than": first.name})
    return difference(name, f"{b.label}: {one.name} less {first.name}", b.figure, a.figure, _MORE)


def difference(name: str, title: str, after: Figure, before: Figure, rule: str) -> Figure:
    """One figure less the other; both are money of one currency, or both are numbers."""
    if isinstance(after.value, Amount) and isinstance(before.value, Amount):
        value: Amount | None = after.value - before.value
        return Figure(name, title, Operator.DIFFERENCE, value, (after, before), rule=rule)  # type: ignore[arg-type]
    assert not isinstance(after.value, Amount)
    assert not isinstance(before.value, Amount)
    number = EXACT.subtract(after.value, before.value)
    return Figure(name, title, Operator.DIFFERENCE, number, (after, before), unit=after.unit, rule=rule)


def _findings(told: Sequence[Told]) -> Iterator[Words]:
    """What each scenario costs more or less than the first, under the deal that is told first."""
    for one in told[1:]:
        ids = [row.id for row in one.rows if row.id.endswith("/total")]
        best = sorted(ids, key=lambda name: "/as-quoted/" not in name)
        found = next((name for name in best if _more(name, told[0], one)), None)
        if found is None:
            yield (f"{one.name} cannot be compared with {told[0].name}: no years are looked ahead",)
            continue
        row, more, less = one.row(found), _more(found, told[0], one), _more(found, one, told[0])
        assert row is not None
        assert more is not None
        deal = row.group.removeprefix("Both halves, ")
        yield _finding(one, told[0], more, less, deal)


def _finding(one: Told, first: Told, more: Figure, less: Figure | None, deal: str) -> Words:
    low = more.value.low if isinstance(more.value, Amount) else more.value
    if low == 0 or less is None:
        return (f"{one.name} costs what {first.name} does over all years {deal}",)
    if low > 0:
        return (f"{one.name} costs ", more, f" more than {first.name} over all years {deal}")
    return (f"{one.name} costs ", less, f" less than {first.name} over all years {deal}")


def diffed(study: Study, names: tuple[str, str], saved: tuple[Saved, Saved]) -> Diff:
    """What differs between two scenarios, and which input explains how much of it."""
    inputs = [one.inputs for one in saved]
    differing = [n for n in NAMES if getattr(inputs[0], n) != getattr(inputs[1], n)]
    steps = list(_steps(study, names, (inputs[0], inputs[1]), differing))
    first, second = steps[0], steps[-1]
    rows = (_diff_row(row, steps, differing) for row in _every((first, second)))
    words = {n: (first.word(n), second.word(n)) for n in differing}
    finding = next(_findings((first, second)), ()) if differing else ()
    return Diff(first, second, words, tuple(row for row in rows if row is not None), finding)


def _steps(
    study: Study, names: tuple[str, str], inputs: tuple[Inputs, Inputs], differing: Sequence[str]
) -> Iterator[Told]:
    """The first scenario, each one on the way, and the second."""
    reached = inputs[0]
    yield study.told(names[0], reached)
    for name in differing[:-1]:
        reached = replace(reached, **{name: getattr(inputs[1], name)})
        yield study.told(f"{names[0]}:{names[1]}@{name}", reached)
    yield study.told(names[1], inputs[1])


def _diff_row(row: KeyFigure, steps: Sequence[Told], differing: Sequence[str]) -> DiffRow | None:
    ends = [told.row(row.id) for told in (steps[0], steps[-1])]
    first, second = (end.figure if end else None for end in ends)
    if (first is None and second is None) or (first and second and first.value == second.value):
        return None
    return DiffRow(row, first, second, _more(row.id, steps[0], steps[-1]), _parts(row, steps, differing))


def _parts(row: KeyFigure, steps: Sequence[Told], differing: Sequence[str]) -> dict[str, Figure]:
    """What each input explains; nothing where a figure on the way is not known."""
    on_the_way = [told.row(row.id) for told in steps]
    figures = [r.figure for r in on_the_way if r is not None and r.figure is not None]
    if len(figures) < len(steps) or len(steps) == 1:
        return {}
    ends = {"row": row.id, "than": steps[0].name, "of": steps[-1].name}
    return {
        name: difference(
            key(f"{FIRST_WORD}.part", {**ends, "input": name}),
            f"{row.label}: {name.replace('_', ' ')} alone",
            figures[n + 1],
            figures[n],
            _PART,
        )
        for n, name in enumerate(differing)
    }


def figure_of(study: Study, figure_key: str) -> Figure | None:
    """The figure of a scenario, or of two, that a key names; None: there is none."""
    try:
        said = parse_key(figure_key)[1]
        first, _, second = said.get("of", "").partition("@")[0].partition(":")
        if not second and "than" in said:
            first, second = said["than"], first
        root = study.prospects.workspace.root
        names = [first, second] if second else [first]
        saved = chosen(root, names)
    except (CannotSave, ValueError):
        return None
    if not second or first == second:
        return compared(study, saved, Prints()).figures().get(figure_key)
    pair = (saved[first], saved[second])
    if "input" in said or "@" in said["of"]:
        return diffed(study, (first, second), pair).figures().get(figure_key)
    return compared(study, saved, Prints()).figures().get(figure_key)
