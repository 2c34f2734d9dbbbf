"""Usage of real tenants and developers, by step of time, at a list price.

Four kinds of files are known by their columns: requests and tokens by tenant and time
(``client,t_start_s,requests,input_tokens,output_tokens``), the usage log of a coding tool (JSON lines with
``time`` and ``cost``), a metric of a server (``timestamp,value``), and amounts that were added up already
(``series,step,seconds,amount``). ``python -m bench.traces FILE FOLDER…`` makes a file of the last kind.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

#: Micro-units for a token in, for a token out, and for a request of which tokens are not known. What is
#: compared are shares, so only the ratio of the first two matters: that of most list prices.
INPUT, OUTPUT, REQUEST = 3, 15, 10_000
_MICRO = 1_000_000
_DAY = 86_400
#: What the only trace of a file is called.
LOG, METRIC = "log", "metric"
#: Steps of traces that are added up; those of a day and longer stay.
_KEPT = 2 * 3_600


@dataclass(frozen=True, slots=True)
class Trace:
    """Usage at list price in micro-units by step of ``seconds``; ``of`` is the file it is from."""

    of: str
    name: str
    seconds: int
    amounts: tuple[int, ...]

    def by(self, seconds: int) -> tuple[int, ...] | None:
        """The same by longer steps, whole ones only; None where the trace's own are no part of them."""
        each, rest = divmod(seconds, self.seconds)
        if not each or rest:
            return None
        ends = range(each, len(self.amounts) + 1, each)
        return tuple(sum(self.amounts[end - each : end]) for end in ends)


def traces(folder: Path) -> Iterator[Trace]:
    """Every trace of the files of a folder, files and traces by name."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        text = _text(path)
        head = text[: text.find("\n")].strip()
        if head.startswith("{") and '"time"' in head:
            yield from _log(path, text)
        elif {"client", "t_start_s", "requests"} <= set(head.split(",")):
            yield from _tenants(path, text)
        elif {"timestamp", "value"} <= set(head.split(",")):
            yield _metric(path, text)
        elif {"series", "step", "seconds", "amount"} <= set(head.split(",")):
            yield from _added_up(text)


def _text(path: Path) -> str:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return file.read()
    return path.read_text(encoding="utf-8") if path.suffix in (".csv", ".jsonl") else ""


def _log(path: Path, text: str) -> Iterator[Trace]:
    """What all messages of a day cost."""
    days: Counter[int] = Counter()
    for line in text.splitlines():
        event = json.loads(line, parse_float=Decimal)
        if event.get("cost"):
            days[int(event["time"]) // _DAY] += int(Decimal(event["cost"]) * _MICRO)
    first, last = min(days), max(days)
    yield Trace(_stem(path), LOG, _DAY, tuple(days[day] for day in range(first, last + 1)))


def _tenants(path: Path, text: str) -> Iterator[Trace]:
    """Tokens at list price; of a tenant whose tokens are not always known, requests."""
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(text)):
        rows[row["client"]].append(row)
    times = sorted({int(r["t_start_s"]) for own in rows.values() for r in own})
    seconds = min(b - a for a, b in pairwise(times))
    steps = -(-(times[-1] + seconds) // _DAY) * _DAY // seconds
    for name, own in sorted(rows.items()):
        amounts = [0] * steps
        known = all(r["input_tokens"] and r["output_tokens"] for r in own)
        for told in own:
            amounts[int(told["t_start_s"]) // seconds] += _worth(told, known=known)
        yield Trace(_stem(path), name, seconds, tuple(amounts))


def _worth(row: Mapping[str, str], *, known: bool) -> int:
    if known:
        return int(row["input_tokens"]) * INPUT + int(row["output_tokens"]) * OUTPUT
    return int(row["requests"]) * REQUEST


def _metric(path: Path, text: str) -> Trace:
    """Five minutes as they stand; what is missing is none."""
    rows = list(csv.DictReader(io.StringIO(text)))
    times = [int(datetime.fromisoformat(r["timestamp"]).replace(tzinfo=UTC).timestamp()) for r in rows]
    seconds = min(b - a for a, b in pairwise(times) if b > a)
    amounts = [0] * ((times[-1] - times[0]) // seconds + 1)
    for time, row in zip(times, rows, strict=True):
        amounts[(time - times[0]) // seconds] += int(Decimal(row["value"]) * _MICRO)
    return Trace(_stem(path), METRIC, seconds, tuple(amounts))


def _added_up(text: str) -> Iterator[Trace]:
    rows: dict[tuple[str, str, int], dict[int, int]] = defaultdict(dict)
    for row in csv.DictReader(io.StringIO(text)):
        slot = row["of"], row["series"], int(row["seconds"])
        rows[slot][int(row["step"])] = int(row["amount"])
    ends: Counter[tuple[str, int]] = Counter()
    for (of, _, seconds), own in rows.items():
        ends[of, seconds] = max(ends[of, seconds], max(own) + 1)
    for (of, name, seconds), own in sorted(rows.items()):
        yield Trace(of, name, seconds, tuple(own.get(n, 0) for n in range(ends[of, seconds])))


def _stem(path: Path) -> str:
    return path.name.split(".")[0]


def write_added_up(path: Path, found: Iterable[Trace]) -> None:
    """Traces by steps of two hours, or their own where those are longer, without steps of no use."""
    with gzip.GzipFile(path, "wb", mtime=0) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("of", "series", "step", "seconds", "amount"))
        for trace in found:
            seconds = max(trace.seconds, _KEPT)
            for place, amount in enumerate(trace.by(seconds) or ()):
                if amount:
                    out.writerow((trace.of, trace.name, place, seconds, amount))


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.traces", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    given = parser.parse_args()
    write_added_up(given.file, [trace for folder in given.folders for trace in traces(folder)])


if __name__ == "__main__":
    main()
