"""One person under several names, links that come later, and groups that are too small to be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothhalves.workspace.config import Person
from bothhalves.workspace.identity import Pseudonyms, identity
from workspace_folder import Folder, csv_of, members, used

KEY = b"k" * 32
ADA = Person(("Ada@Example.com", "login:ada", "home:ada"), group="team")


def included(person: str, tokens: int = 1_000_000, **more: str) -> dict[str, object]:
    return used("2026-09-15T12:00:00Z", tokens, billing="included", person=person, **more)


def people(*entries: tuple[str, str]) -> str:
    """people.yaml of (names, group), names divided by commas."""
    return "people:\n" + "".join(f"  - {{names: [{names}], group: {group}}}\n" for names, group in entries)


def groups(folder: Folder) -> dict[str, int]:
    """Tokens of seat users by group."""
    return {u.owner: int(u.tokens) for u in folder.ledger().usage}


@pytest.mark.parametrize(
    "name", ["ada@example.com", " ADA@example.com", "email:ada@example.com", "login:ada", "home:ada"]
)
def test_every_name_of_a_person_has_one_pseudonym(name: str) -> None:
    pseudonyms = Pseudonyms(KEY, [ADA])
    assert pseudonyms(name) == pseudonyms("ada@example.com")
    assert pseudonyms.groups[pseudonyms(name)] == "team"


def test_names_of_others_differ_and_nobody_stays_nobody() -> None:
    pseudonyms = Pseudonyms(KEY, [ADA])
    assert pseudonyms("bo@example.com") != pseudonyms("ada@example.com")
    assert pseudonyms("") == ""
    assert identity(" Ada@X.com ") == "email:ada@x.com"


def test_pseudonyms_need_the_key_and_do_not_hold_the_name() -> None:
    first, second = Pseudonyms(KEY, []), Pseudonyms(b"x" * 32, [])
    assert first("ada@example.com") != second("ada@example.com")
    assert "ada" not in first("ada@example.com")


def test_links_do_not_depend_on_their_order() -> None:
    links = [("a@x.com", "login:a"), ("login:a", "home:a"), ("home:b", "home:a")]
    forwards, backwards = Pseudonyms(KEY, [], links), Pseudonyms(KEY, [], reversed(links))
    for name in ("a@x.com", "login:a", "home:a", "home:b"):
        assert forwards(name) == backwards(name) == forwards("a@x.com")


def test_usage_under_several_names_is_one_person_s(tmp_path: Path) -> None:
    folder = Folder(tmp_path, smallest_group=1)
    folder.write({"people.yaml": people(("ada@example.com, 'login:ada'", "team"))})
    folder.imported({"usage.csv": csv_of(included("email:ada@example.com", 1), included("login:ada", 20))})
    assert groups(folder) == {"team": 21}


def test_a_link_that_is_added_after_the_import_merges(tmp_path: Path) -> None:
    folder = Folder(tmp_path, smallest_group=1)
    folder.write({"people.yaml": people(("ada@example.com", "team"))})
    folder.imported({"usage.csv": csv_of(included("email:ada@example.com", 1), included("login:ada", 20))})
    assert groups(folder) == {"team": 1, "unknown": 20}
    folder.write({"people.yaml": people(("ada@example.com, 'login:ada'", "team"))})
    assert groups(folder) == {"team": 21}
    later = {**included("login:ada", 300), "time": "2026-09-16T12:00:00Z"}
    folder.imported({"more.csv": csv_of(later)})
    assert groups(folder) == {"team": 321}


def test_seats_and_activity_under_two_names_are_one_active_seat(tmp_path: Path) -> None:
    folder = Folder(tmp_path, smallest_group=1)
    folder.imported({"members.csv": members(("ada@example.com", "Active", "Premium"))}, as_of="2026-09-30")
    folder.imported({"usage.csv": csv_of(included("login:ada"))})
    (before,) = folder.ledger("2026-09").seats
    folder.write({"people.yaml": people(("ada@example.com, 'login:ada'", "team"))})
    (after,) = folder.ledger("2026-09").seats
    assert (before.assigned, before.active) == (1, 0)
    assert (after.assigned, after.active) == (1, 1)


@pytest.mark.parametrize(("smallest", "shown"), [(1, {"a", "b"}), (2, {"a", "other"}), (3, {"other"})])
def test_groups_under_the_smallest_size_are_merged(tmp_path: Path, smallest: int, shown: set[str]) -> None:
    folder = Folder(tmp_path, smallest_group=smallest)
    folder.write({"people.yaml": people(("a1@x.com", "a"), ("a2@x.com", "a"), ("b1@x.com", "b"))})
    rows = [included(f"email:{name}@x.com", n) for name, n in (("a1", 1), ("a2", 20), ("b1", 300))]
    folder.imported({"usage.csv": csv_of(*rows)})
    found = groups(folder)
    assert set(found) == shown
    assert sum(found.values()) == 321


def test_by_default_a_group_has_five_people(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    names = [f"p{n}@x.com" for n in range(9)]
    folder.write({"people.yaml": people(*((n, "five" if i < 5 else "four") for i, n in enumerate(names)))})
    folder.imported({"usage.csv": csv_of(*(included(f"email:{n}", 10) for n in names))})
    assert groups(folder) == {"five": 50, "other": 40}
