"""Help, and what it costs to ask for it: nothing heavy is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command import WRONG_USE, run

from bothhalves import cli

VERBS = ("init", "import", "check", "price", "page", "explain", "export", "serve", "doctor", "demo", "levers")
HEAVY = (
    "duckdb", "fastapi", "uvicorn", "starlette", "pydantic", "genai_prices", "openpyxl", "jinja2", "yaml",
    "msgspec", "zstandard", "httpx", "zoneinfo",
)  # fmt: skip


def test_help_names_every_verb() -> None:
    told = run("--help").stdout
    assert [verb for verb in VERBS if verb not in told] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    assert "Usage:" in run(verb, "--help").stdout


def test_without_words_help_is_shown() -> None:
    assert "Usage:" in run(code=WRONG_USE).output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nsys.argv = ['bothhalves', '--help']\nfrom bothhalves.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        f"print(sorted({set(HEAVY)!r} & set(sys.modules)), file=sys.stderr)\n"
        "print(sorted(m for m in sys.modules if m.startswith('bothhalves.')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy, own = done.stderr.splitlines()
    assert heavy == "[]"
    verbs = sorted(p.stem for p in Path(cli.__file__).parent.glob("*.py") if not p.stem.startswith("__"))
    assert own == str(["bothhalves.cli", *(f"bothhalves.cli.{verb}" for verb in verbs)])
