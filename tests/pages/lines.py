"""Where the line sits, made by hand: people on both sides of it, and workloads on each path."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bothhalves.brief.changes import Changes
from bothhalves.brief.line_record import Bin, Drawn, Histogram, PathRow, PathTable, Slider, Zone
from bothhalves.brief.parts import Prompt, Segment
from bothhalves.core.explain import Figure, Operator, key
from bothhalves.core.money import Amount, MoneyKind

EDGES = ("no use", "$1", "$2", "$5", "$10", "$22", "$46", "$100", "$220")
PEOPLE = (145, 12, 31, 40, 38, 120, 113, 90, 31)


def people(label: str, number: int, edge: str) -> Figure:
    return Figure(
        key("people.count", {"side": label.replace(" ", "-"), "use": edge.strip("$")}),
        f"People {label}, {edge}", Operator.COUNT, Decimal(number), unit="people",
    )  # fmt: skip


def scenario(name: str, title: str, amount: str, **dimensions: str) -> Figure:
    value = Amount.of(Decimal(amount), "USD", MoneyKind.SCENARIO)
    return Figure(key(name, dimensions), title, Operator.GIVEN, value)


def _bins() -> tuple[Bin, ...]:
    sides = ["released"] + ["to the API"] * 4 + ["everyday"] * 2 + ["heavy"] * 2
    looks = {"released": "hatched", "to the API": "light", "everyday": "light", "heavy": "solid"}
    return tuple(
        Bin(edge, (Segment(side, looks[side], people(side, number, edge)),))
        for edge, number, side in zip(EDGES, PEOPLE, sides, strict=True)
    )


def histogram() -> Histogram:
    even = scenario("line.break-even", "Use at which a seat and the API cost the same", "53.5")
    spans = (
        (0, 1, "released", "no activity in 60 days"),
        (1, 5, "to metered access", "cheaper by over 20 %"),
        (5, 7, "stay", "within 20 % of the line"),
        (7, 9, "keep, and defend", "a seat caps their use"),
    )
    zones = tuple(
        Zone(start, end, words, people(words.replace(",", ""), sum(PEOPLE[start:end]), "all"), note)
        for start, end, words, note in spans
    )
    return Histogram(
        ("Where the line sits: ", even, " of use per person"),
        "Nobody moves unless the other path is cheaper by more than 20 %.",
        _bins(),
        zones,
        even,
        6.2,
        "What a person's use would cost a month on the efficient API.",
        (5.8, 6.5),
    )


def _row(
    name: str, now: str, seat: str, api: str, to: str, action: str, saves: str, **more: object
) -> PathRow:
    def cost(path: str, amount: str) -> Figure | None:
        return scenario("paths.cost", f"{name}, {path}", amount, of=name, path=path) if amount else None

    saved = scenario("paths.saves", f"Saved on {name}", saves, of=name) if saves else None
    return PathRow(
        name, "", cost("now", now), cost("seat", seat), cost("api", api), to, action, bool(saves),
        "measured", saves=saved, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def paths() -> PathTable:
    return PathTable(
        "Every group and workload on each path",
        "A month. Filled is recommended, hollow is the alternative.",
        (
            _row("Dormant accounts", "9420", "9420", "0", "nothing", "Release", "113040"),
            _row("Light, occasional", "7440", "7440", "2883", "api", "To API", "54686"),
            _row("Heavy use, mostly coding", "11310", "11310", "23438", "seat", "Keep seat", ""),
        ),
        (
            _row("Support reply drafting", "25500", "", "12415", "api", "Stay, tune", "157022",
                 levers=("routing", "caching"), no_seat="software"),
            _row("Clause lookup tool", "2420", "660", "2420", "seat", "To seats", "21120"),
        ),
        _row("A year", "1619040", "", "879194", "api", "", "739846"),
    )  # fmt: skip


def drawn() -> Drawn:
    sliders = (
        Slider("fee", "Standard seat", "$60", "60", "0", "120", "1", "60"),
        Slider("hold", "Hold zone", "20 %", "20", "0", "80", "5", "20"),
    )
    total = paths().total
    assert total is not None
    assert total.now is not None
    assert total.api is not None
    finding = ("A year costs ", total.now, " as is, and ", total.api, " on the cheaper path.")
    totals = (Segment("As is", "light", total.now), Segment("After the plan", "solid", total.api))
    return Drawn(finding, totals, histogram(), paths(), sliders)


def tried(line: Drawn, changes: Changes) -> Drawn:
    """The line with its sliders where they were moved; each unit of the fee is worth 1,000 after the plan."""
    given = dict(changes.given())
    if not given or not line.sliders:
        return line
    sliders = tuple(
        replace(s, value=f"{given[s.name]}", shown=f"{given[s.name]}", is_changed=True)
        if s.name in given
        else s
        for s in line.sliders
    )
    after = scenario("what-if.after", "After the plan", f"{879194 + 1000 * (given.get('fee', 60) - 60)}")
    return replace(line, finding=(*line.finding[:3], after, "."), sliders=sliders)


def measuring() -> Drawn:
    steps = (
        "Export the usage report of two full months, by key and model.",
        "Run `bothhalves import usage.json`.",
    )
    return Drawn(measure=Prompt("Measure first: under two full months", steps))
