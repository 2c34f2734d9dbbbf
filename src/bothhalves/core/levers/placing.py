"""One cell in one state of the levers: every way in which it can run there, and the cheapest of them.

A cell is stated anew on its model, in its tiers and with its cache, and each part is priced as if it had been
used so. A cache serves less when its traffic is divided: requests at random hit with 1 - exp(-rate x
lifetime), so a share s of them hits with 1 - (1 - h)^s. That is an estimate and graded as one; where the
requests were played back with the move, that is used instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor

from bothhalves.core.explain import Grade
from bothhalves.core.levers.batch import BATCH, eligible, split
from bothhalves.core.levers.caching import (
    LIFETIMES,
    READ,
    UNCACHED,
    CachingState,
    HitRate,
    Lifetime,
    at_rate,
    prompt_tokens,
    refusal,
    restated,
)
from bothhalves.core.levers.mix import Cell, Head, Lever, Placed, Setting, Slot, Target
from bothhalves.core.levers.routing import Model, Recount
from bothhalves.core.money import EXACT, ZERO, MoneyKind, quotient
from bothhalves.core.prices import STANDARD, PriceBook
from bothhalves.core.rating import Counted, Rating, rate
from bothhalves.core.terms import PROMPT_METERS

Settings = Mapping[Lever, Setting]
Traffic = Mapping[tuple[Model, str], Fraction]
_CACHED = tuple(meter for meter in PROMPT_METERS if meter != "input_tokens")
_ESTIMATING = Context(prec=40, rounding=ROUND_HALF_EVEN)
_PLACES = Decimal("1E-12")
_ENDLESS = Decimal("Infinity")


@dataclass(frozen=True)
class Market:
    """What cells are priced with. ``rated`` remembers, so that a usage is priced once."""

    book: PriceBook
    currency: str
    rated: dict[Counted, Rating]

    def price(self, usage: Counted) -> Rating:
        stated = replace(usage, kind=MoneyKind.SCENARIO)
        if stated not in self.rated:
            self.rated[stated] = rate(stated, self.book)
        return self.rated[stated]


@dataclass(frozen=True, slots=True)
class Scene:
    """A state of the levers: their settings, and how much traffic each model and tier has in it.

    ``today`` and ``routed`` are the traffic of today and after routing alone.
    """

    settings: Settings
    now: Traffic
    today: Traffic
    routed: Traffic


def models(cell: Cell, setting: Setting) -> tuple[Target, ...]:
    """The models on which the cell may run under a setting of routing; today's comes first."""
    if setting is Setting.LAZY:
        return (cell.reference or cell.own,)
    best = setting is Setting.BEST and cell.chosen is not None
    return (cell.own, cell.chosen) if best and cell.chosen else (cell.own,)


def shares(cell: Cell, setting: Setting) -> tuple[tuple[tuple[str, Decimal], ...], ...]:
    """The ways in which the cell may be divided among tiers under a setting of batch; today's comes first."""
    whole, tier = Decimal(1), cell.usage.tier
    if tier == BATCH:
        return (((STANDARD if setting is Setting.LAZY else BATCH, whole),),)
    waiting = eligible(cell.usage, cell.can_wait) if setting is Setting.BEST else Decimal(0)
    divided = ((tier, EXACT.subtract(whole, waiting)), (BATCH, waiting))
    return (((tier, whole),), tuple((t, s) for t, s in divided if s)) if waiting else (((tier, whole),),)


def placed(cell: Cell, scene: Scene, market: Market) -> tuple[Placed, ...]:
    """The cheapest way to run the cell; today's, unless another is at least as cheap at both ends."""
    best: tuple[Placed, ...] = ()
    settings = scene.settings
    for target, tiers in product(models(cell, settings[Lever.ROUTING]), shares(cell, settings[Lever.BATCH])):
        parts = _divided(cell, target, tiers)
        found = tuple(_cheapest(_cached(cell, part, scene, market), market.currency) for part in parts)
        if not best or is_cheaper(found, best, market.currency):
            best = found
    return best


def is_cheaper(found: Iterable[Placed], than: Iterable[Placed], currency: str) -> bool:
    """True if ``found`` costs less at one end, no more at the other, and leaves no more without a price."""
    new, old = _ends(found, currency), _ends(than, currency)
    return new[0] <= old[0] and new[1] <= old[1] and new[2] <= old[2] and new[1:] != old[1:]


