"""Verbs about what an offer is made of: bundles taken apart, and terms in money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    pass

ExplainOption = Annotated[str, typer.Option("--explain", help="The key of a figure to open.")]


def add_to(app: typer.Typer) -> None:
    """Make these verbs part of the command."""
    app.command("bundle")(bundle)
    app.command("clauses")(clauses)


def bundle(
    offers: Annotated[
        list[str] | None, typer.Argument(help="Ids of offers. Default: all that are no standalone price.")
    ] = None,
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    price_step: StepOption = None,
    explain: ExplainOption = "",
    json_: JsonOption = False,
) -> None:
    """Take bundles apart: each half alone and inside, the true discount, who carries the margin."""
    from bothhalves.brief.bases import bases_of, figures
    from bothhalves.brief.bundles import bundle_sheet
    from bothhalves.core.deal.headline import Refusal
    from bothhalves.report.bundle import bundles_record, bundles_text
    from bothhalves.workspace.bundling import UnknownOffer, bundled_of
    from bothhalves.workspace.needs import Needed

    place = opened(workspace)
    prospects = prospects_of(place, window, as_of, price_step)
    try:
        found = bundled_of(Needed(prospects), offers or [])
    except UnknownOffer as error:
        say(str(error.args[0]))
        raise typer.Exit(WRONG_USE) from error
    sheets = [s for s in map(bundle_sheet, found.offers) if s is not None]
    bases = bases_of(found, sheets)
    known = {k: f for rows in bases.values() for k, f in figures(rows).items()}
    known |= {k: f for s in sheets for k, f in s.figures().items()}
    open_figure(explain, known, place.rows)
    write = bundles_record if json_ else bundles_text
    typer.echo(write(found, sheets, bases))
    code = say_problems(found.problems)
    raise typer.Exit(PROBLEMS if any(isinstance(a.found, Refusal) for a in found.offers) else code)


def clauses(
    offer: Annotated[str, typer.Argument(help="Id of an offer or contract. Default: the first offer.")] = "",
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    price_step: StepOption = None,
    explain: ExplainOption = "",
    json_: JsonOption = False,
) -> None:
    """Price the terms of an offer: what each is worth, alone and together, and what to ask for first."""
    from bothhalves.brief.term_worths import worth_sheet
    from bothhalves.report.term_worths import worths_record, worths_text
    from bothhalves.workspace.bundling import UnknownOffer
    from bothhalves.workspace.needs import Needed
    from bothhalves.workspace.projecting import is_too_short
    from bothhalves.workspace.term_worths import worths_of

    place = opened(workspace)
    prospects = prospects_of(place, window, as_of, price_step)
    try:
        found = worths_of(Needed(prospects), offer)
    except UnknownOffer as error:
        say(str(error.args[0]))
        raise typer.Exit(WRONG_USE) from error
    sheet = worth_sheet(found)
    open_figure(explain, sheet.figures(), place.rows)
    typer.echo(worths_record(sheet) if json_ else worths_text(sheet))
    code = say_problems(found.problems)
    raise typer.Exit(PROBLEMS if is_too_short(found.outlook) else code)
