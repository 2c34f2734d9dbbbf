"""Verbs about the years to come: both halves under each deal, and the renewal of a contract."""

from __future__ import annotations

from typing import Annotated

import typer

from bothhalves.cli.common import (
    DONE,
    HERE,
    WRONG_USE,
    AsOfOption,
    JsonOption,
    WindowOption,
    WorkspaceOption,
    opened,
    say,
    say_problems,
    window_of,
)


def add_to(app: typer.Typer) -> None:
    """Make these verbs part of the command."""
    app.command("projection")(projection)


def projection(
    offer: Annotated[str, typer.Argument(help="Id of an offer. Default: the only one of the vendor.")] = "",
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    vendor: Annotated[str, typer.Option(help="Whose deal, where there are several vendors.")] = "",
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Look three years ahead: both halves as is, as quoted and priced apart, and when they cross."""
    from bothhalves.brief.projecting import projection_sheet
    from bothhalves.report.projection import projection_record, projection_text
    from bothhalves.report.terminal import explain_text
    from bothhalves.workspace.projecting import CannotProject, projected_of

    place = opened(workspace)
    try:
        found = projected_of(place, window_of(place, window, as_of), offer, vendor)
    except CannotProject as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error
    sheet = projection_sheet(found)
    if explain:
        figure = sheet.figures().get(explain)
        if figure is None:
            say(f"No figure is called {explain!r}. Known: {', '.join(sorted(sheet.figures())[:60])}")
            raise typer.Exit(WRONG_USE)
        typer.echo(explain_text(figure, place.rows))
        raise typer.Exit(DONE)
    typer.echo(projection_record(sheet) if json_ else projection_text(sheet))
    raise typer.Exit(say_problems(found.problems))
