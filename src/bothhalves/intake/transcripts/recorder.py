"""A transcript as a tool that records sessions counts it, to compare with such a tool's own figures."""

from __future__ import annotations

from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple, cast

from bothhalves.intake.source import Source
from bothhalves.intake.transcripts import claude, gemini
from bothhalves.intake.transcripts.lines import LineReader
from bothhalves.intake.transcripts.recognise import GEMINI, tool_of


class RecorderCounts(NamedTuple):
    """Calls and tokens of one file. ``output`` is what the last record says, often less than was billed."""

    api_calls: int
    input: int
    cache_creation: int
    cache_read: int
    output: int


def recorder_view(path: Path) -> RecorderCounts:
    """Calls of the main thread of one file, each as its last record tells it; sub-agents are left out."""
    source = Source(path, path.name)
    with source.open() as stream:
        if tool_of(source.head) == GEMINI:
            told = [m.tokens for _, m in gemini.messages(stream.read(), path.name, [])[1] if m.tokens]
            rows = [(t.input, 0, t.cached, t.output) for t in told]
        else:
            rows = list(_last_of_calls(cast(BufferedIOBase, stream), path.name).values())
    return RecorderCounts(len(rows), *(sum(row[column] for row in rows) for column in range(4)))


def _last_of_calls(stream: BufferedIOBase, name: str) -> dict[str | None, tuple[int, int, int, int]]:
    last = {}
    for entry in claude.entries(LineReader(stream), name, []):
        if not entry.in_progress and not entry.sidechain:
            usage = entry.usage
            last[entry.message.id] = (
                usage.input_tokens or 0,
                usage.cache_creation_input_tokens or 0,
                usage.cache_read_input_tokens or 0,
                usage.output_tokens or 0,
            )
    return last
