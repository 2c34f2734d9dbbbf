"""Prompt caching: what a lifetime makes of the prefix tokens of a workload.

A request hits if the pause since the last request with the same prefix, at the same model and account, is
strictly below the lifetime; each hit starts the lifetime anew at no cost. Every other request writes. So the
pauses of a trace decide everything, and one count of them serves every lifetime.

Only quantities are made here. What a write and a read cost, as multiples of input, is in the price book.
The rules are Anthropic's, platform.claude.com/docs/en/build-with-claude/prompt-caching.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.explain import Grade
from bothhalves.core.money import EXACT, ZERO, quotient
from bothhalves.core.prices import CacheRule
from bothhalves.core.rating import Counted
from bothhalves.core.terms import PROMPT_METERS

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

    def __add__(self, other: Pauses) -> Pauses:
        """Both together; ``ValueError`` if they were counted with other edges."""
        if self.edges != other.edges:
            raise ValueError("pauses with different edges cannot be added")
        after = tuple(a + b for a, b in zip(self.after, other.after, strict=True))
        return Pauses(self.first + other.first, after, self.edges)


@dataclass(frozen=True, slots=True)
class HitRate:
    """The share of prefix tokens that are read from the cache, and what that rests on.

    ``basis`` is measured, back-tested or estimated; ``grade`` the best that a claim on it can have.
    """

    share: Fraction
    basis: str
    grade: Grade


def back_tested(pauses: Pauses, lifetime: Lifetime) -> HitRate | None:
    """The rate that the requests of a trace would have had; None without prefix tokens."""
    tokens = pauses.total.tokens
    return HitRate(Fraction(pauses.hits(lifetime).tokens, tokens), "back-tested", Grade.A) if tokens else None


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
