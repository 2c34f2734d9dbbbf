"""The explanation of one figure or line, laid out for the drawer and the full page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bothhalves.brief import Page
from bothhalves.core.explain import Figure, Line, Operator, Problem
from bothhalves.core.money import Amount
from bothhalves.report import show, why
from bothhalves.web.links import Links, is_web_address

ROWS_SHOWN = 6
#: Columns of a source row that are summed up beneath the table instead.
_PLACE = ("file", "source", "feed", "grain_s")


@dataclass(frozen=True, slots=True)
class Part:
    """One operand: its text and value lead on; ``origin`` says where a line's price is written."""

    text: str
    value: str
    href: str
    origin: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The first rows behind a number, and the files that they stand in."""

    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """Everything that the drawer says."""

    key: str
    line: str
    crumbs: tuple[tuple[str, str], ...]
    title: str
    value: str
    unit: str
    sentence: str
    exactly: str
    sign: str
    parts: tuple[Part, ...]
    others: tuple[int, str] | None
    total: str
    facts: tuple[tuple[str, str], ...]
    command: str
    rows: SourceRows
    problems: tuple[Problem, ...] = field(default=())


_SHA256 = re.compile("[0-9a-f]{12,64}")
_SIGNS = {Operator.DIFFERENCE: "First less second", Operator.RATIO: "First divided by second"}


def of_figure(
    page: Page, index: why.Index, figure: Figure, rows: why.Rows, links: Links, command: str
) -> Derivation:
    """Why a figure is what it is."""
    shown, rest, count = why.shown_operands(figure)
    others = (count, show.amount(rest, show.cents_money)) if rest is not None else None
    return Derivation(
        key=figure.key,
        line="",
        crumbs=tuple((f.title, links.why(f.key)) for f in index.ancestors(figure.key)),
        title=figure.title,
        value=show.headline(figure),
        unit=show.unit(figure),
        sentence=why.sentence(figure),
        exactly=show.exactly(figure),
        sign=_SIGNS.get(figure.operator, "Total") if figure.operands else "",
        parts=tuple(_part(figure, part, links) for part in shown),
        others=others,
        total=_written_out(figure),
        facts=_figure_facts(page, figure),
        command=command,
        rows=_source_rows(why.source_rows(figure, rows, ROWS_SHOWN)),
        problems=why.problems(figure),
    )


def of_line(
    page: Page, index: why.Index, figure: Figure, line: Line, rows: why.Rows, links: Links, command: str
) -> Derivation:
    """Why a line of money, standing under ``figure``, is what it is."""
    above = (*index.ancestors(figure.key), figure)
    return Derivation(
        key=figure.key,
        line=line.id,
        crumbs=tuple((f.title, links.why(f.key)) for f in above),
        title=line.meter.replace("_", " ").capitalize(),
        value=show.amount(line.amount, show.short_money),
        unit="",
        sentence=f"{show.quantity(line)} at {show.unit_price(line)}.",
        exactly=show.amount(line.amount, show.exact_money),
        sign="Quantity times price",
        parts=(
            Part("Quantity", show.quantity(line), ""),
            Part("Price", show.unit_price(line), "", _origin(line), _address(line)),
        ),
        others=None,
        total=show.amount(line.amount, show.cents_money),
        facts=_line_facts(page, line),
        command=command,
        rows=_source_rows(why.source_rows(line, rows, ROWS_SHOWN)),
    )


def _part(figure: Figure, part: Figure | Line, links: Links) -> Part:
    if isinstance(part, Line):
        text = f"{show.quantity(part)} × {show.unit_price(part)}"
        cost = show.amount(part.amount, show.cents_money)
        return Part(text, cost, links.why(figure.key, part.id), _origin(part), _address(part))
    return Part(part.title, _written_out(part), links.why(part.key))


def _written_out(figure: Figure) -> str:
    """Money to the cent, counts to the last one, shares as percents."""
    if isinstance(figure.value, Amount):
        return show.figure(figure, show.cents_money)
    return show.figure(figure) if figure.operator is Operator.RATIO else show.exactly(figure)


def _origin(line: Line) -> tuple[str, ...]:
    """Entry, layer, place in the book, and a source that is not a web address."""
    place = str(line.entry_where) if line.entry_where.file else ""
    source = "" if is_web_address(line.source) else line.source
    return tuple(text for text in (line.entry, line.layer, place, source) if text)


def _address(line: Line) -> str:
    return line.source if is_web_address(line.source) else ""


def _figure_facts(page: Page, figure: Figure) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Definition", figure.rule),
        ("Money", why.kind_words(figure)),
        ("Cost view", why.view_words(figure)),
        ("Written in", str(figure.where) if figure.where else ""),
        ("Source", figure.source),
        ("Exactly", show.exactly(figure)),
        ("Evidence", why.evidence_words(page, figure)),
        ("Window", f"{show.window(*page.window)}, {page.zone}"),
    )
    return tuple(fact for fact in facts if fact[1])


def _line_facts(page: Page, line: Line) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Line", line.id),
        ("Price entry", line.entry),
        ("Layer", line.layer),
        ("Written in", str(line.entry_where) if line.entry_where.file else ""),
        ("Source", line.source),
        ("Money", why.KINDS[line.amount.kind]),
        ("Cost view", why.VIEWS[line.view]),
        ("Exactly", show.amount(line.amount, show.exact_money)),
        *((name.capitalize(), value) for name, value in line.dimensions),
    )
    return tuple(fact for fact in facts if fact[1])


def _source_rows(found: list[dict[str, str]]) -> SourceRows:
    """The columns that say something in some row, and the places that the rows come from."""
    columns = tuple(column for column in why.telling(found) if column not in _PLACE)
    cells = tuple(tuple(show.cell(c, row.get(c, "")) for c in columns) for row in found)
    return SourceRows(columns, cells, _places(found))


def _places(found: list[dict[str, str]]) -> tuple[str, ...]:
    """Each file once, with the beginning of its hash and the range of rows shown from it."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for row in found:
        place = numbers.setdefault((row.get("file", ""), row.get("source", "")), [])
        texts = (row.get(column, "") for column in ("row", "first_row", "last_row"))
        place += [int(text) for text in texts if text.isdecimal()]
    return tuple(_place(file, source, rows) for (file, source), rows in numbers.items() if file)


def _place(file: str, source: str, rows: list[int]) -> str:
    span = f"rows {min(rows)} to {max(rows)}" if rows else ""
    digest = f"sha256 {source[:12]}…" if _SHA256.fullmatch(source) else source
    return "  ".join(part for part in (file, digest, span) if part)
