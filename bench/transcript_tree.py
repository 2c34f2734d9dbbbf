"""Writes a tree of Claude Code transcripts of a given size, repeatably, and prints its true totals.

One to three lines per message with growing output, tool results of up to 20 kB with escapes and non-ASCII
text between them, and every tenth file repeats 40 lines of the one before it, as a resumed session does.

    python bench/transcript_tree.py /tmp/tree --files 600 --bytes 300000000 --seed 7
"""

from __future__ import annotations

import argparse
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

WORDS = [
    "def parse(line):",
    'return "usage"',
    "Größe",
    "\ttabs\t",
    "naïve",
    "C:\\temp\\x",
    "数据",
    "{}",
    "value = 3",
]
MODELS = ["claude-opus-4-5-20251101", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"]
START = datetime(2026, 1, 1, tzinfo=UTC)
REPEATED, REPEAT_EVERY, PROJECTS = 40, 10, 40
Line = dict[str, Any]


class Tree:
    """Makes the lines of one file after the other; ``totals`` counts every message once, at its last line."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock, self.messages = START, 0
        self.totals = {"calls": 0, "input_tokens": 0, "output_tokens": 0, "cache_read_tokens": 0}

    def file(self, number: int, size: int, before: list[str]) -> list[str]:
        session, project = f"session-{number}", f"/home/user-{number % 9:02d}/project-{number % PROJECTS:02d}"
        lines = before[-REPEATED:] if number % REPEAT_EVERY == 9 else []
        written = sum(map(len, lines))
        while written < size:
            fresh = [_text(line) for line in self.exchange(session, project)]
            lines = lines + fresh
            written += sum(map(len, fresh))
        return lines

    def exchange(self, session: str, cwd: str) -> list[Line]:
        """A tool result of the user's side, then the lines of one call."""
        base = {
            "sessionId": session,
            "cwd": cwd,
            "isSidechain": False,
            "version": "2.1.220",
            "gitBranch": "main",
        }
        self.clock += timedelta(seconds=self.random.randrange(2, 60))
        result = {"type": "tool_result", "content": self.prose(self.random.randrange(200, 20_000))}
        user = base | {
            "type": "user",
            "timestamp": self.stamp(),
            "message": {"role": "user", "content": [result]},
        }
        return [user, *self.call(base)]

    def call(self, base: Line) -> list[Line]:
        self.messages += 1
        count = self.random.randrange(1, 4)
        outputs = sorted(self.random.randrange(1, 3000) for _ in range(count))
        usage: Line = {
            "input_tokens": self.random.randrange(1, 50),
            "cache_creation_input_tokens": (write := self.random.randrange(4000)),
            "cache_read_input_tokens": self.random.randrange(150_000),
            "cache_creation": {"ephemeral_5m_input_tokens": write, "ephemeral_1h_input_tokens": 0},
            "service_tier": "standard",
        }
        self.totals["calls"] += 1
        self.totals["input_tokens"] += int(usage["input_tokens"])
        self.totals["cache_read_tokens"] += int(usage["cache_read_input_tokens"])
        self.totals["output_tokens"] += outputs[-1]
        model = self.random.choice(MODELS)
        return [self.line(base, model, usage | {"output_tokens": n}, last=n == outputs[-1]) for n in outputs]

    def line(self, base: Line, model: str, usage: Line, *, last: bool) -> Line:
        self.clock += timedelta(milliseconds=self.random.randrange(100, 3000))
        return base | {
            "type": "assistant",
            "uuid": f"u-{self.random.getrandbits(64):016x}",
            "timestamp": self.stamp(),
            "requestId": f"req_{self.messages:08d}",
            "message": {
                "id": f"msg_{self.messages:08d}",
                "role": "assistant",
                "model": model,
                "stop_reason": "end_turn" if last else None,
                "content": [{"type": "text", "text": self.prose(self.random.randrange(50, 2000))}],
                "usage": usage,
            },
        }

    def prose(self, size: int) -> str:
        return "\n".join(self.random.choices(WORDS, k=size // 11))

    def stamp(self) -> str:
        return self.clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def write(root: Path, files: int, size: int, seed: int) -> dict[str, int]:
    """Writes the tree of about ``size`` bytes in ``files`` files; its true totals."""
    tree, before = Tree(seed), list[str]()
    for number in range(files):
        before = tree.file(number, size // files, before)
        path = root / f"-home-user-project-{number % PROJECTS:02d}" / f"session-{number}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line + "\n" for line in before), encoding="utf-8")
    return tree.totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--bytes", type=int, default=300_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(json.dumps(write(given.root, given.files, given.bytes, given.seed)))


if __name__ == "__main__":
    main()
