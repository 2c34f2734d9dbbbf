"""What books say of prompt caches: by day and alias, from the topmost book that says anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bothhalves.core.levers.caching import FIVE_MINUTES, ONE_HOUR, THIRTY_MINUTES, offered
from bothhalves.reading.pricebook import price_book

TODAY = date(2026, 11, 20)
HEAD = "book: ours\nvendor: anthropic\nchecked: 2026-11-01\ncaching:\n"


@pytest.mark.parametrize(
    ("vendor", "model", "day", "shortest"),
    [
        ("anthropic", "claude-opus-5", TODAY, 512),
        ("anthropic", "claude-opus-4-8", TODAY, 1024),
        ("anthropic", "claude-opus-4-7", date(2026, 7, 24), 4096),
        ("anthropic", "claude-opus-4-7", date(2026, 7, 25), 2048),
        ("anthropic", "claude-haiku-4-5-20251001", TODAY, 4096),
        ("anthropic", "claude-haiku-5-5", TODAY, 512),
        ("anthropic", "claude-haiku-5-5", date(2026, 10, 7), None),
        ("anthropic", "claude-unheard-of", TODAY, None),
        ("openai", "gpt-6-sol", TODAY, 1024),
        ("google", "gemini-2.5-pro", TODAY, 2048),
    ],
)
def test_shortest_prefix(vendor: str, model: str, day: date, shortest: int | None) -> None:
    rule = price_book()[0].caching(vendor, model, day)
    assert (None if rule is None else rule.min_prefix) == shortest


def test_lifetimes_are_those_that_the_vendor_promises() -> None:
    book, _ = price_book()
    models = {"claude-opus-5": "anthropic", "gpt-5.2": "openai", "gpt-6-sol": "openai"}
    models |= {"gemini-3.5-flash": "google", "unheard-of": "google"}
    found = {model: offered(book.caching(vendor, model, TODAY)) for model, vendor in models.items()}
    assert found == {
        "claude-opus-5": (FIVE_MINUTES, ONE_HOUR),
        "gpt-5.2": (FIVE_MINUTES,),
        "gpt-6-sol": (THIRTY_MINUTES,),
        "gemini-3.5-flash": (),
        "unheard-of": (),
    }


def test_every_rule_of_the_shipped_books_has_a_source_and_a_priced_model() -> None:
    book, problems = price_book()
    rules = [rule for layer in book.layers for rule in layer.caching]
    assert problems == []
    assert len(rules) > 40
    assert [r.model for r in rules if not r.source or book.model(r.vendor, r.model) != r.model] == []


def test_a_workspace_book_goes_before_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(HEAD + "  - {model: claude-opus-5, min_prefix: 700, lifetimes: [1h], from: 2026-10-01}\n")
    book, problems = price_book([path])
    assert problems == []
    ours = book.caching("anthropic", "claude-opus-5", TODAY)
    before = book.caching("anthropic", "claude-opus-5", date(2026, 9, 30))
    assert ours is not None
    assert before is not None
    assert (ours.min_prefix, ours.lifetimes, ours.where.row) == (700, ("1h",), 5)
    assert before.min_prefix == 512


@pytest.mark.parametrize(
    ("entries", "code", "said"),
    [
        (["min_prefix: 5, lifetimes: [2h], from: 2026-10-01"], "yaml.bad-value", "'2h' is none of them"),
        (["min_prefix: -5, lifetimes: [5m], from: 2026-10-01"], "yaml.bad-value", "number of tokens"),
        (
            ["min_prefix: 5, lifetimes: [], from: 2026-10-01, until: 2026-10-01"],
            "yaml.bad-value",
            "not after",
        ),
        (["min_prefix: 5, lifetimes: [], from: 2026-10-01"] * 2, "book.overlap", "the prompt cache of m"),
    ],
)
def test_what_cannot_be_is_a_problem(tmp_path: Path, entries: list[str], code: str, said: str) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(HEAD + "".join(f"  - {{model: m, {entry}}}\n" for entry in entries))
    _, problems = price_book([path])
    assert [p.code for p in problems] == [code]
    assert said in problems[0].what
