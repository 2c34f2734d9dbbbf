"""Seats by cases that an expert can write: labels, counts to buy, samples, cohorts, in the YAML beside."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.core.clauses.base import Change, Demand, SeatUse, Term, percent
from bothhalves.core.clauses.seats import SeatTerm
from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Line, View
from bothhalves.core.money import Amount, MoneyKind
from bothhalves.core.moves import Component, Move, states
from bothhalves.core.moves import View as Terms
from bothhalves.core.paths.breakpoints import breakpoint_of
from bothhalves.core.paths.expected import Use
from bothhalves.core.paths.schedules import metered
from bothhalves.core.paths.verdicts import standing
from bothhalves.core.seating.cohorts import Cohorts, Course, cohorts
from bothhalves.core.seating.demand import Candidacy, median_days, unseated
from bothhalves.core.seating.labelling import Labelled, PersonCosts, Protection, SeatFacts, labelled
from bothhalves.core.seating.pilots import Pilot, PilotResult, Refusal, pilot_result
from bothhalves.core.seating.rules import SeatRules
from bothhalves.core.seating.sizing import (
    candidates,
    cheapest,
    late_seats_are_prorated,
    signing_ahead,
    with_buffer,
)
from bothhalves.core.seating.wilson import quantile, sample_size, wilson
from bothhalves.reading import read_text
from seat_schedules import flat, with_allowance

HERE = Path(__file__).parent
MONTH = Month(2026, 9)
Case = dict[str, Any]


def _load(name: str) -> Case:
    loaded: Case = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return loaded


def _cases(of: Case) -> Any:
    return pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in of.items()])


def _read(said: Case, type_: type) -> Any:
    value, problems = read_text(yaml.safe_dump(said), type_, "case.yaml")
    assert problems == []
    return value


LABELS = _load("labels")["groups"]


def _use(said: Any) -> Use:
    low, high = said if isinstance(said, list) else (said, said)
    return Use(Decimal(low), Decimal(high))


def _costs(group: Case, seat: Case, rules: SeatRules) -> PersonCosts | None:
    if "seat" not in group or "months" not in seat:
        return None
    said = group["seat"]
    months = [_use(u) for u in seat["months"]]
    fee = Decimal(said["fee"])
    own = with_allowance(fee, Decimal(said["included"]), Decimal(1)) if "included" in said else flat(fee)
    tool = Decimal(said.get("tool", rules.metered_cost))
    path = metered(efficiency=Decimal(said.get("metered_share", 1)), tool=tool)
    at = breakpoint_of(own, path)
    told = standing(own, path, at, months, rules.light, rules.heavy_times)
    return PersonCosts(told, len(months), is_flat="included" not in said)


def _labelled(group: Case, name: str) -> Labelled:
    seat = group["seats"][name]
    rules = _read(group.get("rules", {}), SeatRules)
    known = seat.get("known", group.get("known", [None, None]))
    facts = SeatFacts(
        name, "anthropic", "claude", "standard",
        assigned=seat.get("assigned"),
        first_seen=seat.get("first_seen"),
        last_active=seat.get("last"),
        known_from=known[0],
        known_until=known[1],
        protections=tuple(_read(p, Protection) for p in seat.get("protected", [])),
        costs=_costs(group, seat, rules),
    )  # fmt: skip
    return labelled(facts, rules, group["as_of"])


@pytest.mark.parametrize(
    ("group", "name"),
    [pytest.param(g, n, id=f"{title}: {n}") for title, g in LABELS.items() for n in g["seats"]],
)
def test_a_seat_has_the_label_that_the_case_expects(group: Case, name: str) -> None:
    found, expect = _labelled(group, name), group["seats"][name]["expect"]
    assert str(found.label) == expect["label"], found.reason
    assert {k: str(getattr(found, k)) for k in ("stage", "idle", "changes") if k in expect} == {
        k: str(expect[k]) for k in ("stage", "idle", "changes") if k in expect
    }
    assert expect.get("says", "") in found.reason
    if "exposure" in expect:
        assert found.facts.costs is not None
        assert found.facts.costs.standing.exposure.low == expect["exposure"]


SIZING = _load("sizing")


def _contract(**said: Any) -> Contract:
    seat: SeatTerm = _read(
        {"type": "seat", "product": "claude", "committed": 10, "fee": 30, **said}, SeatTerm
    )
    return Contract("c", "anthropic", "USD", Term(date(2026, 1, 1), 12), seats=(seat,))


@_cases(SIZING["buying"])
def test_the_cheapest_count_is_bought(case: Case) -> None:
    contract, expect = _contract(**case["seats"]), case["expect"]
    found = candidates(contract, contract.seats[0], case["need"], {}, MONTH)
    best = cheapest(found)
    assert [c.seats for c in found] == expect["counts"]
    assert (best is None) == (not expect["counts"])
    if best is not None:
        assert (best.seats, best.cost.low) == (expect["buy"], expect["cost"])
        assert best.surplus == expect.get("surplus", best.surplus)
        assert best.raises_baseline == (best.surplus > 0)


@_cases(SIZING["ahead"])
def test_seats_are_signed_ahead_while_it_pays(case: Case) -> None:
    needs = {need: Fraction(chance, 100) for need, chance in case["needs"].items()}
    found = signing_ahead(case["current"], Decimal(case["now"]), Decimal(case["late"]), needs)
    assert found == case["expect"]


@_cases(SIZING["buffers"])
def test_a_buffer_is_rounded_up(case: Case) -> None:
    assert with_buffer(case["need"], percent(case["buffer"])) == case["expect"]


@_cases(SIZING["peaks"])
def test_the_need_is_the_peak_of_simultaneous_holders(case: Case) -> None:
    uses = [
        SeatUse("seat", m["opening"], tuple(Change(on, n) for on, n in m.get("changes", {}).items()))
        for m in case["months"]
    ]
    assert max((use.peak for use in uses), default=0) == case["expect"]


@_cases(SIZING["releases"])
def test_what_giving_seats_back_saves(case: Case) -> None:
    contract = _contract(minimum=case["minimum"], **case.get("seats", {}))
    moves = [Move("release", Component.SEATS, {"seat": -case["release"]})]
    if case["light"]:
        spent = Amount.of(Decimal(case["metered"]), "USD", MoneyKind.SCENARIO)
        one = Decimal(1)
        cost = Line(
            "t", "use", one, "month", spent.low, spent.low, 1, spent, View.LIST, "metered", "", "book"
        )
        moves.append(Move("light", Component.SEATS, {"seat": -case["light"]}, costs=(cost,)))
    terms = Terms("view", contract, (MONTH,), at_renewal=not case.get("in_term"))
    course = states(terms, [Demand(MONTH)], {"seat": 10}, moves)
    found = [before.total - after.total for before, after in pairwise(course)]
    assert {m.id: w.low for m, w in zip(moves, found, strict=True)} == case["expect"]


@_cases(SIZING["late"])
def test_late_seats_cost_the_contract_fee_only_where_it_is_stated(case: Case) -> None:
    assert late_seats_are_prorated(_contract(**case["seats"]).seats[0]) is case["expect"]


def test_the_labels_of_the_ten_people_say_what_to_give_back() -> None:
    group = LABELS["ten people"]
    found = [_labelled(group, name) for name in group["seats"]]
    released = [x.facts.person for x in found if x.label in ("dormant", "never used")]
    light = [x for x in found if x.label == "light"]
    metered_cost = sum(x.facts.costs.standing.metered.low for x in light if x.facts.costs)  # type: ignore[misc]
    assert (released, [x.facts.person for x in light]) == (["B", "D"], ["A", "C", "J"])
    assert metered_cost == 45


SAMPLES = _load("samples")


@_cases(SAMPLES["intervals"])
def test_wilson_intervals(case: Case) -> None:
    found = wilson(*case["seen"], percent(case["confidence"]))
    assert [found.low, found.high] == [Decimal(end) for end in case["expect"]]


def test_quantiles_are_those_of_the_tables() -> None:
    found = {c: str(quantile(percent(c)).quantize(Decimal("0.0001"))) for c in SAMPLES["quantiles"]}
    assert found == SAMPLES["quantiles"]


@_cases(SAMPLES["sizes"])
def test_sizes_of_samples(case: Case) -> None:
    found = sample_size(case["population"], percent(case["confidence"]), percent(case["margin"]))
    assert found == case["expect"]


@_cases(SAMPLES["pilots"])
def test_what_a_pilot_says_of_everybody(case: Case) -> None:
    found, expect = pilot_result(_read(case["pilot"], Pilot), Decimal("0.95")), case["expect"]
    if isinstance(found, Refusal):
        assert expect["refused"] in found.reason
        assert expect.get("instead", "") in found.instead
    else:
        assert isinstance(found, PilotResult)
        assert {"low": found.low, "likely": found.likely, "high": found.high} == expect


@_cases(SAMPLES["faulty pilots"])
def test_a_pilot_that_contradicts_itself_is_a_problem(case: Case) -> None:
    value, problems = read_text(yaml.safe_dump(case["pilot"]), Pilot, "pilot.yaml")
    assert value is None
    assert case["expect"] in problems[0].what


COHORTS = _load("cohorts")


def _course(name: str, said: Case) -> Course:
    acts = sorted(said.get("acts", []))
    before, after = COHORTS["before"], COHORTS["after"]
    between = [d for d in acts if before <= d < after]
    known = said.get("known", date(2026, 1, 1))
    return Course(
        name,
        ("anthropic", "claude", said.get("type", "standard")),
        said["held"] in ("both", "before"),
        said["held"] in ("both", "after"),
        said["given"],
        None if known == "none" else known,
        max((d for d in acts if d < before), default=None),
        min(between, default=None),
        max(between, default=None),
        min(acts, default=None),
    )


@_cases(COHORTS["cases"])
def test_what_became_of_seats(case: Case) -> None:
    courses = [_course(name, said) for name, said in case["seats"].items()]
    found = cohorts(courses, COHORTS["before"], COHORTS["after"], SeatRules())
    expect = dict(case["expect"])
    assert found.median_days == expect.pop("median", None)
    nothing = Cohorts(0, 0, 0, 0, 0, 0, (), 0, 0)
    assert _counts(found) == {**_counts(nothing), **expect}


def _counts(found: Cohorts) -> Case:
    names = (
        "reactivated",
        "lapsed",
        "released",
        "taken",
        "reassigned",
        "never_activated",
        "waiting",
        "unknown",
    )
    return {**{n: getattr(found, n) for n in names}, "began": list(found.began)}


@_cases(COHORTS["unseated"])
def test_demand_without_a_seat(case: Case) -> None:
    people = [
        Candidacy(name, "anthropic", "claude-code", "ops", days, name in case.get("invited", []))
        for name, days in case["people"].items()
    ]
    found = unseated(people, median_days(case["holders"]))
    assert [u.who.person for u in found] == case["expect"]
