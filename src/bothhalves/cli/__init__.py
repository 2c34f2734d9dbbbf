"""The command line: parse, call, print, exit code. Everything heavy is imported inside the verb."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bothhalves.cli import (
    backtesting,
    briefing,
    bundling,
    committing,
    deals,
    forecasts,
    levers,
    looking_ahead,
    plans,
    scenarios,
    seats,
)
from bothhalves.cli.common import (
    DONE,
    FAILED,
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
    built,
    changed,
    opened,
    say,
    say_problems,
    window_of,
)

app = typer.Typer(
    name="bothhalves",
    help="AI seats and AI tokens priced as one decision. Results go to stdout, talk to stderr.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
export_app = typer.Typer(help="Write the page's tables and figures to files.", no_args_is_help=True)
app.add_typer(export_app, name="export")
backtesting.add_to(app)
briefing.add_to(app)
committing.add_to(app)
bundling.add_to(app)
deals.add_to(app)
forecasts.add_to(app)
levers.add_to(app)
looking_ahead.add_to(app)
plans.add_to(app)
scenarios.add_to(app)
seats.add_to(app)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to make the workspace.")] = HERE,
    company: Annotated[str, typer.Option(help="Name shown on the page.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of the page, such as USD.")] = "USD",
    zone: Annotated[str, typer.Option(help="Time zone that cuts days and months.")] = "UTC",
) -> None:
    """Make a workspace folder with commented files to fill in."""
    from bothhalves.workspace.starting import start

    for path in start(folder, company or folder.resolve().name, currency, zone):
        say(f"wrote {path}")
    say(f"Next: bothhalves import EXPORT… --workspace {folder}")


@app.command("import")
def import_(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Exports, folders of logs, or none: inbox/.")
    ] = None,
    workspace: WorkspaceOption = HERE,
    as_of: Annotated[str, typer.Option("--as-of", help="The day a roster without a date speaks of.")] = "",
    period: Annotated[
        str, typer.Option(help="What a file without dates covers: 2026-09-01/2026-10-01.")
    ] = "",
    account: Annotated[str, typer.Option(help="Organisation or workspace that the files belong to.")] = "",
    person: Annotated[str, typer.Option(help="Whose machine local logs come from.")] = "",
    mapping: Annotated[str, typer.Option("--map", help="A saved column mapping, by name.")] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would be imported.")] = False,
    json_: JsonOption = False,
) -> None:
    """Read vendors' exports into the workspace. Importing a file again changes nothing."""
    from bothhalves.report.imports import import_record, import_text
    from bothhalves.workspace.importing import import_paths
    from bothhalves.workspace.reading_files import Options

    options = Options(as_of=as_of, period=period, account=account, person=person, mapping=mapping, plan=plan)
    report = import_paths(opened(workspace), files or [], options, say)
    typer.echo(import_record(report) if json_ else import_text(report))
    code = say_problems(report.problems)
    raise typer.Exit(code if report.sources else FAILED)


@app.command()
def check(
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    fail_on: Annotated[
        Literal["number", "any", "never"],
        typer.Option(help="number: problems that change a number; any; never."),
    ] = "number",
    json_: JsonOption = False,
) -> None:
    """Coverage, agreement with invoices, missing prices, and everything wrong in the files."""
    from bothhalves.report.checks import check_record, check_text

    page = built(opened(workspace), window, as_of)
    typer.echo(check_record(page) if json_ else check_text(page))
    failing = [p for p in page.problems if fail_on == "any" or (fail_on == "number" and p.changes)]
    raise typer.Exit(PROBLEMS if failing else DONE)


@app.command()
def price(
    file: Annotated[
        Path,
        typer.Argument(help="A canonical usage file: CSV, NDJSON or Parquet.", exists=True, dir_okay=False),
    ],
    book: Annotated[list[Path] | None, typer.Option("--book", help="A price book of your own.")] = None,
    json_: JsonOption = False,
) -> None:
    """Rate a canonical usage file without a workspace, every row answered in its place."""
    from bothhalves.core.explain import Problem
    from bothhalves.intake.source import Source, Unreadable
    from bothhalves.reading import price_book
    from bothhalves.report.answers import answer_record, encoded, summary_record, summary_text
    from bothhalves.workspace.pricing import Totals, answers
    from bothhalves.workspace.summing import summed

    prices, problems = price_book(book or [])
    totals, whole, rows = Totals(), list[Problem](), list[Problem]()
    source = Source(file, file.name)
    try:
        if json_:
            for answer in answers(source, prices, whole):
                totals.add(answer)
                rows += answer.problems
                sys.stdout.write(encoded(answer_record(answer)) + "\n")
        else:
            rows += (p for answer in summed(source, prices, totals, whole) for p in answer.problems)
    except Unreadable as error:
        say(f"{file}: {error}. Save the file again as CSV, NDJSON or Parquet.")
        raise typer.Exit(FAILED) from error
    summary = summary_record(totals, prices.versions)
    typer.echo(encoded(summary) if json_ else summary_text(totals, prices.versions))
    code = say_problems([*problems, *whole, *rows])
    raise typer.Exit(FAILED if whole and not totals.rows else code)


