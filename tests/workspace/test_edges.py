"""The remembered price edges follow every change of a book."""

from __future__ import annotations

from pathlib import Path

from bothhalves.workspace.edges import REMEMBERED, STANDARD_EDGES, price_edges

UNREAD = "the price book was read although nothing changed"


def unread() -> list[int]:
    raise AssertionError(UNREAD)


def test_the_book_is_read_again_only_after_a_change(tmp_path: Path) -> None:
    book = tmp_path / "own.yaml"
    book.write_text("first", "utf-8")
    assert price_edges(tmp_path, [book], lambda: [77]) == tuple(sorted({*STANDARD_EDGES, 77}))
    assert 77 in price_edges(tmp_path, [book], unread)
    book.write_text("second", "utf-8")
    assert 78 in price_edges(tmp_path, [book], lambda: [78])
    assert 78 not in price_edges(tmp_path, [], list)


def test_damage_means_reading_again(tmp_path: Path) -> None:
    price_edges(tmp_path, [], lambda: [77])
    for damage in ("", "{}", "[1]", '{"of": 1}'):
        (tmp_path / "state" / REMEMBERED).write_text(damage, "utf-8")
        assert 79 in price_edges(tmp_path, [], lambda: [79])
