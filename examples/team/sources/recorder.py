"""A transcript as a tool that records sessions counts it, to compare with such a tool's own figures."""

from __future__ import annotations

from collections.abc import Iterable
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
    return summed(recorder_calls(path).values())


def summed(calls: Iterable[RecorderCounts]) -> RecorderCounts:
    """Counts added up column by column."""
    columns = zip(RecorderCounts(0, 0, 0, 0, 0), *calls, strict=True)
    return RecorderCounts(*map(sum, columns))


def recorder_calls(path: Path) -> dict[str, RecorderCounts]:
    """The calls of :func:`recorder_view` by message id."""
    source = Source(path, path.name)
    with source.open() as stream:
        if tool_of(source.head) == GEMINI:
            told = [m.tokens for _, m in gemini.messages(stream.read(), path.name, [])[1] if m.tokens]
            return {str(n): RecorderCounts(1, t.input, 0, t.cached, t.output) for n, t in enumerate(told)}
        return _last_of_calls(cast(BufferedIOBase, stream), path.name)


def _last_of_calls(stream: BufferedIOBase, name: str) -> dict[str, RecorderCounts]:
    last = {}
    for entry in claude.entries(LineReader(stream), name, []):
        if not entry.in_progress and not entry.sidechain:
            usage = entry.usage
            last[entry.message.id or ""] = RecorderCounts(
                1,
                usage.input_tokens or 0,
                usage.cache_creation_input_tokens or 0,
                usage.cache_read_input_tokens or 0,
                usage.output_tokens or 0,
            )
    return last