@app.command()
def page(
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    json_: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the tables as CSV.")] = False,
    deal: Annotated[bool, typer.Option("--deal", help="The sections about the deal; takes seconds.")] = False,
    fee: FeeOption = "",
    hold: HoldOption = "",
    levers: LeversOption = "",
    tool: ToolOption = "",
    growth: GrowthOption = "",
) -> None:
    """The one page in the terminal: seats and tokens side by side."""
    from bothhalves.report.record import page_json
    from bothhalves.report.table import page_csv
    from bothhalves.report.terminal import page_text

    one = built(opened(workspace), window, as_of, changed(fee, hold, levers, tool, growth))
    if deal:
        from bothhalves.report.deal import deal_json, deal_text

        typer.echo(deal_json(one.deal()) if json_ else deal_text(one.deal()))
    elif csv:
        typer.echo(page_csv(one), nl=False)
    else:
        typer.echo(page_json(one) if json_ else page_text(one))
    raise typer.Exit(PROBLEMS if any(p.changes for p in one.problems) else DONE)


@app.command()
def explain(
    key: Annotated[str, typer.Argument(help="A figure's key, such as tokens.cost?workload=support-bot.")],
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
    rows: Annotated[bool, typer.Option("--rows", help="Down to the stored rows.")] = False,
    json_: JsonOption = False,
    fee: FeeOption = "",
    hold: HoldOption = "",
    levers: LeversOption = "",
    tool: ToolOption = "",
    growth: GrowthOption = "",
) -> None:
    """Why this number: how it adds up, by which rule and price, from which rows."""
    from bothhalves.report.record import figure_json
    from bothhalves.report.terminal import explain_text

    place = opened(workspace)
    page = built(place, window, as_of, changed(fee, hold, levers, tool, growth))
    figure = page.figure(key)
    if figure is None:
        from bothhalves.core.prices import near

        similar = near(key, [*page.figures(), *page.later()])
        say(f"No figure is called {key!r}." + (f" Did you mean {', '.join(similar)}?" if similar else ""))
        raise typer.Exit(WRONG_USE)
    lookup = place.rows if rows else None
    typer.echo(figure_json(figure, lookup) if json_ else explain_text(figure, lookup))


@export_app.command("json")
def export_json(
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("page.json"),
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
) -> None:
    """The page with every figure, line and source as JSON."""
    from bothhalves.report.record import page_json

    out.write_text(page_json(built(opened(workspace), window, as_of)) + "\n", "utf-8")
    say(f"wrote {out}")


@export_app.command("csv")
def export_csv(
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("export"),
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
) -> None:
    """Each table, and every line of money, as a CSV file."""
    from bothhalves.report.table import write_csv

    for path in write_csv(built(opened(workspace), window, as_of), out):
        say(f"wrote {path}")


@export_app.command("focus")
def export_focus(
    out: Annotated[Path, typer.Option(help="File to write: .csv or .parquet.")] = Path("focus.csv"),
    workspace: WorkspaceOption = HERE,
    window: WindowOption = "",
    as_of: AsOfOption = "",
) -> None:
    """Seats, tokens, credits and commitments as rows of FOCUS 1.2."""
    from bothhalves.report.focus import focus_rows, write_focus
    from bothhalves.workspace.charges import charges_of

    place = opened(workspace)
    rows = focus_rows(charges_of(place, window_of(place, window, as_of)))
    try:
        count = write_focus(rows, out)
    except ValueError as error:
        say(f"{error}.")
        raise typer.Exit(WRONG_USE) from error
    say(f"wrote {out}: {count} rows")


@app.command()
def serve(
    workspace: WorkspaceOption = HERE,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")] = 8321,
) -> None:
    """Serve the page on this machine only."""
    from bothhalves.web import serve_workspace

    serve_workspace(opened(workspace), port)


@app.command()
def doctor(workspace: WorkspaceOption = HERE, json_: JsonOption = False) -> None:
    """Explain, offline, why a total is zero or partial, and whether this installation works."""
    from bothhalves.report.health import health_record, health_text
    from bothhalves.workspace.health import examine

    findings = examine(workspace)
    typer.echo(health_record(findings) if json_ else health_text(findings))
    raise typer.Exit(PROBLEMS if any(not f.good for f in findings) else DONE)


@app.command()
def demo(
    example: Annotated[str, typer.Option(help="Which example workspace.")] = "team",
    out: Annotated[
        Path | None, typer.Option(help="Write page.html, page.json, page.txt here and exit.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")] = 8321,
) -> None:
    """Import an example's real usage into a fresh workspace and show the one page."""
    from bothhalves.web.demo import NoExample, show_demo

    try:
        show_demo(example, out, port, say)
    except NoExample as error:
        say(str(error))
        raise typer.Exit(WRONG_USE) from error


def main() -> None:
    """The ``bothhalves`` command. What keeps it from working is told in a sentence, not in a traceback."""
    try:
        app()
    except Exception as error:
        # Imported only when something went wrong: the store is heavy.
        from bothhalves.store import Damaged, OutOfRange
        from bothhalves.web.server import PortInUse

        if not isinstance(error, (Damaged, OutOfRange, PortInUse)):
            raise
        say(f"{error}.")
        sys.exit(FAILED)