def _ends(parts: Iterable[Placed], currency: str) -> tuple[int, Decimal, Decimal]:
    """How much has no price in the currency, and the lowest and highest cost of the rest."""
    missing, low, high = 0, Decimal(0), Decimal(0)
    for part in parts:
        missing += len(part.rating.unpriced) + sum(c != currency for c in part.rating.currencies)
        for line in part.rating.lines:
            if line.amount.currency == currency:
                low = EXACT.add(low, line.amount.low)
                high = EXACT.add(high, _ENDLESS if line.amount.high is None else line.amount.high)
    return missing, low, high


def _cheapest(options: Iterable[Placed], currency: str) -> Placed:
    found = list(options)
    best = found[0]
    for option in found[1:]:
        best = option if is_cheaper((option,), (best,), currency) else best
    return best


def _divided(cell: Cell, target: Target, tiers: tuple[tuple[str, Decimal], ...]) -> tuple[Counted, ...]:
    """The cell's usage on a model, in one part for each tier; its counters stay while its model does."""
    usage = cell.usage if target == cell.own else moved(restated(cell.usage, UNCACHED), target)
    if len(tiers) == 1:
        return (replace(usage, tier=tiers[0][0]),)
    return split(usage, tiers[1][1])


def moved(usage: Counted, target: Target) -> Counted:
    """The same work on another model: its tokens re-counted, and the bounds of its prompts with them."""
    vendor, model = target.model
    return replace(
        usage,
        vendor=vendor,
        model=model,
        quantities=tuple((m, _recounted(m, q, target.recount)) for m, q in usage.quantities),
        prompt_above=floor((usage.prompt_above + 1) * target.recount.input) - 1,
        prompt_upto=None if usage.prompt_upto is None else ceil(usage.prompt_upto * target.recount.input),
    )


def _recounted(meter: str, quantity: Decimal, by: Recount) -> Decimal:
    times = by.input if meter in PROMPT_METERS else by.output if meter == "output_tokens" else Fraction(1)
    return quantity if times == 1 else quotient(Fraction(quantity) * times)


def _cached(cell: Cell, part: Counted, scene: Scene, market: Market) -> Iterator[Placed]:
    """The part with every cache that it may have, today's first."""
    setting = scene.settings[Lever.CACHING]
    bare = restated(part, UNCACHED)
    if setting is not Setting.LAZY and any(q for m, q in cell.usage.quantities if m in _CACHED):
        yield _today(cell, part, scene, market)
        if setting is Setting.TODAY:
            return
    if setting is Setting.BEST and cell.head is not None:
        for lifetime in LIFETIMES:
            state = _state(cell, cell.head, part, lifetime, scene, market.book)
            if state.basis:
                yield _with(cell, bare, state, market)
    yield Placed(cell, bare, market.price(bare), UNCACHED)


def _today(cell: Cell, part: Counted, scene: Scene, market: Market) -> Placed:
    """Today's counters while model, tier and traffic are today's; else what today's cache does there."""
    place = (cell.model, cell.usage.tier)
    stays = ((part.vendor, part.model), part.tier) == place
    if stays and scene.now.get(place, 0) >= scene.today[place]:
        return Placed(cell, part, market.price(part), CachingState(basis="measured"))
    head = observed(cell.usage)
    return _with(cell, part, _state(cell, head, part, head.lifetime, scene, market.book), market)


def observed(usage: Counted) -> Head:
    """The head that today's read and write counters show.

    Where no writes are billed, the cache works by itself: any part of the prompt may be served, and what is
    not is input. ``ValueError`` where nothing is cached.
    """
    counts = dict(usage.quantities)
    reads = counts.get(READ, ZERO)
    written = {lifetime: counts.get(lifetime.meter, ZERO) for lifetime in LIFETIMES}
    longest = max(written, key=lambda lifetime: written[lifetime])
    writes = sum(written.values(), ZERO)
    prompt = prompt_tokens(usage)
    cached = EXACT.add(reads, writes) if writes else prompt
    if not reads + writes:
        raise ValueError("nothing is cached")
    found = HitRate(Fraction(reads) / Fraction(cached), "measured", Grade.A)
    slot = Slot((usage.vendor, usage.model), usage.tier, longest)
    tokens = int(cached / usage.requests) if usage.requests else 0
    share = Fraction(cached) / Fraction(prompt)
    return Head(share, tokens, longest, billed=bool(writes), rates={slot: found})


