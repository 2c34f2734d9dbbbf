"""Prompt caching: what a lifetime makes of the prefix tokens of a workload.

A request hits if the pause since the last request with the same prefix, at the same model and account, is
strictly below the lifetime; each hit starts the lifetime anew at no cost. Every other request writes. So the
pauses of a trace decide everything, and one count of them serves every lifetime.

Only quantities are made here. What a write and a read cost, as multiples of input, is in the price book.
The rules are Anthropic's, platform.claude.com/docs/en/build-with-claude/prompt-caching.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from bothhalves.core.explain import Grade
from bothhalves.core.money import EXACT, ZERO, quotient
from bothhalves.core.prices import CacheRule
from bothhalves.core.rating import Counted
from bothhalves.core.terms import PROMPT_METERS

#: Where an estimate is rounded: more places than any token count can show.
_PLACES = Decimal("1E-12")
_MICRO = timedelta(microseconds=1)
_ESTIMATING = Context(prec=34, rounding=ROUND_HALF_EVEN)
INPUT, READ = "input_tokens", "cache_read_tokens"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long an entry that nobody reads lasts, and the meter on which its writes are billed.

    Which of them a model has is in the price book, under ``name``.
    """

    name: str
    length: timedelta
    meter: str


FIVE_MINUTES = Lifetime("5m", timedelta(minutes=5), "cache_write_5m_tokens")
THIRTY_MINUTES = Lifetime("30m", timedelta(minutes=30), "cache_write_tokens")
ONE_HOUR = Lifetime("1h", timedelta(hours=1), "cache_write_1h_tokens")
LIFETIMES = (FIVE_MINUTES, THIRTY_MINUTES, ONE_HOUR)
EDGES = tuple(lifetime.length for lifetime in LIFETIMES)


@dataclass(frozen=True, slots=True)
class Tally:
    """Requests, and the prefix tokens of all of them together."""

    requests: int = 0
    tokens: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.requests + other.requests, self.tokens + other.tokens)


@dataclass(frozen=True, slots=True)
class Pauses:
    """Requests by the pause since the last earlier one with the same prefix, model and account.

    ``first`` has no earlier one in sight. ``after[n]`` are pauses from ``edges[n - 1]`` (from nothing, for
    the first) up to but without ``edges[n]``; the last of ``after`` has no upper end.
    """

    first: Tally = Tally()
    after: tuple[Tally, ...] = (Tally(),) * (len(EDGES) + 1)
    edges: tuple[timedelta, ...] = EDGES

    @property
    def total(self) -> Tally:
        return sum(self.after, self.first)

    def hits(self, lifetime: Lifetime) -> Tally:
        """What a cache of this lifetime reads. ``ValueError`` if its length is not one of the edges."""
        return sum(self.after[: self.edges.index(lifetime.length) + 1], Tally())

    def writes(self, lifetime: Lifetime) -> Tally:
        """What a cache of this lifetime writes: all that it does not read."""
        missed = self.after[self.edges.index(lifetime.length) + 1 :]
        return sum(missed, self.first)

    def differing(self, lifetime: Lifetime) -> Fraction | None:
        """The share of requests whose prefix no request within the lifetime had: 1 if a header changes."""
        every = self.total.requests
        return Fraction(self.writes(lifetime).requests, every) if every else None

    def __add__(self, other: Pauses) -> Pauses:
        """Both together; ``ValueError`` if they were counted with other edges."""
        if self.edges != other.edges:
            raise ValueError("pauses with different edges cannot be added")
        after = tuple(a + b for a, b in zip(self.after, other.after, strict=True))
        return Pauses(self.first + other.first, after, self.edges)


def pauses_of(times: Iterable[datetime], tokens: int, edges: tuple[timedelta, ...] = EDGES) -> Pauses:
    """The pauses of the requests with one prefix of ``tokens``, at one model and account, in any order.

    Requests of one instant do not serve each other, because an entry can be read only after the answer to
    the request that wrote it has begun: all of them pause since the last earlier instant.
    """
    last: datetime | None = None
    first, after = Tally(), [Tally() for _ in range(len(edges) + 1)]
    for time, requests in sorted(Counter(times).items()):
        told = Tally(requests, requests * tokens)
        if last is None:
            first = told
        else:
            after[bisect_right(edges, time - last)] += told
        last = time
    return Pauses(first, tuple(after), edges)


@dataclass(frozen=True, slots=True)
class HitRate:
    """The share of prefix tokens that are read from the cache, and what that rests on.

    ``basis`` is measured, back-tested or estimated; ``grade`` the best that a claim on it can have.
    """

    share: Fraction
    basis: str
    grade: Grade


def measured(reads: int, writes: int) -> HitRate | None:
    """The rate that read counters show: tokens read over tokens read and written; None without either."""
    return HitRate(Fraction(reads, reads + writes), "measured", Grade.A) if reads + writes else None


def back_tested(pauses: Pauses, lifetime: Lifetime) -> HitRate | None:
    """The rate that the requests of a trace would have had; None without prefix tokens."""
    tokens = pauses.total.tokens
    return HitRate(Fraction(pauses.hits(lifetime).tokens, tokens), "back-tested", Grade.A) if tokens else None


