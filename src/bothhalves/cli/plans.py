"""Verbs that decide: what to do with seats and work, and what to measure before."""

from __future__ import annotations

from typing import Annotated

import typer

from bothhalves.cli.common import (
    DONE,
    HERE,
    PROBLEMS,
    AsOfOption,
    JsonOption,
    WindowOption,
    WorkspaceOption,
    open_figure,
    opened,
    window_of,
)


def add_to(app: typer.Typer) -> None:
    """Make these verbs part of the command."""
    app.command("plan")(plan)


def plan(
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    diff: Annotated[bool, typer.Option("--diff", help="Only what changed since the last run.")] = False,
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Draw the line: who keeps a seat, which work moves, what that saves; or what to measure first."""
    from bothhalves.brief.drawing import path_table
    from bothhalves.brief.plan_findings import findings_of
    from bothhalves.brief.plans import sheets
    from bothhalves.report.plan import diff_text, plan_record, plan_text
    from bothhalves.workspace.planning.making import planned_of
    from bothhalves.workspace.planning.saved import keep

    place = opened(workspace)
    found = planned_of(place, window_of(place, window, as_of))
    made = sheets(found)
    known = {k: f for sheet in made for k, f in sheet.figures().items()}
    if explain and made:
        known |= path_table(found, made).figures()
        known |= {k: f for sheet in made for k, f in findings_of(sheet).figures().items()}
    open_figure(explain, known, place.rows)
    compared = keep(place.root, found) if found.measure is None else None
    if json_:
        typer.echo(plan_record(found, made, compared if diff else None))
    elif diff and compared is not None:
        typer.echo(diff_text(compared))
    else:
        typer.echo(plan_text(found, made))
    raise typer.Exit(PROBLEMS if found.measure is not None else DONE)
