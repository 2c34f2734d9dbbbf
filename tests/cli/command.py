"""The command line, called in this process: exit code, stdout and stderr apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from bothhalves.cli import app

DONE, FAILED, WRONG_USE, PROBLEMS = 0, 1, 2, 3
UNPRICED = {"model": "claude-nova-9"}


def run(*words: object, code: int = DONE) -> Result:
    """``bothhalves words…``, which ends with ``code``."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    told = f"exit code {done.exit_code}, expected {code}\n{done.stdout}\n{done.stderr}\n{done.exception!r}"
    assert done.exit_code == code, told
    return done


def record(*words: object, code: int = DONE) -> Any:
    """The JSON that the command prints."""
    return json.loads(run(*words, "--json", code=code).stdout)


def lines(*words: object, code: int = DONE) -> list[dict[str, Any]]:
    """The JSON objects that the command prints, one on each line."""
    return [json.loads(line) for line in run(*words, "--json", code=code).stdout.splitlines()]


def workspace(place: Path, **files: str) -> Path:
    """A new workspace with exports imported, if any are given (``usage_csv`` becomes usage.csv)."""
    root = place / "acme"
    run("init", root, "--company", "Acme")
    if files:
        paths = [written(place, name.replace("_", "."), text) for name, text in files.items()]
        run("import", *paths, "-w", root)
    return root


def written(place: Path, name: str, text: str) -> Path:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder, except the lock that any reader may touch."""
    found = sorted(p for p in root.rglob("*") if p.is_file() and p.name != "lock")
    return {str(p.relative_to(root)): p.read_bytes() for p in found}