def estimated(
    requests: int, window: timedelta, lifetime: Lifetime, part: Fraction = Fraction(1)
) -> HitRate | None:
    """A planning estimate without a trace: 1 - exp(-rate x lifetime), for arrivals at random.

    ``requests`` with one prefix came in ``window``; ``part`` of them go to the model in question, since each
    model has a cache of its own. Rounded at the twelfth place. None if nothing is known of either.
    """
    if requests <= 0 or window <= timedelta(0):
        return None
    expected = requests * part * Fraction(lifetime.length // _MICRO, window // _MICRO)
    power = _ESTIMATING.divide(Decimal(-expected.numerator), Decimal(expected.denominator))
    share = _ESTIMATING.subtract(Decimal(1), _ESTIMATING.exp(power))
    return HitRate(Fraction(share.quantize(_PLACES, context=_ESTIMATING)), "estimated", Grade.C)


@dataclass(frozen=True, slots=True)
class CachingState:
    """How many tokens of a cell are read and written under ``lifetime``; None: nothing is cached.

    The state is complete: what is neither read nor written is uncached input. ``why`` says why nothing is
    claimed, where something was asked for.
    """

    lifetime: Lifetime | None = None
    reads: Decimal = ZERO
    writes: Decimal = ZERO
    basis: str = ""
    grade: Grade = Grade.A
    why: str = ""


UNCACHED = CachingState()


def from_pauses(pauses: Pauses, lifetime: Lifetime | None) -> CachingState:
    """The state in which the trace would have left its prefix tokens."""
    if lifetime is None:
        return UNCACHED
    reads, writes = pauses.hits(lifetime).tokens, pauses.writes(lifetime).tokens
    return CachingState(lifetime, Decimal(reads), Decimal(writes), "back-tested")


def at_rate(tokens: Decimal, rate: HitRate, lifetime: Lifetime) -> CachingState:
    """``tokens`` of prefixes, of which the rate's share is read and the rest written."""
    reads = quotient(rate.share * Fraction(tokens))
    return CachingState(lifetime, reads, EXACT.subtract(tokens, reads), rate.basis, rate.grade)


def every_write(tokens: Decimal, lifetime: Lifetime) -> CachingState:
    """What a header that changes with each request makes of caching: every prefix token is written."""
    return CachingState(lifetime, ZERO, tokens, "estimated", Grade.C)


def offered(rule: CacheRule | None) -> tuple[Lifetime, ...]:
    """The lifetimes that a model's cache promises, shortest first; none where nothing is known."""
    return tuple(lifetime for lifetime in LIFETIMES if rule and lifetime.name in rule.lifetimes)


def refusal(prefix_tokens: int, rule: CacheRule | None, lifetime: Lifetime) -> str:
    """Why nothing may be claimed for a prefix of this length at a model; empty if something may."""
    if rule is None:
        return "the shortest prefix that the model caches is not known"
    if prefix_tokens < rule.min_prefix:
        return f"{prefix_tokens:,} tokens are fewer than the {rule.min_prefix:,} that the model caches"
    if lifetime not in offered(rule):
        return f"the model's cache does not promise to last {lifetime.name}"
    return ""


@dataclass(frozen=True, slots=True)
class Prefix:
    """The reusable head of a workload's prompts as its owner states it: its tokens in each request.

    ``changes``: something in it, or ahead of it, differs from request to request.
    """

    tokens: int
    changes: bool = False


def planned(
    prefix: Prefix, requests: int, rule: CacheRule | None, rate: HitRate | None, lifetime: Lifetime
) -> CachingState:
    """What may be claimed for ``requests`` with this prefix; uncached, with the reason, where nothing may."""
    why = refusal(prefix.tokens, rule, lifetime)
    if not why and prefix.changes:
        why = "the prefix changes with each request, so that every request would write"
    if not why and rate is None:
        why = "no hit rate is known"
    if why or rate is None:
        return replace(UNCACHED, why=why)
    return at_rate(Decimal(prefix.tokens * requests), rate, lifetime)


def in_batch(tokens: Decimal, rate: HitRate | None, lifetime: Lifetime) -> CachingState:
    """The state of prefix tokens in batch, where hits are best effort: only a measured rate is believed."""
    if rate is None or rate.basis != "measured":
        return replace(UNCACHED, why="hits in batch are best effort, and none were measured")
    return at_rate(tokens, rate, lifetime)


def prompt_tokens(usage: Counted) -> Decimal:
    """All prompt tokens of the usage, cached or not."""
    found = ZERO
    for meter, quantity in usage.quantities:
        found = EXACT.add(found, quantity) if meter in PROMPT_METERS else found
    return found


def restated(usage: Counted, state: CachingState) -> Counted:
    """The usage with its prompt tokens in ``state``; output and every other meter stay.

    Reads, writes and input come to the same prompt as before. ``ValueError`` if the state has more tokens
    than the prompts.
    """
    uncached = EXACT.subtract(prompt_tokens(usage), EXACT.add(state.reads, state.writes))
    if uncached < 0:
        raise ValueError("more prefix tokens than prompt tokens")
    prompt = [(INPUT, uncached), (READ, state.reads)]
    prompt += [(state.lifetime.meter, state.writes)] if state.lifetime else []
    others = [(meter, quantity) for meter, quantity in usage.quantities if meter not in PROMPT_METERS]
    return replace(usage, quantities=(*((m, q) for m, q in prompt if q), *others))


def changing_header(usage: Counted, tokens: Decimal, lifetime: Lifetime) -> tuple[Counted, Counted]:
    """What a changing header costs, as two usages to rate: every prefix token written, and none cached."""
    return restated(usage, every_write(tokens, lifetime)), restated(usage, UNCACHED)
