"""Running things and what they cost: wall time, CPU-seconds with those of their children, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

#: Everything that measuring keeps: generated data and other programs.
CACHE = Path(os.environ.get("BOTHHALVES_BENCH", Path.home() / ".cache" / "bothhalves-bench"))
_FAILED = "{} failed ({}): {}"


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``rss`` is in megabytes; of several processes it is that of the largest."""

    wall: float
    cpu: float
    rss: float
    out: str

    @property
    def answer(self) -> Any:
        """What the process printed, as JSON."""
        return json.loads(self.out)


def run(
    command: Sequence[str | Path], env: Mapping[str, str] | None = None, good: Iterable[int] = (0,)
) -> Run:
    """Runs a command to its end; any exit code but the ``good`` ones raises ``RuntimeError``."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, stderr=err, env={**os.environ, **(env or {})})
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    if process.returncode not in good:
        raise RuntimeError(_FAILED.format(words[0], process.returncode, texts[1][-2000:]))
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, texts[0])


def product(*words: str | Path) -> list[str | Path]:
    """The command line of ``bothhalves`` as it is installed beside this Python, or from this source."""
    installed = Path(sys.executable).with_name("bothhalves")
    if installed.exists():
        return [installed, *words]
    return [sys.executable, "-c", "from bothhalves.cli import main; main()", *words]


def job(name: str, *words: str | Path) -> Run:
    """A function of :mod:`bench.jobs` in a process of its own, with the cost of the function alone."""
    done = run([sys.executable, "-m", "bench.jobs", name, *words])
    told = done.answer
    return Run(told["wall"], told["cpu"], done.rss, json.dumps(told["answer"]))


def middle(runs: Sequence[Run]) -> Run:
    """The median of each figure over runs of the same thing."""
    return Run(
        median(r.wall for r in runs), median(r.cpu for r in runs), max(r.rss for r in runs), runs[-1].out
    )
