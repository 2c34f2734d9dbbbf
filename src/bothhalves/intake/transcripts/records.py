"""What every reader of agent logs produces: one record per model call, and the rule that counts a call once.

The rule (:func:`calls` is its reference; a store may say the same in SQL):

1. Records are grouped by ``(tool, message)``. A record whose log gave no message id carries its request id,
   else its own uuid, else a hash of its line in that place, so ``message`` is never empty.
2. *Main* records are neither ``sidechain`` nor ``agent``. A group without any is one call.
3. In a group with main records every request id among them is a call of its own; a main record without a
   request id belongs to the earliest of them.
4. A side record with the request id of a main call, or with none, belongs to that (else the earliest) call;
   with another request id it replays the call inside a sub-agent and counts nothing.
5. A call is the largest value of every count over its records, and everything else, its time included,
   from the kept record, the one that tells how it ended: main before side, then the largest output, then
   the first in time, file and line. The cache writes are taken together from the record with the largest
   sum of them, so that a total and its split are never both counted. ``output_at_least`` holds only if it
   holds for every record.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

import msgspec

#: More than a century of any model's output: a larger count is damage, not use.
MOST = 10**12
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Name = Annotated[str, msgspec.Meta(max_length=500)]
Text = Annotated[str, msgspec.Meta(max_length=10_000)]

_HOME = re.compile(r"(?:/home|/Users|[A-Za-z]:[\\/]Users)[\\/]([^\\/]+)")
_SEPARATORS = re.compile(r"[\\/]+")


class CallRecord(msgspec.Struct, gc=False, omit_defaults=True):
    """One call of a model as one file tells it; counts are tokens and disjoint.

    ``line`` and ``time`` are those of the kept record, ``line`` 1-based in ``file`` (relative to the scanned
    folder). ``sidechain`` and ``agent`` mark work of sub-agents: the first as the log says it, the second
    because of where it was found. ``cache_write_tokens`` have no stated lifetime.
    ``output_at_least`` is True where the log never wrote the final output count.
    """

    tool: str
    vendor: str
    file: str
    line: int
    time: str
    model: str
    session: str
    message: str
    request: str = ""
    sidechain: bool = False
    agent: bool = False
    person: str = ""
    project: str = ""
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    web_searches: int = 0
    tier: str = "standard"
    speed: str = "standard"
    region: str = ""
    output_at_least: bool = False

    @property
    def main(self) -> bool:
        return not (self.sidechain or self.agent)


def merged(one: CallRecord, other: CallRecord) -> CallRecord:
    """Two records of one call as one: the better of the two, changed in place."""
    kept, dropped = (other, one) if _is_better(other, one) else (one, other)
    if dropped.input_tokens > kept.input_tokens:
        kept.input_tokens = dropped.input_tokens
    if dropped.cache_read_tokens > kept.cache_read_tokens:
        kept.cache_read_tokens = dropped.cache_read_tokens
    if dropped.output_tokens > kept.output_tokens:
        kept.output_tokens = dropped.output_tokens
    if dropped.web_searches > kept.web_searches:
        kept.web_searches = dropped.web_searches
    if _writes(dropped) > _writes(kept):
        kept.cache_write_5m_tokens = dropped.cache_write_5m_tokens
        kept.cache_write_1h_tokens = dropped.cache_write_1h_tokens
        kept.cache_write_tokens = dropped.cache_write_tokens
    if not dropped.output_at_least:
        kept.output_at_least = False
    return kept


def _is_better(one: CallRecord, other: CallRecord) -> bool:
    if one.main != other.main:
        return one.main
    return one.output_tokens > other.output_tokens


def _writes(record: CallRecord) -> tuple[int, int, int]:
    long, short = record.cache_write_1h_tokens, record.cache_write_5m_tokens
    return short + long + record.cache_write_tokens, long, short


def calls(records: Iterable[CallRecord]) -> list[CallRecord]:
    """Every call once, by the rule above; the records given are left as they are."""
    groups = defaultdict[tuple[str, str], list[CallRecord]](list)
    for record in records:
        groups[record.tool, record.message].append(record)
    found = [call for group in groups.values() for call in _calls_of(group)]
    return sorted(found, key=lambda r: (r.time, r.file, r.line))


def _calls_of(group: list[CallRecord]) -> list[CallRecord]:
    ordered = sorted(group, key=lambda r: (not r.main, r.time, r.file, r.line))
    requests = list(dict.fromkeys(r.request for r in ordered if r.main and r.request))
    by_request: dict[str, CallRecord] = {}
    for record in ordered:
        request = _call_of(record, requests, has_main=ordered[0].main)
        if request is None:
            continue
        copy = msgspec.structs.replace(record)
        by_request[request] = merged(by_request[request], copy) if request in by_request else copy
    return list(by_request.values())


def _call_of(record: CallRecord, requests: list[str], *, has_main: bool) -> str | None:
    """Which of the group's calls, named by their request ids, a record belongs to; None for a replay."""
    if not has_main:
        return ""
    if record.request in requests:
        return record.request
    if record.request and not record.main:
        return None
    return requests[0] if requests else ""


@lru_cache(maxsize=4096)
def person_of(cwd: str) -> str:
    """``home:NAME`` for a working directory in somebody's home folder, else an empty string."""
    match = _HOME.match(cwd)
    return f"home:{match[1]}" if match else ""


@lru_cache(maxsize=4096)
def project_of(cwd: str) -> str:
    """The last component of a working directory."""
    parts = [part for part in _SEPARATORS.split(cwd) if part]
    return parts[-1] if parts else ""
