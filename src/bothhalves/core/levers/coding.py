"""A coding tool's own levers: who has access, context, model policy, and sessions beyond need.

A person works with the tool, so neither routing nor caching nor batch is theirs to set: the tool does that
itself. Each lever here is a what-if about sessions, as two lists of usage to rate: what was used, and what
would be used instead. None of them says that the work would have been as good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.explain import Grade
from bothhalves.core.levers.caching import prompt_tokens
from bothhalves.core.levers.mix import Target
from bothhalves.core.levers.placing import moved
from bothhalves.core.levers.routing import Model
from bothhalves.core.money import quotient
from bothhalves.core.rating import Counted
from bothhalves.core.terms import PROMPT_METERS

#: Fewer sessions than this in a window are taken as a try.
FEWEST_SESSIONS = 4


class CodingLever(StrEnum):
    """What the owner of a coding tool can change."""

    ACCESS = "access"
    CONTEXT = "context"
    MODEL = "model policy"
    SESSIONS = "sessions beyond need"


@dataclass(frozen=True, slots=True)
class Session:
    """What one session used on one model, in ``calls`` requests. ``person`` is never shown."""

    person: str
    session: str
    calls: int
    usage: Counted

    @property
    def context(self) -> Fraction:
        """Prompt tokens of a call, on average."""
        return Fraction(prompt_tokens(self.usage)) / self.calls if self.calls else Fraction(0)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A lever's scenario: the usage that it concerns, what would be used instead, and how many are concerned.

    ``people`` None: fewer than may be shown, so nothing else is told either.
    """

    lever: CodingLever
    words: str
    before: tuple[Counted, ...]
    after: tuple[Counted, ...]
    people: int | None
    sessions: int
    basis: str = "assumed"
    grade: Grade = Grade.C


def what_ifs(sessions: Sequence[Session], default: Model | None, smallest: int) -> tuple[WhatIf, ...]:
    """All four levers. ``default``: the model of a policy, where one is asked for; ``smallest``: the fewest
    people of whom anything is told."""
    found = [access(sessions), context(sessions), beyond_need(sessions)]
    if default is not None:
        found.append(model_policy(sessions, default))
    order = list(CodingLever)
    return tuple(_shown(f, smallest) for f in sorted(found, key=lambda f: order.index(f.lever)))


def _shown(found: WhatIf, smallest: int) -> WhatIf:
    """The scenario without everything that would tell of a few people."""
    if found.people is None or not found.people or found.people >= smallest:
        return found
    words = f"concerns fewer than {smallest} people, so it is not told"
    return WhatIf(found.lever, words, (), (), None, 0, found.basis, found.grade)


def access(sessions: Sequence[Session]) -> WhatIf:
    """People with few sessions have no access."""
    counts = Counter(person for person, _ in {(s.person, s.session) for s in sessions})
    return _what_if(
        CodingLever.ACCESS,
        f"if people with fewer than {FEWEST_SESSIONS} sessions in the window had no access",
        [s for s in sessions if counts[s.person] < FEWEST_SESSIONS],
        lambda _: None,
    )


def context(sessions: Sequence[Session]) -> WhatIf:
    """Sessions whose calls read more than the upper quartile read just that much."""
    most = upper_quartile([s.context for s in sessions])

    def shortened(session: Session) -> Counted:
        times = most / session.context
        quantities = tuple(
            (m, quotient(Fraction(q) * times) if m in PROMPT_METERS else q)
            for m, q in session.usage.quantities
        )
        return replace(session.usage, quantities=quantities)

    long = [s for s in sessions if s.context > most]
    words = f"if no session read more than {int(most):,} tokens a call, as three quarters of them do"
    return _what_if(CodingLever.CONTEXT, words, long, shortened)


def beyond_need(sessions: Sequence[Session]) -> WhatIf:
    """Sessions of a single call are not begun: what they asked is asked in another one."""
    calls: Counter[tuple[str, str]] = Counter()
    for s in sessions:
        calls[s.person, s.session] += s.calls
    single = [s for s in sessions if calls[s.person, s.session] == 1]
    return _what_if(CodingLever.SESSIONS, "if no session of a single call were begun", single, lambda _: None)


def model_policy(sessions: Sequence[Session], default: Model) -> WhatIf:
    """Everything runs on ``default``, with as many tokens. Whether it would do, nobody has judged."""
    others = [s for s in sessions if (s.usage.vendor, s.usage.model) != default]
    words = f"if {default[1]} were the default, with as many tokens and without a judgement of quality"
    return _what_if(CodingLever.MODEL, words, others, lambda s: moved(s.usage, Target(default)))


def upper_quartile(values: Iterable[Fraction]) -> Fraction:
    """The smallest value that at least three quarters do not exceed; 0 without values."""
    ordered = sorted(values)
    return ordered[-(-3 * len(ordered) // 4) - 1] if ordered else Fraction(0)


def _what_if(
    lever: CodingLever,
    words: str,
    concerned: Sequence[Session],
    instead: Callable[[Session], Counted | None],
) -> WhatIf:
    after = tuple(usage for s in concerned if (usage := instead(s)) is not None)
    people = len({s.person for s in concerned})
    begun = len({(s.person, s.session) for s in concerned})
    return WhatIf(lever, words, tuple(s.usage for s in concerned), after, people, begun)


def refusal_of_outcome(people: int, smallest: int, count: int, is_priced: bool) -> str:
    """Why no cost of an outcome is told for a group; empty if it may be. It is never told of a person."""
    if people < smallest:
        return f"fewer than {smallest} people"
    if not is_priced:
        return "no metered cost of the tool is known"
    return "" if count else "no outcome was counted"
