"""The demonstration: an example's exports imported into a fresh workspace, then the one page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bothhalves.brief import Page, build
from bothhalves.report.record import page_json
from bothhalves.report.terminal import page_text
from bothhalves.web.static_page import render_static
from bothhalves.workspace import Workspace, open_workspace
from bothhalves.workspace.importing import import_paths
from bothhalves.workspace.reading_files import Options

EXAMPLES = Path(__file__).parents[3] / "examples"
Say = Callable[[str], None]


class NoExample(Exception):
    """There is no example of that name beside the program."""


def show_demo(example: str, out: Path | None, port: int, say: Say) -> None:
    """Import the example, then write page.html, page.json and page.txt to ``out``, or serve the page.

    Raises :class:`NoExample`.
    """
    source = EXAMPLES / example
    if not (source / "company.yaml").is_file():
        known = sorted(p.parent.name for p in EXAMPLES.glob("*/company.yaml"))
        raise NoExample(
            f"There is no example {example!r} in {EXAMPLES}. Examples: {', '.join(known) or 'none'}."
        )
    with tempfile.TemporaryDirectory(prefix="bothhalves-demo-") as folder:
        workspace = _imported(source, Path(folder) / example, say)
        page = build(workspace)
        if out is not None:
            _write(page, workspace, out, say)
            return
        from bothhalves.web import serve_workspace

        say(page_text(page))
        serve_workspace(workspace, port)


def _imported(source: Path, target: Path, say: Say) -> Workspace:
    """A copy of the example with its inbox imported."""
    shutil.copytree(source, target)
    report = import_paths(open_workspace(target), [], Options(), say)
    say(f"imported {len(report.sources)} sources, {sum(report.rows.values()):,} records read")
    return open_workspace(target)


def _write(page: Page, workspace: Workspace, out: Path, say: Say) -> None:
    out.mkdir(parents=True, exist_ok=True)
    contents = {
        "page.html": render_static(page, workspace.rows, workspace.root.name),
        "page.json": page_json(page) + "\n",
        "page.txt": page_text(page, 110, colour=False) + "\n",
    }
    for name, text in contents.items():
        (out / name).write_text(text, "utf-8")
        say(f"wrote {out / name}")
