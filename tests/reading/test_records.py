"""YAML as people write it: records with exact numbers, and a problem at the place of everything else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.explain import Problem, Where
from bothhalves.reading import read_text, read_yaml
from bothhalves.reading.schema import schemas


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


def share(text: str) -> Decimal:
    """A percentage as a share."""
    if not text.endswith("%"):
        raise ValueError(f"expected a percentage, found {text!r}")
    return Decimal(text[:-1]) / 100


@dataclass(frozen=True)
class Box:
    label: str
    price: Decimal
    where: Where = Where("")


@dataclass(frozen=True)
class Order:
    id: str
    from_: date
    size: Size = Size.SMALL
    paid: bool = False
    count: int = 1
    month: Month | None = None
    discount: Annotated[Decimal, share] | None = None
    kind: Literal["new", "renewal"] = "new"
    boxes: tuple[Box, ...] = ()
    prices: dict[str, Decimal] = field(default_factory=dict)
    tag: str | tuple[str, ...] = ""

    def fault(self) -> str | None:
        return "a paid order counts something" if self.paid and not self.count else None


def read(text: str) -> tuple[Order | None, list[Problem]]:
    return read_text(text, Order, "order.yaml")


def codes(text: str) -> list[tuple[str, int, int]]:
    return [(p.code, p.where.row, p.where.column) for p in read(text)[1]]


def test_a_full_record_keeps_the_written_digits_and_places() -> None:
    text = """
id: "7"
from: 2026-10-07
size: large
paid: true
month: 2026-10
discount: 12.5%
boxes:
  - {label: A, price: 0.1000000000000000055}
prices: {tea: 2.50, coffee: "3"}
tag: [x, z]
"""
    order, problems = read(text)
    assert problems == []
    assert order is not None
    assert (order.id, order.from_, order.size, order.paid) == ("7", date(2026, 10, 7), Size.LARGE, True)
    assert (order.month, order.discount, order.tag) == (Month(2026, 10), Decimal("0.125"), ("x", "z"))
    assert order.boxes == (Box("A", Decimal("0.1000000000000000055"), Where("order.yaml", 9, 5)),)
    assert {k: str(v) for k, v in order.prices.items()} == {"tea": "2.50", "coffee": "3"}


def test_all_problems_are_reported_at_once_and_in_order() -> None:
    text = "id: yes\nform: 2026-10-07\ncount: many\nboxes:\n  - {label: A, price: NaN}\n  - price: 1e3\n"
    assert codes(text) == [
        ("yaml.missing-key", 1, 1),
        ("yaml.ambiguous", 1, 5),
        ("yaml.unknown-key", 2, 1),
        ("yaml.bad-value", 3, 8),
        ("yaml.bad-value", 5, 23),
        ("yaml.missing-key", 6, 5),
        ("yaml.ambiguous", 6, 12),
    ]


def test_a_misspelt_key_is_answered_with_the_near_one() -> None:
    problem = next(p for p in read("id: a\nfrom: 2026-01-01\nprizes: {}\n")[1])
    assert (problem.fix, str(problem.where)) == ("Did you mean 'prices'?", "order.yaml:3:1")


def test_a_key_given_twice_is_refused() -> None:
    assert codes("id: a\nfrom: 2026-01-01\nprices:\n  tea: 1\n  tea: 2\n") == [("yaml.duplicate-key", 5, 3)]


@pytest.mark.parametrize("number", ["1e3", ".inf", "-.INF", ".nan", "0x10", "1_000", "0o17"])
def test_numbers_by_accident_are_refused(number: str) -> None:
    assert codes(f"id: a\nfrom: 2026-01-01\nprices: {{tea: {number}}}\n") == [("yaml.ambiguous", 3, 15)]


@pytest.mark.parametrize(
    "number", ['"NaN"', "'1e400'", ".5.", "1,000", "tea", '"-Infinity"', "[1]", "{a: 1}"]
)
def test_what_is_not_a_plain_number_is_refused(number: str) -> None:
    order, problems = read(f"id: a\nfrom: 2026-01-01\nprices: {{tea: {number}}}\n")
    assert order is None
    assert [p.where.row for p in problems] == [3]


@pytest.mark.parametrize("word", ["yes", "No", "on", "OFF", "y", "true", "null", "~"])
def test_words_with_a_second_meaning_need_quotes_in_text(word: str) -> None:
    assert read(f"id: {word}\nfrom: 2026-01-01\n")[0] is None
    quoted, problems = read(f'id: "{word}"\nfrom: 2026-01-01\n')
    assert problems == []
    assert quoted is not None
    assert quoted.id == word


def test_a_record_that_contradicts_itself_is_a_problem() -> None:
    assert codes("id: a\nfrom: 2026-01-01\npaid: true\ncount: 0\n") == [("yaml.bad-value", 1, 1)]


def test_an_empty_value_leaves_the_default() -> None:
    order, problems = read("id: a\nfrom: 2026-01-01\ncount:\nboxes: ~\n")
    assert problems == []
    assert order is not None
    assert (order.count, order.boxes) == (1, ())


def test_anchors_cannot_make_a_small_file_large() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert codes(bomb) == [("yaml.alias", 1, 4)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 5000, "yaml.depth"),
        ("- " * 5000, "yaml.depth"),
        ("a: b\n---\nc: d\n", "yaml.documents"),
        ("a: !!python/object:os.system x\n", "yaml.tag"),
        ("a: [1, 2\n", "yaml.syntax"),
        ("a: \x00\n", "yaml.syntax"),
        ("? [a]\n: b\n", "yaml.key"),
    ],
)
def test_hostile_files_are_refused(text: str, code: str) -> None:
    assert code in [p.code for p in read(text)[1]]


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    large, latin = tmp_path / "large.yaml", tmp_path / "latin.yaml"
    large.write_bytes(b"a: b\n" * 1_000_001)
    latin.write_bytes(b"id: a\nlabel: caf\xe9\n")
    found = [read_yaml(p, Order, p.name)[1][0] for p in (large, latin, tmp_path / "absent.yaml", tmp_path)]
    assert [p.code for p in found] == [
        "yaml.too-large",
        "yaml.encoding",
        "yaml.unreadable",
        "yaml.unreadable",
    ]
    assert str(found[1].where) == "latin.yaml:2"


def test_contracts_of_the_core_are_readable() -> None:
    text = """
id: copilot-2026
vendor: github
currency: USD
term: {start: 2026-02-01, months: 12}
seats:
  - {type: business, product: copilot, committed: 40, fee: 19, from: 2026-02-01}
usage:
  - {product: copilot, meter: ai-credits, price: {per_unit: 0.01, included_per_seat: 1900}}
"""
    contract, problems = read_text(text, Contract, "c.yaml")
    assert problems == []
    assert contract is not None
    assert contract.usage[0].price.included_per_seat == 1900
    _, faults = read_text(text.replace("per_unit: 0.01, ", ""), Contract, "c.yaml")
    assert [(p.code, p.where.row) for p in faults] == [("yaml.bad-value", 9)]


def test_editors_get_a_schema_with_the_keys_as_they_are_written() -> None:
    found = schemas({"order": Order})
    assert set(found) == {"book", "plans", "contract", "order"}
    order = found["order"]
    assert set(order["properties"]) >= {"id", "from", "boxes"}
    assert order["required"] == ["id", "from"]
    assert order["additionalProperties"] is False
    assert "where" not in order["$defs"]["Box"]["properties"]
    assert "from" in found["book"]["$defs"]["Card"]["properties"]


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail(text: str) -> None:
    order, problems = read(text)
    assert order is not None or problems
