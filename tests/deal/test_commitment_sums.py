"""Commitments under many scenarios cost what the whole arithmetic, and so settling, makes of each."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.core.clauses.base import Term
from bothhalves.core.clauses.commitments import CommitmentTerm
from bothhalves.core.deal.commitment_cost import MICRO, cost, laid
from bothhalves.core.deal.commitment_sums import CommitmentSums
from tests.deal.test_commitment_cost import COMMITMENTS, FIRST, TERMS

WORTHS = st.lists(st.integers(0, 9000 * MICRO), min_size=1, max_size=24)
SHARES = st.sampled_from([Fraction(1), Fraction(1), Fraction(93, 100), Fraction(0)])


@settings(deadline=None, max_examples=300)
@given(COMMITMENTS, TERMS, WORTHS, st.booleans(), SHARES)
def test_a_scenario_costs_what_the_whole_arithmetic_says(
    clause: CommitmentTerm, term: Term, api: list[int], fees: bool, share: Fraction
) -> None:
    schedule = laid(clause, term, FIRST, len(api))
    charged = [Fraction(worth, 7) for worth in reversed(api)] if fees else []
    assert CommitmentSums(schedule, share).paid(api, charged) == cost(schedule, api, charged, share).paid
