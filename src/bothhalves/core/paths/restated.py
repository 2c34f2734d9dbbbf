"""Seat usage as the API would count it: quantities to quantities, priced later like any other.

The same work is counted differently where defaults differ: seats may keep caches for an hour where the API
keeps them for five minutes, and another model's tokenizer makes more or fewer tokens of the same text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from bothhalves.core.money import EXACT, ZERO, plain, quotient
from bothhalves.core.rating import Counted
from bothhalves.core.terms import PROMPT_METERS, TOKEN_METERS

_WRITES = {"5m": "cache_write_5m_tokens", "1h": "cache_write_1h_tokens"}
_UNSAID = "cache_write_tokens"


@dataclass(frozen=True, slots=True)
class Difference:
    """How the other path counts the same work.

    ``writes`` is the lifetime of its cache writes (``5m`` or ``1h``; left out, as counted). ``tokens`` is
    how many tokens it makes of one. ``model`` is the model that it runs on (left out, the same).
    """

    writes: str = ""
    tokens: Decimal = Decimal(1)
    model: str = ""

    def fault(self) -> str | None:
        if self.writes not in ("", *_WRITES):
            return "writes is 5m or 1h"
        return None if self.tokens > 0 else "tokens is above zero"


@dataclass(frozen=True, slots=True)
class Restated:
    """Usage as the other path counts it, and what had to be taken for granted."""

    counted: Counted
    assumptions: tuple[str, ...]


def restated(counted: Counted, by: Difference) -> Restated:
    """``counted`` as the other path would have counted it. ``ValueError`` for a faulty difference."""
    fault = by.fault()
    if fault:
        raise ValueError(fault)
    quantities, said = dict(counted.quantities), []
    if by.writes:
        quantities, moved = _written(quantities, by.writes)
        said += [_of_writes(by.writes)] if moved else []
    found = replace(counted, model=by.model or counted.model, quantities=tuple(quantities.items()))
    if by.tokens != 1:
        found = _retokenised(found, by.tokens)
        said.append(f"One token is taken as {plain(by.tokens)} there, in prompts and in output alike.")
    if by.model and by.model != counted.model:
        said.append(f"The work of {counted.model} is taken to need as much text on {by.model}.")
    return Restated(found, tuple(said))


def lazy(counted: Counted, model: str) -> Restated:
    """The same requests on the reference ``model`` without cache, batch or fast mode: the lazy baseline.

    Everything the model read is uncached input.
    """
    quantities = dict(counted.quantities)
    read = sum((Fraction(quantities.pop(m, ZERO)) for m in PROMPT_METERS), Fraction(0))
    kept = {"input_tokens": quotient(read), **quantities} if read else quantities
    found = replace(counted, model=model, quantities=tuple(kept.items()), tier="standard", speed="standard")
    return Restated(found, (f"Lazy: the same tokens on {model}, without cache, batch or fast mode.",))


def _written(quantities: dict[str, Decimal], lifetime: str) -> tuple[dict[str, Decimal], bool]:
    """All cache writes under one lifetime, and whether any moved."""
    target = _WRITES[lifetime]
    others = [m for m in (*_WRITES.values(), _UNSAID) if m != target and quantities.get(m)]
    found = {m: q for m, q in quantities.items() if m not in others}
    for meter in others:
        found[target] = EXACT.add(found.get(target, ZERO), quantities[meter])
    return found, bool(others)


def _of_writes(lifetime: str) -> str:
    kept = {"5m": "five minutes", "1h": "an hour"}[lifetime]
    gaps = {
        "5m": "reads after a longer pause would be writes there, so it costs at least this",
        "1h": "writes after a pause of up to an hour would be reads there, so it costs at most this",
    }
    return f"Cache writes are taken as kept for {kept}, with as many reads: {gaps[lifetime]}."


def _retokenised(counted: Counted, ratio: Decimal) -> Counted:
    """Every token meter times ``ratio``, and the bounds of the prompt sizes with it."""
    share = Fraction(ratio)
    upto = counted.prompt_upto
    return replace(
        counted,
        quantities=tuple(
            (m, quotient(Fraction(q) * share) if m in TOKEN_METERS else q) for m, q in counted.quantities
        ),
        prompt_above=counted.prompt_above
        if counted.prompt_above < 0
        else floor(counted.prompt_above * share),
        prompt_upto=None if upto is None else ceil(upto * share),
    )
