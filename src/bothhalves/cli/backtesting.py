"""The verb that tests the advice itself on a buyer's own history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bothhalves.cli.common import (
    FAILED,
    HERE,
    WRONG_USE,
    JsonOption,
    WorkspaceOption,
    open_figure,
    opened,
    say,
    say_problems,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bothhalves.core.contracts import Contract
    from bothhalves.workspace import Workspace
    from bothhalves.workspace.backtesting import Backtest, History

#: How long usual terms are, in months.
_YEAR = 12
#: What the terms of a test have to have.
_COMMITMENT, _SEATS = "a commitment clause", "a seat clause"


def add_to(app: typer.Typer) -> None:
    """Make this verb part of the command."""
    app.command("backtest")(backtest)


def backtest(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A usage export or CSV of period,amount (person,date for --seats). Default: the workspace.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    terms: Annotated[
        str, typer.Option("--terms", help="Id or file of a contract or offer. Default: usual terms.")
    ] = "",
    workspace: WorkspaceOption = HERE,
    seats: Annotated[bool, typer.Option("--seats", help="Test the advice on seats instead.")] = False,
    months: Annotated[int, typer.Option(help="How long each term is. Default: as the terms say.", min=0)] = 0,
    known: Annotated[int, typer.Option(help="Months that the first decision sees.", min=0)] = 0,
    explain: Annotated[str, typer.Option("--explain", help="The key of a figure to open.")] = "",
    json_: JsonOption = False,
) -> None:
    """Test our own advice on past usage: against hindsight, no commitment, look-back and the mean.

    With --seats, on who held a seat: against hindsight, everybody keeping one, and look-back."""
    place = opened(workspace) if file is None or _is_id(terms) else None
    asked = _Asked(place, file, terms, months, known, explain, json_)
    raise typer.Exit(_seats(asked) if seats else _usage(asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for."""

    place: Workspace | None
    file: Path | None
    terms: str
    months: int
    known: int
    explain: str
    json: bool


def _usage(asked: _Asked) -> int:
    from bothhalves.brief.backtests import figures, sheets
    from bothhalves.report.backtest import backtest_record, backtest_text

    contract = _contract(asked.place, asked.terms, _COMMITMENT) if asked.terms else None
    history = _history(asked.place, asked.file, contract)
    code = say_problems(history.problems)
    tests = _tests(history, contract, asked.months, asked.known)
    if not any(test.walks for test in tests):
        for said in history.said:
            say(said)
        if history.courses or not history.problems:
            say(_refused(history, tests, asked))
        return FAILED
    found = sheets(tests)
    if asked.explain:
        open_figure(asked.explain, figures(found), asked.place.rows if asked.place else None)
    typer.echo(backtest_record(history, found) if asked.json else backtest_text(history, found))
    return code


def _seats(asked: _Asked) -> int:
    from bothhalves.brief.seat_backtests import seat_figures, seat_sheets
    from bothhalves.report.seat_backtest import seat_backtest_record, seat_backtest_text
    from bothhalves.workspace.seat_histories import seats_in, seats_of

    contract = _contract(asked.place, asked.terms, _SEATS) if asked.terms else None
    if asked.file is not None:
        told = seats_in(asked.file, contract, asked.months, asked.known)
    else:
        assert asked.place is not None
        told = seats_of(asked.place, contract, asked.months, asked.known)
    code = say_problems(told.problems)
    found = seat_sheets(told.tests)
    if not found:
        for said in told.said:
            say(said)
        say("No seat type has a whole month of known activity and a term after it.")
        return FAILED
    if asked.explain:
        open_figure(asked.explain, seat_figures(found), asked.place.rows if asked.place else None)
    typer.echo(seat_backtest_record(told, found) if asked.json else seat_backtest_text(told, found))
    return code


def _is_id(terms: str) -> bool:
    return bool(terms) and not Path(terms).is_file()


def _refused(history: History, tests: Sequence[Backtest], asked: _Asked) -> str:
    """Why nothing could be walked."""
    from bothhalves.workspace.backtesting import lengths

    longest = max((len(c.amounts) for c in history.courses), default=0)
    length, known = lengths(history, _YEAR, asked.months, asked.known)
    if not any(test.months for test in tests) and longest >= known + length:
        return "Nothing was used before the first decision, by which usual terms are sized; --known moves it."
    word = "month" if all(c.is_dated for c in history.courses) else "period"
    told = f"1 {word} of usage is" if longest == 1 else f"{longest} {word}s of usage are"
    return f"{told} too few: a decision needs two, and a term after them."


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


def _contract(place: Workspace | None, said: str, wanted: str) -> Contract:
    """The contract or offer with what is wanted that has this id, or stands in this file."""
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
    fitting = [c for c in known if (c.seats if wanted == _SEATS else c.commitment is not None)]
    found = [c for c in fitting if not _is_id(said) or c.id == said]
    if not found:
        told = ", ".join(c.id for c in fitting) or "none"
        say(f"{said!r} is no offer or contract with {wanted}. Those that have one: {told}.")
        raise typer.Exit(WRONG_USE)
    return found[0]
