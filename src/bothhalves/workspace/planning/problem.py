"""The plan as a problem to solve: people and workloads with their options, and what they share.

Amounts become whole micro-dollars over the horizon, at the middle of their intervals. That is a score, which
ranks choices; what is chosen is settled again, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.money import Amount
from bothhalves.core.paths.from_contract import PooledPath
from bothhalves.core.paths.regions import Range
from bothhalves.workspace.paths import NOTHING
from bothhalves.workspace.plan_terms import OwnTool
from bothhalves.workspace.planning.people import Choices

if TYPE_CHECKING:
    from bothhalves.allocate.model import Band, Listed, Problem, SeatType, Tool

_MICRO = Decimal(1_000_000)
_PERIODS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class WorkOption:
    """One way to run a workload: ``burn`` a month at list price on the API, ``cost`` over the whole horizon
    for what has to be built, and ``seats`` of a type that it takes instead."""

    id: str
    burn: Decimal
    cost: Decimal = Decimal(0)
    seat: str = ""
    seats: int = 0


@dataclass(frozen=True, slots=True)
class WorkChoices:
    """The ways of one workload, as it runs today first."""

    workload: str
    options: tuple[WorkOption, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What the contract shares among all: its seats at renewal, tools, bands, and API use that nobody moves
    (``rest`` a month at list price). At least ``minimum`` seats of all types together are charged, those that
    are missing at ``minimum_fee`` a month (None: the lowest fee of a type). ``pools`` are what the holders of
    a seat type share, ``most`` is how many people a seat type may have."""

    seats: tuple[SeatTerm, ...]
    tools: tuple[OwnTool, ...]
    commitment: CommitmentTerm | None
    rest: Decimal
    months: int
    minimum: int = 0
    minimum_fee: Decimal | None = None
    pools: Mapping[str, PooledPath] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen: a path for each person, an option for each workload, an amount to commit to per
    period (None: as there is no commitment to choose). ``bound`` and ``total`` are scores."""

    people: Mapping[str, str]
    workloads: Mapping[str, str]
    commit: Decimal | None
    status: str
    total: int
    bound: int

    @property
    def gap(self) -> Decimal:
        """What could at most still be saved, as a share of the cost."""
        return Decimal(self.total - self.bound) / self.total if self.total > 0 else Decimal(0)


def solved(people: Sequence[Choices], work: Sequence[WorkChoices], shared: Shared) -> Chosen:
    """The cheapest allocation, proved; never dearer than staying as it is.

    ``status`` says if it is: where a minimum over all seat types binds, it may be the best of several only,
    and nothing is proved where a break raises a fee.
    """
    from bothhalves.allocate.floor import Floor, cheapest
    from bothhalves.allocate.solve import UNPROVED

    problem, amounts = _problem(people, work, shared)
    floor = Floor(problem, shared.minimum, _micro((shared.minimum_fee or _lowest(shared)) * shared.months))
    found = cheapest(floor)
    names = _option_names(shared)
    paths = {
        c.person: _path(c, names[int(option)]) for c, option in zip(people, found.choice[0], strict=True)
    }
    ways = {
        w.workload: w.options[int(option)].id
        for w, option in zip(work, _workload_choice(found.choice, work), strict=True)
    }
    commit = _least(shared.commitment, amounts[found.band])
    falls = all(map(_falls, shared.seats))
    status, bound = (found.status, int(found.bound)) if falls else (UNPROVED, 0)
    return Chosen(paths, ways, commit, status, int(found.objective), bound)


def _falls(seat: SeatTerm) -> bool:
    """True if no break raises the fee. Others are left out of the score, so nothing is proved of it."""
    fees = [seat.fee, *(b.fee for b in seat.breaks)]
    return fees == sorted(fees, reverse=True)


def _lowest(shared: Shared) -> Decimal:
    return min((s.fee for s in shared.seats), default=Decimal(0))


def _workload_choice(choice: Sequence[object], work: Sequence[WorkChoices]) -> list[int]:
    """Each workload is a group of its own, after people."""
    return [int(choice[1 + n][0]) for n in range(len(work))]  # type: ignore[index]


def _path(person: Choices, name: str) -> str:
    """The path id that an option's name stands for: seats are of the person's own contract."""
    return next((p for p in person.eligible if p == name or p.rpartition("/")[2] == name), person.eligible[0])


def _option_names(shared: Shared) -> list[str]:
    return [*(s.type for s in shared.seats), *(t.id for t in shared.tools), NOTHING]


def _problem(
    people: Sequence[Choices], work: Sequence[WorkChoices], shared: Shared
) -> tuple[Problem, list[Decimal | None]]:
    from bothhalves.allocate.model import Problem

    bands, amounts = _bands(shared.commitment, shared.months)
    groups = [_people(people, shared), *(_workload(w, shared) for w in work)]
    if shared.rest:
        groups.append(_workload(WorkChoices("", (WorkOption("rest", shared.rest),)), shared))
    problem = Problem(
        groups=tuple(groups),
        seats=tuple(_seat_type(s, shared) for s in shared.seats),
        tools=tuple(_tool(t, shared.months) for t in shared.tools),
        bands=bands,
        band=_today(shared.commitment, amounts),
    )
    return problem, amounts


def _micro(amount: Decimal) -> int:
    return int((amount * _MICRO).to_integral_value(rounding=ROUND_HALF_EVEN))


def _middle(amount: Amount | Range, unknown: Decimal) -> Decimal:
    """The middle of an interval; of one without upper end its lower one, or ``unknown`` if that is more."""
    low, high = amount.low or 0, amount.high
    low = Decimal(low.numerator) / Decimal(low.denominator) if isinstance(low, Fraction) else Decimal(low)
    if high is None:
        return max(low, unknown)
    high = Decimal(high.numerator) / Decimal(high.denominator) if isinstance(high, Fraction) else high
    return (low + high) / 2


def _people(people: Sequence[Choices], shared: Shared) -> Listed:
    from bothhalves.allocate.model import Options
    from bothhalves.allocate.plain import listed

    names = _option_names(shared)
    rows = [_person(person, shared, names) for person in people]
    seats, tools = len(shared.seats), len(shared.tools)
    options = Options(
        (*range(seats), *([-1] * (tools + 1))), (*([-1] * seats), *range(tools), -1), (False,) * len(names)
    )
    return listed(
        options,
        [[micro for micro, _ in row.values()] for row in rows],
        [[micro for _, micro in row.values()] for row in rows],
        [[n in _columns(names, p) for n in range(len(names))] for p in people],
        [_column(names, p.eligible[0]) for p in people],
        [1] * len(people),
        [[_drawn(p, shared.pools.get(name), shared.months) for name in names] for p in people]
        if shared.pools
        else None,
    )


def _drawn(person: Choices, seat: PooledPath | None, months: int) -> int:
    """What the person takes from the pool of a seat: use at list price, or units of its meter."""
    if seat is None:
        return 0
    if not seat.meter:
        return _micro(_middle(person.paths.use, Decimal(0)) * months)
    units = [dict(m.units).get((seat.product, seat.meter), Decimal(0)) for m in person.paths.months]
    return _micro(sum(units, Decimal(0)) / len(units) * months)


def _person(person: Choices, shared: Shared, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Cost outside the commitment and use that counts toward it, by option, in micro-dollars."""
    fees = {s.type: s.fee for s in shared.seats}
    tools = {t.id: t for t in shared.tools}
    found = dict.fromkeys(names, (0, 0))
    for path in person.eligible:
        name, told = path.rpartition("/")[2], person.paths.costs.get(path)
        if name in fees and told is not None:
            beyond = _middle(told, Decimal(0)) - fees[name]
            found[name] = (_micro(max(beyond, Decimal(0)) * shared.months), 0)
        elif name in tools:
            use = _middle(person.paths.use, Decimal(0)) * tools[name].share
            found[name] = (_micro(tools[name].per_person * shared.months), _micro(use * shared.months))
    return found


