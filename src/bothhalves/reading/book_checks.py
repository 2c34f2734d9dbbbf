"""What is wrong with the entries of a price book, each at its place and all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bothhalves.core.explain import Problem, Where
from bothhalves.core.money import plain
from bothhalves.core.prices import near
from bothhalves.reading.books import EVERY_MODEL, BookFile, Card, Multiplier, PromptCache, fits, tables, units
from bothhalves.reading.currencies import is_code, unknown_currency
from bothhalves.reading.records import convert
from bothhalves.reading.tree import read_tree

Names = tuple[str, ...]
_NAMED = 3
_ONE_PRICE = "Give the older one an until, on the day on which the newer one begins, or keep one of them."


@dataclass(frozen=True, slots=True)
class Known:
    """What the books beside this one know: meters, declared credits, and the vendor's models."""

    meters: frozenset[str] = frozenset()
    credits: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Stated:
    """Days, and minutes of each of them, for which something is stated."""

    what: str
    start: date
    until: date
    minutes: tuple[int, int] | None
    where: Where

    def meets(self, other: _Stated) -> bool:
        """True if both hold at one moment; a price for a part of the day goes before one for all of it."""
        if self.start >= other.until or other.start >= self.until:
            return False
        if self.minutes is None or other.minutes is None:
            return self.minutes is other.minutes
        return any(a < d and c < b for a, b in _stretches(self.minutes) for c, d in _stretches(other.minutes))


def checked(book: BookFile, known: Known) -> Iterator[Problem]:
    """Every problem of the book's entries, beside those of its form."""
    credits = known.credits | {*book.credits}
    if not _is_money(book.currency, credits):
        yield unknown_currency(book.currency, book.where, credits)
    meters = known.meters | {*book.meters, *book.fees}
    for card in book.prices:
        yield from _of_card(card, meters, credits)
    yield from _twice(_prices(book.prices, known.models))
    yield from _twice(_factors(book.factors, known.models))
    yield from _twice(_caches(book.caching))


def _of_card(card: Card, meters: frozenset[str], credits: frozenset[str]) -> Iterator[Problem]:
    if card.currency and not _is_money(card.currency, credits):
        yield unknown_currency(card.currency, card.where, credits)
    for meter, price in ((m, p) for _, table in tables(card) for m, p in table.items()):
        per = units(card, meter)
        if not fits(price, per):
            what = f"the price {plain(price)} for {per:,} {meter} is negative or too fine to count."
            fix = "Give at most 12 decimals per unit of the meter, that is 6 decimals per million tokens."
            yield Problem("book.price-does-not-fit", card.where, what, fix)
        similar = near(meter, meters, 1) if meter not in meters else []
        if similar:
            what = f"the meter {meter!r} is not known and looks like {similar[0]!r}."
            yield Problem("book.meter", card.where, what, "Write the meter as the usage names it.")
    edges = [band.edge for band in card.bands]
    for band, before, edge in zip(card.bands[1:], edges, edges[1:], strict=False):
        if edge <= before:
            what = f"the band of prompts above {edge:,} tokens stands after that of prompts above {before:,}."
            fix = "State each band once, from the smallest prompt to the largest."
            yield Problem("book.bands", band.where, what, fix)


def _is_money(currency: str, credits: frozenset[str]) -> bool:
    return is_code(currency) or currency in credits


def _named(models: Iterable[str], known: frozenset[str]) -> Iterator[str]:
    """The models that an entry is about; none means all of them."""
    for model in dict.fromkeys(models) or (EVERY_MODEL,):
        yield from sorted(known) if model == EVERY_MODEL and known else (model,)


def _prices(cards: Sequence[Card], known: frozenset[str]) -> dict[tuple[object, ...], list[_Stated]]:
    """What the cards state, by what makes a price one price."""
    found: dict[tuple[object, ...], list[_Stated]] = defaultdict(list)
    for card in cards:
        for model in _named(card.models, known):
            for edge, table in tables(card):
                for meter in table:
                    stated = _Stated(
                        f"{model} {meter}", card.from_, card.until or date.max, card.window, card.where
                    )
                    found[model, meter, card.tier, card.speed, edge].append(stated)
    return found


def _factors(factors: Sequence[Multiplier], known: frozenset[str]) -> dict[tuple[object, ...], list[_Stated]]:
    found: dict[tuple[object, ...], list[_Stated]] = defaultdict(list)
    for entry in factors:
        for dimension, given in entry.when.items():
            for value in (given,) if isinstance(given, str) else given:
                for model in _named(entry.models, known):
                    whose = "every model" if model == EVERY_MODEL else model
                    what = f"the factor on {whose} for {dimension} {value}"
                    stated = _Stated(what, entry.from_, entry.until or date.max, None, entry.where)
                    found[dimension, value, model].append(stated)
    return found


def _caches(entries: Sequence[PromptCache]) -> dict[tuple[object, ...], list[_Stated]]:
    found: dict[tuple[object, ...], list[_Stated]] = defaultdict(list)
    for entry in entries:
        for model in entry.models:
            what = f"the prompt cache of {model}"
            found[(model,)].append(_Stated(what, entry.from_, entry.until or date.max, None, entry.where))
    return found


def _twice(by_slot: dict[tuple[object, ...], list[_Stated]]) -> Iterator[Problem]:
    """A problem for each pair of entries that state something for the same moment."""
    pairs: dict[tuple[Where, Where], list[str]] = defaultdict(list)
    for stated in by_slot.values():
        for first, second in _meetings(stated):
            pairs[first, second].append(stated[0].what)
    for (first, second), found in sorted(pairs.items()):
        names = sorted(dict.fromkeys(found))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        said = ", ".join(names[:_NAMED]) + more
        what = f"stated twice for the same days, here and at line {first.row}: {said}."
        yield Problem("book.overlap", second, what, _ONE_PRICE)


def _meetings(stated: list[_Stated]) -> Iterator[tuple[Where, Where]]:
    """Each entry with the first one before it that it meets. No two of those kept in ``open_`` meet."""
    open_: list[_Stated] = []
    for entry in sorted(stated, key=lambda s: (s.start, s.where)):
        open_ = [o for o in open_ if o.until > entry.start]
        met = next((o for o in open_ if o.meets(entry)), None)
        if met is None:
            open_.append(entry)
            continue
        first, second = sorted((met.where, entry.where))
        yield first, second
        if entry.until > met.until:
            open_[open_.index(met)] = entry


def _stretches(minutes: tuple[int, int]) -> list[tuple[int, int]]:
    """A window of the day as one stretch, or two if it runs over midnight."""
    first, after = minutes
    return [(first, after)] if first < after else [(first, 24 * 60), (0, after)]


def sound_entries(path: Path) -> BookFile:
    """What can be read of a book that has problems, so that those of its other entries are found as well."""
    root, _ = read_tree(path)
    given = {key.text: value for key, value in root.pairs} if root is not None else {}
    read: dict[str, Any] = {}
    for name, type_ in (
        ("vendor", str),
        ("currency", str),
        ("meters", Names),
        ("fees", Names),
        ("credits", Names),
    ):
        value = convert(given[name], type_)[0] if name in given else None
        read |= {name: value} if value is not None else {}
    for name, entry in (("prices", Card), ("factors", Multiplier)):
        nodes = given[name].items if name in given else []
        read[name] = tuple(e for e in (convert(node, entry)[0] for node in nodes) if e is not None)
    where = root.where if root is not None else Where(path.as_posix())
    return BookFile(**{"book": "", "vendor": "", "checked": date.min, "where": where, **read})
