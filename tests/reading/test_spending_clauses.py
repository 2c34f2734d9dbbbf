"""Clauses on prices, commitments and payment that contradict themselves are told, with their place."""

from __future__ import annotations

import pytest

from bothhalves.core.contracts import Contract
from bothhalves.reading.records import read_text

HEAD = "id: c\nvendor: v\ncurrency: EUR\nterm: {start: 2026-01-01, months: 12}\n"


def faults(clause: str) -> list[str]:
    _, problems = read_text(f"{HEAD}{clause}\n", Contract, "c.yaml")
    return [str(p) for p in problems]


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("rates: [{scope: {models: [m]}}]", "give a discount or a price"),
        ("rates: [{discount: 5%, price: 3}]", "give a discount or a price"),
        ("rates: [{discount: 0.05}]", "expected a percentage"),
        ("rates: [{discount: 120%}]", "between 0% and 100%"),
        ("rates: [{price: 3}]", "scope names meters"),
        ("rates: [{scope: {meters: [x]}, price: 3, per: 1G}]", "expected 1, 1K, 1M"),
        ("rates: [{discount: 5%, from: 2026-01-15}]", "first of a month"),
        ("rates: [{discount: 5%}, {discount: 6%}]", "same scope"),
        ("rates: [{discount: 5%, excludes: [{}]}]", "excludes all usage"),
        ("rates: [{discount: 5%, scope: {model: [m]}}]", "Did you mean 'models'"),
        ("marketplaces: [{name: aws, accounts: []}]", "name the accounts"),
        ("marketplaces: [{name: a, accounts: [x]}, {name: b, accounts: [x]}]", "two marketplaces"),
        ("prices: locked", "expected one of none, lock, cap, pass-through"),
        ("prices: {for: 0}", "above zero"),
        ("prices: {increases_at_most: -5%}", "not below zero"),
        ("prices: {successors: {a: a}}", "does not succeed itself"),
        ("commitment: {per: year}", "amount, ramp or minimum_per_month"),
        ("commitment: {amount: -1}", "not below zero"),
        ("commitment: {amount: 1, per: week}", "expected one of month, quarter, year, term"),
        ("commitment: {amount: 1, bands: [{from: 5, discount: 1%}, {from: 2, discount: 2%}]}", "bands rise"),
        ("commitment: {amount: 1, bands: [{from: 1, discount: 9%}, {from: 2, discount: 2%}]}", "higher band"),
        ("commitment: {amount: 1, bands: [{from: 1, discount: 100%}]}", "below 100%"),
        ("commitment: {amount: 1, counts: [tokens]}", "counts lists seats"),
        ("commitment: {amount: 1, overage: double}", "expected one of committed, list"),
        ("commitment: {amount: 1, overage: {times_list: -1}}", "not below zero"),
        ("commitment: {amount: 1, unused: lost}", "expected one of forfeited"),
        ("commitment: {amount: 1, unused: {rollover: some}}", "such as 1 period"),
        ("commitment: {amount: 1, unused: {rollover: 0}}", "above zero"),
        ("commitment: {amount: 1, ramp: [{from: 0, amount: 1}]}", "first month of the term is 1"),
        (
            "commitment: {amount: 1, right_to_reduce: 5%, reductions: [{period: 2, by: 9%}]}",
            "not above right",
        ),
        ("commitment: {amount: 1, right_to_reduce: 5%, reductions: [{period: 1, by: 5%}]}", "reduced is 2"),
        ("included_credits: [{name: a, amount: -5}]", "not below zero"),
        ("included_credits: [{name: a, amount: 5}, {name: a, amount: 6}]", "same name"),
        ("exchange: [{from: dollars, on: 2026-01-01, rate: 1, source: x}]", "such as USD"),
        ("exchange: [{from: USD, on: 2026-01-01, rate: 0, source: x}]", "above zero"),
        ("exchange: [{from: USD, on: 2026-01-01, rate: 1}]", "'source' is missing"),
        ("exchange: [{from: EUR, on: 2026-01-01, rate: 1, source: x}]", "another currency than EUR"),
        ("tax: included", "expected one of excluded"),
        ("tax: {rate: 19}", "expected a percentage"),
        ("tax: {rate: 19%, on: [tokens]}", "on lists"),
    ],
)
def test_a_clause_that_cannot_be_meant_is_told(clause: str, words: str) -> None:
    found = faults(clause)
    assert len(found) == 1
    assert words in found[0]
    assert found[0].startswith("c.yaml:")


def test_all_of_them_in_one_contract() -> None:
    clause = """
rates:
  - {scope: {models: [m], meters: [input_tokens]}, price: 4, per: 1M, until: 2026-07-01}
  - {discount: 12%, excludes: [{meters: [web_searches]}]}
marketplaces: [{name: aws, accounts: [aws-1], discount: 3%, counts: true}]
prices: {kind: pass-through, for: 12, models: [m], increases_at_most: 5%, successors: {n: m}}
commitment:
  per: year
  amount: 250000
  ramp: [{from: 2026-07-01, amount: 300000}]
  denominated: net
  bands: [{from: 250000, discount: 8%}, {from: 1000000, discount: 18%}]
  bands_are: all-units
  counts: [api, seats, seat-usage, units, packs]
  scope: {products: [api]}
  overage: {times_list: 1.1}
  unused: {rollover: 2 periods, drawn: rolled-first, condition: renew-at-same-level}
  right_to_reduce: 10%
  reductions: [{period: 2, by: 10%}]
  paid: prepaid
  minimum_per_month: 1000
included_credits: [{name: start, amount: 5000, until: 2026-06-30, scope: {products: [api]}}]
exchange: [{from: USD, on: 2026-01-01, rate: 0.92, source: ECB}]
tax: {rate: 19%, on: [seats, commitment], name: vat}
"""
    contract, problems = read_text(HEAD + clause, Contract, "c.yaml")
    assert problems == []
    assert contract is not None
    assert list(contract.spending.assumptions()) == [
        "commitment: the discount is that of the amount committed, whatever is used.",
        "commitment: the discount of its bands is taken off what negotiated rates leave.",
    ]
