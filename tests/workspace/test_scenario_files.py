"""Saved scenarios as files: written, read back, refused, and told when the data are others since."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.dates import Month
from bothhalves.reading import read_text
from bothhalves.workspace.forecast_terms import Change
from bothhalves.workspace.scenario_changes import NO_REASON, parsed_change
from bothhalves.workspace.scenario_inputs import AS_IT_IS, NAMES, Inputs, Step, stated
from bothhalves.workspace.scenarios import (
    CannotSave,
    Prints,
    Saved,
    chosen,
    prints_of,
    remove,
    save,
    scenarios_of,
    written,
)
from workspace_folder import Folder, csv_of, used

WHOLE = Inputs(
    window="2026-09/2026-10",
    growth=Decimal("0.4"),
    levers=Decimal("0.7"),
    fee=Decimal("54.25"),
    hold=Decimal("0.3"),
    tool=Decimal("6"),
    changes=(
        Change(date(2027, 2, 1), NO_REASON, "app", factor=Decimal("1.4")),
        Change(date(2027, 3, 15), NO_REASON, amount=Decimal("-500"), scenario="low"),
        Change(date(2027, 4, 1), NO_REASON, "premium", seats=12),
    ),
    offer="bundle",
    price_steps=(Step(Month(2028, 1), Decimal("0.8")), Step(Month(2029, 1), Decimal("1.105"))),
    rule="minimax regret",
    rate=Decimal("0.08"),
)
NOTES = [
    "",
    "plain",
    "quoted \"x\" and \\ and 'y'",
    "# not a comment: {a: [b",
    "<script>alert(1)</script>",
    "é … 日本",
]
HOSTILE = [
    "", ".", "..", "../x", "a/b", "a\\b", "A", "a b", "-a", "a-", "a" * 41, "a.yaml", "nul\x00", "a\n", "é",
    "<b>", "base", "１",
]  # fmt: skip


@pytest.mark.parametrize("note", NOTES)
def test_what_is_written_is_read_back(note: str) -> None:
    moment = datetime(2026, 11, 5, 10, 12, tzinfo=UTC)
    saved = Saved(WHOLE, note, 'ada "the" buyer', moment, Prints("12e3", "0x1f", "yes"))
    assert read_text(written(saved), Saved, "x.yaml") == (saved, [])
    assert read_text(written(Saved(note=note)), Saved, "x.yaml") == (Saved(note=note), [])


def test_inputs_are_written_as_people_write_them() -> None:
    assert WHOLE.given() == {
        "window": "2026-09/2026-10",
        "growth": "40%",
        "levers": "70%",
        "fee": "54.25",
        "hold": "30%",
        "tool": "6",
        "changes": "2027-02-01 app x1.4; 2027-03-15 -500 in low; 2027-04-01 premium +12 people",
        "offer": "bundle",
        "price_steps": "2028-01=80%, 2029-01=110.5%",
        "rule": "minimax regret",
        "rate": "8%",
    }
    words = WHOLE.given()
    assert stated(words, words["price_steps"].split(", "), words["changes"].split("; ")) == WHOLE
    assert stated({"growth": "40", "hold": " 30 % "}) == Inputs(growth=Decimal("0.4"), hold=Decimal("0.3"))
    assert stated(dict.fromkeys(NAMES, "")) == AS_IT_IS


@pytest.mark.parametrize(
    ("words", "steps", "said"),
    [
        ({"growth": "NaN"}, (), "growth is the growth of token use in percent, a number from -99 to 1000"),
        ({"growth": "1e400"}, (), "out of range"),
        ({"levers": "140"}, (), "levers is from 0 to 100 %, not 140"),
        ({"fee": "-1"}, (), "fee is from 0 to 1000000, not -1"),
        ({"rate": "8"}, (), "expected a percentage"),
        ({"rate": "108%"}, (), "rate is from 0% to 100%"),
        ({}, ("2028-13=80%",), "no change of list prices"),
        ({}, ("2028-01=-5%",), "level is not below zero"),
        ({}, ("2028-01=80%", "2028-01=70%"), "names a month twice"),
    ],
)
def test_inputs_that_make_no_sense_are_refused(
    words: dict[str, str], steps: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        stated(words, steps)


def test_a_planned_change_is_written_in_one_line() -> None:
    change = parsed_change(" 2027-02 beyond allowances x1.4 in high : second: market ")
    wanted = Change(
        date(2027, 2, 1), "second: market", "beyond allowances", factor=Decimal("1.4"), scenario="high"
    )
    assert change == wanted
    assert read_text(written(Saved(Inputs(changes=(change,)))), Saved, "x.yaml")[0] == Saved(
        Inputs(changes=(change,))
    )
    assert parsed_change("2027-04-01 premium -3 seats").seats == -3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is not a planned change such as"),
        ("2027-02-01 app", "is not a planned change such as"),
        ("soon app x2", "is not a planned change such as"),
        ("2027-02-30 app x2", "day is out of range"),
        ("2027-02-01 app x2000", "factor is between 0 and 1000"),
        ("2027-02-01 +5 people", "seats belong to a driver"),
        ("2027-02-01 app x1.2.3", "not a plain number"),
        ("2027-02-01 app +500 in best", "is not a planned change such as"),
    ],
)
def test_a_line_that_is_no_change_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        stated({}, changes=[line])


def test_a_rule_is_one_of_three() -> None:
    with pytest.raises(ValueError, match="rule is one of none, minimax regret, expected cost, not 'best'"):
        stated({"rule": "best"})


@pytest.mark.parametrize("name", HOSTILE)
def test_names_cannot_leave_their_folder(tmp_path: Path, name: str) -> None:
    root = tmp_path / "acme"
    root.mkdir()
    for act in (lambda: save(root, name, Saved()), lambda: remove(root, name)):
        with pytest.raises(CannotSave):
            act()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_scenario_is_saved_found_replaced_and_removed(tmp_path: Path) -> None:
    path = save(tmp_path, "fewer-seats", Saved(WHOLE, "why"))
    assert path == tmp_path / "scenarios" / "fewer-seats.yaml"
    assert scenarios_of(tmp_path) == ({"fewer-seats": Saved(WHOLE, "why")}, [])
    with pytest.raises(CannotSave, match="There is a scenario called fewer-seats"):
        save(tmp_path, "fewer-seats", Saved())
    save(tmp_path, "fewer-seats", Saved(), replace=True)
    assert list(chosen(tmp_path, ["fewer-seats", "base", "fewer-seats"]).items()) == [
        ("fewer-seats", Saved()),
        ("base", Saved()),
    ]
    assert [p.name for p in path.parent.iterdir()] == ["fewer-seats.yaml"]
    remove(tmp_path, "fewer-seats")
    assert scenarios_of(tmp_path) == ({}, [])
    with pytest.raises(CannotSave, match="Known: base"):
        remove(tmp_path, "fewer-seats")


def test_more_than_four_are_not_compared(tmp_path: Path) -> None:
    for name in "abcd":
        save(tmp_path, name, Saved())
    assert list(chosen(tmp_path, "abcd")) == list("abcd")
    with pytest.raises(CannotSave, match="5 scenarios are more than 4"):
        chosen(tmp_path, ["base", *"abcd"])
    with pytest.raises(CannotSave, match="No scenario is called 'e'"):
        chosen(tmp_path, ["e"])


def test_a_file_that_cannot_be_read_says_where_and_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "good.yaml").write_text("inputs: {growth: 40%}\n")
    (folder / "bad.yaml").write_text("inputs:\n  growth: 40\n  growht: 10%\n")
    (folder / "worse.yaml").write_text("inputs: {levers: 140%}\n")
    found, problems = scenarios_of(tmp_path)
    assert list(found) == ["good"]
    assert [str(p) for p in problems] == [
        "scenarios/bad.yaml:2:11: expected a percentage such as 8%, found '40'. Mend the value.",
        "scenarios/bad.yaml:3:3: the key 'growht' is not known. Did you mean 'growth'?",
        "scenarios/worse.yaml:1:9: this does not fit: levers is from 0 to 100 %, not 140. Mend the entry.",
    ]
    with pytest.raises(CannotSave, match=r"scenarios/bad\.yaml:2:11: expected a percentage"):
        chosen(tmp_path, ["bad"])


def test_it_is_told_what_is_another_since(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"usage.csv": csv_of(used("2026-09-01T10:00:00Z", 1000))})
    before = prints_of(folder.open())
    assert before.changed(before) == ()
    assert before == prints_of(folder.open())
    save(folder.root, "a", Saved(computed_on=before))
    assert before.changed(prints_of(folder.open())) == ()
    folder.write({"planning.yaml": "hold: 30%\n"})
    assert before.changed(prints_of(folder.open())) == ("the contracts and other terms",)
    folder.imported({"more.csv": csv_of(used("2026-09-02T10:00:00Z", 1000))})
    assert before.changed(prints_of(folder.open())) == ("the data", "the contracts and other terms")
    assert Prints().changed(before) == ()
