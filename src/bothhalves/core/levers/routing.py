"""Which model a class of tasks may run on: the cheapest that is good enough, by what a task costs there.

A token of one model is not a token of another: tokenizers differ, and so do the length of answers and the
number of attempts. So models are compared by the tokens that judged tasks took on each of them, all attempts
included, at the prices of the day; never by the price of a token.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from bothhalves.core.levers.quality import Evaluation, Verdict, judged
from bothhalves.core.prices import STANDARD, PriceBook
from bothhalves.core.rating import Counted, rate

Model = tuple[str, str]
"""Vendor and model."""


@dataclass(frozen=True, slots=True)
class TaskCost:
    """What a task costs on a model, between ``low`` and ``high`` (None: no upper end is known)."""

    currency: str
    low: Fraction
    high: Fraction | None

    def is_below(self, other: TaskCost) -> bool:
        """True if it is cheaper at both ends."""
        if self.currency != other.currency or self.high is None:
            return False
        return self.low < other.low and (other.high is None or self.high < other.high)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model for a class: what was judged, the verdict, and what a task costs there (None: not known)."""

    model: Model
    evaluation: Evaluation
    verdict: Verdict
    cost: TaskCost | None


@dataclass(frozen=True, slots=True)
class Recount:
    """How many tokens a model needs where another needs one, for the same tasks."""

    input: Fraction = Fraction(1)
    output: Fraction = Fraction(1)


SAME = Recount()


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where a class may run. ``chosen`` None: it stays where it is, for the ``reason`` given."""

    task_class: str
    today: Model
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    reason: str = ""


def task_cost(evaluation: Evaluation, model: Model, conditions: Counted, book: PriceBook) -> TaskCost | None:
    """What one of the judged tasks costs on ``model``, uncached and not batched; None: not known.

    ``conditions`` give the day and the region. The tokens are those of all attempts, divided by all tasks.
    """
    if not evaluation.counts_tokens:
        return None
    told = {"input_tokens": evaluation.input_tokens, "output_tokens": evaluation.output_tokens}
    quantities = tuple((meter, Decimal(count)) for meter, count in told.items() if count)
    usage = replace(
        conditions,
        vendor=model[0],
        model=model[1],
        tier=STANDARD,
        speed=STANDARD,
        quantities=quantities,
        requests=evaluation.tasks,
        prompt_above=-1,
        prompt_upto=None,
        lower_bounds=frozenset(),
    )
    found = rate(usage, book)
    if found.unpriced or len(found.currencies) != 1:
        return None
    money = found.amount(found.currencies[0], usage.kind)
    high = None if money.high is None else Fraction(money.high) / evaluation.tasks
    return TaskCost(money.currency, Fraction(money.low) / evaluation.tasks, high)


def candidates(
    evaluations: Iterable[Evaluation], floor: Decimal | None, conditions: Counted, book: PriceBook
) -> list[Candidate]:
    """Each evaluation of one class as a candidate. An empty vendor is that of the ``conditions``."""
    found = []
    for evaluation in evaluations:
        model = (evaluation.vendor or conditions.vendor, evaluation.model)
        cost = task_cost(evaluation, model, conditions, book)
        found.append(Candidate(model, evaluation, judged(evaluation, floor), cost))
    return found


def assign(
    task_class: str,
    evaluations: Iterable[Evaluation],
    floor: Decimal | None,
    conditions: Counted,
    book: PriceBook,
) -> Assignment:
    """The cheapest sufficient model of a class, if it is cheaper by the task than today's, which
    ``conditions`` name.

    Today's model must have been counted on judged tasks too, good or bad: without its tokens by the task
    nobody can tell what the other model saves.
    """
    today = (conditions.vendor, conditions.model)
    found = tuple(candidates(evaluations, floor, conditions, book))
    own = next((c for c in found if c.model == today and c.evaluation.is_own and c.cost), None)
    good = [c for c in found if c.verdict is Verdict.SUFFICIENT and c.cost and c.model != today]
    if not good:
        return Assignment(task_class, today, found, None, _why_none(found, today))
    if own is None or own.cost is None:
        reason = f"the tokens that a task takes on {today[1]} were not counted"
        return Assignment(task_class, today, found, None, reason)
    best = _cheapest(good)
    if best.cost is None or not best.cost.is_below(own.cost):
        return Assignment(task_class, today, found, None, f"no sufficient model is cheaper than {today[1]}")
    return Assignment(task_class, today, found, best)


def _cheapest(found: Iterable[Candidate]) -> Candidate:
    """The one with the lowest upper end; of equals the lowest lower end, then the name."""

    def order(candidate: Candidate) -> tuple[bool, Fraction, Fraction, Model]:
        cost = candidate.cost or TaskCost("", Fraction(0), None)
        return cost.high is None, cost.high or Fraction(0), cost.low, candidate.model

    return min(found, key=order)


def _why_none(found: Iterable[Candidate], today: Model) -> str:
    others = [c for c in found if c.model != today]
    if not others:
        return str(Verdict.UNMEASURED)
    if any(c.verdict is Verdict.SUFFICIENT for c in others):
        return "what a task costs on the sufficient models is not known"
    return "; ".join(f"{c.model[1]}: {c.verdict}" for c in others)


def recount(source: Evaluation | None, target: Evaluation | None) -> Recount | None:
    """Tokens by the task on ``target`` over those on ``source``; None where either was not counted."""
    if source is None or target is None or not (source.counts_tokens and target.counts_tokens):
        return None
    if source.model == target.model and source.vendor == target.vendor:
        return SAME
    prompt = _over(target.input_tokens, target.tasks) / _over(source.input_tokens, source.tasks)
    if not source.output_tokens:
        return None if target.output_tokens else Recount(prompt)
    answer = _over(target.output_tokens, target.tasks) / _over(source.output_tokens, source.tasks)
    return Recount(prompt, answer)


def _over(tokens: int | None, tasks: int) -> Fraction:
    return Fraction(tokens or 0, tasks)
