"""The page and its derivations in a terminal: Rich on a terminal, the same layout in plain text otherwise."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from bothhalves.brief import Half, Page, Prompt, Row, Segment, Table
from bothhalves.brief.line_record import Drawn, PathTable
from bothhalves.core.explain import Figure, Line
from bothhalves.report import show, why
from bothhalves.report.line import headline_text, histogram_lines, path_cells, title_text

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.table import Table as Grid
    from rich.text import Text
    from rich.tree import Tree

BAR = 20
PLAIN_WIDTH = 110
MOST_PROBLEMS = 20
MOST_PARTS = 25
_STYLES = {"seats": "blue", "tokens": "dark_orange"}
_FILLS = {"solid": "█", "light": "▓", "hatched": "░"}


def page_text(page: Page, width: int | None = None, colour: bool | None = None) -> str:
    """The one page. ``width`` and ``colour`` follow the terminal (and ``NO_COLOR``) unless given."""
    console = _console(width, colour)
    for label in page.labels:
        console.print(_text(label, "reverse"))
    if page.agreement.tone == "bad":
        console.print(_text(page.agreement.text, "bold red"))
    words = "".join(show.headline(p) if isinstance(p, Figure) else p for p in page.headline)
    console.print(_text(words, "bold"))
    if page.line.finding:
        console.print(_text(headline_text(page.line.finding), "bold"))
    console.print(_text(page.lead, "dim"))
    console.print(_text(_basis(page), "dim"))
    for half in (page.seats, page.tokens):
        _print_half(console, half)
    if page.together:
        _print_bars(console, "Together", page.together, "")
    if page.together_note:
        console.print(_text(page.together_note, "dim"))
    _print_line(console, page.line)
    for table in page.tables:
        _print_table(console, table)
    _print_sources(console, page)
    _print_problems(console, page)
    return _written(console)


def explain_text(
    figure: Figure, rows: why.Rows | None = None, width: int | None = None, colour: bool | None = None
) -> str:
    """The derivation of a figure as a tree down to its lines, and with ``rows`` down to stored rows."""
    console = _console(width, colour)
    console.print(_tree(figure))
    console.print(_text(why.sentence(figure), "dim"))
    details = {
        "exactly": show.exactly(figure),
        "money": why.kind_words(figure),
        "cost view": why.view_words(figure),
        "assumed": "rests on an assumption" if why.is_assumed(figure) else "",
    }
    for name, words in details.items():
        if words:
            console.print(_text(f"{name}: {words}"))
    for problem in why.problems(figure)[:MOST_PROBLEMS]:
        console.print(_text(f"weakened by {problem}", "yellow"))
    if rows is not None:
        console.print(_rows_grid(why.source_rows(figure, rows, 50)))
    return _written(console)


def _console(width: int | None, colour: bool | None) -> Console:
    from rich.console import Console

    terminal = sys.stdout.isatty()
    if colour is None:
        colour = terminal and not os.environ.get("NO_COLOR")
    if width is None and not terminal:
        columns = os.environ.get("COLUMNS", "")
        width = int(columns) if columns.isdecimal() and int(columns) >= 40 else PLAIN_WIDTH
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def _written(console: Console) -> str:
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines())


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(show.clean(text), style=style)


def _basis(page: Page) -> str:
    books = show.books(page.books)
    window = show.window(*page.window)
    return f"{page.company}, {window} ({page.zone}), {books}, snapshot {page.snapshot}, {page.agreement.text}"


def _grid(*columns: tuple[str, str]) -> Grid:
    from rich.table import Table as Grid

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, side in columns:
        grid.add_column(_text(name), justify="right" if side == "right" else "left", overflow="fold")
    return grid


def _print_half(console: Console, half: Half) -> None:
    console.print()
    console.print(_text(f"{half.name}  {half.owner}", _STYLES.get(half.name.lower(), "bold")))
    if half.missing:
        _print_steps(console, half.missing)
        return
    grid = _grid(("", "left"), ("", "right"))
    for figure in (*half.amounts, *half.counts):
        grid.add_row(_text(figure.title), _text(show.with_unit(figure)))
    grid.show_header = False
    console.print(grid)
    if half.bar:
        _print_bars(console, "", half.bar, _STYLES.get(half.name.lower(), ""))
    for note in half.notes:
        console.print(_text(note, "dim"))


def _print_bars(console: Console, title: str, segments: tuple[Segment, ...], style: str) -> None:
    """One block bar a segment, on one scale; any amount of use shows at least one block."""
    sizes = [max(why.size(s.figure), 0.0) for s in segments]
    largest = max(sizes, default=0.0) or 1.0
    if title:
        console.print()
        console.print(_text(title, "bold"))
    grid = _grid(("", "left"), ("", "left"), ("", "right"))
    grid.show_header = False
    for segment, size in zip(segments, sizes, strict=True):
        blocks = max(round(size / largest * BAR), 1 if size else 0)
        bar = _FILLS.get(segment.style, "█") * blocks
        grid.add_row(_text(segment.label), _text(bar, style), _text(show.with_unit(segment.figure)))
    console.print(grid)


def _print_line(console: Console, drawn: Drawn) -> None:
    """Where the line sits, or what to measure first."""
    if drawn.measure is not None:
        console.print()
        _print_steps(console, drawn.measure)
    if drawn.histogram is not None:
        console.print()
        console.print(_text(f"{title_text(drawn.histogram.title)}  {drawn.histogram.lead}", "bold"))
        for line in histogram_lines(drawn.histogram):
            console.print(_text(line))
        for zone in drawn.histogram.zones:
            console.print(_text(f"{show.figure(zone.figure)} {zone.words}: {zone.note}"))
        console.print(_text(drawn.histogram.note, "dim"))
    if drawn.paths is not None:
        _print_paths(console, drawn.paths)


def _print_steps(console: Console, prompt: Prompt) -> None:
    console.print(_text(prompt.title, "bold"))
    for number, step in enumerate(prompt.steps, 1):
        console.print(_text(f"{number}. {step}"))


def _print_paths(console: Console, paths: PathTable) -> None:
    console.print()
    console.print(_text(f"{paths.title}  {paths.lead}", "bold"))
    heads = ("Who or what", "Now", "On seats", "Lazy API", "Efficient API", "Do", "Evidence", "Saves")
    words = ("Who or what", "Do", "Evidence")
    grid = _grid(*((head, "left" if head in words else "right") for head in heads))
    for row in (*paths.people, *paths.top, *((paths.others,) if paths.others else ())):
        grid.add_row(*map(_text, path_cells(row)))
    if paths.total:
        grid.add_section()
        grid.add_row(*(_text(cell, "bold") for cell in path_cells(paths.total)))
    console.print(grid)
    if paths.others:
        console.print(_text(f"{paths.others.name}: every workload is in `bothhalves page --json`.", "dim"))
    if paths.note:
        console.print(_text(paths.note, "dim"))


def _print_table(console: Console, table: Table) -> None:
    console.print()
    console.print(_text(f"{table.title}  {table.lead}".rstrip(), "bold"))
    grid = _grid(("Who or what", "left"), *((column, "right") for column in table.columns))
    for row in (*table.top, *((table.others,) if table.others else ())):
        _add(grid, row)
    if table.total:
        grid.add_section()
        _add(grid, table.total, "bold")
    console.print(grid)
    if table.others:
        console.print(_text(f"{table.others.name}: every row is in `bothhalves page --csv`.", "dim"))
    if table.note:
        console.print(_text(table.note, "dim"))


def _add(grid: Grid, row: Row, style: str = "") -> None:
    cells = map(show.figure, row.cells)
    grid.add_row(_text(row.name, style), *(_text(cell, style) for cell in cells))


def _print_sources(console: Console, page: Page) -> None:
    if not page.origins:
        return
    console.print()
    console.print(_text("Where these numbers come from", "bold"))
    grid = _grid(("Source", "left"), ("File", "left"), ("Rows", "right"), ("sha256", "left"))
    for origin in page.origins:
        cells = (origin.feed, origin.name, f"{origin.rows:,}", origin.sha256[:12])
        grid.add_row(*map(_text, cells))
    console.print(grid)


def _print_problems(console: Console, page: Page) -> None:
    if not page.problems:
        return
    console.print()
    console.print(_text("Problems", "bold"))
    for problem in page.problems[:MOST_PROBLEMS]:
        console.print(_text(str(problem), "yellow" if problem.changes else ""))
    if len(page.problems) > MOST_PROBLEMS:
        console.print(_text(f"… and {len(page.problems) - MOST_PROBLEMS} more: bothhalves check"))


def _tree(figure: Figure) -> Tree:
    from rich.tree import Tree

    tree = Tree(_label(figure))
    _grow(tree, figure)
    return tree


def _grow(branch: Tree, figure: Figure) -> None:
    if figure.rule:
        branch.add(_text(f"rule: {figure.rule}", "dim"))
    if figure.where or figure.source:
        branch.add(_text(f"from: {' '.join(str(p) for p in (figure.where, figure.source) if p)}", "dim"))
    for part in figure.operands[:MOST_PARTS]:
        twig = branch.add(_label(part))
        if isinstance(part, Figure):
            _grow(twig, part)
        else:
            twig.add(_text(f"{part.layer}:{part.entry} {part.entry_where} {part.source}".rstrip(), "dim"))
    if len(figure.operands) > MOST_PARTS:
        branch.add(_text(f"… and {len(figure.operands) - MOST_PARTS} more parts: --json has them all", "dim"))


def _label(part: Figure | Line) -> Text:
    if isinstance(part, Line):
        cost = show.amount(part.amount, show.cents_money)
        return _text(f"{show.quantity(part)} × {show.unit_price(part)} = {cost}")
    return _text(f"{part.title}: {show.with_unit(part, show.cents_money)}  [{part.key}]")


def _rows_grid(rows: list[dict[str, str]]) -> Group:
    """Source rows: what all have in common is said once, the rest is a grid."""
    from rich.console import Group

    columns = why.telling(rows)
    same = [c for c in columns if len(rows) > 1 and len({row.get(c, "") for row in rows}) == 1]
    common = ", ".join(f"{c} {show.cell(c, rows[0].get(c, ''))}" for c in same)
    varying = [c for c in columns if c not in same]
    grid = _grid(*((column, "left") for column in varying))
    for row in rows:
        grid.add_row(*(_text(show.cell(column, row.get(column, ""))) for column in varying))
    return Group(_text(f"{len(rows)} source rows" + (f", all with {common}" if common else ""), "dim"), grid)
