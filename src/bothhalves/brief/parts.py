"""Small parts of the page that several of its sections share."""

from __future__ import annotations

from dataclasses import dataclass

from bothhalves.core.explain import Figure

#: Rows of a table that stand above its fold.
ROWS_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar. ``style`` is ``solid``, ``light`` or ``hatched`` (paid for and unused)."""

    label: str
    style: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to import so that a missing part can be shown: ``steps`` in order, each one sentence."""

    title: str
    steps: tuple[str, ...]
