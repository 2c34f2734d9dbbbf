"""The verb that tests the advice itself on a buyer's own history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bothhalves.cli.common import (
    DONE,
    FAILED,
    HERE,
    WRONG_USE,
    JsonOption,
    WorkspaceOption,
    opened,
    say,
    say_problems,
)

if TYPE_CHECKING:
    from bothhalves.core.contracts import Contract
    from bothhalves.workspace import Workspace
    from bothhalves.workspace.backtesting import Backtest, History


def add_to(app: typer.Typer) -> None:
    """Make this verb part of the command."""
    app.command("backtest")(backtest)


def backtest(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A usage export, or a CSV of period,amount. Default: the workspace.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    terms: Annotated[
        str, typer.Option("--terms", help="Id or file of a contract or offer. Default: usual terms.")
    ] = "",
    workspace: WorkspaceOption = HERE,
    months: Annotated[int, typer.Option(help="How long each term is. Default: as the terms say.", min=0)] = 0,
    known: Annotated[int, typer.Option(help="Months that the first decision sees.", min=0)] = 0,
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Test our own advice on past usage: against hindsight, no commitment, look-back and the mean."""
    from bothhalves.brief.backtests import figures, sheets
    from bothhalves.report.backtest import backtest_record, backtest_text
    from bothhalves.report.terminal import explain_text

    place = opened(workspace) if file is None or _is_id(terms) else None
    contract = _terms(place, terms) if terms else None
    history = _history(place, file, contract)
    code = say_problems(history.problems)
    tests = _tests(history, contract, months, known)
    if not any(test.walks for test in tests):
        for said in history.said:
            say(said)
        say(f"{_longest(history)} months of usage are too few: a decision needs two, and a term after them.")
        raise typer.Exit(FAILED)
    found = sheets(tests)
    if explain:
        figure = figures(found).get(explain)
        if figure is None:
            say(f"No figure is called {explain!r}. Known: {', '.join(sorted(figures(found))[:40])}")
            raise typer.Exit(WRONG_USE)
        typer.echo(explain_text(figure, place.rows if place else None))
        raise typer.Exit(DONE)
    typer.echo(backtest_record(history, found) if json_ else backtest_text(history, found))
    raise typer.Exit(code)


def _is_id(terms: str) -> bool:
    return bool(terms) and not Path(terms).is_file()


def _longest(history: History) -> int:
    return max((len(c.amounts) for c in history.courses), default=0)


def _history(place: Workspace | None, file: Path | None, contract: Contract | None) -> History:
    from bothhalves.workspace.backtesting import history_in, history_of

    if file is not None:
        return history_in(file, contract.currency if contract else "USD")
    assert place is not None
    return history_of(place, contract.vendor if contract else "")


def _tests(history: History, contract: Contract | None, months: int, known: int) -> list[Backtest]:
    from bothhalves.workspace.backtesting import under_contract, under_usual

    if contract is None:
        return list(under_usual(history, months, known))
    if contract.currency != history.currency:
        say(f"{contract.id} is in {contract.currency}, and the usage in {history.currency}.")
        raise typer.Exit(WRONG_USE)
    return [under_contract(history, contract, months, known)]


def _terms(place: Workspace | None, said: str) -> Contract:
    """The contract or offer with a commitment clause that has this id, or stands in this file."""
    from bothhalves.reading.contracts import read_contract

    if not _is_id(said):
        contract, problems = read_contract(Path(said), place.config.plans if place else ())
        if contract is None or problems:
            say_problems(problems)
            raise typer.Exit(FAILED)
        known = [contract]
    else:
        assert place is not None
        known = [*place.config.contracts, *place.config.offers]
    found = [c for c in known if c.commitment is not None and (not _is_id(said) or c.id == said)]
    if not found:
        told = ", ".join(c.id for c in known if c.commitment is not None) or "none"
        say(f"{said!r} is no offer or contract with a commitment clause. Those that have one: {told}.")
        raise typer.Exit(WRONG_USE)
    return found[0]
