"""Verbs about scenarios: named inputs that are saved, compared and taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bothhalves.cli.common import (
    DONE,
    HERE,
    PROBLEMS,
    WRONG_USE,
    AsOfOption,
    FeeOption,
    GrowthOption,
    HoldOption,
    JsonOption,
    LeversOption,
    ToolOption,
    WindowOption,
    WorkspaceOption,
    open_figure,
    opened,
    say,
    say_problems,
    window_of,
)
from bothhalves.cli.prospects import RateOption, StepOption

if TYPE_CHECKING:
    from bothhalves.brief.scenarios import Study
    from bothhalves.workspace import Workspace
    from bothhalves.workspace.scenario_inputs import Inputs
    from bothhalves.workspace.scenarios import Saved

NameArgument = Annotated[str, typer.Argument(help="Name: lower-case letters, digits, dashes.")]
NamesArgument = Annotated[list[str], typer.Argument(help="Up to four names; `base` is as the data says.")]
ChangeOption = Annotated[
    list[str] | None,
    typer.Option("--change", help="A planned change beside those of forecast.yaml: '2027-02-01 app x1.4'."),
]
RuleOption = Annotated[
    str, typer.Option(help="none, minimax regret or expected cost. Default: as evidence allows.")
]
ExplainOption = Annotated[str, typer.Option("--explain", help="The key of a figure to open.")]

app = typer.Typer(help="Save named inputs, compare them, and take differences apart.", no_args_is_help=True)


def add_to(whole: typer.Typer) -> None:
    """Make these verbs part of the command."""
    whole.add_typer(app, name="scenario")


@app.command()
def save(
    name: NameArgument,
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    growth: GrowthOption = "",
    levers: LeversOption = "",
    fee: FeeOption = "",
    hold: HoldOption = "",
    tool: ToolOption = "",
    change: ChangeOption = None,
    offer: Annotated[str, typer.Option(help="Id of the offer that is signed.")] = "",
    price_step: StepOption = None,
    rule: RuleOption = "",
    rate: RateOption = "",
    note: Annotated[str, typer.Option(help="A sentence on what it is about.")] = "",
    by: Annotated[str, typer.Option(help="Who saves it. Default: your user name.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Write over one of the same name.")] = False,
) -> None:
    """Save inputs under a name, as text in `scenarios/`; what is not given is as the data says."""
    from bothhalves.workspace.scenarios import CannotSave, Saved, prints_of, user
    from bothhalves.workspace.scenarios import save as keep

    place = opened(workspace)
    words = {
        "window": window, "growth": growth, "levers": levers, "fee": fee,
        "hold": hold, "tool": tool, "offer": offer, "rule": rule, "rate": rate,
    }  # fmt: skip
    inputs = _inputs(place, words, price_step or [], change or [])
    if window:
        window_of(place, window, "")
    saved = Saved(inputs, note.strip(), by or user(), datetime.now(UTC), prints_of(place))
    try:
        path = keep(place.root, name, saved, replace=replace)
    except CannotSave as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error
    say(f"wrote {path}")
    say(f"Next: bothhalves scenario compare base {name}")


def _inputs(place: Workspace, words: Mapping[str, str], steps: list[str], changes: list[str]) -> Inputs:
    from bothhalves.workspace.scenario_inputs import stated
    from bothhalves.workspace.scenarios import with_known_offer

    try:
        return with_known_offer(stated(words, steps, changes), (o.id for o in place.config.offers))
    except ValueError as error:
        say(f"{str(error).rstrip('.')}.")
        raise typer.Exit(WRONG_USE) from error


@app.command("list")
def list_(workspace: WorkspaceOption = HERE, json_: JsonOption = False) -> None:
    """Saved scenarios: what each states, who saved it, and what is another since."""
    from bothhalves.report.scenarios import listed_record, listed_text
    from bothhalves.workspace.scenarios import prints_of, scenarios_of

    place = opened(workspace)
    saved, problems = scenarios_of(place.root)
    now = prints_of(place)
    typer.echo(listed_record(saved, now) if json_ else listed_text(saved, now))
    raise typer.Exit(say_problems(problems))


@app.command()
def compare(
    names: NamesArgument,
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    explain: ExplainOption = "",
    json_: JsonOption = False,
) -> None:
    """Key figures of up to four scenarios side by side, each with its difference to the first."""
    from bothhalves.brief.scenario_compare import compared
    from bothhalves.report.scenarios import compared_record, compared_text
    from bothhalves.workspace.scenarios import prints_of

    place = opened(workspace)
    saved = _chosen(place, names if len(set(names)) > 1 else ["base", *names])
    found = compared(_study(place, window, as_of, saved), saved, prints_of(place))
    if explain:
        open_figure(explain, found.figures(), place.rows)
    typer.echo(compared_record(found) if json_ else compared_text(found))
    raise typer.Exit(DONE if found.rows else PROBLEMS)


@app.command()
def diff(
    first: NameArgument,
    second: NameArgument,
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    explain: ExplainOption = "",
    json_: JsonOption = False,
) -> None:
    """What differs between two scenarios, and how much of it each input explains."""
    from bothhalves.brief.scenario_compare import diffed
    from bothhalves.report.scenarios import diffed_record, diffed_text

    place = opened(workspace)
    saved = _chosen(place, [first, second])
    study = _study(place, window, as_of, saved)
    found = diffed(study, (first, second), (saved[first], saved[second]))
    if explain:
        open_figure(explain, found.figures(), place.rows)
    typer.echo(diffed_record(found) if json_ else diffed_text(found))


@app.command()
def remove(name: NameArgument, workspace: WorkspaceOption = HERE) -> None:
    """Delete a saved scenario."""
    from bothhalves.workspace.scenarios import CannotSave
    from bothhalves.workspace.scenarios import remove as gone

    try:
        say(f"removed {gone(opened(workspace).root, name)}")
    except CannotSave as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error


def _chosen(place: Workspace, names: list[str]) -> Mapping[str, Saved]:
    from bothhalves.workspace.scenarios import CannotSave, chosen

    try:
        return chosen(place.root, names)
    except CannotSave as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error


def _study(place: Workspace, window: str, as_of: str, saved: Mapping[str, Saved]) -> Study:
    """The study of the window; those that scenarios state are looked at now, for a message in time."""
    from bothhalves.brief.scenarios import study_of

    for one in saved.values():
        window_of(place, one.inputs.window or window, as_of)
    return study_of(place, window, as_of)
