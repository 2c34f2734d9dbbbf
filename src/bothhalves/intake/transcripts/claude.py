"""Claude Code transcripts: one JSON object per line, a call repeated on several lines with growing output.

Calls of sub-agents lie in ``subagents/*.jsonl`` and inside ``progress`` records at ``data.message``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from bothhalves.core.explain import Problem, Where
from bothhalves.intake.transcripts.lines import UNREADABLE, LineReader
from bothhalves.intake.transcripts.recognise import CLAUDE, VENDORS
from bothhalves.intake.transcripts.records import CallRecord, Count, Name, Text, merged, person_of, project_of

NEEDLE = b'"usage"'
#: What people and tools say is most of a log, and never a call.
OTHER = b'"type":"user"'
SYNTHETIC = "<synthetic>"
#: Folder of a session's sub-agent files.
SUBAGENTS = "subagents"


class _Split(msgspec.Struct, gc=False):
    ephemeral_5m_input_tokens: Count | None = None
    ephemeral_1h_input_tokens: Count | None = None


class _ServerTools(msgspec.Struct, gc=False):
    web_search_requests: Count | None = None


class Usage(msgspec.Struct, gc=False):
    """The wanted part of ``message.usage``; old versions lack the split and null stands for none."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation: _Split | None = None
    service_tier: Name | None = None
    speed: Name | None = None
    inference_geo: Name | None = None
    server_tool_use: _ServerTools | None = None

    @property
    def writes(self) -> tuple[int, int]:
        """Cache writes of five minutes and of an hour. What the split does not name was written for five.

        A split that lacks a half does not tell lifetimes: with a total beside it, all of it was for five.
        """
        total, split = self.cache_creation_input_tokens or 0, self.cache_creation
        if split is None:
            return total, 0
        short, long = split.ephemeral_5m_input_tokens, split.ephemeral_1h_input_tokens
        if total and (short is None or long is None):
            return max(total, short or 0, long or 0), 0
        short, long = short or 0, long or 0
        return short + max(0, total - short - long), long


class _Message(msgspec.Struct, gc=False):
    id: Name | None = None
    role: Name | None = None
    model: Name | None = None
    stop_reason: Name | None = None
    usage: Usage | None = None


class _Line(msgspec.Struct, gc=False):
    type: Name | None = None
    timestamp: Name | None = None
    sessionId: Name | None = None  # noqa: N815 - the log's own names
    requestId: Name | None = None  # noqa: N815
    uuid: Name | None = None
    cwd: Text | None = None
    isSidechain: bool | None = None  # noqa: N815
    isApiErrorMessage: bool | None = None  # noqa: N815
    message: _Message | None = None
    data: msgspec.Raw = msgspec.Raw()


class _Progress(msgspec.Struct, gc=False):
    message: _Line | None = None


class _Kind(msgspec.Struct, gc=False):
    type: msgspec.Raw = msgspec.Raw()


class Entry(msgspec.Struct, gc=False):
    """A line with usage: ``line`` is the record, ``outer`` the line around it, ``usage`` its counts."""

    number: int
    line: _Line
    outer: _Line
    message: _Message
    usage: Usage
    raw: memoryview

    @property
    def in_progress(self) -> bool:
        return self.line is not self.outer

    @property
    def sidechain(self) -> bool:
        return bool(self.line.isSidechain or self.outer.isSidechain)


_decode = msgspec.json.Decoder(_Line).decode
_decode_progress = msgspec.json.Decoder(_Progress).decode
_decode_kind = msgspec.json.Decoder(_Kind).decode
_CALL_KINDS = (b'"assistant"', b'"progress"', b"")


def entries(lines: LineReader, name: str, problems: list[Problem]) -> Iterator[Entry]:
    """The lines that report a call's usage, one for every time it is written."""
    for number, raw in lines.containing(NEEDLE, other=OTHER):
        try:
            outer = _decode(raw)
            line = _decode_progress(outer.data).message if outer.type == "progress" else outer
        except UNREADABLE as error:
            if _may_be_a_call(raw):
                problems.append(_unreadable(name, number, error))
            continue
        if line is None or (message := line.message) is None or (usage := message.usage) is None:
            continue
        if line.type == "assistant" or (line.type is None and message.role in ("assistant", None)):
            yield Entry(number, line, outer, message, usage, raw)


def _may_be_a_call(raw: memoryview) -> bool:
    """False for a readable line of another kind: its fields may be of any type."""
    try:
        return bytes(_decode_kind(raw).type) in _CALL_KINDS
    except UNREADABLE:
        return True


def _unreadable(name: str, number: int, error: Exception) -> Problem:
    what = f"the line speaks of usage but cannot be read ({str(error)[:200]}); its call is not counted."
    fix = "Compare with the original log; counts are whole numbers from zero up."
    return Problem("transcripts.bad-line", Where(name, number), what, fix)


def read(lines: LineReader, name: str, problems: list[Problem]) -> tuple[list[CallRecord], int]:
    """The calls of one file, each once, with raw times; and how many lines told of them."""
    in_subagents = SUBAGENTS in name.split("/")[:-1]
    found: dict[tuple[str, str], CallRecord] = {}
    count = 0
    for entry in entries(lines, name, problems):
        count += 1
        if entry.message.model == SYNTHETIC or entry.line.isApiErrorMessage or entry.outer.isApiErrorMessage:
            continue
        record = _record(entry, name, agent=in_subagents or entry.in_progress)
        key = (record.message, record.request)
        known = found.get(key)
        found[key] = record if known is None else merged(known, record)
    return list(found.values()), count


def _record(entry: Entry, name: str, *, agent: bool) -> CallRecord:
    line, outer, message, usage = entry.line, entry.outer, entry.message, entry.usage
    cwd = line.cwd or outer.cwd or ""
    short, long = usage.writes
    region, tools = usage.inference_geo, usage.server_tool_use
    return CallRecord(
        CLAUDE,
        VENDORS[CLAUDE],
        name,
        entry.number,
        line.timestamp or outer.timestamp or "",
        message.model or "",
        outer.sessionId or line.sessionId or "",
        message.id or _stand_in(entry),
        line.requestId or "",
        entry.sidechain,
        agent,
        person_of(cwd),
        project_of(cwd),
        usage.input_tokens or 0,
        usage.cache_read_input_tokens or 0,
        short,
        long,
        0,
        usage.output_tokens or 0,
        (tools.web_search_requests or 0) if tools else 0,
        usage.service_tier or "standard",
        usage.speed or "standard",
        "" if region is None or region == "not_available" else region,
        message.stop_reason is None,
    )


def _stand_in(entry: Entry) -> str:
    """What tells a call without a message id from others."""
    if entry.line.requestId:
        return f"request:{entry.line.requestId}"
    if entry.line.uuid:
        return f"uuid:{entry.line.uuid}"
    return f"line:{hashlib.sha256(entry.raw).hexdigest()[:24]}"
