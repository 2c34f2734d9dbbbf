"""The verb about levers: what each workload on the API could cost, and what of that is cash."""

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
    say_problems,
    window_of,
)


def add_to(app: typer.Typer) -> None:
    """Make this verb part of the command."""
    app.command("levers")(levers)


def levers(
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Lazy, current and efficient cost of each workload on the API, and what each lever is worth."""
    from bothhalves.brief.coding_levers import coding_brief
    from bothhalves.brief.levers import figures, lever_briefs
    from bothhalves.report.levers import levers_record, levers_text
    from bothhalves.workspace.coding_levers import coding_levers
    from bothhalves.workspace.ledger import ledger_of
    from bothhalves.workspace.levers import levers_of

    place = opened(workspace)
    months = window_of(place, window, as_of)
    ledger = ledger_of(place, f"{months[0]}/{months[-1]}", as_of)
    found = levers_of(place, months, ledger.grade)
    briefs = lever_briefs(found)
    coding = coding_brief(coding_levers(place, months, ledger.grade), ledger.currency)
    if explain:
        open_figure(explain, {**figures(briefs), **coding.figures()}, place.rows)
    typer.echo(levers_record(found, briefs, coding) if json_ else levers_text(found, briefs, coding))
    say_problems(found.problems)
    raise typer.Exit(PROBLEMS if any(p.changes for p in found.problems) else DONE)
