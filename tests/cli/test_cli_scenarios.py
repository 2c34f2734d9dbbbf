"""``bothhalves scenario``: what is saved, listed, compared, taken apart, removed and refused."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from command import DONE, PROBLEMS, WRONG_USE, record, run

sys.path.insert(0, str(Path(__file__).parent.parent / "workspace"))
from test_planning import TOOL, filled


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four of eight seats pay; the contract ends with 2026. Two scenarios are saved."""
    found = filled(tmp_path_factory.mktemp("scenarios"), {"tools": [TOOL], "hold": "20%"}).root
    run(
        "scenario", "save", "grow", "--growth", "40", "--note", "if it catches on", "--by", "ada", "-w", found
    )
    run("scenario", "save", "cheap", "--growth", "40%", "--fee", "20", "--rate", "8%", "-w", found)
    return found


def test_a_scenario_is_plain_text(root: Path) -> None:
    text = (root / "scenarios" / "grow.yaml").read_text()
    assert 'note: "if it catches on"\ninputs:\n  growth: "40%"\nsaved_by: "ada"\n' in text
    assert "computed_on: {data:" in text


def test_the_list_tells_who_when_and_what_changed_since(root: Path) -> None:
    text = run("scenario", "list", "-w", root).stdout
    assert "growth of tokens 40% (if it catches on)" in text
    assert "by ada" in text
    assert "changed since" not in text
    (root / "planning.yaml").write_text((root / "planning.yaml").read_text() + "# looked at again\n")
    assert "the contracts and other terms changed since" in run("scenario", "list", "-w", root).stdout
    found = {one["name"]: one for one in record("scenario", "list", "-w", root)["scenarios"]}
    assert found["grow"]["changed_since"] == ["the contracts and other terms"]
    assert found["cheap"]["inputs"] == {"growth": "40%", "fee": "20", "rate": "8%"}


def test_scenarios_stand_side_by_side(root: Path) -> None:
    text = run("scenario", "compare", "base", "grow", "cheap", "-w", root).stdout
    assert "grow costs $4.80k more than base over all years as is." in text
    assert "Premium, anthropic-2026" in text
    assert "not affected by" in text
    assert run("scenario", "compare", "grow", "-w", root).stdout.startswith(
        "grow costs $4.80k more than base"
    )


def test_the_record_names_every_figure_that_it_holds_and_each_opens(root: Path) -> None:
    found = record("scenario", "compare", "base", "cheap", "-w", root)
    named = [key for row in found["rows"] for key in (*row["figures"], *row["more"]) if key]
    assert set(named) <= set(found["figures"])
    opened = run("scenario", "compare", "base", "cheap", "-w", root, "--explain", named[-1]).stdout
    assert "cheap less base" in opened
    alone = run("explain", named[-1], "-w", root, code=DONE).stdout
    assert alone.splitlines()[0] == opened.splitlines()[0]


def test_a_difference_is_taken_apart(root: Path) -> None:
    text = run("scenario", "diff", "base", "cheap", "-w", root).stdout
    assert "by growth" in text
    assert "the parts add up to the difference" in text
    found = record("scenario", "diff", "base", "cheap", "-w", root)
    assert [one["input"] for one in found["inputs"]] == ["growth", "fee", "rate"]
    assert {"input": "growth", "from": "0 %", "to": "40 %"} in found["inputs"]
    key = found["rows"][0]["parts"]["fee"]
    assert "fee alone" in run("scenario", "diff", "base", "cheap", "-w", root, "--explain", key).stdout


def test_changes_and_the_rule_are_saved_and_compared(root: Path) -> None:
    run(
        "scenario",
        "save",
        "planned",
        "--change",
        "2027-02-01 x1.4: second market",
        "--rule",
        "none",
        "-w",
        root,
    )
    text = (root / "scenarios" / "planned.yaml").read_text()
    assert '    - {from: 2027-02-01, factor: "1.4", reason: "second market"}\n  rule: "none"\n' in text
    text = run("scenario", "diff", "base", "planned", "-w", root).stdout
    assert re.search(r"planned changes +– +2027-02-01 x1.4", text)
    (root / "scenarios" / "planned.yaml").unlink()


def test_what_cannot_be_done_is_said(root: Path, tmp_path: Path) -> None:
    for words, said in (
        (("compare", "base", "a", "b", "c", "d"), "5 scenarios are more than 4"),
        (("compare", "grwo"), "Did you mean grow?"),
        (("save", "../up"), "is no name for a scenario"),
        (("save", "base"), "is everything as the data says"),
        (("save", "grow"), "There is a scenario called grow"),
        (("save", "x", "--growth", "much"), "growth is the growth of token use"),
        (("save", "x", "--offer", "none"), "No offer is called 'none'"),
        (("save", "x", "--window", "May"), "May"),
        (("remove", "nobody"), "No scenario is called 'nobody'"),
        (("compare", "grow", "--explain", "scenario.x"), "No figure is called"),
    ):
        assert said in run("scenario", *words, "-w", root, code=WRONG_USE).stderr
    assert {p.name for p in (root / "scenarios").iterdir()} == {"grow.yaml", "cheap.yaml"}


def test_a_wrong_file_is_told_by_line_and_the_others_stay(root: Path) -> None:
    wrong = root / "scenarios" / "wrong.yaml"
    wrong.write_text("inputs:\n  growth: 40\n")
    done = run("scenario", "list", "-w", root, code=PROBLEMS)
    assert "scenarios/wrong.yaml:2:11: expected a percentage" in done.stderr
    assert "grow" in done.stdout
    assert (
        "scenarios/wrong.yaml:2:11" in run("scenario", "compare", "wrong", "-w", root, code=WRONG_USE).stderr
    )
    wrong.unlink()


def test_one_is_replaced_and_removed(root: Path) -> None:
    run("scenario", "save", "gone", "-w", root)
    run("scenario", "save", "gone", "--hold", "30", "--replace", "-w", root)
    assert 'hold: "30%"' in (root / "scenarios" / "gone.yaml").read_text()
    run("scenario", "remove", "gone", "-w", root)
    assert not (root / "scenarios" / "gone.yaml").exists()


def test_with_nothing_imported_it_says_what_is_missing(tmp_path: Path) -> None:
    run("init", tmp_path)
    run("scenario", "save", "x", "--growth", "10", "-w", tmp_path)
    text = run("scenario", "compare", "x", "-w", tmp_path, code=PROBLEMS).stdout
    assert "There is no plan yet: `bothhalves plan` says what to measure first." in text
