"""The native program of ccusage, installed from npm into the cache, and its totals by day and model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.measure import CACHE, Run, run

#: Later versions can install without their native program.
VERSION = "20.0.24"
Totals = dict[tuple[str, str], tuple[int, int, int, int]]


def installed() -> Path | None:
    """The native program; None where npm is missing or has no program for this system."""
    folder = CACHE / f"ccusage-{VERSION}"
    npm = shutil.which("npm")
    if npm and not folder.exists():
        run([npm, "install", "--prefix", folder, "--no-audit", "--no-fund", f"ccusage@{VERSION}"])
    found = sorted(folder.glob("node_modules/@ccusage/ccusage-*/bin/ccusage*"))
    if not found:
        return None
    found[0].chmod(0o755)
    return found[0]


def report(program: Path, tree: Path) -> Run:
    """``ccusage daily --offline --json`` over ``tree``, with days of UTC."""
    home = CACHE / "ccusage-home"
    home.mkdir(parents=True, exist_ok=True)
    link = home / "projects"
    link.unlink(missing_ok=True)
    link.symlink_to(tree)
    env = {"CLAUDE_CONFIG_DIR": str(home), "TZ": "UTC"}
    return run([program, "daily", "--offline", "--json"], env)


def totals(done: Run) -> Totals:
    """Input, output, cache writes and cache reads of each day and model."""
    return dict(_totals(done))


def _totals(done: Run) -> Iterator[tuple[tuple[str, str], tuple[int, int, int, int]]]:
    for day in done.answer["daily"]:
        for part in day["modelBreakdowns"]:
            names = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")
            yield (day["period"], part["modelName"]), tuple(part[name] for name in names)
