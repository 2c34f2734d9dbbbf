"""How a contract turns a quantity into money: what is included comes first, the rest takes the shape."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.shapes import Pack, Part, Shape, Tier

CENT = Decimal("0.01")
TIERS = (Tier(Decimal(10), Decimal(100)), Tier(Decimal(8), Decimal(200)), Tier(Decimal(5)))
GRADUATED, VOLUME = Shape(graduated=TIERS), Shape(volume=TIERS)


def charge(shape: Shape, quantity: str | Decimal, seats: int = 0) -> Decimal:
    parts = shape.parts(Decimal(quantity), Decimal(seats))
    return sum((p.quantity * p.price for p in parts), Decimal(0))


# -- every shape by its numbers ------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["0", "1", "1000000"])
def test_a_flat_fee_is_due_whatever_is_used(quantity: str) -> None:
    assert charge(Shape(flat=Decimal(30)), quantity) == 30


def test_per_unit_charges_every_unit_alike() -> None:
    assert Shape(per_unit=CENT).parts(Decimal("12.5")) == [Part(Decimal("12.5"), CENT, "per unit")]
    assert Shape(per_unit=CENT).parts(Decimal(0)) == []


@pytest.mark.parametrize(
    ("quantity", "graduated", "volume"),
    [
        ("0", "0", "0"),
        ("1", "10", "10"),
        ("100", "1000", "1000"),  # a tier reaches up to and including its end
        ("101", "1008", "808"),
        ("200", "1800", "1600"),
        ("201", "1805", "1005"),
        ("250.5", "2052.5", "1252.5"),
    ],
)
def test_graduated_tiers_are_marginal_and_volume_tiers_cover_all_units(
    quantity: str, graduated: str, volume: str
) -> None:
    assert charge(GRADUATED, quantity) == Decimal(graduated)
    assert charge(VOLUME, quantity) == Decimal(volume)


def test_every_tier_that_is_reached_is_a_part_of_its_own() -> None:
    assert GRADUATED.parts(Decimal(250)) == [
        Part(Decimal(100), Decimal(10), "up to 100"),
        Part(Decimal(100), Decimal(8), "up to 200"),
        Part(Decimal(50), Decimal(5), "without end"),
    ]


def test_the_end_of_a_tier_is_named_plainly() -> None:
    tiers = (Tier(Decimal(1), Decimal("1E+3")), Tier(Decimal(2)))
    assert Shape(graduated=tiers).parts(Decimal(5))[0].note == "up to 1000"


@pytest.mark.parametrize(
    ("quantity", "packs"),
    [("0", 0), ("1", 1), ("2500", 1), ("2500." + "0" * 30 + "1", 2), ("2501", 2), ("5000", 2)],
)
def test_packs_are_bought_whole(quantity: str, packs: int) -> None:
    assert charge(Shape(package=Pack(Decimal(2500), Decimal(100))), quantity) == packs * 100


@pytest.mark.parametrize(
    ("used", "due"),
    [("0", "35"), ("64", "35"), ("70", "35"), ("76", "41"), ("210", "175")],
)
def test_seat_with_an_allowance_then_overage_at_list(used: str, due: str) -> None:
    """A seat of 35 includes 70 dollars of usage; beyond them usage is billed at list."""
    assert 35 + charge(Shape(per_unit=Decimal(1), included=Decimal(70)), used) == Decimal(due)


@pytest.mark.parametrize(("holders", "due"), [(0, 195), (1, 180), (2, 165), (3, 150), (4, 135), (5, 125)])
def test_a_pool_is_shared_by_all_seats(holders: int, due: int) -> None:
    """A seat of 25 adds 40 of usage to the pool; overage and use outside the pool both cost list."""
    usage = [90, 60, 35, 8, 2]
    pooled = charge(
        Shape(per_unit=Decimal(1), included_per_seat=Decimal(40)), str(sum(usage[:holders])), holders
    )
    assert 25 * holders + pooled + sum(usage[holders:]) == due


def test_what_is_included_is_shown_and_costs_nothing() -> None:
    shape = Shape(per_unit=CENT, included=Decimal(100), included_per_seat=Decimal(10))
    assert shape.parts(Decimal(150), Decimal(3)) == [
        Part(Decimal(130), Decimal(0), "included"),
        Part(Decimal(20), CENT, "per unit"),
    ]
    assert charge(shape, "130", seats=3) == 0


def test_tiers_begin_after_what_is_included() -> None:
    assert charge(Shape(graduated=TIERS, included=Decimal(50)), "151") == 1008
    assert charge(Shape(volume=TIERS, included=Decimal(50)), "151") == 808


# -- what is no shape ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        (Shape(), "exactly one"),
        (Shape(flat=Decimal(1), per_unit=Decimal(1)), "exactly one"),
        (Shape(graduated=TIERS, volume=TIERS), "exactly one"),
        (Shape(package=Pack(Decimal(0), Decimal(1))), "size above zero"),
        (Shape(per_unit=CENT, included=Decimal(-1)), "below zero"),
        (Shape(per_unit=CENT, included_per_seat=Decimal(-1)), "below zero"),
        (Shape(graduated=(Tier(CENT, Decimal(10)),)), "the last must not"),
        (Shape(volume=(Tier(CENT), Tier(CENT))), "the last must not"),
        (Shape(graduated=(Tier(CENT, Decimal(9)), Tier(CENT, Decimal(9)), Tier(CENT))), "must rise"),
        (Shape(graduated=(Tier(CENT, Decimal(9)), Tier(CENT, Decimal(8)), Tier(CENT))), "must rise"),
        (Shape(volume=(Tier(CENT, Decimal(0)), Tier(CENT))), "must rise"),
    ],
)
def test_a_shape_that_does_not_fit_together_says_why(shape: Shape, fault: str) -> None:
    assert fault in (shape.fault() or "")


@pytest.mark.parametrize("shape", [GRADUATED, VOLUME, Shape(flat=Decimal(0)), Shape(per_unit=CENT)])
def test_a_sound_shape_has_no_fault(shape: Shape) -> None:
    assert shape.fault() is None


# -- laws ----------------------------------------------------------------------------------------------

QUANTITIES = st.decimals(0, 10**6, places=3)
PRICES = st.decimals(0, 1000, places=4)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    ends = sorted(draw(st.sets(st.integers(1, 10**6), max_size=4)))
    return (*(Tier(draw(PRICES), Decimal(end)) for end in ends), Tier(draw(PRICES)))


@given(tiers(), QUANTITIES, st.integers(0, 1000), st.integers(0, 50))
def test_parts_add_up_to_the_quantity(
    steps: tuple[Tier, ...], quantity: Decimal, included: int, seats: int
) -> None:
    for shape in (
        Shape(graduated=steps, included=Decimal(included), included_per_seat=Decimal(7)),
        Shape(volume=steps, included=Decimal(included)),
        Shape(per_unit=CENT, included_per_seat=Decimal(included)),
    ):
        assert shape.fault() is None
        assert sum(p.quantity for p in shape.parts(quantity, Decimal(seats))) == quantity


@given(tiers(), QUANTITIES, QUANTITIES)
def test_more_use_never_costs_less_under_graduated_tiers(
    steps: tuple[Tier, ...], one: Decimal, other: Decimal
) -> None:
    shape = Shape(graduated=steps)
    assert charge(shape, min(one, other)) <= charge(shape, max(one, other))


@given(tiers(), QUANTITIES.filter(bool))
def test_volume_tiers_have_one_price_for_all_units(steps: tuple[Tier, ...], quantity: Decimal) -> None:
    [part] = Shape(volume=steps).parts(quantity)
    reached = next(t for t in steps if t.upto is None or quantity <= t.upto)
    assert (part.quantity, part.price) == (quantity, reached.price)


@given(tiers(), QUANTITIES)
def test_tiers_of_one_price_are_per_unit(steps: tuple[Tier, ...], quantity: Decimal) -> None:
    same = tuple(Tier(CENT, t.upto) for t in steps)
    assert charge(Shape(graduated=same), quantity) == charge(Shape(per_unit=CENT), quantity)


@given(st.integers(1, 5000), QUANTITIES)
def test_the_packs_bought_suffice_and_one_fewer_would_not(size: int, quantity: Decimal) -> None:
    packs = charge(Shape(package=Pack(Decimal(size), Decimal(1))), quantity)
    assert packs * size >= quantity > (packs - 1) * size
