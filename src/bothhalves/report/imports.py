"""What an import did, as text and JSON."""

from __future__ import annotations

import json

from bothhalves.workspace.importing import Imported, ImportReport


def import_record(report: ImportReport) -> str:
    """One JSON object."""
    return json.dumps(
        {
            "planned": report.planned,
            "sources": [
                {
                    "name": s.name,
                    "feed": s.feed or None,
                    "title": s.title,
                    "records": s.records,
                    "unchanged": s.unchanged,
                }
                for s in report.sources
            ],
            "rows": report.rows,
            "replaced": report.replaced,
            "problems": [
                {"code": p.code, "where": str(p.where), "what": p.what, "fix": p.fix, "changes": p.changes}
                for p in report.problems
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def import_text(report: ImportReport) -> str:
    """A line for each source, then what is stored."""
    lines = [_source(s) for s in report.sources] or ["Nothing to import."]
    if report.planned:
        lines.append("Planned only: nothing was imported.")
    stored = ", ".join(f"{count:,} {table}" for table, count in sorted(report.rows.items()) if count)
    if stored:
        lines.append(f"read: {stored}")
    replaced = ", ".join(f"{count:,} {table}" for table, count in sorted(report.replaced.items()) if count)
    if replaced:
        lines.append(f"replaced: {replaced}")
    return "\n".join(lines)


def _source(source: Imported) -> str:
    if not source.feed:
        return f"{source.name}: not recognised"
    state = "already imported" if source.unchanged else f"{source.records:,} records"
    return f"{source.name}: {source.title} ({source.feed}), {state}"
