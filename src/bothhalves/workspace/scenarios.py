"""Saved scenarios: ``scenarios/NAME.yaml``, plain text that people read, edit and compare line by line.

Beside its inputs a file says who saved it, when, and by which data, prices and terms, so that it is seen when
those are others. ``base`` is no file: everything as the data says.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bothhalves.core.explain import Problem, Where
from bothhalves.core.prices import near
from bothhalves.reading import read_yaml
from bothhalves.workspace.open import Workspace
from bothhalves.workspace.scenario_changes import change_yaml
from bothhalves.workspace.scenario_inputs import AS_IT_IS, Inputs

FOLDER = "scenarios"
BASE = "base"
#: So many scenarios stand side by side at most.
MOST = 4
LONGEST_NOTE = 200
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_NAMED = "A name is up to 40 lower-case letters, digits and dashes, such as fewer-seats"
#: What people write that figures rest on, beside imports and prices.
_TERMS = (
    "*.yaml",
    "contracts/*.yaml",
    "offers/*.yaml",
    "plans/*.yaml",
    "evaluations/*.csv",
    "invoices/*.yaml",
)


class CannotSave(ValueError):
    """A scenario cannot be saved, found or removed, and why."""


@dataclass(frozen=True, slots=True)
class Prints:
    """What figures are computed on: imported data, price books, and what people wrote; "": not known."""

    data: str = ""
    prices: str = ""
    terms: str = ""

    def changed(self, now: Prints) -> tuple[str, ...]:
        """What is another since; nothing where it is not known."""
        told = (("the data", self.data, now.data), ("the price books", self.prices, now.prices),
                ("the contracts and other terms", self.terms, now.terms))  # fmt: skip
        return tuple(what for what, then, today in told if then and then != today)


@dataclass(frozen=True, slots=True)
class Saved:
    """A scenario as it is written down. Nothing depends on ``saved_by`` and ``saved_at``."""

    inputs: Inputs = AS_IT_IS
    note: str = ""
    saved_by: str = ""
    saved_at: datetime | None = None
    computed_on: Prints = Prints()

    def fault(self) -> str | None:
        return f"note is longer than {LONGEST_NOTE} letters" if len(self.note) > LONGEST_NOTE else None


def checked(name: str) -> str:
    """The name, if it may be that of a saved scenario. Raises :class:`CannotSave`."""
    if name == BASE:
        raise CannotSave(f"{BASE} is everything as the data says, and always there. Choose another name.")
    if not _NAME.fullmatch(name):
        raise CannotSave(f"{name[:60]!r} is no name for a scenario. {_NAMED}.")
    return name


def with_known_offer(inputs: Inputs, offers: Iterable[str]) -> Inputs:
    """The inputs, if the offer that they sign is one of those. Raises :class:`CannotSave`."""
    known = list(offers)
    if inputs.offer and inputs.offer not in known:
        raise CannotSave(f"No offer is called {inputs.offer[:60]!r}. Known: {', '.join(known) or 'none'}.")
    return inputs


def scenarios_of(root: Path) -> tuple[dict[str, Saved], list[Problem]]:
    """Every saved scenario by name, and what is wrong with files that cannot be read."""
    found: dict[str, Saved] = {}
    problems: list[Problem] = []
    for path in sorted((root / FOLDER).glob("*.yaml")):
        where = f"{FOLDER}/{path.name}"
        try:
            name = checked(path.stem)
        except CannotSave:
            what = f"{path.stem[:60]!r} is no name for a scenario, so it is left out."
            problems.append(Problem("scenario.name", Where(where), what, f"{_NAMED}; {BASE} is taken."))
            continue
        saved, wrong = read_yaml(path, Saved, where)
        problems += wrong
        if saved is not None:
            found[name] = saved
    return found, problems


def chosen(root: Path, names: Iterable[str]) -> dict[str, Saved]:
    """The scenarios with these names, in their order. Raises :class:`CannotSave` for one that is not there or
    cannot be read, and for more than :data:`MOST`."""
    wanted = list(dict.fromkeys(names))
    if len(wanted) > MOST:
        raise CannotSave(
            f"{len(wanted)} scenarios are more than {MOST}, which is what can be read side by side."
        )
    known, problems = scenarios_of(root)
    found = {}
    for name in wanted:
        if name != BASE and name not in known:
            raise CannotSave(_missing(name, known, problems))
        found[name] = Saved() if name == BASE else known[name]
    return found


def asked_for(saved: Mapping[str, Saved]) -> str:
    """The names of scenarios with a digest of what they say now, as one word."""
    return f"{','.join(saved)}@{_of(map(written, saved.values()))}"


def names_of(asked: str) -> list[str]:
    """The names in a word of :func:`asked_for`."""
    return asked.partition("@")[0].split(",")


def _missing(name: str, known: Iterable[str], problems: Iterable[Problem]) -> str:
    wrong = [str(p) for p in problems if p.where.file == f"{FOLDER}/{name}.yaml"]
    if wrong:
        return "; ".join(wrong)
    names = [BASE, *known]
    similar = near(name, names, 1)
    hint = f"Did you mean {similar[0]}?" if similar else f"Known: {', '.join(names)}."
    return f"No scenario is called {name[:60]!r}. {hint}"


def save(root: Path, name: str, saved: Saved, *, replace: bool = False) -> Path:
    """Write a scenario. Raises :class:`CannotSave` for a name that is none, or is taken (unless it is to be
    replaced), and for inputs that are not sound."""
    path = root / FOLDER / f"{checked(name)}.yaml"
    fault = saved.inputs.fault() or saved.fault()
    if fault:
        raise CannotSave(f"{fault}.")
    if path.exists() and not replace:
        raise CannotSave(f"There is a scenario called {name}. Choose another name, or replace it.")
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{name}.{os.getpid()}.tmp")
    draft.write_text(written(saved), "utf-8")
    os.replace(draft, path)
    return path


def remove(root: Path, name: str) -> Path:
    """Delete a scenario. Raises :class:`CannotSave` where there is none of that name."""
    path = root / FOLDER / f"{checked(name)}.yaml"
    if not path.is_file():
        raise CannotSave(_missing(name, scenarios_of(root)[0], ()))
    path.unlink()
    return path


def written(saved: Saved) -> str:
    """The file of a scenario."""
    return "\n".join(("# A scenario: what it leaves out is as the data says.", *_lines(saved))) + "\n"


def _lines(saved: Saved) -> Iterator[str]:
    if saved.note:
        yield f"note: {json.dumps(saved.note)}"
    given = saved.inputs.given()
    yield "inputs:" if given else "inputs: {}"
    for name, word in given.items():
        if name == "price_steps":
            steps = (
                f'{{from: {s.from_}, level: "{str(s).partition("=")[2]}"}}' for s in saved.inputs.price_steps
            )
            yield f"  price_steps: [{', '.join(steps)}]"
        elif name == "changes":
            yield "  changes:"
            yield from (f"    - {change_yaml(change)}" for change in saved.inputs.changes)
        else:
            yield f"  {name}: {json.dumps(word)}"
    if saved.saved_by:
        yield f"saved_by: {json.dumps(saved.saved_by)}"
    if saved.saved_at is not None:
        yield f"saved_at: {saved.saved_at:%Y-%m-%dT%H:%M:%SZ}"
    on = saved.computed_on
    known = ((name, getattr(on, name)) for name in ("data", "prices", "terms"))
    told = ", ".join(f"{name}: {json.dumps(value)}" for name, value in known if value)
    if told:
        yield f"computed_on: {{{told}}}"


def user() -> str:
    """Who runs this; empty where the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def prints_of(workspace: Workspace) -> Prints:
    """What figures are computed on now."""
    from bothhalves.store.manifest import load

    root = workspace.root
    terms = sorted({path for pattern in _TERMS for path in root.glob(pattern) if path.is_file()})
    prices = [*workspace.book.versions, *map(_digest, workspace.config.books)]
    return Prints(
        load(root).snapshot_id,
        _of(prices),
        _of(f"{path.relative_to(root)} {_digest(path)}" for path in terms),
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _of(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
