"""Verbs about what to promise a vendor."""

from __future__ import annotations

from pathlib import Path
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
from bothhalves.cli.prospects import RateOption, StepOption, prospects_of

if TYPE_CHECKING:
    from bothhalves.core.contracts import Contract
    from bothhalves.workspace import Workspace


def add_to(app: typer.Typer) -> None:
    """Make these verbs part of the command."""
    app.command("commit")(commit)


def commit(
    offer: Annotated[str, typer.Argument(help="Id of an offer or contract. Default: all of them.")] = "",
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    price_step: StepOption = None,
    rate: RateOption = "",
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """How much to commit: every amount under scenarios, and how a signed commitment burns down."""
    from bothhalves.brief.committing import commit_sheet, running_sheet
    from bothhalves.report.commit import commit_record, commit_text
    from bothhalves.workspace.committing import commitments_of

    place = opened(workspace)
    chosen = _chosen(place, offer)
    prospects = prospects_of(place, window, as_of, price_step, rate)
    to_sign, running, refused = commitments_of(prospects, chosen)
    for why in refused:
        say(why)
    if not to_sign:
        raise typer.Exit(PROBLEMS)
    sheets, signed = [commit_sheet(s) for s in to_sign], [running_sheet(r) for r in running]
    known = {k: f for sheet in sheets for k, f in sheet.figures().items()}
    known |= {k: f for sheet in signed for k, f in sheet.figures().items()}
    open_figure(explain, known, place.rows)
    typer.echo(commit_record(sheets, signed) if json_ else commit_text(sheets, signed))
    held = refused or any(s.found.licence.refuses for s in to_sign)
    code = say_problems(prospects.problems)
    raise typer.Exit(PROBLEMS if held else code)


def _chosen(place: Workspace, offer: str) -> list[Contract]:
    """The contracts and offers with a commitment, or the one that is named."""
    known = [*place.config.contracts, *place.config.offers]
    found = [c for c in known if c.commitment is not None and offer in ("", c.id)]
    if not found:
        told = ", ".join(c.id for c in known if c.commitment is not None) or "none"
        what = f"No offer or contract {offer!r} has" if offer else "No offer or contract has"
        say(f"{what} a commitment clause. Those that have one: {told}.")
        texts = (place.root / "contracts", place.root / "offers")
        say_problems(p for p in place.config.problems if Path(p.where.file).parent in texts)
        raise typer.Exit(WRONG_USE)
    return found
