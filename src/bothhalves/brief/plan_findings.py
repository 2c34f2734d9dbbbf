"""What stands beside the tasks of a plan: what would flip them, breakpoints, newcomers, and what a seller
could re-price; each in words, with the figures of its numbers, which open down to fees and prices of use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.brief.plans import PlanSheet, TaskRow
from bothhalves.core.engineering import annualised
from bothhalves.core.explain import Figure, Operator, by_key, key
from bothhalves.core.gates import PathKind
from bothhalves.core.money import ZERO, Amount, plain, quotient
from bothhalves.core.paths.breakpoints import Breakpoint
from bothhalves.core.paths.regions import Range
from bothhalves.workspace.paths import Path
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.few import PEOPLE
from bothhalves.workspace.planning.findings import (
    Against,
    Exposure,
    breakpoints,
    closed,
    closed_work,
    exposure_words,
    exposures,
    lacking,
    people_words,
)
from bothhalves.workspace.planning.flips import FeeFlip, PeopleFlip, engineering_of
from bothhalves.workspace.planning.newcomers import Beginning, newcomers
from bothhalves.workspace.planning.views import KIND

FLIPS = "What would flip it"
_FEE = "A month of the seat, whatever its use."
_TOOL = "A month of the path for each person, whatever the use."
_SHARE = "What a unit of use costs there, as a share of its list price."
_FEE_FLIP = "The fee less what the task surely saves for each seat and month that it frees, to cents."
_NEEDED = (
    "A year of building and keeping the tool, over what each person saves in a year, to the next person."
)
_YEAR = "What it takes to build, spread over the horizon, and a year of upkeep and of running it."
_EACH = "What the people of the plan surely save a month, less what the tool costs for each, over the people."
_CROSSES = "Where both paths cost the same, from their fees and prices of use."
_PREMIUM = "The fee of the seat, less what the other path costs for each person: the price of controls."
_PEERS = "The mean of all months of comparable people, each month priced by itself."
_SPEND = "The fee of the term, over the part of the meter's price that the seat takes away."
_TIMES = "Two, less the share of the meter's price that use still costs with the seat (Fleischer, 2001)."
_USED = "The mean of their observed months at list price of the metered path, months without use included."
_EXPOSED = "A month's use at list price of the metered path, less the fee, of all of them."


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, of words or of words and figures, and the ``figures`` of the numbers in it."""

    words: tuple[str | Figure, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands beside one contract's tasks, by heading; headings of nothing are left out."""

    parts: Mapping[str, tuple[Finding, ...]]

    def figures(self) -> dict[str, Figure]:
        """Every figure by key, those below the shown ones included."""
        return by_key(f for found in self.parts.values() for one in found for f in one.figures)


def findings_of(sheet: PlanSheet) -> Findings:
    """Everything beside the tasks of a plan."""
    made, situation = _Maker(sheet), sheet.plan.situation
    people, paths, few = situation.people, situation.paths, situation.smallest_group
    gates, work = situation.gates, sheet.plan.chosen.workloads
    undecided = sum(p.is_undecided for p in people)
    words = people_words(undecided, few).capitalize()
    stay = Finding((f"{words}, because what is known of their use does not decide.",))
    parts = {
        FLIPS: [made.flip(row) for row in sheet.rows],
        "Who stays": [stay] if undecided else [],
        "Closed paths": [Finding((said,)) for said in (*closed(people, few), *closed_work(gates, work))],
        "What workloads need and their API does not promise": [
            Finding((said,)) for said in lacking(gates, work)
        ],
        "Where the seat is the cheaper path": [made.against(a) for a in breakpoints(paths)] if people else [],
        "Where newcomers begin, by kind of work": [made.beginning(b) for b in newcomers(people, paths)],
        "What the seller could charge more for": list(made.exposed(few)),
    }
    return Findings({title: tuple(found) for title, found in parts.items() if found})


class _Maker:
    """Figures of one contract's findings."""

    def __init__(self, sheet: PlanSheet) -> None:
        self.plan, self.contract, self.rows = sheet.plan, sheet.plan.situation.contract, sheet.rows
        self.currency = self.contract.currency

    def key(self, name: str, **said: str) -> str:
        return key(f"plan.{name}", {"contract": self.contract.id, **said})

    def money(
        self, figure_key: str, title: str, value: Amount | Decimal | Fraction, rule: str, *below: Figure,
        source: str = "",
    ) -> Figure:  # fmt: skip
        if isinstance(value, Fraction):
            value = quotient(value)
        amount = value if isinstance(value, Amount) else Amount.of(value, self.currency, KIND)
        return Figure(figure_key, title, Operator.GIVEN, amount, below, rule=rule, source=source)

    def number(
        self,
        figure_key: str,
        title: str,
        value: Decimal,
        rule: str,
        *below: Figure,
        unit: str,
        source: str = "",
    ) -> Figure:
        return Figure(figure_key, title, Operator.GIVEN, value, below, unit=unit, rule=rule, source=source)

    # What would flip a task.

    def flip(self, row: TaskRow) -> Finding:
        """What would change the advice of a task."""
        words, flip = (f"{row.title}: {row.task.flips}.",), row.task.flip
        if isinstance(flip, FeeFlip):
            return Finding(words, (self._fee_flip(row, flip),))
        return Finding(words, (self._needed(flip),) if isinstance(flip, PeopleFlip) else ())

    def _fee_flip(self, row: TaskRow, flip: FeeFlip) -> Figure:
        said = {"task": row.task.move}
        saves = () if row.renewal is None else (row.renewal,)
        freed, rule = Decimal(flip.people * flip.months), f"{flip.people} people over {flip.months} months."
        seats = self.number(
            self.key("seat-months", **said), "Seats and months that it frees", freed, rule, unit="seat-months"
        )
        fee = self._fee(flip.seat.type, flip.seat.fee)
        title = f"The fee of {flip.seat.type} below which the task saves nothing"
        return self.money(self.key("flip.fee", **said), title, flip.fee, _FEE_FLIP, fee, *saves, seats)

    def _needed(self, flip: PeopleFlip) -> Figure:
        """How many people have to move to a tool, from what it takes to build and what each saves."""
        tool, needed = flip.tool, flip.needed
        assert needed is not None
        below = [self._year_of(tool, flip.months)]
        if flip.people >= self.plan.situation.smallest_group:
            title = f"Saved a month by each on {tool.id}"
            parts = self._of_all(flip)
            below.append(
                self.money(self.key("tool.saves-each", tool=tool.id), title, flip.each, _EACH, *parts)
            )
        title = f"People who have to move to {tool.id}"
        name = self.key("flip.people", tool=tool.id)
        return self.number(name, title, Decimal(needed), _NEEDED, *below, unit="people")

    def _of_all(self, flip: PeopleFlip) -> tuple[Figure, ...]:
        """How many go to a tool, and what they save; nothing where that would tell of few people."""
        tool = flip.tool
        own = [row for row in self.rows if row.task.move.startswith(PEOPLE)]
        own = [row for row in own if row.task.move.endswith(f":{tool.id}")]
        if sum(row.task.people for row in own) < flip.people:
            return ()
        saved = [row.renewal for row in own if row.renewal is not None]
        each = f"less {plain(tool.per_person)} for each of them"
        rule = f"The least that their tasks save over {flip.months} months, by the month, {each}."
        titles = f"Saved a month by all who move to {tool.id}", f"People who move to {tool.id}"
        names = self.key("tool.saves", tool=tool.id), self.key("tool.people", tool=tool.id)
        count, whom = Decimal(flip.people), "Those whom the plan moves to it."
        return (
            self.money(names[0], titles[0], flip.gross, rule, *saved),
            self.number(names[1], titles[1], count, whom, unit="people"),
        )

    def _year_of(self, tool: OwnTool, months: int) -> Figure:
        """What a tool costs in a year, from what planning.yaml says of it."""
        stated = "As planning.yaml states."
        counts = {"hours": ("Hours to build", tool.hours, "hours"),
                  "upkeep": ("Upkeep a year", tool.upkeep, "of the build")}  # fmt: skip
        amounts = {"rate": ("An hour of building", tool.rate), "once": ("Bought once for", tool.once),
                   "run": ("A month of running", tool.run)}  # fmt: skip
        below = [
            self.number(
                self.key(f"tool.{name}", tool=tool.id), f"{words}, {tool.id}", value, stated, unit=unit,
                source=tool.source,
            )
            for name, (words, value, unit) in counts.items()
        ]  # fmt: skip
        below += [
            self.money(
                self.key(f"tool.{name}", tool=tool.id),
                f"{words} {tool.id}",
                value,
                stated,
                source=tool.source,
            )
            for name, (words, value) in amounts.items()
        ]
        value = annualised(engineering_of(tool), months)
        return self.money(self.key("tool.year", tool=tool.id), f"A year of {tool.id}", value, _YEAR, *below)

    # Breakpoints and newcomers.

    def against(self, found: Against) -> Finding:
        """The use at which a seat is the cheaper path."""
        if found.other is None or found.at is None:
            return Finding((found.words,))
        said = {"seat": self.name(found.seat), "against": self.name(found.other)}
        below = (*self.prices(found.seat), *self.prices(found.other))
        rule = f"{_CROSSES} {found.at.sentence}"
        title = f"Use at which {found.seat.name} and {found.other.name} cost the same"
        figures = [
            self.money(self.key("break-even", **said, **_place(n)), title, end, rule, *below)
            for n, end in enumerate(dict.fromkeys(_ends(found.at)), 1)
        ]
        if found.at.per_use is not None and found.at.premium > 0:
            more = f"Cost of {found.seat.name} above {found.other.name} without use"
            figures.append(self.money(self.key("premium", **said), more, found.at.premium, _PREMIUM, *below))
        return Finding((found.words,), tuple(figures) or below)

    def beginning(self, found: Beginning) -> Finding:
        """Where somebody new to a kind of work begins."""
        said = {"work": ",".join(sorted(found.works))}
        if found.seat is None or found.rule is None:
            people = self.number(
                self.key("newcomers.people", **said), f"People who do {found.work}", Decimal(found.people),
                "Those with two months or more of which something is known.", unit="people",
            )  # fmt: skip
            below = (people, *self._peers_use(found))
            costs = (self._peers(found, path, cost, below) for path, cost in found.costs)
            return Finding((found.words,), (people, *costs))
        seat, meter, rule = found.seat, found.path, found.rule
        below = (*self.prices(seat), *self.prices(meter))
        spend = f"To be spent on {meter.name} before {seat.name} is taken, {found.work}"
        times = f"At most so many times what foresight costs, {found.work}"
        at_most = quotient(rule.guarantee)
        figures = (
            self.money(self.key("newcomers.spend", **said), spend, rule.spend, _SPEND, *below),
            self.number(self.key("newcomers.at-most", **said), times, at_most, _TIMES, *below, unit="times"),
        )
        return Finding((found.words,), figures)

    def _peers_use(self, found: Beginning) -> Iterator[Figure]:
        if found.use is not None:
            said = {"work": ",".join(sorted(found.works))}
            title = f"A month's use of comparable people, {found.work}"
            yield self.money(self.key("newcomers.use", **said), title, self._between(found.use), _USED)

    def _between(self, found: Range) -> Amount:
        low, high = (None if end is None else quotient(end) for end in (found.low, found.high))
        return Amount(self.currency, KIND, low or ZERO, high)

    def _peers(self, found: Beginning, path: Path, cost: Range, below: Sequence[Figure]) -> Figure:
        said = {"work": ",".join(sorted(found.works)), "path": self.name(path)}
        title = f"A month of comparable people on {path.name}, {found.work}"
        value, prices = self._between(cost), self.prices(path)
        return self.money(self.key("newcomers.cost", **said), title, value, _PEERS, *below, *prices)

    def exposed(self, few: int) -> Iterator[Finding]:
        """What a seller could charge more for, but not of so few people that it tells of one."""
        situation = self.plan.situation
        found = exposures(situation.people, situation.paths, situation.heavy_times, self.currency)
        shown = [e for e in found if len(e.people) >= few]
        yield from map(self._exposed, shown)
        if len(shown) < len(found):
            seats = "other flat seats" if shown else "flat seats"
            yield Finding((f"Fewer than {few} people are heavy users of {seats}; they are not shown.",))

    def _exposed(self, found: Exposure) -> Finding:
        words = exposure_words(found)
        title = f"A month's use of heavy users of flat {found.seat} seats"
        use = self.money(self.key("exposure.use", seat=found.seat), title, found.use, _USED)
        people = self.number(
            self.key("exposure.people", seat=found.seat), words, Decimal(len(found.people)),
            "Counted only where every use that the data allow is so.", unit="people",
        )  # fmt: skip
        amount = self.money(
            self.key("exposure", seat=found.seat), f"{words}: a month beyond it", found.amount, _EXPOSED,
            people, use, self._fee(found.seat, found.fee),
        )  # fmt: skip
        return Finding((f"{words}: ", amount, " a month beyond it at list price."), (people, amount))

    # Fees and prices.

    def name(self, path: Path) -> str:
        """Seats of this contract by their type; those of another one of the vendor by contract and type."""
        return path.id.removeprefix(f"{self.contract.id}/")

    def prices(self, path: Path) -> tuple[Figure, ...]:
        """The fee of a path and what use costs on it."""
        if path.option is None:
            return ()
        schedule = path.option.schedule
        is_seat = path.kind is PathKind.SEAT
        fee = self._fee(self.name(path), schedule.fee) if is_seat else self._tool_cost(path, schedule.fee)
        shares = (
            self._share(path, piece.slope, piece.start)
            for piece in schedule.pieces
            if piece.slope or piece.start or not is_seat
        )
        return (fee, *shares)

    def _fee(self, seat: str, fee: Decimal) -> Figure:
        source = self.contract.source or self.contract.id if "/" not in seat else seat
        return self.money(self.key("fee", seat=seat), f"Fee of {seat}", fee, _FEE, source=source)

    def _tool_cost(self, path: Path, fee: Decimal) -> Figure:
        title = f"Cost of {path.name} for each person"
        return self.money(
            self.key("person-cost", path=self.name(path)), title, fee, _TOOL, source=self._source(path)
        )

    def _share(self, path: Path, share: Decimal, start: Decimal) -> Figure:
        beyond = f" beyond {plain(start)}" if start else ""
        said = {"path": self.name(path), "beyond": plain(start) if start else ""}
        title = f"Use on {path.name}{beyond}"
        return self.number(
            self.key("use-price", **said),
            title,
            share,
            _SHARE,
            unit="of list price",
            source=self._source(path),
        )

    def _source(self, path: Path) -> str:
        """Who says what a path costs."""
        if path.kind is PathKind.SEAT:
            return self.contract.source or self.contract.id
        told = [t for t in self.plan.situation.planning.tools if t.id == path.id]
        return f"{told[0].source or 'planning.yaml'} ({told[0].basis})" if told else "list prices"


def _ends(at: Breakpoint) -> Iterator[Fraction]:
    """The uses at which both cost the same, as far as the sentence of a breakpoint names them."""
    if at.per_use is not None and at.premium > 0:
        if at.per_use < 0:
            yield at.premium / -at.per_use
        return
    for region in at.regions[:3]:
        yield from (end for end in (region.low, region.high) if end)


def _place(number: int) -> dict[str, str]:
    """The second and later of several ends say which they are."""
    return {"end": str(number)} if number > 1 else {}
