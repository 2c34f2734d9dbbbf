"""The price book in layers: the package's list prices, the shipped books over them, the given ones on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.core.prices import Layer, PriceBook
from bothhalves.reading.book_checks import Known, checked, sound_entries
from bothhalves.reading.books import BookFile, Unit, layer
from bothhalves.reading.genai import package_layer
from bothhalves.reading.records import read_yaml

SHIPPED = Path(str(files("bothhalves"))) / "books"


@dataclass(frozen=True, slots=True)
class _Shipped:
    """What comes with the program: layers, the known names, and problems (none in a sound release)."""

    layers: tuple[Layer, ...]
    vendors: dict[str, str]
    models: dict[str, frozenset[str]]
    meters: frozenset[str]
    credits: frozenset[str]
    problems: tuple[Problem, ...]

    def beside(self, vendor: str) -> Known:
        """What the shipped books know that matters to a book of ``vendor``."""
        return Known(self.meters, self.credits, self.models.get(vendor, frozenset()))


def price_book(
    workspace_books: Sequence[Path] = (), lock: Mapping[str, str] | None = None
) -> tuple[PriceBook, list[Problem]]:
    """All prices that are known, lowest layer first, and what is wrong with the given books.

    ``workspace_books`` are files, the last one on top; each replaces the models it prices unless it says
    ``replaces: false``. ``lock`` maps layer names to the versions that figures were signed with: any other
    version in use is a problem.
    """
    shipped = _shipped()
    layers, problems = list(shipped.layers), list(shipped.problems)
    for path in workspace_books:
        found, faults = _given(path, shipped)
        problems += faults
        layers += [found] if found is not None else []
    problems += _unlocked(layers, lock or {})
    return PriceBook(layers), problems


def _given(path: Path, shipped: _Shipped) -> tuple[Layer | None, list[Problem]]:
    book, problems = read_yaml(path, BookFile)
    entries = book or sound_entries(path)
    vendor = shipped.vendors.get(entries.vendor, entries.vendor)
    known = shipped.beside(vendor)
    problems = sorted([*problems, *checked(entries, known)], key=lambda p: (p.where, p.code))
    if book is None or problems:
        return None, problems
    return replace(layer(book, _version(book, path), known.models, vendor, replaces=True), own=True), []


def _version(book: BookFile, path: Path) -> str:
    """The day the book was checked and a fingerprint of its text."""
    text = path.read_bytes().replace(b"\r\n", b"\n")
    return f"{book.checked}+{sha256(text).hexdigest()[:10]}"


def _unlocked(layers: Sequence[Layer], lock: Mapping[str, str]) -> list[Problem]:
    present = {each.name: each.version for each in layers}
    problems = []
    for name, version in sorted(lock.items()):
        if present.get(name) != version:
            found = present.get(name, "no such book")
            what = f"figures are locked to {name} {version}, but {found} is in use."
            fix = "Install the locked version, or change the lock and sign the figures again."
            problems.append(Problem("book.locked", Where(name), what, fix))
    return problems


@cache
def _shipped() -> _Shipped:
    units, problems = read_yaml(SHIPPED / "units.yaml", dict[str, Unit], "books/units.yaml")
    books: dict[Path, BookFile] = {}
    for path in sorted((SHIPPED / "vendors").glob("*.yaml")):
        book, faults = read_yaml(path, BookFile, f"books/vendors/{path.name}")
        problems += faults
        if book is not None:
            books[path] = book
    package = package_layer({book.vendor: book for book in books.values()}, units or {})
    models: dict[str, set[str]] = {}
    for price in package.prices:
        models.setdefault(price.vendor, set()).add(price.model)
    known = {vendor: frozenset(names) for vendor, names in models.items()}
    meters = frozenset(unit.meter for unit in (units or {}).values()) | {"cache_write_tokens"}
    meters = meters.union(*(book.meters + book.fees for book in books.values()))
    credits = frozenset(name for book in books.values() for name in book.credits)
    for book in books.values():
        problems += checked(book, Known(meters, credits, known.get(book.vendor, frozenset())))
    layers = [
        layer(book, _version(book, path), known.get(book.vendor, frozenset()), book.vendor, replaces=False)
        for path, book in books.items()
    ]
    vendors = {alias: vendor for found in layers for alias, vendor in found.vendors.items()}
    return _Shipped((package, *layers), vendors, known, meters, credits, tuple(problems))
