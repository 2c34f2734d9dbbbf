"""A killed import leaves the workspace as it was or as it will be, and importing again mends it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bothhalves.brief import build
from bothhalves.report.record import page_record
from bothhalves.workspace import open_workspace

TEAM = Path(__file__).parents[2] / "examples" / "team"
KILLS = int(os.environ.get("CRASHES", "6"))
IMPORT = [sys.executable, "-c", "from bothhalves.cli import main; main()", "import"]


def imported(root: Path, seconds: float | None = None) -> float:
    """Run the command on the inbox, killed after ``seconds``; how long it took."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [*IMPORT, "-w", str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return time.monotonic() - begun


def shown(root: Path) -> str:
    """The page without what tells this folder from another: snapshot and keyed pseudonyms."""
    workspace = open_workspace(root)
    page = page_record(build(workspace))
    workspace.store.close()
    return json.dumps({name: part for name, part in page.items() if name != "snapshot"}, sort_keys=True)


def small(root: Path) -> Path:
    """The example with a tenth of its logs: enough to be killed in the middle of."""
    shutil.copytree(TEAM, root)
    for n, path in enumerate(sorted((root / "inbox" / "claude_code").iterdir())):
        if n % 10:
            path.unlink()
    return root


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, float]:
    """The page before and after an uninterrupted import, and its seconds."""
    root = small(tmp_path_factory.mktemp("whole") / "team")
    before = shown(root)
    seconds = imported(root)
    return before, shown(root), seconds


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_and_resumed(tmp_path: Path, whole: tuple[str, str, float], seed: int) -> None:
    before, after, seconds = whole
    root = small(tmp_path / "team")
    imported(root, random.Random(seed).uniform(0.2, seconds))
    assert shown(root) in (before, after)
    imported(root)
    assert shown(root) == after
