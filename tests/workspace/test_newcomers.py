"""Where somebody begins whose use nobody knows: a seat of 30 with all use, and the API at list price."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bothhalves.core.dates import Month
from bothhalves.core.explain import Grade
from bothhalves.core.gates import Gate, PathKind, Refused
from bothhalves.core.paths.expected import NO_USE, Option, Use, mean_use
from bothhalves.core.paths.schedules import Schedule, at_rates, metered
from bothhalves.core.routes import Work
from bothhalves.workspace.paths import MeteredOption, Path, PersonPaths
from bothhalves.workspace.person_use import Known, MonthUse
from bothhalves.workspace.planning.newcomers import newcomers as beginnings
from bothhalves.workspace.planning.people import Choices
from seat_schedules import flat, with_allowance

MONTHS = (Month(2026, 9), Month(2026, 10))
THIRTY = flat(Decimal(30))
API = Path(
    "metered", "metered", PathKind.METERED, Option("metered", metered()),
    metered=MeteredOption("metered", PathKind.METERED),
)  # fmt: skip


def seat(schedule: Schedule = THIRTY, annual: bool = False) -> Path:
    return Path("c/team", "team", PathKind.SEAT, Option("c/team", schedule, annual), signed=True)


def person(number: int, *uses: Use, refused: dict[str, tuple[Refused, ...]] | None = None) -> Choices:
    """A holder of the seat whose months were these."""
    months = tuple(
        MonthUse(month, "c/team", use, NO_USE, NO_USE, Known.MEASURED)
        for month, use in zip(MONTHS, uses, strict=False)
    )
    told = PersonPaths(
        f"p{number}", frozenset({Work.CHAT}), "c/team", months, uses, mean_use(uses), {}, Grade.B
    )
    return Choices(told, ("c/team",), None, refused or {}, "")


def people(count: int, *uses: Use) -> list[Choices]:
    return [person(n, *uses) for n in range(count)]


def of(*values: int) -> tuple[Use, ...]:
    return tuple(Use.of(Decimal(v)) for v in values)


def newcomers(own: list[Choices], paths: list[Path]) -> list[str]:
    """Where newcomers begin, in words."""
    return [found.words for found in beginnings(own, paths)]


def test_thirty_comparable_people_with_two_months_are_taken_for_a_newcomer() -> None:
    said = newcomers(people(30, *of(10, 20)), [seat(), API])
    assert said == ["chat: metered; a month of 30 comparable people costs 30 on team, 15 on metered."]
    heavy = newcomers(people(30, *of(90, 20)), [seat(), API])
    assert heavy == ["chat: team; a month of 30 comparable people costs 30 on team, 55 on metered."]


RULE = (
    "chat: metered until {} is spent within {}, then team; that costs at most {} times what foresight would."
)


def test_fewer_people_or_months_leave_the_rule_that_risks_least() -> None:
    for own in (people(29, *of(10, 20)), [*people(29, *of(10, 20)), person(29, *of(10))]):
        assert newcomers(own, [seat(), API]) == [RULE.format(30, "a month", 2)]


def test_an_annual_seat_is_waited_for_until_its_term_is_paid() -> None:
    assert newcomers(people(3, *of(10, 20)), [seat(annual=True), API]) == [RULE.format(360, "12 months", 2)]


def test_a_seat_that_halves_the_price_is_waited_for_twice_as_long() -> None:
    half = seat(at_rates(Decimal(30), Decimal("0.5")))
    assert newcomers(people(3, *of(10, 20)), [half, API]) == [RULE.format(60, "a month", "1.5")]


def test_peers_whose_use_is_not_known_exactly_enough_decide_nothing() -> None:
    unsure = people(30, Use(Decimal(0), Decimal(90)), *of(30))
    assert newcomers(unsure, [seat(), API]) == [RULE.format(30, "a month", 2)]


def test_there_is_no_rule_for_a_seat_that_bills_usage_otherwise() -> None:
    same = seat(at_rates(Decimal(30), Decimal(1)))
    then = seat(with_allowance(Decimal(30), Decimal(40), Decimal(1)))
    assert newcomers(people(3, *of(10, 20)), [same, API]) == []
    assert newcomers(people(3, *of(10, 20)), [then, API]) == []


def test_a_path_that_a_gate_closes_is_not_for_newcomers_either() -> None:
    closed = {"metered": (Refused(Gate.CONTROLS, "no audit log"),)}
    own = [person(n, *of(10, 20), refused=closed) for n in range(30)]
    assert newcomers(own, [seat(), API]) == []
    assert newcomers(own, [replace(seat(), signed=False), API]) == []
