"""Whether judged tasks show that a model is good enough for a class of tasks.

The test is the lower end of the 95 % score interval of E. B. Wilson (Probable inference, the law of
succession, and statistical inference, 1927), which Brown, Cai and DasGupta (Interval estimation for a
binomial proportion, 2001) recommend for small samples. A class that nobody has judged stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction

from bothhalves.core.explain import Where

#: Fewer judged tasks than this show nothing.
FEWEST = 30
#: The 97.5 % point of the normal distribution, so that the interval covers 95 %.
Z95 = Decimal("1.959963984540054235524594430520551527956")
_ROOTS = Context(prec=50, rounding=ROUND_HALF_EVEN)
_PLACES = Decimal("1E-12")
_SQUARED = Fraction(Z95) ** 2
#: What ``judged_on`` says of tasks that are the buyer's own; anything else names a benchmark.
OWN = "own"


class Verdict(StrEnum):
    """What judged tasks say of a model for a class."""

    SUFFICIENT = "sufficient"
    BELOW = "below the floor"
    FEW = "fewer than 30 judged tasks"
    FOREIGN = "not judged on the buyer's own tasks"
    NO_FLOOR = "no quality floor is written"
    UNMEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Judged tasks of one class on one model: how many passed, and the tokens and cost of all attempts.

    ``vendor`` is empty where it is that of the workload's usage. None: the file does not say. ``cost`` is
    stated, in ``currency``; it is shown beside what the tokens cost at the book's prices.
    """

    workload: str
    task_class: str
    model: str
    tasks: int
    passes: int
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None
    currency: str = ""
    judged_on: str = OWN
    source: str = ""
    vendor: str = ""
    where: Where = field(default=Where(""), compare=False)

    @property
    def is_own(self) -> bool:
        return self.judged_on == OWN

    @property
    def counts_tokens(self) -> bool:
        """True if it says how many tokens a task takes, retries included."""
        return bool(self.tasks and self.input_tokens and self.output_tokens is not None)


def lower_bound(passes: int, tasks: int) -> Decimal:
    """The lower end of the 95 % Wilson interval of ``passes`` out of ``tasks``, at the twelfth place."""
    _check(passes, tasks)
    share, count = Fraction(passes, tasks), Fraction(tasks)
    centre = share + _SQUARED / (2 * count)
    inside = share * (1 - share) / count + _SQUARED / (4 * count * count)
    root = _ROOTS.sqrt(_ROOTS.divide(Decimal(inside.numerator), Decimal(inside.denominator)))
    below = _ROOTS.divide(Decimal(centre.numerator), Decimal(centre.denominator))
    whole = _ROOTS.subtract(below, _ROOTS.multiply(Z95, root))
    scale = 1 + _SQUARED / count
    bound = _ROOTS.divide(_ROOTS.multiply(whole, Decimal(scale.denominator)), Decimal(scale.numerator))
    return max(Decimal(0), bound).quantize(_PLACES, context=_ROOTS)


def reaches(passes: int, tasks: int, floor: Decimal) -> bool:
    """True if the Wilson bound is at least ``floor``, decided without any root.

    The bound is the smaller root of (share - p)^2 = z^2 p (1 - p) / n, so it reaches the floor where the
    share does, and the left side is at least the right side at p = floor.
    """
    _check(passes, tasks)
    share, least = Fraction(passes, tasks), Fraction(floor)
    if not 0 <= least <= 1 or share < least:
        return False
    return (share - least) ** 2 >= _SQUARED * least * (1 - least) / tasks


def judged(evaluation: Evaluation | None, floor: Decimal | None) -> Verdict:
    """What the evaluation says of its model for its class."""
    if evaluation is None or not evaluation.tasks:
        return Verdict.UNMEASURED
    if not evaluation.is_own:
        return Verdict.FOREIGN
    if floor is None:
        return Verdict.NO_FLOOR
    if evaluation.tasks < FEWEST:
        return Verdict.FEW
    is_good = reaches(evaluation.passes, evaluation.tasks, floor)
    return Verdict.SUFFICIENT if is_good else Verdict.BELOW


def _check(passes: int, tasks: int) -> None:
    if not 0 <= passes <= tasks or not tasks:
        raise ValueError("no more tasks pass than were judged, and at least one was judged")
