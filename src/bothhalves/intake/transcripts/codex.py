"""Codex CLI rollouts: a cumulative counter per thread, of which only increases are use.

An unchanged total is the same event written again; a falling one is a new counter. A fork or a sub-agent
begins with a replay of its parent's history, recognised by the parent's own ``(total, last)`` pairs; where
the parent's file is not there, by what is written within a second of the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import msgspec

from bothhalves.core.dates import instant
from bothhalves.core.explain import Problem, Where
from bothhalves.intake.transcripts.lines import UNREADABLE, LineReader
from bothhalves.intake.transcripts.recognise import CODEX, VENDORS
from bothhalves.intake.transcripts.records import CallRecord, Count, Name, Text, person_of, project_of

META = b'"session_meta"'
NEEDLES = (b'"token_count"', b'"turn_context"', META)
#: Nobody asks and is answered within this time of opening a thread: such events were copied.
REPLAY = timedelta(seconds=1)
_PARENT = re.compile(rb'"parent_thread_id"\s*:\s*"([^"]{1,500})"')


class Counts(msgspec.Struct, frozen=True):
    """A total or last usage: input includes what is cached and written, output includes reasoning."""

    input_tokens: Count = 0
    cached_input_tokens: Count = 0
    cache_write_input_tokens: Count = 0
    output_tokens: Count = 0

    @property
    def digits(self) -> tuple[int, int, int, int]:
        return self.input_tokens, self.cached_input_tokens, self.cache_write_input_tokens, self.output_tokens

    def since(self, before: Counts) -> Counts:
        """The increase; a cached part that falls while the input rises counts as none."""
        return Counts(*(max(0, now - then) for now, then in zip(self.digits, before.digits, strict=True)))

    def fell(self, before: Counts) -> bool:
        return self.input_tokens < before.input_tokens or self.output_tokens < before.output_tokens


class _Info(msgspec.Struct):
    model: Name | None = None
    total_token_usage: Counts | None = None
    last_token_usage: Counts | None = None


class _Payload(msgspec.Struct):
    type: Name | None = None
    id: Name | None = None
    forked_from_id: Name | None = None
    parent_thread_id: Name | None = None
    source: msgspec.Raw = msgspec.Raw()
    cwd: Text | None = None
    model: Name | None = None
    info: _Info | None = None


class _Line(msgspec.Struct):
    type: Name
    payload: _Payload
    timestamp: Name = ""


class _Kind(msgspec.Struct):
    type: Name = ""


class State(msgspec.Struct):
    """Where the reading of a thread stands, kept between runs.

    ``replaying`` holds while a thread with a parent has shown nothing of its own; ``counter`` numbers the
    counters begun so far.
    """

    thread: str = ""
    opened: bool = False
    parent: str = ""
    agent: bool = False
    start: str = ""
    model: str = ""
    cwd: str = ""
    total: Counts = Counts()
    counter: int = 0
    replaying: bool = False


Pair = tuple[Counts, Counts | None]
_decode = msgspec.json.Decoder(_Line).decode
_decode_kind = msgspec.json.Decoder(_Kind).decode


def thread_of(lines: LineReader) -> str:
    """The thread that a rollout says it is; an empty string where it does not say."""
    for _, raw in lines.containing(META):
        try:
            line = _decode(raw)
        except UNREADABLE:
            continue
        if line.type == "session_meta":
            return line.payload.id or ""
    return ""


def pairs(lines: LineReader) -> set[Pair]:
    """Every ``(total, last)`` pair of a thread."""
    return {
        (info.total_token_usage, info.last_token_usage)
        for _, line in _lines(lines, "", [])
        if (info := line.payload.info) is not None and info.total_token_usage is not None
    }


def _lines(lines: LineReader, name: str, problems: list[Problem]) -> list[tuple[int, _Line]]:
    found = []
    for number, raw in lines.containing(*NEEDLES):
        try:
            found.append((number, _decode(raw)))
        except UNREADABLE as error:
            if _matters(raw):
                what = f"the line cannot be read ({str(error)[:200]}); its tokens are not counted."
                fix = "Compare with the original log; counts are whole numbers from zero up."
                problems.append(Problem("transcripts.bad-line", Where(name, number), what, fix))
    return found


def _matters(raw: memoryview) -> bool:
    try:
        return _decode_kind(raw).type in ("session_meta", "turn_context", "event_msg")
    except UNREADABLE:
        return True


class Rollout:
    """Turns one rollout's lines into records. ``parent_pairs`` gives a thread's pairs, None if unknown."""

    def __init__(self, name: str, state: State, parent_pairs: Callable[[str], set[Pair] | None]) -> None:
        self.name, self.state, self.events = name, state, 0
        self.records = list[CallRecord]()
        self.problems = list[Problem]()
        self._parent_pairs, self._by_clock = parent_pairs, 0

    def read(self, lines: LineReader) -> None:
        for number, line in _lines(lines, self.name, self.problems):
            payload = line.payload
            if line.type == "session_meta":
                self._open_thread(line)
            elif line.type == "turn_context":
                self.state.model = payload.model or self.state.model
                self.state.cwd = payload.cwd or self.state.cwd
            elif payload.type == "token_count" and payload.info is not None:
                self.events += 1
                self._count(number, line.timestamp, payload.info)
        if self._by_clock:
            self._say_guessed()

    def _open_thread(self, line: _Line) -> None:
        """The first line of this kind is the thread's own; later ones were replayed or written again."""
        state, payload = self.state, line.payload
        if state.opened:
            return
        state.opened = True
        spawned = _PARENT.search(bytes(payload.source))
        spawner = payload.parent_thread_id or (spawned[1].decode("utf-8", "replace") if spawned else "")
        state.thread = payload.id or state.thread
        state.start, state.cwd = line.timestamp, payload.cwd or ""
        state.parent, state.agent = payload.forked_from_id or spawner, bool(spawner)
        state.replaying = bool(state.parent)

    def _count(self, number: int, time: str, info: _Info) -> None:
        state, last = self.state, info.last_token_usage
        total = info.total_token_usage
        if total is None:
            if last is None:
                return
            total = Counts(*(a + b for a, b in zip(state.total.digits, last.digits, strict=True)))
        if state.replaying:
            if self._is_replay(time, (total, info.last_token_usage)):
                state.total = total
                return
            state.replaying = False
            if state.total == Counts() and last is not None:
                state.total = total.since(last)  # what came before was the parent's
        if total.fell(state.total):
            state.total, state.counter = Counts(), state.counter + 1
        increase, state.total = total.since(state.total), total
        if any(increase.digits):
            self._add(number, time, info.model or state.model, increase)

    def _is_replay(self, time: str, pair: Pair) -> bool:
        known = self._parent_pairs(self.state.parent)
        if known is not None:
            return pair in known
        try:
            copied = instant(time) - instant(self.state.start) <= REPLAY
        except ValueError:
            return False
        self._by_clock += copied
        return copied

    def _add(self, number: int, time: str, model: str, increase: Counts) -> None:
        state = self.state
        read, written = increase.cached_input_tokens, increase.cache_write_input_tokens
        if read + written > increase.input_tokens:
            what = (
                f"more tokens are cached ({read + written}) than read ({increase.input_tokens}); not counted."
            )
            self._problem("transcripts.contradiction", number, what, "Compare with the bill.")
            return
        self.records.append(
            CallRecord(
                tool=CODEX,
                vendor=VENDORS[CODEX],
                file=self.name,
                line=number,
                time=time,
                model=model,
                session=state.thread,
                message=f"{state.thread}/{state.counter}/" + "-".join(map(str, state.total.digits)),
                agent=state.agent,
                person=person_of(state.cwd),
                project=project_of(state.cwd),
                input_tokens=increase.input_tokens - read - written,
                cache_read_tokens=read,
                cache_write_tokens=written,
                output_tokens=increase.output_tokens,
            )
        )

    def _say_guessed(self) -> None:
        what = (
            f"the thread continues {self.state.parent}, whose file is not here: {self._by_clock} counts "
            "written within a second of its start were taken for a copy of it and not counted."
        )
        self._problem("transcripts.parent-missing", 0, what, "Add the log of the thread it continues.")

    def _problem(self, code: str, number: int, what: str, fix: str) -> None:
        self.problems.append(Problem(code, Where(self.name, number), what, fix))
