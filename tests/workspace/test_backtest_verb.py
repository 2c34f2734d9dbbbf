"""The advice walked through a history: which terms fit, what a file may say, and figures that open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bothhalves.brief.backtests import figures, sheets, together
from bothhalves.cli import app
from bothhalves.core.dates import Month
from bothhalves.core.deal.backtesting import Course
from bothhalves.core.explain import recomputed
from bothhalves.reading.contracts import read_contract
from bothhalves.workspace.backtesting import History, history_in, lengths, under_contract, under_usual
from bothhalves.workspace.histories import read_history

MONTHS = [100, 110, 120, 90, 140, 150, 155, 130, 160, 170, 175, 160, 181, 190]
OFFER = """
id: offer-1
vendor: anthropic
currency: USD
term: {start: 2027-01-01, months: 12}
commitment:
  per: year
  amount: 1200
  bands: [{from: 1200, discount: 10%}, {from: 2400, discount: 20%}]
  bands_are: all-units
  denominated: net
  counts: [api]
  overage: list
  unused: forfeited
  paid: in-arrears
"""


def written(path: Path, amounts: list[int]) -> Path:
    rows = [f"{Month(2025 + n // 12, n % 12 + 1)},{amount}" for n, amount in enumerate(amounts)]
    path.write_text("\n".join(["period,amount", *rows]))
    return path


def history(months: int) -> History:
    return History((Course("api", Month(2025, 1), (5 * 10**6,) * months),), "USD")


@pytest.mark.parametrize(
    ("months", "found"), [(36, (12, 12)), (35, (6, 6)), (9, (3, 3)), (5, (1, 2)), (3, (1, 2))]
)
def test_terms_are_as_long_as_the_history_bears(months: int, found: tuple[int, int]) -> None:
    assert lengths(history(months), 12) == found


def test_what_is_asked_for_is_kept() -> None:
    assert lengths(history(14), 12, asked=2, known=6) == (2, 6)


def test_a_shorter_term_has_thresholds_in_proportion(tmp_path: Path) -> None:
    path = tmp_path / "offer.yaml"
    path.write_text(OFFER)
    offer, problems = read_contract(path)
    assert offer is not None, problems
    test = under_contract(history_in(written(tmp_path / "h.csv", MONTHS), "USD"), offer)
    assert (test.months, test.known) == (3, 3)
    # A quarter of 1,200 is 300: 330 at 10% off would cost 300 and does from 333.33 on.
    first = test.walks[0].steps[0]
    assert first.used == 380 * 10**6
    assert first.best.signed.amount == 342 * 10**6
    assert test.said == ("Terms are shorter than offered: 3 of 12 months, thresholds in proportion.",)


def test_every_figure_follows_from_its_parts(tmp_path: Path) -> None:
    tests = list(under_usual(history_in(written(tmp_path / "h.csv", MONTHS), "USD")))
    found = figures(sheets(tests))
    assert len(found) > 100
    for figure in found.values():
        assert recomputed(figure) == figure.value, figure.key


def test_all_terms_together_weigh_each_series_once_for_each(tmp_path: Path) -> None:
    lines = [f"a,{n},{amount}" for n, amount in enumerate(MONTHS)]
    lines += [f"b,{n},{400 - amount}" for n, amount in enumerate(MONTHS)]
    path = tmp_path / "h.csv"
    path.write_text("\n".join(["series,period,amount", *lines]))
    found = sheets(under_usual(history_in(path, "USD")))
    over = together(found)
    assert over is not None
    shares = sorted(w.relative["look-back"].value for s in found for w in s.walks)
    assert len(shares) == 6
    look = over.medians["look-back"]
    assert look.value == pytest.approx((shares[2] + shares[3]) / 2)
    assert (look.key, len(look.operands)) == ("backtest.median?rule=look-back&terms=all", 6)
    assert together(found[:1]) is None


def test_periods_may_be_numbers_and_series_several(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("series,period,amount\nb,2,0.10\nb,1,5\na,2026-12,1\na,2027-01,2\n")
    found = read_history(path)
    courses = found.courses
    assert not found.problems
    assert [(c.name, c.amounts) for c in courses] == [("a", (10**6, 2 * 10**6)), ("b", (5 * 10**6, 10**5))]
    assert str(courses[0].first) == "2026-12"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"a,b\n1,2",
        b"period,amount\n2026-01",
        b"period,amount\n2026-01,-1",
        b"period,amount\n2026-13,1",
        b"period,amount\n2026-01,1e400",
        b"period,amount\n2026-01,1\n2026-01,2",
        b'period,amount\n"1,2',
    ],
)
def test_what_cannot_be_read_is_a_problem_and_no_history(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "h.csv"
    path.write_bytes(content)
    found = read_history(path)
    assert not found.courses
    assert found.problems


def test_the_verb_prints_opens_and_writes_json(tmp_path: Path) -> None:
    path = str(written(tmp_path / "h.csv", MONTHS))
    run = CliRunner()
    shown = run.invoke(app, ["backtest", path])
    assert shown.exit_code == 0
    assert "our advice" in shown.stdout
    assert "Terms of 3 months, the first after 3; 1 series, 3 decisions." in shown.stdout
    record = json.loads(run.invoke(app, ["backtest", path, "--json"]).stdout)
    key = record["terms"][1]["walks"][0]["regret"]["look-back"]
    assert key in record["figures"]
    opened = run.invoke(app, ["backtest", path, "--explain", key])
    assert opened.exit_code == 0
    assert "Regret" in opened.stdout
    assert run.invoke(app, ["backtest", path]).stdout == shown.stdout


def test_the_verb_tests_an_offer_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "offer.yaml").write_text(OFFER)
    path = str(written(tmp_path / "h.csv", MONTHS))
    shown = CliRunner().invoke(
        app, ["backtest", path, "--terms", str(tmp_path / "offer.yaml"), "--months", "6"]
    )
    assert shown.exit_code == 0
    assert "offer-1" in shown.stdout


def exported(path: Path, first: int, model: str = "claude-opus-4-8") -> Path:
    """A million tokens in each month from ``first`` to November 2026."""
    rows = [f"2026-{n:02d}-10T08:00:00Z,anthropic,{model},1000000,{n}" for n in range(first, 12)]
    path.write_text("\n".join(["time,vendor,model,input_tokens,id", *rows]))
    return path


def test_a_usage_export_is_priced_at_list_first(tmp_path: Path) -> None:
    found = history_in(exported(tmp_path / "usage.csv", 7), "USD")
    assert [c.amounts for c in found.courses] == [(5 * 10**6,) * 5]
    assert str(found.courses[0].first) == "2026-07"


def test_months_with_usage_of_unknown_price_are_no_history(tmp_path: Path) -> None:
    path = exported(tmp_path / "usage.csv", 6)
    august = "2026-08-10T08:00:00Z,anthropic,"
    path.write_text(path.read_text().replace(f"{august}claude-opus-4-8", f"{august}nobody-knows"))
    found = history_in(path, "USD")
    assert str(found.courses[0].first) == "2026-09"
    assert found.said == ("Some usage of 2026-08 has no known price; the history begins after it.",)


def test_too_short_a_history_is_refused(tmp_path: Path) -> None:
    path = str(written(tmp_path / "h.csv", MONTHS[:2]))
    shown = CliRunner().invoke(app, ["backtest", path])
    assert shown.exit_code == 1
    assert "2 months of usage are too few" in shown.stderr
