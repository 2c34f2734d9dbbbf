"""Gemini CLI sessions: one JSON document with a message per turn; the file is rewritten as it grows.

``input`` includes ``cached``; ``thoughts`` stand beside ``output``; ``tool`` is prompt text that tools added;
``total`` is the sum of input, output, thoughts and tool.
"""

from __future__ import annotations

import msgspec

from bothhalves.core.explain import Problem, Where
from bothhalves.intake.transcripts.lines import UNREADABLE
from bothhalves.intake.transcripts.recognise import BOM, GEMINI, VENDORS
from bothhalves.intake.transcripts.records import CallRecord, Count, Name


class Tokens(msgspec.Struct, gc=False):
    input: Count = 0
    output: Count = 0
    cached: Count = 0
    thoughts: Count = 0
    tool: Count = 0
    total: Count | None = None


class Message(msgspec.Struct, gc=False):
    id: Name = ""
    timestamp: Name = ""
    model: Name = ""
    tokens: Tokens | None = None


class _Session(msgspec.Struct, gc=False):
    sessionId: Name = ""  # noqa: N815 - the log's own name
    messages: list[msgspec.Raw] = []


_decode_session = msgspec.json.Decoder(_Session).decode
_decode_message = msgspec.json.Decoder(Message).decode


def messages(data: bytes, name: str, problems: list[Problem]) -> tuple[str, list[tuple[int, Message]]]:
    """The session's id and its messages with token counts, each with the line that it begins on."""
    try:
        session = _decode_session(data.removeprefix(BOM))
    except UNREADABLE as error:
        fix = "Copy the file again: it may have been cut while it was written."
        problems.append(
            _problem("transcripts.bad-file", name, 0, f"the session cannot be read ({error}).", fix)
        )
        return "", []
    found, place, line = [], 0, 1
    for raw in session.messages:
        begins = data.find(bytes(raw), place)
        line, place = line + data.count(b"\n", place, begins), begins
        try:
            message = _decode_message(raw)
        except UNREADABLE as error:
            fix = "Compare with the original log; counts are whole numbers from zero up."
            what = f"the message cannot be read ({str(error)[:200]}); its call is not counted."
            problems.append(_problem("transcripts.bad-line", name, line, what, fix))
            continue
        if message.tokens is not None:
            found.append((line, message))
    return session.sessionId, found


def read(data: bytes, name: str, problems: list[Problem]) -> tuple[list[CallRecord], int]:
    """The calls of one session, with raw times; and how many messages told of them."""
    session, told = messages(data, name, problems)
    found = [_record(message, session, name, line, problems) for line, message in told]
    return [record for record in found if record is not None], len(told)


def _record(
    message: Message, session: str, name: str, line: int, problems: list[Problem]
) -> CallRecord | None:
    tokens = message.tokens or Tokens()
    prompt, answer = tokens.input + tokens.tool, tokens.output + tokens.thoughts
    if tokens.cached > tokens.input:
        what = (
            f"more tokens are cached ({tokens.cached}) than read ({tokens.input}); the call is not counted."
        )
        problems.append(_problem("transcripts.contradiction", name, line, what, "Compare with the bill."))
        return None
    if tokens.total not in (None, prompt + answer):
        what = (
            f"the total of {tokens.total} is not the sum of its parts ({prompt + answer}), which is counted."
        )
        problems.append(_problem("transcripts.contradiction", name, line, what, "Compare with the bill."))
    return CallRecord(
        tool=GEMINI,
        vendor=VENDORS[GEMINI],
        file=name,
        line=line,
        time=message.timestamp,
        model=message.model,
        session=session,
        message=f"{session}/{message.id or message.timestamp}",
        input_tokens=prompt - tokens.cached,
        cache_read_tokens=tokens.cached,
        output_tokens=answer,
    )


def _problem(code: str, name: str, line: int, what: str, fix: str) -> Problem:
    return Problem(code, Where(name, line), what, fix)
