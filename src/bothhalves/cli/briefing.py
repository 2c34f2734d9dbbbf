"""The verb ``brief``: one page about one offer, to negotiate with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bothhalves.cli.common import (
    HERE,
    PROBLEMS,
    WRONG_USE,
    AsOfOption,
    JsonOption,
    WindowOption,
    WorkspaceOption,
    open_figure,
    opened,
    say,
    say_problems,
)
from bothhalves.cli.prospects import StepOption, prospects_of


def add_to(app: typer.Typer) -> None:
    """Make this verb part of the command."""
    app.command("brief")(brief)


def brief(
    offer: Annotated[str, typer.Argument(help="Id of an offer or contract. Default: the first offer.")] = "",
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    price_step: StepOption = None,
    md: Annotated[Path | None, typer.Option("--md", help="Write Markdown here.", dir_okay=False)] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write one page of HTML here.", dir_okay=False)
    ] = None,
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Brief a negotiation: need, walk-away cost, true cost, asks, exposures, dates, protections, unknowns."""
    from bothhalves.brief.negotiation import brief_of
    from bothhalves.report.negotiation import (
        negotiation_html,
        negotiation_markdown,
        negotiation_record,
        negotiation_text,
    )
    from bothhalves.workspace.bundling import UnknownOffer
    from bothhalves.workspace.negotiating import ground_of

    place = opened(workspace)
    prospects = prospects_of(place, window, as_of, price_step)
    today = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    try:
        made = brief_of(ground_of(prospects, today, offer), today)
    except UnknownOffer as error:
        say(str(error.args[0]))
        raise typer.Exit(WRONG_USE) from error
    open_figure(explain, made.figures(), place.rows)
    for path, write in ((md, negotiation_markdown), (html, negotiation_html)):
        if path is not None:
            path.write_text(write(made), "utf-8")
            say(f"Wrote {path}.")
    if json_ or (md is None and html is None):
        typer.echo(negotiation_record(made) if json_ else negotiation_text(made))
    code = say_problems(made.problems)
    raise typer.Exit(PROBLEMS if any(part.refused for part in made.parts) else code)
