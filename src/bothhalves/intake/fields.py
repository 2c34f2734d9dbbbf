"""Typed fields of one row, whether a JSON object or a CSV line; what cannot be read becomes a Problem.

A reader asks a :class:`Fields` for each value it needs and hands the finished record to ``keep``. A value
that is not what it should be is reported with its place, marks the row as unsound and yields a stand-in
that never leaves the reader, because an unsound row keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from bothhalves.core.dates import from_unix, instant
from bothhalves.core.explain import Where
from bothhalves.core.money import EXACT, exact
from bothhalves.core.terms import Record
from bothhalves.intake.base import Sink

T = TypeVar("T")
#: No vendor bills a row of more units than this; more is a damaged number.
LARGEST_COUNT = 10**15
_STAND_IN = datetime(2000, 1, 1, tzinfo=UTC)
_HUNDREDTH = Decimal("0.01")


class Digits(str):
    """A JSON number kept as it was written, so that no digit passes through binary floating point."""

    __slots__ = ()


def shown(value: object) -> str:
    """``value`` as a problem quotes it: short, on one line, never the inside of a structure."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = value if isinstance(value, Digits) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def whole(number: Decimal) -> int:
    """``number`` as a count; ``ValueError`` where it is negative, fractional or beyond belief."""
    if number < 0 or number != number.to_integral_value():
        raise ValueError("a count is a whole number of zero or more")
    if number > LARGEST_COUNT:
        raise ValueError("larger than any real count")
    return int(number)


def _amount_of(number: Decimal) -> Decimal:
    if not 0 <= number <= LARGEST_COUNT:
        raise ValueError("a quantity is zero or more" if number < 0 else "larger than any real quantity")
    return number


