"""An invented price book for the invented models of ``usage_rows``: dated versions, prompt bands, batch."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

VENDORS = ("anthropic", "openai", "google", "mistral")
MODELS, LONG_PROMPT = 7, 200_000
_FIRST, _CHANGES_FROM = date(2026, 1, 1), date(2026, 7, 20)


def write(folder: Path) -> list[Path]:
    """One book for each vendor; YAML as JSON writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    books = []
    for number, vendor in enumerate(VENDORS):
        cards = [card for model in range(MODELS) for card in _cards(number, model)]
        content = {
            "book": f"bench-{vendor}",
            "vendor": vendor,
            "checked": "2026-11-01",
            "source": "invented",
            "prices": cards,
        }
        books.append(folder / f"{vendor}.yaml")
        books[-1].write_text(json.dumps(content, indent=1), "utf-8")
    return books


def _cards(vendor: int, model: int) -> list[dict[str, Any]]:
    """One to four versions of a model, each standard and batch, every other model dearer above 200k."""
    versions = 1 + model % 4
    starts = [_FIRST, *(_CHANGES_FROM + timedelta(days=25 * n + model) for n in range(versions - 1))]
    found = []
    for n, start in enumerate(starts):
        for tier, half in (("standard", 1), ("batch", 2)):
            card: dict[str, Any] = {"model": f"model-{vendor}-{model}", "from": str(start), "tier": tier}
            if n + 1 < versions:
                card["until"] = str(starts[n + 1])
            micro = 3_000_000 * (10 - n) // half
            card["price"] = _prices(micro)
            if model % 2:
                card["bands"] = [{"above": LONG_PROMPT, "price": _prices(2 * micro)}]
            found.append(card)
    return found


def _prices(micro: int) -> dict[str, str]:
    """Prices per million tokens from the micro-dollars of a million input tokens."""
    shares = {
        "input_tokens": 100,
        "cache_read_tokens": 10,
        "cache_write_5m_tokens": 125,
        "output_tokens": 500,
    }
    return {meter: f"{micro * share // 100 / 1_000_000:.6f}" for meter, share in shares.items()}
