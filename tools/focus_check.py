"""Validate the FOCUS export of every example with the official validator, in an environment of its own.

The validator needs Python 3.12 or newer. Its rules hold two pairs that no data can satisfy; they are counted
apart and named, with the reason, and anything else that fails makes this fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv-focus"
LOCK = ROOT / "tools" / "focus-validator.lock"
RULES = "1.2.0.1"
#: What our data claims to support, by the validator's names; docs/guides/focus.md tells what is left out.
CRITERIA = (
    "ACCOUNT_NAMING_SUPPORTED",
    "COMMITMENT_DISCOUNT_SUPPORTED",
    "MULTIPLE_BILLING_ACCOUNT_TYPES_SUPPORTED",
    "MULTIPLE_PRICING_CATEGORIES_SUPPORTED",
    "MULTIPLE_SUB_ACCOUNT_TYPES_SUPPORTED",
    "NEGOTIATED_PRICING_SUPPORTED",
    "PRICING_BILLING_CURRENCY_DIFFERENCES_SUPPORTED",
    "PUBLIC_PRICE_LIST_SUPPORTED",
    "REGION_SUPPORTED",
    "SUB_ACCOUNT_SUPPORTED",
    "TAGGING_SUPPORTED",
    "UNIT_PRICING_SUPPORTED",
    "USAGE_MEASUREMENT_SUPPORTED",
    "VIRTUAL_CURRENCY_SUPPORTED",
)
#: Rules that cannot hold beside another of their own, and why.
CONTRADICTORY = {
    "InvoiceId-C-004-C": "one of two alternatives (null, or not null); the rule above both is satisfied",
    "InvoiceId-C-005-C": "one of two alternatives (null, or not null); the rule above both is satisfied",
    "CommitmentDiscountStatus-C-004-C": "its condition is that of C-003, which demands the opposite"
    " (FOCUS_Spec issue 2393)",
}
#: Rules that fail only because one of those does.
ABOVE = {
    "CommitmentDiscountStatus-C-002-C": "CommitmentDiscountStatus-C-004-C",
    "CommitmentDiscountStatus-C-000-C": "CommitmentDiscountStatus-C-004-C",
}
_RESULT = re.compile(r"^(?P<mark>✅|❌|⏭️|⚠️)\s*(?P<rule>\S+): (?P<word>PASS|FAIL|SKIP\w*)", re.M)


@dataclass(frozen=True)
class Outcome:
    """How many rules passed, which failed, and which of those can hold in no data."""

    passed: int
    failed: frozenset[str]

    @property
    def faults(self) -> frozenset[str]:
        """Failures that are ours."""
        return frozenset(r for r in self.failed if r not in CONTRADICTORY and ABOVE.get(r) not in self.failed)


def read_outcome(text: str) -> Outcome:
    """The outcome in what the validator prints; ``ValueError`` if it did not get to the rules."""
    found = [(m["rule"], m["word"]) for m in _RESULT.finditer(text)]
    if not found:
        raise ValueError("the validator checked nothing:\n" + text[-2000:])
    return Outcome(
        sum(1 for _, word in found if word == "PASS"),
        frozenset(rule for rule, word in found if word == "FAIL"),
    )


def fitting_python() -> str | None:
    """An interpreter that the validator runs on: $PYTHON312, one on the path, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [os.environ.get("PYTHON312", ""), *(f"python3.{n}" for n in (12, 13))]
    kept = sorted(str(p) for p in pyenv.glob("3.1[23].*/bin/python"))
    for candidate in [*named, *kept, "/usr/bin/python3"]:
        found = shutil.which(candidate) if candidate else None
        test = "import sys, venv, ensurepip; sys.exit(not (3, 12) <= sys.version_info < (3, 14))"
        if found and subprocess.run([found, "-c", test], capture_output=True, check=False).returncode == 0:
            return found
    return None


def environment() -> Path:
    """The validator's own environment, made if it is missing. ``SystemExit`` where none can be made."""
    python = VENV / "bin" / "python"
    if python.exists() and (VENV / LOCK.name).exists() and same(VENV / LOCK.name, LOCK):
        return python
    base = fitting_python()
    if base is None:
        sys.exit("focus-check: Python 3.12 or 3.13 is needed; set PYTHON312 to one, or install it.")
    print(f"focus-check: making {VENV.name} with {base}")
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([base, "-m", "venv", VENV], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK], check=True)
    shutil.copy(LOCK, VENV / LOCK.name)
    return python


def same(first: Path, second: Path) -> bool:
    return first.read_bytes() == second.read_bytes()


def validate(python: Path, data: Path, criteria: tuple[str, ...]) -> Outcome:
    """What the validator says of a file. It reads its rules from the folder that it is installed in."""
    packages = next((VENV / "lib").glob("python3*/site-packages"))
    command = [python, "-m", "focus_validator.main", "--data-file", data.resolve()]
    command += ["--validate-version", RULES, "--focus-dataset", "CostAndUsage", "--block-download"]
    if criteria:
        command += ["--applicability-criteria", ",".join(criteria)]
    done = subprocess.run(
        [str(c) for c in command], cwd=packages, capture_output=True, text=True, check=False
    )
    return read_outcome(done.stdout + done.stderr)


def exported(example: Path, folder: Path) -> list[Path]:
    """The example imported into a fresh workspace and exported as CSV and Parquet."""
    work = folder / example.name
    shutil.copytree(example, work, ignore=shutil.ignore_patterns(".bothhalves", "state"))
    run = [sys.executable, "-m", "bothhalves.cli"]
    subprocess.run([*run, "import", "-w", work], capture_output=True, check=False)
    files = [folder / f"{example.name}.{suffix}" for suffix in ("csv", "parquet")]
    for file in files:
        subprocess.run([*run, "export", "focus", "-w", work, "--out", file], check=True, capture_output=True)
    return files


def main() -> None:
    python = environment()
    bad = False
    with TemporaryDirectory(prefix="focus-") as place:
        for example in sorted(p.parent for p in (ROOT / "examples").glob("*/company.yaml")):
            for file in exported(example, Path(place)):
                for name, criteria in (("default criteria", ()), (f"{len(CRITERIA)} criteria", CRITERIA)):
                    outcome = validate(python, file, criteria)
                    unmeetable = len(outcome.failed) - len(outcome.faults)
                    print(
                        f"{file.name}, {name}: {outcome.passed} passed, {len(outcome.faults)} failed,"
                        f" {unmeetable} that no data can meet"
                    )
                    for rule in sorted(outcome.faults):
                        print(f"  {rule}")
                    bad = bad or bool(outcome.faults)
    for rule, reason in CONTRADICTORY.items():
        print(f"not counted: {rule}: {reason}")
    sys.exit(bad)


if __name__ == "__main__":
    main()
