"""The table that measuring prints."""

from __future__ import annotations

from dataclasses import dataclass

from bench.measure import Run

_HEAD = ("what", "wall s", "CPU s", "peak MB", "ratio", "target", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. ``ratio`` is to what ``target`` names; ``met`` None: nothing was promised."""

    what: str
    run: Run | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        figures = ("", "", "")
        if self.run is not None:
            figures = (f"{self.run.wall:.2f}", f"{self.run.cpu:.2f}", f"{self.run.rss:.0f}")
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return self.what, *figures, ratio, self.target, {True: "yes", False: "NO", None: ""}[self.met]


def printed(title: str, rows: list[Row]) -> str:
    """The rows as a Markdown table under a title, aligned for a terminal."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    text = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([f"### {title}", "", *text, ""])
