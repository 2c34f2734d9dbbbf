"""The verb about held seats: who uses them, how many to sign, and what giving some back saves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer

from bothhalves.cli.common import (
    HERE,
    WRONG_USE,
    AsOfOption,
    JsonOption,
    WindowOption,
    WorkspaceOption,
    open_figure,
    opened,
    say,
    say_problems,
    window_of,
)


def add_to(app: typer.Typer) -> None:
    """Make this verb part of the command."""
    app.command("seats")(seats)


def seats(
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    group: Annotated[str, typer.Option(help="Only this group's seats.")] = "",
    weigh: Annotated[
        bool | None,
        typer.Option(
            "--weigh/--no-weigh",
            help="Price each holder's use: who is light, who is heavy. Left out: if that is quick.",
        ),
    ] = None,
    ahead: Annotated[
        int | None,
        typer.Option(min=1, max=60, help="The order begins in so many months. Left out: at renewal."),
    ] = None,
    people: Annotated[bool, typer.Option("--people", help="List every seat, by pseudonym.")] = False,
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Label every held seat, size the next order, and show what idle seats cost, with the rules used."""
    from bothhalves.brief.seating import seat_brief
    from bothhalves.report.seats import seats_record, seats_text
    from bothhalves.workspace.planning.making import judged_seats

    place = opened(workspace)
    months = window_of(place, window, as_of)
    found = judged_seats(place, months, _day_after(as_of), weigh, ahead)
    known = sorted({s.told.facts.group for s in found.seats})
    if group and group not in known:
        say(f"No seat is held in the group {group!r}. Known: {', '.join(known) or 'none'}")
        raise typer.Exit(WRONG_USE)
    brief = seat_brief(found, group)
    if explain:
        open_figure(explain, brief.figures(), place.rows)
    typer.echo(seats_record(brief, people) if json_ else seats_text(brief, people))
    raise typer.Exit(say_problems([*place.config.problems, *found.problems]))


def _day_after(as_of: str) -> date | None:
    """Looking no further than a day means judging at its end."""
    try:
        return date.fromisoformat(as_of) + timedelta(days=1) if as_of else None
    except ValueError as error:
        say(f"{as_of!r} is not a day such as 2026-10-31.")
        raise typer.Exit(WRONG_USE) from error
