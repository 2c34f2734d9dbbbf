"""Advice walked through history: what was signed, what it cost, and that no rule sees what came after."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.commitments import Band, CommitmentTerm, OverageRate
from bothhalves.core.dates import Month
from bothhalves.core.deal.amounts import NOTHING, Candidate
from bothhalves.core.deal.backtesting import OURS, Course, Trial, losses, median, standings, walked
from bothhalves.core.deal.commitment_cost import MICRO
from bothhalves.core.deal.committing import sized
from bothhalves.core.deal.experience import outlook_from
from bothhalves.core.deal.rivals import RIVALS, advised, look_back, mean

RULES = {OURS: advised, **RIVALS}
FIRST = Month(2024, 11)


def clause(*bands: tuple[int, str], overage: str | OverageRate = "list", per: str = "term") -> CommitmentTerm:
    found = tuple(Band(Decimal(start), Decimal(discount)) for start, discount in bands)
    return CommitmentTerm(Decimal(0), per=per, bands=found, overage=overage)  # type: ignore[arg-type]


def course(*amounts: int, name: str = "api") -> Course:
    return Course(name, FIRST, tuple(n * MICRO for n in amounts))


ONE_RATE = Trial(clause((0, "0.2")), 2, 2)


def test_every_rule_is_billed_with_what_came_and_compared_with_hindsight() -> None:
    walk = walked(course(50, 50, 60, 60, 30, 30), ONE_RATE, RIVALS)
    assert walk is not None
    up, down = walk.steps
    # 80 cover 100 of the 120 that came, 96 all of them; then 96 were signed and 60 came, for which 48 do.
    assert [up.bills[r].paid / MICRO for r in RIVALS] == [120, 100, 100]
    assert [down.bills[r].paid / MICRO for r in RIVALS] == [60, 96, 88]
    assert [s.best.paid / MICRO for s in walk.steps] == [96, 48]
    assert down.bills["look-back"].forfeited == (96 - 48) * MICRO
    assert walk.relative("look-back") == Fraction(52, 144)
    assert (str(up.first), up.known, up.used) == ("2025-01", 2, 120 * MICRO)


def test_two_months_end_in_minimax_regret_and_one_in_nothing() -> None:
    early = walked(course(50, 60, 60), Trial(clause((0, "0.2")), 1, 1), RULES)
    assert early is not None
    assert early.steps[0].bills[OURS].signed == NOTHING
    assert early.steps[1].bills[OURS].signed.signed


def test_a_course_too_short_for_a_decision_and_its_term_is_not_walked() -> None:
    assert walked(course(1, 1, 1), ONE_RATE, RIVALS) is None
    assert walked(course(1, 1, 1, 1), ONE_RATE, RIVALS) is not None


def test_the_mean_is_covered_at_the_highest_band_that_the_amount_reaches() -> None:
    bands = clause((40, "0.1"), (90, "0.2"), per="month")
    offer = Trial(bands, 1, 1).offer(FIRST)
    assert mean([100 * MICRO], offer) == Candidate(90 * MICRO)  # 80 do not reach 90
    assert mean([120 * MICRO], offer) == Candidate(96 * MICRO)
    assert mean([40 * MICRO], offer) == NOTHING


def test_a_history_shorter_than_the_term_is_repeated() -> None:
    offer = Trial(clause((0, "0.2")), 4, 1).offer(FIRST)
    assert look_back([10 * MICRO, 30 * MICRO], offer) == Candidate(64 * MICRO)


def test_medians_are_over_courses_and_each_counts_once() -> None:
    rows = [course(10, 10, 10, 10, name="steady"), course(10, 10, 40, 40, name="up"), course(9, 9, 0, 0)]
    walks = [walk for c in rows if (walk := walked(c, ONE_RATE, RULES)) is not None]
    found = {s.rule: s for s in standings(walks, RULES)}
    # steady: 16 and hindsight agree. up: 16 + 60 against 64. The last used nothing, so there is no share.
    assert found["look-back"].median == (0 + Fraction(12, 64)) / 2
    assert found["do-nothing"].median == Fraction(1, 4)
    assert found["do-nothing"].ahead + found["do-nothing"].level + found["do-nothing"].behind == 2
    assert standings([walks[-1]], RULES) == ()


def test_where_a_rival_was_cheaper_is_told() -> None:
    walk = walked(course(10, 10, 40, 40), ONE_RATE, RULES)
    assert walk is not None
    assert [(w.course.name, rule) for w, rule in losses([walk], RIVALS)] == [("api", "look-back")]


def test_the_median_of_an_even_count_lies_between() -> None:
    assert median([Fraction(1), Fraction(2), Fraction(9)]) == 2
    assert median([Fraction(1), Fraction(2)]) == Fraction(3, 2)


def test_a_term_has_months_and_a_decision_something_to_look_back_on() -> None:
    with pytest.raises(ValueError, match="a decision"):
        Trial(clause((0, "0.2")), 1, 0)


AMOUNTS = st.lists(st.integers(0, 400), min_size=8, max_size=14)
CLAUSES = st.sampled_from(
    [
        clause((0, "0.2")),
        clause((60, "0.2"), overage="committed"),
        clause((60, "0.1"), (200, "0.15"), (500, "0.2"), overage=OverageRate(Decimal("1.2"))),
        clause((30, "0.1"), (90, "0.25"), per="month"),
    ]
)


@settings(max_examples=30, deadline=None)
@given(AMOUNTS, CLAUSES, st.integers(1, 3))
def test_hindsight_is_never_dearer_than_any_rule(
    amounts: list[int], signed: CommitmentTerm, months: int
) -> None:
    walk = walked(course(*amounts), Trial(signed, months, 2), RULES)
    assert walk is not None
    assert all(step.regret(rule) >= 0 for step in walk.steps for rule in RULES)


@settings(max_examples=30, deadline=None)
@given(AMOUNTS, AMOUNTS, CLAUSES)
def test_what_is_signed_does_not_change_with_what_comes_later(
    amounts: list[int], others: list[int], signed: CommitmentTerm
) -> None:
    trial = Trial(signed, 2, 4)
    before = amounts[:6]
    one, other = (walked(course(*before, *later[:2]), trial, RULES) for later in (amounts, others))
    assert one is not None
    assert other is not None
    for rule in RULES:
        assert [s.bills[rule].signed for s in one.steps] == [s.bills[rule].signed for s in other.steps]


@settings(max_examples=20, deadline=None)
@given(AMOUNTS, CLAUSES, st.sampled_from([10, 1000]))
def test_regret_is_a_share_that_does_not_depend_on_the_currency(
    amounts: list[int], signed: CommitmentTerm, times: int
) -> None:
    dearer = clause(
        *((int(b.from_) * times, str(b.discount)) for b in signed.bands),
        overage=signed.overage or "list",
        per=signed.per or "term",
    )
    rules = {k: RULES[k] for k in ("do-nothing", "look-back")}
    one = walked(course(*amounts), Trial(signed, 2, 4), rules)
    other = walked(course(*(n * times for n in amounts)), Trial(dearer, 2, 4), rules)
    assert one is not None
    assert other is not None
    for rule in rules:
        first, second = one.relative(rule), other.relative(rule)
        none = Fraction(0)
        assert abs((first or none) - (second or none)) < Fraction(1, 1000)


@settings(max_examples=30, deadline=None)
@given(AMOUNTS, CLAUSES, st.integers(1, 8))
def test_what_is_walked_is_what_sizing_a_commitment_recommends(
    amounts: list[int], signed: CommitmentTerm, known: int
) -> None:
    history = [n * MICRO for n in amounts[:known]]
    offer = Trial(signed, 2, 1).offer(FIRST)
    found = sized(offer, outlook_from(history, FIRST, 2, "USD"))
    assert advised(history, offer) == found.recommended.candidate
