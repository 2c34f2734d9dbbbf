"""Pricing single calls, against functions that price one call: how fast, and whether costs are the same."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.measure import CACHE, Run, job, run
from bench.table import Row

CALLS, LITELLM = 10_000, "1.106.2"
RIVALS = {"genai": "genai_prices.calc_price", "litellm": f"litellm {LITELLM} cost_per_token"}
_ANTHROPIC = ("claude-sonnet-4-5", "claude-opus-4-8")
#: Conditions of a call: what it changes in a standard call of October 2026, and how many calls of a hundred.
CATEGORIES: dict[str, tuple[int, dict[str, Any]]] = {
    "standard": (60, {}),
    "long prompt": (6, {"models": ("gpt-5.4", "gemini-2.5-pro"), "longest": 900_000}),
    "batch": (8, {"tier": "batch"}),
    "cache of an hour": (6, {"models": _ANTHROPIC, "lifetime": "cache_write_1h_tokens"}),
    "fast": (4, {"models": ("claude-opus-4-8",), "speed": "fast"}),
    "region us": (6, {"models": ("claude-opus-4-8", "gpt-5.4"), "region": "us"}),
    "before the model's first price": (5, {"models": ("claude-opus-4-8", "gpt-5.4"), "day": "2026-01-15"}),
    "unknown model": (5, {"models": ("claude-sonnet-4-5-nightly", "gpt-4o-unheard-of")}),
}
VENDORS = {"claude": "anthropic", "gpt": "openai", "gemini": "google"}
MODELS = (*_ANTHROPIC, "claude-haiku-4-5", "gpt-5.4", "gpt-4o", "gemini-2.5-pro", "gemini-3.5-flash")


def measured(size: str) -> list[Row]:
    sample = CACHE / "calls.json"
    CACHE.mkdir(parents=True, exist_ok=True)
    sample.write_text(json.dumps(_sample(CALLS)), "utf-8")
    done = {"ours": job("calls", "ours", sample), "genai": job("calls", "genai", sample)}
    python = _litellm()
    if python is not None:
        env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "PYTHONPATH": ""}
        script = Path(__file__).with_name("litellm_costs.py")
        told = run([python, script, sample], env)
        content = told.answer
        done["litellm"] = Run(content["wall"], content["cpu"], told.rss, json.dumps(content["answer"]))
    categories = [call["category"] for call in json.loads(sample.read_text("utf-8"))]
    rows = [Row(f"bothhalves.core.rating.rate, {CALLS / done['ours'].cpu:,.0f} calls/s", done["ours"])]
    for name, title in RIVALS.items():
        if name in done:
            rows += _against(title, done["ours"], done[name], categories)
        else:
            rows.append(Row(f"{title}: cannot be installed here; not compared"))
    return rows


def _against(title: str, ours: Run, theirs: Run, categories: list[str]) -> list[Row]:
    found: dict[str, Counter[str]] = {category: Counter() for category in CATEGORIES}
    factors: dict[str, list[Decimal]] = {category: [] for category in CATEGORIES}
    for category, own, other in zip(categories, ours.answer, theirs.answer, strict=True):
        if own is None or other is None:
            found[category][_UNPRICED[own is None, other is None]] += 1
        elif _equal(Decimal(own), Decimal(other)):
            found[category]["equal"] += 1
        else:
            factors[category].append(Decimal(other) / Decimal(own))
    speed = f"{title}, {CALLS / theirs.cpu:,.0f} calls/s"
    rows = [Row(speed, theirs, ours.cpu / theirs.cpu, "CPU of ours to theirs")]
    for category, counts in found.items():
        told = [f"{n:,} {verdict}" for verdict, n in sorted(counts.items())]
        if other_costs := factors[category]:
            span = f"{min(other_costs):.2f} to {max(other_costs):.2f}"
            told.append(f"{len(other_costs):,} at {span} of our cost")
        rows.append(Row(f"  {category}: {', '.join(told)}"))
    return rows


_UNPRICED = {
    (True, True): "unpriced by both",
    (True, False): "priced by them alone",
    (False, True): "priced by us alone",
}


def _equal(ours: Decimal, theirs: Decimal) -> bool:
    """Exactly so for exact rivals; as near as a float comes for others."""
    return abs(ours - theirs) <= abs(ours) * Decimal("1e-12")


def _sample(count: int) -> list[dict[str, Any]]:
    chance = random.Random(5)
    shares = [share for share, _ in CATEGORIES.values()]
    chosen = chance.choices(list(CATEGORIES), shares, k=count)
    return [_call(chance, category, CATEGORIES[category][1]) for category in chosen]


def _call(chance: random.Random, category: str, changes: dict[str, Any]) -> dict[str, Any]:
    model = chance.choice(changes.get("models", MODELS))
    longest = changes.get("longest", 0)
    tokens = {
        "input_tokens": chance.randrange(300_000, longest) if longest else chance.randrange(1, 20_000),
        "cache_read_tokens": chance.randrange(0, 60_000),
        "output_tokens": chance.randrange(1, 4000),
    }
    if model in _ANTHROPIC:
        tokens[changes.get("lifetime", "cache_write_5m_tokens")] = chance.randrange(1, 10_000)
    return {
        "category": category,
        "vendor": VENDORS[model.partition("-")[0]],
        "model": model,
        "day": changes.get("day", "2026-11-15"),
        "tier": changes.get("tier", "standard"),
        "speed": changes.get("speed", "standard"),
        "region": changes.get("region", ""),
        "tokens": tokens,
    }


def _litellm() -> Path | None:
    """The Python of an environment of its own with litellm; None where it cannot be installed."""
    folder = CACHE / "litellm"
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            run([sys.executable, "-m", "venv", folder])
            run([python, "-m", "pip", "install", "--quiet", f"litellm=={LITELLM}"])
        found = run([python, "-c", "import importlib.metadata as m; print(m.version('litellm'))"])
    except (OSError, RuntimeError):
        return None
    return python if found.out.strip() == LITELLM else None
