"""The doctor's findings as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from bothhalves.workspace.health import Finding


def health_record(findings: Sequence[Finding]) -> str:
    """A JSON list, in the order examined."""
    return json.dumps([asdict(f) for f in findings], indent=2, ensure_ascii=False)


def health_text(findings: Sequence[Finding]) -> str:
    """A line for each finding; what is not good is followed by what to do."""
    return "\n".join(_line(f) for f in findings)


def _line(finding: Finding) -> str:
    if finding.good:
        return f"ok    {finding.what}"
    return f"look  {finding.what}" + (f"\n      {finding.fix}" if finding.fix else "")