def _columns(names: Sequence[str], person: Choices) -> set[int]:
    """The options that are open to the person; a tool that is not to be had is none."""
    return {_column(names, path) for path in person.eligible if path.rpartition("/")[2] in names}


def _column(names: Sequence[str], path: str) -> int:
    return names.index(path.rpartition("/")[2])


def _workload(work: WorkChoices, shared: Shared) -> Listed:
    from bothhalves.allocate.model import Options
    from bothhalves.allocate.plain import listed

    types = [s.type for s in shared.seats]
    count = len(work.options)
    seats = tuple(types.index(o.seat) if o.seat in types else -1 for o in work.options)
    return listed(
        Options(seats, (-1,) * count, (False,) * count),
        [[_micro(o.cost) for o in work.options]],
        [[_micro(o.burn * shared.months) for o in work.options]],
        [[True] * count],
        [0],
        [max((o.seats for o in work.options), default=0) or 1],
    )


def _seat_type(seat: SeatTerm, shared: Shared) -> SeatType:
    from bothhalves.allocate.model import SeatType

    months, pool = shared.months, shared.pools.get(seat.type)
    breaks = tuple((b.from_, _micro(b.fee * months)) for b in seat.breaks) if _falls(seat) else ()
    graduated, most = seat.breaks_are == "incremental", shared.most.get(seat.type)
    fee = _micro(seat.fee * months)
    told = SeatType(seat.type, fee, seat.minimum, breaks, most=most, graduated=graduated)
    if pool is None or pool.pool.times is None:
        return told
    each, times = _micro(pool.pool.each * months), Fraction(pool.pool.times)
    return replace(told, allowance=each, overage=times)


