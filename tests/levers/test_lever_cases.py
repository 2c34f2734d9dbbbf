"""Mixes that can be worked out by hand: baselines, savings and credits to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from lever_mixes import CellLine, rows_of

from bothhalves.core.explain import Figure
from bothhalves.core.levers.claims import claim_of
from bothhalves.core.levers.composition import State, composed
from bothhalves.core.levers.mix import LEVERS, Lever
from bothhalves.core.money import Amount, quotient, to_cents
from bothhalves.reading import read_yaml
from rate_cards import BOOK

PATH = Path(__file__).parent / "mixes.yaml"


@dataclass(frozen=True)
class Mix:
    cells: tuple[CellLine, ...]
    lazy: Decimal
    current: Decimal
    efficient: Decimal
    gap: Decimal
    credit: dict[str, Decimal]
    last_in: dict[str, Decimal]
    waterfall: dict[str, Decimal]
    share: Decimal
    claim: str
    why: str = ""


def _mixes() -> dict[str, Mix]:
    mixes, problems = read_yaml(PATH, dict[str, Mix])
    assert problems == [], problems
    return mixes or {}


MIXES = _mixes()


def cents(figure: Figure | None) -> Decimal:
    assert figure is not None
    assert isinstance(figure.value, Amount)
    assert figure.value.is_point
    return quotient(Fraction(figure.value.low), cents=True)


@pytest.mark.parametrize("name", MIXES)
def test_mix(name: str) -> None:
    mix = MIXES[name]
    found = composed([line.cell() for line in mix.cells], BOOK, "USD")
    baselines = [to_cents(state.amount.low) for state in (found.lazy, found.current, found.efficient)]
    assert baselines == [mix.lazy, mix.current, mix.efficient]
    assert to_cents(found.current.amount.low - found.efficient.amount.low) == mix.gap
    rows = rows_of(found)
    assert {str(k): cents(row.credit) for k, row in rows.items()} == mix.credit
    assert {str(k): cents(row.last_in) for k, row in rows.items()} == mix.last_in
    assert {str(k): cents(row.step) for k, row in rows.items()} == mix.waterfall
    claim = claim_of(found.lazy.amount, found.efficient.amount)
    assert claim.low is not None
    assert quotient(claim.low * 100, cents=True) == mix.share
    assert str(claim.claim) == mix.claim


def test_a_saving_is_not_a_sum_of_shares_nor_a_product_of_what_they_leave() -> None:
    found = composed([line.cell() for line in MIXES["levers on different traffic"].cells], BOOK, "USD")
    lazy = found.lazy.amount.low
    alone = [1 - found.from_lazy[frozenset({lever})].amount.low / lazy for lever in LEVERS]
    saved = 1 - found.efficient.amount.low / lazy
    multiplied = Decimal(1)
    for share in alone:
        multiplied *= 1 - share
    assert saved != 1 - multiplied
    every = composed(
        [line.cell() for line in MIXES["three levers that touch every request alike"].cells], BOOK, "USD"
    )
    singles = [1 - every.from_lazy[frozenset({lever})].amount.low / every.lazy.amount.low for lever in LEVERS]
    assert sum(singles) > 1 - every.efficient.amount.low / every.lazy.amount.low


def by_meter(state: State) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in state.lines:
        side = "output" if line.meter == "output_tokens" else "prompt"
        found[side] = found.get(side, Decimal(0)) + line.amount.low
    return found


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    return quotient(Fraction(part) * 100 / Fraction(whole), cents=True)


def test_what_each_lever_does_alone_to_requests_that_all_of_them_touch() -> None:
    mix = MIXES["three levers that touch every request alike"]
    found = composed([line.cell() for line in mix.cells], BOOK, "USD")
    lazy, current, efficient = (s.amount.low for s in (found.lazy, found.current, found.efficient))
    alone = {lever: found.from_lazy[frozenset({lever})].amount.low for lever in LEVERS}
    assert list(alone.values()) == [Decimal(2040), Decimal("1458.75"), Decimal(2040)]
    shares = [percent_of(lazy - cost, lazy) for cost in alone.values()]
    assert shares == [Decimal(20), Decimal("42.79"), Decimal(20)]
    assert lazy - alone[Lever.CACHING] == Decimal("1091.25")
    assert sum(shares) == Decimal("82.79")  # far above the 63.39 % that all of them save
    assert percent_of(current - efficient, current) == Decimal("61.22")
    assert lazy - efficient == Decimal("1616.40")
    cached = found.from_lazy[frozenset({Lever.CACHING})]
    assert by_meter(found.lazy) == {"prompt": 1950, "output": 600}
    assert by_meter(cached) == {"prompt": Decimal("858.75"), "output": 600}
    assert by_meter(found.current) == {"prompt": Decimal("1807.5"), "output": 600}