@dataclass(slots=True)
class Fields:
    """One row's named values.

    ``where`` is the row's place; ``path`` says in words where that is in a JSON document
    (``data[3].results[7]``), empty for CSV. ``columns`` gives the 1-based column of each CSV name.
    ``from_text`` is True where every value is text (CSV): numbers are then read from it, and empty text
    is an absent value. In JSON a quoted number is accepted where ``quoted`` says so only.
    """

    values: Mapping[str, object]
    where: Where
    sink: Sink
    path: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    from_text: bool = False
    _faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """True as long as nothing unreadable was met in this row or in an object that belongs to it."""
        return not self._faults

    def keep(self, record: Record) -> None:
        """Hands ``record`` to the sink, unless the row is unsound."""
        if self.sound:
            self.sink.records.append(record)

    def bad(self, name: str, what: str, fix: str) -> None:
        """Reports field ``name`` (the row, where it is empty), once, and marks the row as unsound."""
        if (fault := self._named(name)) in self._faults:
            return
        self._faults.append(fault)
        self._report("import.bad-field", name, f"{what}; it is not counted.", fix, changes=True)

    def doubt(self, code: str, name: str, what: str, fix: str, *, changes: bool = True) -> None:
        """Reports something that weakens the row, which is kept."""
        self._report(code, name, what, fix, changes=changes)

    def _report(self, code: str, name: str, what: str, fix: str, *, changes: bool) -> None:
        column = self.columns.get(name, 0)
        where = Where(self.where.file, self.where.row, column)
        self.sink.problem(code, where, f"{self._named(name)}: {what}", fix, changes=changes)

    def _named(self, name: str) -> str:
        return ".".join(part for part in (self.path, name) if part) or "the row"

    def has(self, name: str) -> bool:
        """True if ``name`` is there with a value: not null, and not empty text in CSV."""
        value = self.values.get(name)
        return value is not None and not (self.from_text and not str(value).strip())

    def _read(self, name: str, read: Callable[[object], T], stand_in: T, wanted: str) -> T:
        value = self.values.get(name)
        try:
            return read(value)
        except (ValueError, ArithmeticError) as error:
            reason = str(error).partition(": ")[0] if type(error) is ValueError else "out of range"
            self.bad(name, f"{shown(value)} is not {wanted} ({reason})", f"Give {wanted}, or export again.")
            return stand_in

    def _missing(self, name: str, wanted: str) -> None:
        self.bad(name, "missing", f"Export again with {name}, which holds {wanted}.")

    def _number(self, value: object, *, quoted: bool) -> Decimal:
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, Digits) or (isinstance(value, str) and (quoted or self.from_text)):
            return exact(value)
        raise ValueError("a number was expected")

    def count(self, name: str) -> int:
        """A whole number of zero or more; 0 where it is absent."""
        return self.count_or_none(name) or 0

    def count_or_none(self, name: str) -> int | None:
        """A whole number of zero or more; None where the source does not say."""
        value = self.values.get(name)
        if type(value) is int and 0 <= value <= LARGEST_COUNT:  # nearly always, and worth the speed
            return value
        if not self.has(name):
            return None
        return self._read(name, lambda v: whole(self._number(v, quoted=False)), 0, "a count")

    def decimal(self, name: str, *, quoted: bool = False) -> Decimal | None:
        """The number exactly as written, of either sign; None where it is absent."""
        if not self.has(name):
            return None
        return self._read(name, lambda v: self._number(v, quoted=quoted), Decimal(0), "a number")

    def quantity(self, name: str) -> Decimal | None:
        """How much there is of something, exactly as written, zero or more; None where it is absent."""
        if not self.has(name):
            return None
        return self._read(name, lambda v: _amount_of(self._number(v, quoted=False)), Decimal(0), "a quantity")

    def money(self, name: str, *, quoted: bool = False) -> Decimal:
        """A required amount exactly as written."""
        if not self.has(name):
            self._missing(name, "an amount")
            return Decimal(0)
        return self._read(name, lambda v: self._number(v, quoted=quoted), Decimal(0), "an amount")

    def cents(self, name: str, *, quoted: bool = False) -> Decimal:
        """A required amount that the source writes in cents, in whole currency units, exactly."""
        return EXACT.multiply(self.money(name, quoted=quoted), _HUNDREDTH)

    def currency(self, name: str) -> str:
        """A required currency code, upper-case."""
        if not self.has(name):
            self._missing(name, "a currency")
            return ""
        return self._read(name, lambda v: _currency(_text(v)), "", "a currency")

    def text(self, name: str) -> str:
        """The text without blanks around it; empty where it is absent."""
        value = self.values.get(name)
        if type(value) is str and value.isascii():
            return value.strip()
        if not self.has(name):
            return ""
        return self._read(name, _text, "", "text")

    def flag(self, name: str) -> bool | None:
        """True or False (in CSV also written so, in any case); None where it is absent."""
        if not self.has(name):
            return None
        return self._read(name, self._flag, False, "true or false")

    def _flag(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        if self.from_text and isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        raise ValueError("true or false was expected")

    def instant(self, name: str) -> datetime:
        """A required UTC instant: ISO 8601 with a zone, or a bare date."""
        if not self.has(name):
            self._missing(name, "a time")
            return _STAND_IN
        return self._read(name, lambda v: instant(_text(v)), _STAND_IN, "a time")

    def instant_or_none(self, name: str) -> datetime | None:
        """A UTC instant; None where it is absent."""
        return self.instant(name) if self.has(name) else None

    def unix(self, name: str, *, per_second: int = 1) -> datetime:
        """A required UTC instant written as seconds since 1970 (milliseconds with ``per_second=1000``)."""
        if not self.has(name):
            self._missing(name, "a time")
            return _STAND_IN
        return self._read(name, lambda v: self._unix(v, per_second), _STAND_IN, "a Unix time")

    def _unix(self, value: object, per_second: int) -> datetime:
        return from_unix(whole(self._number(value, quoted=True)) // per_second)

    def email(self, name: str) -> str:
        """A lower-case e-mail address, the one key of a person that vendors share; empty where absent."""
        return self._read(name, lambda v: _email(_text(v)), "", "an e-mail address") if self.has(name) else ""

    def inner(self, name: str, *, apart: bool = False) -> Fields:
        """The object inside ``name``; an empty one where it is absent.

        Its faults are this row's, unless it is ``apart``: then a fault in it leaves the row sound.
        """
        value = self.values.get(name)
        inside: Mapping[str, object] = value if isinstance(value, dict) else {}
        faults = [*self._faults] if apart else self._faults
        found = Fields(inside, self.where, self.sink, self._named(name), self.columns, self.from_text, faults)
        if value is not None and not isinstance(value, dict):
            found.bad("", f"{shown(value)} is not an object", "Export again.")
        return found

    def items(self, name: str) -> Iterator[Fields]:
        """The objects of the list ``name``: a fault in one leaves the others and the row sound."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, list):
            self.bad(name, f"{shown(value)} is not a list", "Export again.")
        for index, item in enumerate(value if isinstance(value, list) else ()):
            key = f"{name}[{index}]"
            yield Fields({key: item}, self.where, self.sink, self.path, _faults=[*self._faults]).inner(key)


def _text(value: object) -> str:
    if not isinstance(value, str) or isinstance(value, Digits):
        raise ValueError("text was expected")
    if not value.isprintable() and any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("it is not UTF-8; save the file as UTF-8")
    return value.strip()


def _currency(text: str) -> str:
    if len(text) != 3 or not (text.isascii() and text.isalpha()):
        raise ValueError("it should look like USD")
    return text.upper()


def _email(text: str) -> str:
    name, at, domain = text.partition("@")
    if not (name and at and domain) or any(c.isspace() or c in '<>,;"' for c in text) or "@" in domain:
        raise ValueError("it should look like ada@example.com")
    return text.lower()
