"""What every verb shares: options, talk, exit codes, opening a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bothhalves.brief import Page
    from bothhalves.brief.changes import Changes
    from bothhalves.core.dates import Month
    from bothhalves.core.explain import Figure, Problem
    from bothhalves.report.why import Rows
    from bothhalves.workspace import Workspace

DONE, FAILED, WRONG_USE, PROBLEMS = 0, 1, 2, 3

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="The workspace folder.", envvar="BOTHHALVES_WORKSPACE")
]
WindowOption = Annotated[
    str, typer.Option("--window", help="Months, such as 2026-09/2026-10. Default: the last two with data.")
]
AsOfOption = Annotated[str, typer.Option("--as-of", help="Look no further than this day (YYYY-MM-DD).")]
FeeOption = Annotated[str, typer.Option(help="What if: monthly fee of the seat most people hold.")]
HoldOption = Annotated[str, typer.Option(help="What if: percent that a move has to save.")]
LeversOption = Annotated[str, typer.Option(help="What if: percent of the levers' saving that is achieved.")]
ToolOption = Annotated[str, typer.Option(help="What if: your tool's monthly cost for each person.")]
GrowthOption = Annotated[str, typer.Option(help="What if: percent by which token use grows.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
HERE = Path()
#: So many keys are named where one is not known.
_LISTED = 60


def say(text: str) -> None:
    """Talk, on stderr."""
    typer.echo(text, err=True)


def say_problems(problems: Iterable[Problem], most: int = 40) -> int:
    """Print problems on stderr; returns the exit code they ask for."""
    found = list(problems)
    for problem in found[:most]:
        say(str(problem))
    if len(found) > most:
        say(f"… and {len(found) - most} more; `bothhalves check --json` lists them all.")
    return PROBLEMS if any(p.changes for p in found) else DONE


def open_figure(key: str, figures: Mapping[str, Figure], rows: Rows | None) -> None:
    """Show the figure that is asked for, down to its ``rows``, and leave; nothing where none is."""
    from bothhalves.report.terminal import explain_text

    if not key:
        return
    if key not in figures:
        say(f"No figure is called {key!r}. Known: {', '.join(sorted(figures)[:_LISTED])}")
        raise typer.Exit(WRONG_USE)
    typer.echo(explain_text(figures[key], rows))
    raise typer.Exit(DONE)


def opened(folder: Path) -> Workspace:
    from bothhalves.workspace import NotAWorkspace, open_workspace

    try:
        return open_workspace(folder)
    except NotAWorkspace as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error


def built(workspace: Workspace, window: str, as_of: str, changes: Changes | None = None) -> Page:
    from bothhalves.brief import build
    from bothhalves.brief.changes import UNCHANGED
    from bothhalves.workspace import WrongWindow

    try:
        return build(workspace, window, as_of, changes or UNCHANGED)
    except WrongWindow as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error


def changed(fee: str, hold: str, levers: str, tool: str, growth: str) -> Changes:
    """Inputs that are not as planned."""
    from bothhalves.brief.changes import parsed

    try:
        return parsed({"fee": fee, "hold": hold, "levers": levers, "tool": tool, "growth": growth})
    except ValueError as error:
        say(f"{error}.")
        raise typer.Exit(WRONG_USE) from error


def window_of(workspace: Workspace, window: str, as_of: str) -> tuple[Month, ...]:
    """The months asked for, those of company.yaml, or the last two with data."""
    from bothhalves.workspace import WrongWindow
    from bothhalves.workspace.ledger import chosen_months

    try:
        return chosen_months(workspace, window or workspace.config.company.window, as_of)
    except WrongWindow as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error
