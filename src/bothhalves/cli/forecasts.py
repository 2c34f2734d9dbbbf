"""The verb that forecasts: every driver by itself, with its back-test beside it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bothhalves.cli.common import (
    HERE,
    AsOfOption,
    JsonOption,
    WindowOption,
    WorkspaceOption,
    open_figure,
    opened,
    say_problems,
    window_of,
)


def add_to(app: typer.Typer) -> None:
    """Make this verb part of the command."""
    app.command("forecast")(forecast)


def forecast(
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    baseline: Annotated[
        Literal["lazy", "current", "efficient"], typer.Option(help="Which of the three baselines goes on.")
    ] = "efficient",
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """What the months to come may ask for, driver by driver, with intervals that the data can support."""
    from bothhalves.brief.forecasts import figures, sheets
    from bothhalves.core.deal.outlook import Baseline
    from bothhalves.report.forecast import forecast_record, forecast_text
    from bothhalves.workspace.forecast_book import forecast_of

    place = opened(workspace)
    book = forecast_of(place, window_of(place, window, as_of), Baseline(baseline))
    found = sheets(book)
    if explain:
        open_figure(explain, figures(found), place.rows)
    typer.echo(forecast_record(book, found) if json_ else forecast_text(book, found))
    raise typer.Exit(say_problems(book.problems))
