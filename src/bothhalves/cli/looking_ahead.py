"""Verbs about the years to come: both halves under each deal, and the renewal of a contract."""

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
from bothhalves.cli.prospects import RateOption, StepOption, prospects_of


def add_to(app: typer.Typer) -> None:
    """Make these verbs part of the command."""
    app.command("projection")(projection)
    app.command("renewal")(renewal)


def projection(
    offer: Annotated[str, typer.Argument(help="Id of an offer. Default: the only one of the vendor.")] = "",
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    vendor: Annotated[str, typer.Option(help="Whose deal, where there are several vendors.")] = "",
    price_step: StepOption = None,
    rate: RateOption = "",
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Look three years ahead: both halves as is, as quoted and priced apart, and when they cross."""
    from bothhalves.brief.projecting import projection_sheet
    from bothhalves.report.projection import projection_record, projection_text
    from bothhalves.workspace.needs import Needed
    from bothhalves.workspace.projecting import CannotProject, TooFewMonths, projected_of

    place = opened(workspace)
    try:
        needed = Needed(prospects_of(place, window, as_of, price_step, rate))
        found = projected_of(needed, offer, vendor)
    except CannotProject as error:
        say(str(error))
        raise typer.Exit(PROBLEMS if isinstance(error, TooFewMonths) else WRONG_USE) from error
    sheet = projection_sheet(found)
    open_figure(explain, sheet.figures(), place.rows)
    typer.echo(projection_record(sheet) if json_ else projection_text(sheet))
    raise typer.Exit(say_problems(found.problems))


def renewal(
    contract: Annotated[str, typer.Argument(help="Id of a contract. Default: all that run.")] = "",
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    price_step: StepOption = None,
    ics: Annotated[
        Path | None, typer.Option("--ics", help="Write the days into this calendar file.", dir_okay=False)
    ] = None,
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Renewal: inherited against honest, what a spike costs, the days, and what has drifted since signing."""
    from bothhalves.brief.renewing import renewal_sheets
    from bothhalves.report.renewal import renewal_calendar, renewal_record, renewal_text
    from bothhalves.workspace.needs import Needed
    from bothhalves.workspace.renewing import renewing_of

    place = opened(workspace)
    needed = Needed(prospects_of(place, window, as_of, price_step))
    now = datetime.now(UTC)
    try:
        found = renewing_of(needed, date.fromisoformat(as_of) if as_of else now.date(), contract)
    except LookupError as error:
        say(str(error.args[0]))
        raise typer.Exit(WRONG_USE) from error
    sheets = renewal_sheets(found)
    known = {k: f for sheet in sheets for k, f in sheet.figures().items()}
    open_figure(explain, known, place.rows)
    if ics is not None:
        ics.write_bytes(renewal_calendar(sheets, now).encode())
        say(f"Wrote {ics}.")
    typer.echo(renewal_record(found, sheets) if json_ else renewal_text(found, sheets))
    raise typer.Exit(say_problems(found.problems))
