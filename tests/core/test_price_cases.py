"""Single requests against their price to the last digit; the cases are in tests/cases/core/requests.yaml."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from bothhalves.core.prices import Layer, Price, PriceBook
from rate_cards import cost, factor, price, request

SHEET = yaml.safe_load((Path(__file__).parent.parent / "cases" / "core" / "requests.yaml").read_text("utf-8"))


def prices() -> list[Price]:
    searches = SHEET["web_searches_per_1000"]
    found = [price(model, "web_searches", searches, per=1000) for model in SHEET["cards"]]
    for model, card in SHEET["cards"].items():
        for above, meters in {-1: card["prices"], **card.get("above", {})}.items():
            found += [price(model, meter, amount, above=above) for meter, amount in meters.items()]
    return found


FACTORS = [factor(name, v, times) for name, values in SHEET["factors"].items() for v, times in values.items()]
BOOK = PriceBook([Layer("sheet", "1", tuple(prices()), tuple(FACTORS), fees=frozenset({"web_searches"}))])


@pytest.mark.parametrize("case", SHEET["cases"], ids=lambda c: c["what"])
def test_request(case: dict[str, Any]) -> None:
    conditions = {name: case[name] for name in ("tier", "speed", "region") if name in case}
    assert cost(request(case["model"], **conditions, **case["used"]), BOOK) == Decimal(case["costs"])
