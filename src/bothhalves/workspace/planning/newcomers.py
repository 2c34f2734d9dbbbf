"""Where somebody begins whose use nobody knows yet: by comparable people, else as it risks least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.gates import Gate, PathKind
from bothhalves.core.money import ZERO, plain, quotient
from bothhalves.core.paths.expected import Option, mean_use
from bothhalves.core.paths.joining import Peers, WaitAndBuy, peers, wait_and_buy
from bothhalves.core.paths.regions import Range
from bothhalves.core.paths.verdicts import verdict
from bothhalves.core.routes import Work
from bothhalves.workspace.paths import Path
from bothhalves.workspace.planning.people import Choices, carried_by


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where somebody new to ``works`` begins: on ``path``.

    ``costs`` are what a month of ``people`` comparable people costs on each path, ``use`` is its use at list
    price. Without them ``rule`` says when to leave the path for ``seat``.
    """

    works: frozenset[Work]
    path: Path
    people: int = 0
    costs: tuple[tuple[Path, Range], ...] = ()
    use: Range | None = None
    seat: Path | None = None
    rule: WaitAndBuy | None = None

    @property
    def work(self) -> str:
        return " and ".join(sorted(self.works))

    @property
    def words(self) -> str:
        """All of it in a sentence."""
        if self.seat is None or self.rule is None:
            costs = ", ".join(f"{_between(cost)} on {path.name}" for path, cost in self.costs)
            told = f"{self.path.name}; a month of {self.people} comparable people costs {costs}"
        else:
            told = (
                f"{self.path.name} until {_cents(self.rule.spend)} is spent within {within(self.seat)}, then"
                f" {self.seat.name}; that costs at most {_cents(self.rule.guarantee)} times what foresight"
                " would"
            )
        return f"{self.work}: {told}."


def newcomers(people: Sequence[Choices], paths: Sequence[Path]) -> list[Beginning]:
    """For each kind of work that seat holders do, where somebody new to it begins.

    Only seats with a cost of one person and metered paths are compared; those that a gate closes to the
    people who do the work are left out.
    """
    groups: dict[frozenset[Work], list[Choices]] = {}
    for person in people:
        groups.setdefault(person.paths.works, []).append(person)
    found = []
    for works, own in sorted(groups.items(), key=lambda group: sorted(group[0])):
        seats, metered = _open(own, works, paths)
        begins = _begins(own, works, seats, metered) if works and seats and metered else None
        found += [begins] if begins else []
    return found


def within(seat: Path) -> str:
    """The time in which the seat's fee is due."""
    option = _option(seat)
    return f"{option.term_months} months" if option.annual else "a month"


def _open(
    own: Sequence[Choices], works: frozenset[Work], paths: Sequence[Path]
) -> tuple[list[Path], list[Path]]:
    """Seats, cheapest fee first, and metered paths."""
    refused = ((path, one) for p in own for path, found in p.refused.items() for one in found)
    closed = {path for path, one in refused if one.gate is not Gate.SIZE}
    known = [p for p in paths if p.id not in closed and p.option is not None]
    seats = [p for p in known if p.kind is PathKind.SEAT and p.signed and not p.units]
    metered = [p for p in known if p.metered is not None and works <= p.metered.work]
    return sorted(seats, key=lambda seat: _option(seat).schedule.fee), metered


def _option(path: Path) -> Option:
    assert path.option is not None
    return path.option


def _begins(
    own: Sequence[Choices], works: frozenset[Work], seats: Sequence[Path], metered: Sequence[Path]
) -> Beginning | None:
    found = peers(p.paths.uses for p in own)
    carried = carried_by(p.paths for p in own)
    begins = None if found is None else _by_peers(found, works, carried, [*seats, *metered])
    held = Counter(p.paths.current for p in own)
    likeliest = max(seats, key=lambda seat: held[seat.id])
    return begins or _by_rule(works, likeliest, metered[0])


def _by_peers(
    found: Peers, works: frozenset[Work], carried: Mapping[str, Decimal], paths: Sequence[Path]
) -> Beginning | None:
    """The cheapest path of comparable people's months; None where what is known of them does not decide, or
    where nobody is seen to use as much on that seat."""
    by_id = {path.id: path for path in paths}
    decided = verdict(None, [_option(path) for path in paths], found.months)
    if decided.path is None:
        return None
    chosen = by_id[decided.path]
    most = max(use.low if use.high is None else use.high for use in found.months)
    if chosen.kind is PathKind.SEAT and carried.get(chosen.id, ZERO) < most:
        return None
    costs = tuple((by_id[id_], cost) for id_, cost in decided.costs)
    return Beginning(works, chosen, found.people, costs, mean_use(found.months))


def _by_rule(works: frozenset[Work], seat: Path, meter: Path) -> Beginning | None:
    """When to take the seat; None where its usage is priced otherwise than by one rate below the meter's."""
    option, rate = _option(seat), Fraction(_option(meter).schedule.pieces[0].slope)
    own = option.schedule
    if len(own.pieces) > 1 or own.stair is not None or own.stop is not None or own.pieces[0].slope >= rate:
        return None
    term = option.term_months if option.annual else 1
    rule = wait_and_buy(own.fee * term, Fraction(own.pieces[0].slope) / rate)
    return Beginning(works, meter, seat=seat, rule=rule)


def _between(cost: Range) -> str:
    if cost.low is None or cost.high is None:
        return f"at least {_cents(cost.low or Fraction(0))}"
    low, high = _cents(cost.low), _cents(cost.high)
    return low if low == high else f"{low} to {high}"


def _cents(value: Fraction) -> str:
    return plain(quotient(value, cents=True))