def _tool(tool: OwnTool, months: int) -> Tool:
    from bothhalves.allocate.model import Tool

    build = tool.hours * tool.rate + tool.once
    return Tool(tool.id, _micro(build + (build * tool.upkeep / 12 + tool.run) * months))


def _bands(term: CommitmentTerm | None, months: int) -> tuple[tuple[Band, ...], list[Decimal | None]]:
    """No commitment, today's amount, and each threshold, with what would be signed per period."""
    from bothhalves.allocate.model import ON_DEMAND, Band

    if term is None or term.amount is None:
        return (ON_DEMAND,), [None]
    length = _PERIODS.get(term.per or "year", months)
    candidates = sorted({Decimal(0), term.amount, *(b.from_ for b in term.bands)})
    found, amounts = [], []
    for amount in candidates:
        periods = Fraction(months, length)
        kept = 1 - Fraction(term.discount(amount))
        paid = Fraction(amount) * periods * (kept if term.in_list else 1)
        band = Band(
            f"{amount}", round(paid * 1_000_000), paid * 1_000_000 / kept, Fraction(term.beyond(amount))
        )
        found.append(band if amount else ON_DEMAND)
        amounts.append(amount if amount else Decimal(0))
    return tuple(found), list(amounts)


def _least(term: CommitmentTerm | None, amount: Decimal | None) -> Decimal | None:
    """The least that is signed for the same price: where usage beyond a commitment costs what usage within it
    does, an amount above a band's threshold binds to more and buys nothing."""
    if term is None or not amount or term.bands_are == "incremental":
        return amount
    if term.beyond(amount) > 1 - term.discount(amount):
        return amount
    return max((b.from_ for b in term.bands if b.from_ <= amount), default=amount)


def _today(term: CommitmentTerm | None, amounts: Iterable[Decimal | None]) -> int:
    amount = None if term is None else term.amount
    return list(amounts).index(amount)
