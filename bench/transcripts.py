"""Importing and storing Claude Code transcripts, against ccusage, which reads them and keeps nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bench import ccusage, transcript_tree
from bench.ccusage import Totals
from bench.measure import CACHE, Run, middle, product, run
from bench.table import Row

SIZES = {"quick": (600, 300_000_000), "full": (3000, 1_540_000_000)}
VARIANT = (60, 30_000_000)
#: Of the files, and of the bytes, this share is added between the first import and the next.
ADDED = 0.01
REPEATS = 3
WORKSPACE = CACHE / "workspace"


def measured(size: str) -> list[Row]:
    program = ccusage.installed()
    if program is None:
        return [Row(f"ccusage {ccusage.VERSION} cannot be installed here (it needs npm); not compared")]
    rows = _compared(program, *SIZES[size])
    for name, change in VARIANTS.items():
        tree = _tree(*VARIANT, name, change)
        _import(tree, fresh=True)
        rows += _traps(name, _stored(), ccusage.totals(ccusage.report(program, tree)))
    return rows


def _traps(name: str, ours: Totals, theirs: Totals) -> list[Row]:
    """A variant says the same as the tree as written, whose totals the generator knows."""
    plain = _tree(*VARIANT)
    _import(plain, fresh=True)
    truth = _stored()
    return [
        _same(f"totals, {name}: ours", ours, truth),
        replace(_same(f"totals, {name}: ccusage", theirs, truth), target="", met=None),
    ]


def _compared(program: Path, files: int, size: int) -> list[Row]:
    tree = _tree(files, size)
    first, second, theirs, again = [], [], [], []
    ccusage.report(program, tree)  # brings the files into memory, for both
    for _ in range(REPEATS):
        first.append(_import(tree, fresh=True))
        theirs.append(ccusage.report(program, tree))
        same = _same("totals, whole tree", _stored(), ccusage.totals(theirs[-1]))
        lengths = _grow(tree)
        second.append(_import(tree))
        again.append(ccusage.report(program, tree))
        grown = _same("totals, 1 % added", _stored(), ccusage.totals(again[-1]))
        _shrink(lengths)
    ours, other, ours_again, other_again = (middle(runs) for runs in (first, theirs, second, again))
    name = f"{size / 1e9:.2f} GB, {files:,} files"
    return [
        Row(f"{name}: ccusage {ccusage.VERSION}", other),
        _row(f"{name}: import and store", ours, other, 1.0, "time <= ccusage (aim 0.67)"),
        same,
        Row(f"{ADDED:.0%} added: ccusage again", other_again),
        _row(f"{ADDED:.0%} added: import again", ours_again, other_again, 0.1, "time <= 0.1 x ccusage"),
        grown,
    ]


def _row(what: str, ours: Run, other: Run, most: float, target: str) -> Row:
    ratio = ours.wall / other.wall
    return Row(what, ours, ratio, f"{target}; CPU {ours.cpu / other.cpu:.2f}", ratio <= most)


def _same(what: str, ours: Totals, theirs: Totals) -> Row:
    """How many days and models have other totals of input, output, cache writes or cache reads."""
    keys = ours.keys() | theirs.keys()
    differing = sum(ours.get(key) != theirs.get(key) for key in keys)
    told = f"{len(keys)} days x models, {differing} differ"
    if differing and _by_model(ours) == _by_model(theirs):
        told += " (a call around midnight has two days; by model nothing differs)"
    return Row(f"{what}: {told}", target="identical", met=differing == 0)


def _by_model(totals: Totals) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for (_, model), counts in totals.items():
        found[model] = [a + b for a, b in zip(found.get(model, [0] * len(counts)), counts, strict=True)]
    return found


def _import(tree: Path, *, fresh: bool = False) -> Run:
    if fresh:
        shutil.rmtree(WORKSPACE, ignore_errors=True)
        run(product("init", WORKSPACE))
    return run(product("import", tree, "--workspace", WORKSPACE))


def _stored() -> Totals:
    """What the store counts by day and model."""
    from bothhalves.store import Store

    store, found = Store.open(WORKSPACE), Totals()
    names = ("input_tokens", "output_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")
    for q in store.quantities(("day",)):
        counts = dict(q.quantities)
        into, out, short, long = (int(counts.get(name, Decimal(0))) for name in names)
        read = int(counts.get("cache_read_tokens", Decimal(0)))
        key = (dict(q.dimensions)["day"], q.model)
        known = found.get(key, (0, 0, 0, 0))
        more = (into, out, short + long, read)
        found[key] = known[0] + more[0], known[1] + more[1], known[2] + more[2], known[3] + more[3]
    store.close()
    return found


def _tree(
    files: int, size: int, name: str = "as written", change: Callable[[str], str] | None = None
) -> Path:
    """A generated tree, made once; ``change`` is done to each of its lines."""
    root = CACHE / f"tree-{files}-{size}-{name.replace(' ', '-')}"
    if root.exists():
        return root
    draft = root.with_name(root.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    transcript_tree.write(draft, files, size, seed=7)
    for path in draft.rglob("*.jsonl"):
        if change is not None:
            lines = path.read_text("utf-8").split("\n")[:-1]
            path.write_text("".join(f"{change(line)}\n" for line in lines), "utf-8")
    draft.replace(root)
    return root


def _spaced(line: str) -> str:
    return json.dumps(json.loads(line), ensure_ascii=False)


def _growing(line: str) -> str:
    """Only a message's last line tells all of its output: the others tell one token."""
    content = json.loads(line)
    message = content["message"]
    if "usage" in message and message["stop_reason"] is None:
        message["usage"]["output_tokens"] = 1
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


VARIANTS = {"output told on the last line": _growing, "spaces between JSON tokens": _spaced}


def _grow(tree: Path) -> dict[Path, int]:
    """Adds new calls to the end of some files, evenly spread; the lengths before, for :func:`_shrink`."""
    paths = sorted(tree.rglob("*.jsonl"))
    total = sum(path.stat().st_size for path in paths)
    chosen = paths[:: round(1 / ADDED)]
    fresh = transcript_tree.Tree(seed=11)
    fresh.messages, fresh.clock = 10_000_000, transcript_tree.START.replace(month=3)
    lengths = {path: path.stat().st_size for path in chosen}
    for number, path in enumerate(chosen):
        lines = fresh.file(number * transcript_tree.REPEAT_EVERY, int(total * ADDED) // len(chosen), [])
        with path.open("a", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    return lengths


def _shrink(lengths: dict[Path, int]) -> None:
    for path, length in lengths.items():
        os.truncate(path, length)
