"""What the terms of a workspace's offer are worth on what is needed, and its gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bothhalves.core.contracts import Contract
from bothhalves.core.dates import Month
from bothhalves.core.deal.asks import Asks, valued
from bothhalves.core.deal.facts import Facts
from bothhalves.core.deal.outlook import Outlook, Scenario
from bothhalves.core.deal.serving import Serving
from bothhalves.core.explain import Line, Problem
from bothhalves.workspace.bundling import UnknownOffer, chosen, other_currency
from bothhalves.workspace.deal_terms import DealTerms
from bothhalves.workspace.needs import Needed
from bothhalves.workspace.projecting import is_too_short, too_few

#: Scenarios that are settled: at P10 and P90 of the worth, and the base (or at P50 where there are chances).
SHOWN = ("low", "base", "high")
#: The name of all asks together, among the terms.
PACKAGE = "package"
Sides = Mapping[str, tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class TermWorths:
    """``lines`` are the settled Lines by term, one of :data:`SHOWN`, and side (``without`` and ``with``);
    ``ways`` name the scenarios behind them."""

    offer: Contract
    months: tuple[Month, ...]
    outlook: Outlook
    asks: Asks
    lines: Mapping[str, Mapping[str, Sides]]
    ways: Mapping[str, Mapping[str, str]]
    said: tuple[str, ...]
    problems: tuple[Problem, ...]


#: A renewal is looked at for a year.
_RENEWAL = 12


def worths_of(known: Needed, offer_id: str = "") -> TermWorths:
    """The terms of an offer or contract, or of the first offer.

    Raises ``bundling.UnknownOffer``, also where it is in another currency than what is needed.
    """
    workspace, prospects = known.workspace, known.prospects
    terms = prospects.terms
    offer = chosen(prospects, [offer_id] if offer_id else [])[0]
    over, longer = known.over(offer), known.over(offer, _RENEWAL)
    signed, serving, later = over.offer, over.serving, longer.serving
    other = other_currency(signed, serving.outlook)
    if other:
        raise UnknownOffer(f"{other}. Ask for a price in {serving.outlook.currency}.")
    asks = valued(
        signed,
        serving,
        _facts(serving, terms),
        later,
        _facts(later, terms),
        workspace.config.company.needs,
        too_few(serving.outlook).removesuffix(".") if is_too_short(serving.outlook) else "",
    )
    settled, ways = settled_sides(asks, serving, later)
    told = tuple(dict.fromkeys((*over.said, *asks.said)))
    return TermWorths(signed, serving.months, serving.outlook, asks, settled, ways, told, prospects.problems)


def _facts(serving: Serving, terms: DealTerms) -> Facts:
    way = serving.base_scenario
    return Facts(
        serving.months[0],
        way.api,
        {kind: min(row) for kind, row in way.seats.items()},
        terms.renewal_uplift,
        terms.renewal_cap,
        terms.reduce_seats,
        serving.moves,
    )


def settled_sides(
    asks: Asks, serving: Serving, later: Serving
) -> tuple[dict[str, dict[str, Sides]], dict[str, dict[str, str]]]:
    """Lines by term, one of :data:`SHOWN` and side; and the names of the scenarios behind them."""
    rows = [
        (v.pair.term.id, v.pair.without, v.pair.with_, v.worth, later if v.renewed else serving)
        for v in (*asks.asks, *asks.held)
    ]
    package = asks.package
    if package is not None:
        rows.append((PACKAGE, package.without, package.with_, package.worth, serving))
    known = _Known()
    lines: dict[str, dict[str, Sides]] = {}
    ways: dict[str, dict[str, str]] = {}
    for name, without, with_, worth, own in rows:
        scenarios = dict(zip(SHOWN, worth.ways, strict=True))
        ways[name] = {n: s.name for n, s in scenarios.items()}
        lines[name] = {
            n: {"without": known.lines(own, without, s), "with": known.lines(own, with_, s)}
            for n, s in scenarios.items()
        }
    return lines, ways


class _Known:
    """Contracts settled in scenarios, each once: most terms are compared with the same offer as it is."""

    def __init__(self) -> None:
        self._found: list[tuple[Serving, Contract, Scenario, tuple[Line, ...]]] = []

    def lines(self, serving: Serving, contract: Contract, scenario: Scenario) -> tuple[Line, ...]:
        for own, signed, way, lines in self._found:
            if own is serving and way is scenario and signed == contract:
                return lines
        lines = serving.lines(contract, scenario)
        self._found.append((serving, contract, scenario, lines))
        return lines