def _with(cell: Cell, part: Counted, state: CachingState, market: Market) -> Placed:
    usage = restated(part, state)
    return Placed(cell, usage, market.price(usage), state)


def _state(
    cell: Cell, head: Head, part: Counted, lifetime: Lifetime, scene: Scene, book: PriceBook
) -> CachingState:
    """What the head's tokens do in this part; uncached, with the reason, where nothing may be claimed."""
    slot = Slot((part.vendor, part.model), part.tier, lifetime)
    found = hit_rate(cell, head, slot, scene)
    why = ""
    if found is None:
        where = "in batch" if part.tier == BATCH else f"on {part.model}"
        why = f"no hits {where} were measured or played back"
    elif head.changes:
        why = "the prefix changes with each request, so that every request would write"
    elif slot not in head.rates and slot not in head.trialled:
        rule = book.caching(part.vendor, part.model, part.start.date())
        why = refusal(head.tokens, rule, lifetime) if head.tokens else "the prefix's length is not known"
    if why or found is None:
        return replace(UNCACHED, why=why)
    state = at_rate(quotient(head.share * Fraction(prompt_tokens(part))), found, lifetime)
    return state if head.billed else replace(state, lifetime=None, writes=ZERO)


def hit_rate(cell: Cell, head: Head, slot: Slot, scene: Scene) -> HitRate | None:
    """The share of the head that the slot's cache serves in this state; None: nothing is known.

    Of batch only what was measured is believed, because hits there are best effort.
    """
    if slot in head.trialled:
        return _believed(slot, head.trialled[slot])
    place, home = (slot.model, slot.tier), (cell.model, cell.usage.tier)
    if scene.settings[Lever.ROUTING] is Setting.BEST and slot in head.played:
        return _believed(slot, thinned(head.played[slot], _part(scene.now, scene.routed, place, place)))
    if slot in head.rates:
        return _believed(slot, thinned(head.rates[slot], _part(scene.now, scene.today, place, place)))
    known = head.rates.get(Slot(cell.model, cell.usage.tier, slot.lifetime))
    if known is None or slot.tier != cell.usage.tier or slot.model[0] != cell.model[0]:
        return None
    return _believed(slot, thinned(known, _part(scene.now, scene.today, place, home)))


def _believed(slot: Slot, found: HitRate) -> HitRate | None:
    return None if slot.tier == BATCH and found.basis != "measured" else found


def _part(now: Traffic, then: Traffic, place: tuple[Model, str], before: tuple[Model, str]) -> Fraction:
    """The traffic of a cache now, as a share of that for which the rate is known; never more than all."""
    known = then.get(before, Fraction(0))
    return min(Fraction(1), now.get(place, Fraction(0)) / known) if known else Fraction(0)


def thinned(found: HitRate, part: Fraction) -> HitRate:
    """The hit rate that is left when a cache keeps ``part`` of its requests: 1 - (1 - h)^part."""
    if part >= 1 or found.share in (0, 1):
        return found
    missed = _ESTIMATING.divide(Decimal((1 - found.share).numerator), Decimal((1 - found.share).denominator))
    power = _ESTIMATING.divide(Decimal(part.numerator), Decimal(part.denominator))
    left = (1 - _ESTIMATING.power(missed, power)).quantize(_PLACES, context=_ESTIMATING)
    return HitRate(Fraction(left), "estimated", Grade.C)


def flow_of(cells: Iterable[Cell], settings: Settings, weight: Callable[[Cell], Fraction]) -> Traffic:
    """Traffic by model and tier if every cell goes the last way that its settings allow."""
    found: dict[tuple[Model, str], Fraction] = {}
    for cell in cells:
        target = models(cell, settings[Lever.ROUTING])[-1]
        for tier, share in shares(cell, settings[Lever.BATCH])[-1]:
            place = (target.model, tier)
            found[place] = found.get(place, Fraction(0)) + weight(cell) * Fraction(share)
    return found
