"""The brief to negotiate with, as text, Markdown, HTML and JSON. Free text is escaped in each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from bothhalves.brief.negotiation_record import Cell, NegotiationBrief, Part
from bothhalves.core.evidence import LICENCE
from bothhalves.core.explain import Figure, Operator
from bothhalves.report import show
from bothhalves.report.bundle import share
from bothhalves.report.grid import grid
from bothhalves.report.record import figure_record

Record = dict[str, Any]
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_STYLE = """
:root { color-scheme: light; }
body { font: 400 13px/1.4 system-ui, sans-serif; font-variant-numeric: tabular-nums; color: #25323f;
  background: #fff; max-width: 960px; margin: 24px auto; padding: 0 20px; overflow-wrap: break-word; }
h1, h2, strong { color: #111b27; } h1 { font-size: 20px; margin: 0; }
h2 { font-size: 14px; margin: 16px 0 4px; }
p { margin: 4px 0; } ul { margin: 4px 0; padding-left: 18px; } .muted { color: #566371; font-size: 12px; }
.mark { background: #fdf3e4; padding: 4px 8px; } .lead { font-size: 15px; margin: 8px 0; }
table { border-collapse: collapse; width: 100%; } th { font-weight: 500; color: #566371; }
th, td { text-align: left; vertical-align: top; padding: 2px 10px 2px 0; border-bottom: 1px solid #dbe0e5; }
.number { text-align: right; } .number, #dates td:nth-child(-n+2) { white-space: nowrap; }
@media print { body { font-size: 8.5px; line-height: 1.25; margin: 0; max-width: none; padding: 0; }
  h1 { font-size: 14px; } h2 { font-size: 10px; margin: 5px 0 1px; } .lead { font-size: 11px; margin: 4px 0; }
  th, td { padding: 1px 8px 1px 0; } p, ul { margin: 1px 0; } .muted { font-size: 8px; }
  #unknowns ul { columns: 2; }
  tr { break-inside: avoid; } @page { size: A4; margin: 10mm; } }
"""


def negotiation_text(brief: NegotiationBrief) -> str:
    """The brief for the terminal."""
    lines = [*map(show.clean, heading(brief)), "", "".join(map(told, brief.headline))]
    for part in brief.parts:
        lines += ["", part.title]
        if part.rows:
            right = {n for n in range(len(part.columns)) if is_figures(part, n)}
            cells = [[show.clean(told(c)) for c in row] for row in (part.columns, *part.rows)]
            lines += [f"  {line}" for line in grid(cells, right=right)]
        lines += [f"  {show.clean(said)}" for said in sentences(part)]
    return "\n".join([*lines, "", "Open any figure: add --explain KEY; --json names every key."])


def heading(brief: NegotiationBrief) -> Iterator[str]:
    """What the brief is about, on what it stands, and what it is not."""
    term = f", {brief.term[0]} to {brief.term[1]}" if brief.term[0] else ""
    yield f"{brief.company}: brief on {brief.offer} ({brief.vendor}){term}, {brief.currency}"
    state = f"DRAFT: {'; '.join(brief.drafts)}." if brief.is_draft else "Final."
    data = f"Data of {brief.window[0]} to {brief.window[1]}, as of {brief.day}; {brief.agreement}"
    yield f"{state} {data}. Evidence {brief.grade} licenses {LICENCE[brief.grade]}."
    if brief.labels:
        yield f"{'; '.join(label.rstrip('.') for label in brief.labels)}."
    if brief.source:
        yield f"Offer: {brief.source}."


def footer(brief: NegotiationBrief) -> str:
    """The prices and the state of the data that it stands on."""
    return f"Prices: {show.books(brief.books)}. State of the data: {brief.snapshot}."


def told(cell: Cell) -> str:
    """What a cell says."""
    if not isinstance(cell, Figure):
        return cell
    if cell.operator is Operator.RATIO:
        return share(cell)
    unit = cell.unit if cell.unit == "people" else ""
    return f"{show.figure(cell, show.cents_money)} {unit}".strip()


def sentences(part: Part) -> Iterator[str]:
    """What stands below a part, refusals last."""
    yield from part.notes
    for one in part.refused:
        yield f"Refused: {one.what}, as {one.reason.rstrip('.')}. {one.ask}".rstrip()


def negotiation_markdown(brief: NegotiationBrief) -> str:
    """The brief as Markdown; nothing in it can be read as markup or as HTML."""
    title, *rest = heading(brief)
    lines = [f"# {_plain(title)}", "", *(f"{_plain(said)}  " for said in rest)]
    lines += [
        "",
        "".join(f"**{_plain(told(c))}**" if isinstance(c, Figure) else _plain(c) for c in brief.headline),
    ]
    for part in brief.parts:
        lines += ["", f"## {_plain(part.title)}", "", *_markdown_table(part)]
        lines += [f"- {_plain(said)}" for said in sentences(part)]
    return "\n".join([*lines, "", _plain(footer(brief)), ""])


def _markdown_table(part: Part) -> Iterator[str]:
    if not part.rows:
        return
    yield _row([_plain(c) for c in part.columns])
    yield _row(["---:" if is_figures(part, n) else "---" for n in range(len(part.columns))])
    for row in part.rows:
        yield _row([_plain(told(c)) for c in row])
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def is_figures(part: Part, column: int) -> bool:
    """True if a column holds figures."""
    return any(isinstance(row[column], Figure) for row in part.rows)


def _plain(text: str) -> str:
    """Text on one line, with everything that Markdown could read as markup escaped."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", show.clean(text)))


def negotiation_html(brief: NegotiationBrief) -> str:
    """One page by itself, without scripts, pictures or anything from elsewhere."""
    title, state, *rest = heading(brief)
    body = [
        f"<h1>{_safe(title)}</h1>",
        f'<p class="{"mark" if brief.is_draft else "muted"}">{_safe(state)}</p>',
    ]
    body += [f'<p class="muted">{_safe(said)}</p>' for said in rest]
    lead = "".join(
        f"<strong>{_opened(c)}</strong>" if isinstance(c, Figure) else _safe(c) for c in brief.headline
    )
    body.append(f'<p class="lead">{lead}</p>')
    for part in brief.parts:
        body += [f'<section id="{_safe(part.id)}">', f"<h2>{_safe(part.title)}</h2>", *_html_table(part)]
        said = [f"<li>{_safe(one)}</li>" for one in sentences(part)]
        body += ["<ul>", *said, "</ul>"] if said else []
        body.append("</section>")
    body.append(f'<p class="muted">{_safe(footer(brief))}</p>')
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    return head + "\n".join(body) + "\n</body>\n</html>\n"


def _html_table(part: Part) -> Iterator[str]:
    if not part.rows:
        return
    yield "<table><thead><tr>"
    for n, name in enumerate(part.columns):
        numbers = ' class="number"' if is_figures(part, n) else ""
        yield f'<th scope="col"{numbers}>{_safe(name)}</th>'
    yield "</tr></thead><tbody>"
    for row in part.rows:
        cells = [
            f'<td class="number">{_opened(c)}</td>' if isinstance(c, Figure) else f"<td>{_safe(c)}</td>"
            for c in row
        ]
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"


def _opened(figure: Figure) -> str:
    """A figure with its key, under which ``--explain`` opens it."""
    return f'<span title="{_safe(figure.key)}">{_safe(told(figure))}</span>'


def _safe(text: str) -> str:
    return escape(show.clean(text))


def negotiation_record(brief: NegotiationBrief) -> str:
    """One JSON object: the parts, which name figures by key, and every figure once."""
    return json.dumps(
        {
            "company": brief.company,
            "offer": brief.offer,
            "vendor": brief.vendor,
            "currency": brief.currency,
            "source": brief.source,
            "day": str(brief.day),
            "window": list(brief.window),
            "term": list(brief.term),
            "evidence": str(brief.grade),
            "draft": list(brief.drafts),
            "labels": list(brief.labels),
            "headline": [_named(c) for c in brief.headline],
            "parts": [_part(p) for p in brief.parts],
            "books": list(brief.books),
            "snapshot": brief.snapshot,
            "figures": {k: figure_record(f) for k, f in sorted(brief.figures().items())},
        },
        indent=1,
        ensure_ascii=False,
    )


def _part(part: Part) -> Record:
    return {
        "id": part.id,
        "title": part.title,
        "columns": list(part.columns),
        "rows": [[_named(c) for c in row] for row in part.rows],
        "notes": list(part.notes),
        "refused": [{"what": r.what, "reason": r.reason, "ask": r.ask} for r in part.refused],
    }


def _named(cell: Cell) -> Record | str:
    return {"figure": cell.key} if isinstance(cell, Figure) else cell
