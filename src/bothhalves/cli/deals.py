"""Verbs about what can be bought and signed: routes, and real usage under other terms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bothhalves.cli.common import (
    DONE,
    FAILED,
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
    window_of,
)

if TYPE_CHECKING:
    from bothhalves.core.routes import Job, Offers


def add_to(app: typer.Typer) -> None:
    """Make these verbs part of the command."""
    app.command("route")(route)
    app.command("replay")(replay)
    app.command("bills")(bills)


def route(
    job: Annotated[
        Path | None, typer.Argument(help="A YAML file of jobs.", exists=True, dir_okay=False)
    ] = None,
    worker: Annotated[str, typer.Option(help="Who does the work: person, software or script.")] = "",
    work: Annotated[str, typer.Option(help="Kind of work: chat, code, search or media.")] = "chat",
    people: Annotated[int, typer.Option(help="How many people do it.", min=1)] = 1,
    control: Annotated[
        list[str] | None, typer.Option("--control", help="A control that is needed, such as sso.")
    ] = None,
    vendor: Annotated[list[str] | None, typer.Option("--vendor", help="Only plans of this vendor.")] = None,
    unattended: Annotated[bool, typer.Option("--unattended", help="The script runs by itself.")] = False,
    nobody_waits: Annotated[
        bool, typer.Option("--nobody-waits", help="Nobody waits for the answer within a day.")
    ] = False,
    plans: Annotated[list[Path] | None, typer.Option("--plans", help="A file of plans of your own.")] = None,
    as_of: AsOfOption = "",
    json_: JsonOption = False,
) -> None:
    """Name the way to buy for a job, its owner, the plans that fit, and what to ask before paying."""
    from bothhalves.reading.routes import offers
    from bothhalves.report.routes import route_record, route_text

    found, problems = offers(plans or [])
    if job is not None:
        jobs = _jobs(job)
    else:
        needed = tuple(control or ())
        if not worker:
            worker, work, people, needed = _asked_for(work, people, needed)
        jobs = [_job(worker, work, people, needed, tuple(vendor or ()), not unattended, not nobody_waits)]
    _check_controls(jobs, found)
    day = _day(as_of)
    typer.echo(route_record(jobs, found, day) if json_ else route_text(jobs, found, day))
    raise typer.Exit(say_problems(problems))


def _asked_for(work: str, people: int, controls: tuple[str, ...]) -> tuple[str, str, int, tuple[str, ...]]:
    """The job, asked for on the terminal; what was given as an option is the answer that Enter gives."""
    worker = typer.prompt("Who does the work: person, software or script", err=True)
    if worker == "software":
        return worker, work, people, controls
    work = typer.prompt("Kind of work: chat, code, search or media", default=work, err=True)
    people = typer.prompt("How many people", default=people, type=int, err=True)
    said = typer.prompt("Controls that are needed, with commas", default=",".join(controls), err=True)
    return worker, work, people, tuple(c.strip() for c in said.split(",") if c.strip())


def _job(
    worker: str,
    work: str,
    people: int,
    controls: tuple[str, ...],
    vendors: tuple[str, ...],
    attended: bool,
    waits: bool,
) -> Job:
    from bothhalves.core.routes import Job, Work, Worker

    try:
        return Job(Worker(worker), Work(work), people, attended, waits, controls, vendors)
    except ValueError as error:
        say(f"{error}. Write person, software or script; chat, code, search or media.")
        raise typer.Exit(WRONG_USE) from error


def _jobs(path: Path) -> list[Job]:
    from bothhalves.core.routes import Job
    from bothhalves.reading import read_yaml

    jobs, problems = read_yaml(path, tuple[Job, ...])
    if jobs is None:
        say_problems(problems)
        raise typer.Exit(FAILED)
    return list(jobs)


def _check_controls(jobs: list[Job], found: Offers) -> None:
    """A control that no plan knows is most likely misspelt, and would make every plan look unfit."""
    from bothhalves.core.prices import near
    from bothhalves.core.routes import known_controls

    known = known_controls(found.plans)
    unknown = [c for job in jobs for c in job.controls if c not in known]
    for name in unknown:
        similar = near(name, known, 1)
        hint = f"Did you mean {similar[0]}?" if similar else f"Known: {', '.join(known)}."
        say(f"No plan knows the control {name!r}. {hint}")
    if unknown:
        raise typer.Exit(WRONG_USE)


def _day(as_of: str) -> date:
    try:
        return date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    except ValueError as error:
        say(f"{as_of!r} is not a day such as 2026-10-31.")
        raise typer.Exit(WRONG_USE) from error


def replay(
    under: Annotated[
        Path,
        typer.Option("--under", help="A contract, an offer or a price book.", exists=True, dir_okay=False),
    ],
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Re-rate real past usage and seats under other terms, and show the difference by clause."""
    from bothhalves.brief.replays import build_replay
    from bothhalves.report.replay import replay_record, replay_text
    from bothhalves.report.terminal import explain_text
    from bothhalves.workspace.replaying import replay as replayed

    place = opened(workspace)
    found = replayed(place, under, window_of(place, window, as_of))
    compared = None if isinstance(found, list) else build_replay(found)
    if compared is None:
        say_problems(found if isinstance(found, list) else found.problems)
        raise typer.Exit(FAILED)
    figure = compared.figures().get(explain)
    if explain and figure is None:
        say(f"No figure is called {explain!r}. Known: {', '.join(sorted(compared.figures()))}")
        raise typer.Exit(WRONG_USE)
    if figure is not None:
        typer.echo(explain_text(figure, place.rows))
    else:
        typer.echo(replay_record(compared) if json_ else replay_text(compared))
    raise typer.Exit(PROBLEMS if compared.unpriced else DONE)


def bills(
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Explain each billed amount against ours: agreed, off by so much because, or unexplained."""
    from bothhalves.brief.bills import bills as made
    from bothhalves.brief.bills import figures
    from bothhalves.core.bills import Verdict
    from bothhalves.report.bills import bills_record, bills_text
    from bothhalves.workspace.billed import billed_amounts

    place = opened(workspace)
    found = made(billed_amounts(place, window_of(place, window, as_of)))
    if explain:
        open_figure(explain, figures(found), place.rows)
    typer.echo(bills_record(found) if json_ else bills_text(found))
    code = say_problems(place.problems)
    open_ = any(b.explained.verdict is Verdict.UNEXPLAINED and not b.explained.reconciles for b in found)
    raise typer.Exit(PROBLEMS if open_ else code)
