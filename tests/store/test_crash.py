"""An import that is killed at any moment leaves the store as it was, or as it should be."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_facts import bucket, call, exported, imported, request, scanned, used

from bothhalves.store import Store

CRASHES = int(os.environ.get("CRASHES", "25"))
HERE = Path(__file__).parent
TABLES = ("usage", "calls", "seats", "activity", "costs", "problems")
STAGES = 3


def bring(root: Path, stage: int) -> None:
    """The imports of the test, one after the other."""
    days = [f"2026-{month:02d}-{day:02d}" for month in (8, 9, 10) for day in (1, 15, 28)]
    rows = [bucket(day, 10 * stage + n, account=f"a{n}") for n, day in enumerate(days)]
    rows += [request(f"{day}T10:00", n, id=f"{day}-{n}") for day in days for n in range(20)]
    records = [call(f"m{stage}-{n}", n, time=f"2026-{8 + n % 3:02d}-05T10:00:00Z") for n in range(50)]
    scan = scanned(root.parent / f"{root.name}-shards", *records, marks={"log": {"offset": stage}})
    imported(root, exported(f"file-{stage}", rows, dedupes=True), scans=(scan,))


def content(root: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the store holds, in an order that does not depend on how it came there."""
    store = Store.open(root)
    assert not any(store.audit().values())
    found = {table: sorted(map(repr, store.table(table))) for table in TABLES}
    store.close()
    return {table: [(row,) for row in rows] for table, rows in found.items()}


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[tuple[object, ...]]]]:
    """The contents of the store after each uninterrupted stage."""
    root = tmp_path_factory.mktemp("whole") / "w"
    found = [content(root)]
    for stage in range(STAGES):
        bring(root, stage)
        found.append(content(root))
    return found


def importer(root: Path) -> subprocess.Popen[bytes]:
    """Another process that runs all the imports; it writes a line before each."""
    code = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "from pathlib import Path\nimport test_crash\n"
        f"print(0, flush=True)\n[test_crash.bring(Path({str(root)!r}), s) for s in range({STAGES})]"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def test_a_killed_import_leaves_one_state_or_the_next(
    tmp_path: Path, states: list[dict[str, list[tuple[object, ...]]]]
) -> None:
    lots, root = random.Random(20261101), tmp_path / "w"
    for _ in range(CRASHES):
        process = importer(root)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(lots.uniform(0, 0.7))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        state = states.index(content(root))
        if state == STAGES:
            root = tmp_path / f"w{lots.random()}"
    for stage in range(STAGES):
        bring(root, stage)
    assert content(root) == states[STAGES]


def test_a_reader_is_not_disturbed_by_imports(
    tmp_path: Path, states: list[dict[str, list[tuple[object, ...]]]]
) -> None:
    root = tmp_path / "w"
    process = importer(root)
    reads = 0
    while process.poll() is None:
        assert content(root) in states
        reads += 1
    process.communicate()
    assert process.returncode == 0
    assert reads > 1
    assert content(root) == states[STAGES]


def test_an_open_store_shows_its_own_moment(tmp_path: Path) -> None:
    imported(tmp_path, exported("old", [bucket("2026-10-01", 1)]))
    store = Store.open(tmp_path)
    imported(tmp_path, exported("new", [bucket("2026-10-01", 2)]))
    assert [int(n) for q in store.quantities() for _, n in q.quantities] == [1]
    assert used(tmp_path) == 2


def test_files_that_nothing_names_are_swept_after_an_hour(tmp_path: Path) -> None:
    imported(tmp_path, exported("old", [bucket("2026-10-01", 1)]))
    (old,) = tmp_path.rglob("*.parquet")
    os.utime(old, (0, 0))
    imported(tmp_path, exported("new", [bucket("2026-10-01", 2)]))
    assert old.exists()
    os.utime(old, (time.time() - 3700, time.time() - 3700))
    imported(tmp_path, exported("newer", [bucket("2026-10-01", 3)]))
    assert not old.exists()
    assert used(tmp_path) == 3
