"""Rows of people: groups too small to be shown alone stand together."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bothhalves.brief.small_groups import EVERYBODY, OTHERS, Group, gathered

PREMIUM, STANDARD = "a/premium", "a/standard"
LIGHT = Group("light", PREMIUM, STANDARD)
HEAVY = Group("heavy", PREMIUM, PREMIUM)
NEW = Group("new", PREMIUM, PREMIUM)
IDLE = Group("dormant", PREMIUM, "nothing")


def rows(sizes: dict[Group, int], smallest: int = 5) -> list[tuple[str, int, str]]:
    return [(shown.name, shown.number, shown.action) for shown in gathered(sizes, smallest)]


def test_large_groups_stand_alone_those_who_change_first() -> None:
    assert rows({HEAVY: 9, LIGHT: 5}) == [
        ("Light, on premium", 5, "To standard"),
        ("Heavy, on premium", 9, "Keep seat"),
    ]


def test_small_groups_are_one_row() -> None:
    assert rows({HEAVY: 9, LIGHT: 2, IDLE: 3}) == [
        ("Heavy, on premium", 9, "Keep seat"),
        (OTHERS, 5, "Each as planned"),
    ]


def test_one_new_seat_is_shown_with_the_next_larger_group() -> None:
    assert rows({HEAVY: 9, LIGHT: 6, NEW: 1}) == [
        ("Heavy, on premium", 9, "Keep seat"),
        (OTHERS, 7, "Each as planned"),
    ]


def test_fewer_people_than_a_group_are_all_of_them() -> None:
    assert rows({HEAVY: 1, LIGHT: 1}) == [(EVERYBODY, 2, "Each as planned")]
    assert rows({HEAVY: 2}) == [(EVERYBODY, 2, "Keep seat")]


GROUPS = st.dictionaries(
    st.builds(Group, st.sampled_from(["light", "new", ""]), st.sampled_from([PREMIUM, STANDARD]),
              st.sampled_from([PREMIUM, STANDARD, "nothing"])),
    st.integers(1, 12), min_size=1,
)  # fmt: skip


@settings(max_examples=200)
@given(GROUPS, st.integers(1, 8))
def test_nobody_is_lost_or_shown_alone(sizes: dict[Group, int], smallest: int) -> None:
    found = list(gathered(sizes, smallest))
    assert sorted(g.order for s in found for g in s.groups) == sorted(g.order for g in sizes)
    assert [s.number for s in found] == [sum(sizes[g] for g in s.groups) for s in found]
    assert all(s.number >= smallest for s in found) or len(found) == 1
    assert len({s.key("a", "metered") for s in found}) == len(found)
