"""The verdicts and everything that weakens a number, as text and JSON."""

from __future__ import annotations

import json
from itertools import groupby

from bothhalves.brief import Page
from bothhalves.core.explain import Problem


def check_record(page: Page) -> str:
    """One JSON object: badges, grade and all problems."""
    return json.dumps(
        {
            "window": [day.isoformat() for day in page.window],
            "agreement": page.agreement.text,
            "coverage": page.coverage.text,
            "evidence": page.evidence.text,
            "grade": str(page.grade),
            "books": list(page.books),
            "problems": [problem_record(p) for p in page.problems],
        },
        indent=2,
        ensure_ascii=False,
    )


def problem_record(problem: Problem) -> dict[str, object]:
    """A problem with its place split into file, row and column."""
    return {
        "code": problem.code,
        "file": problem.where.file,
        "row": problem.where.row or None,
        "column": problem.where.column or None,
        "what": problem.what,
        "fix": problem.fix,
        "changes": problem.changes,
    }


def check_text(page: Page) -> str:
    """Verdicts first, then problems by kind, those that change a number before the notes."""
    lines = [page.agreement.text, page.coverage.text, page.evidence.text, "prices: " + ", ".join(page.books)]
    ordered = sorted(page.problems, key=lambda p: (not p.changes, p.code, p.where))
    for (changes, code), found in groupby(ordered, key=lambda p: (p.changes, p.code)):
        lines += ["", f"{code} ({'changes a number' if changes else 'note'})"]
        lines += [f"  {problem}" for problem in found]
    if not ordered:
        lines += ["", "No problems."]
    return "\n".join(lines)
