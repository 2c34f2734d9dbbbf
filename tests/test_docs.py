"""The documents say what the program does: generated pages are fresh, links resolve, commands exist."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import typer
import yaml
from typer.testing import CliRunner

from bothhalves.cli import app
from bothhalves.intake.canonical import COLUMNS
from bothhalves.reading import price_book
from bothhalves.workspace.config import read_config
from bothhalves.workspace.mappings import saved_mapping
from source import ROOT, shown, tracked
from tools import catalogue
from tools.docs import DOCS, pages

MARKDOWN = [p for p in tracked() if p.suffix == ".md" and not shown(p).startswith(("examples/", "tests/"))]
README = (ROOT / "README.md").read_text("utf-8")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"\bbothhalves ((?:[a-z]+ ?)+)")
_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
_QUANTITY = re.compile(r"[$€]\s?\d|\d\s?%|\d ?(?:ms|MB|GB)\b|\d (?:rows|seats|tokens|people|seconds|times)\b")
_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")


@cache
def _verbs() -> frozenset[str]:
    root = typer.main.get_command(app)
    groups = {name: getattr(command, "commands", {}) for name, command in root.commands.items()}
    return frozenset({*groups, *(f"{name} {sub}" for name, subs in groups.items() for sub in subs)})


def test_generated_pages_are_fresh() -> None:
    stale = [shown(path) for path, text in pages().items() if path.read_text("utf-8") != text]
    assert stale == [], "run `make docs`"


def test_links_between_documents_resolve() -> None:
    broken = []
    for path in MARKDOWN:
        for target in _LINK.findall(path.read_text("utf-8")):
            if "://" in target or target.startswith("mailto:"):
                continue
            name, _, anchor = target.partition("#")
            aim = (path.parent / name).resolve() if name else path
            if not aim.exists() or (anchor and anchor not in _anchors(aim)):
                broken.append(f"{shown(path)}: {target}")
    assert broken == []


def _anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as Git hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_commands_in_documents_exist() -> None:
    unknown = []
    for path in MARKDOWN:
        for words in _COMMAND.findall(_code(path)):
            verbs = words.split()
            if verbs[0] not in _verbs() or (verbs[0] == "export" and " ".join(verbs[:2]) not in _verbs()):
                unknown.append(f"{shown(path)}: bothhalves {words}")
    assert unknown == []


def test_examples_in_documents_print_what_they_say() -> None:
    """The lines after ``$`` in a console block are printed in this order; ``…`` stands for any lines."""
    blocks = [
        (p, b) for p in MARKDOWN for b in re.findall(r"```console\n(.*?)```", p.read_text("utf-8"), re.DOTALL)
    ]
    assert blocks
    for path, block in blocks:
        for command, *said in (part.splitlines() for part in block.split("$ ")[1:]):
            assert command.startswith("bothhalves "), shown(path)
            result = CliRunner().invoke(app, command.split()[1:])
            printed = iter(result.output.splitlines())
            missing = [line for line in said if line != "…" and line not in printed]
            assert missing == [], f"{shown(path)}: {command} printed {result.output}"


def test_figures_of_the_readme_come_from_commands() -> None:
    """What is measured or priced stands in console blocks only, where it is checked."""
    prose = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    assert _QUANTITY.findall(prose) == []


def test_files_shown_in_the_workspace_guide_are_sound(tmp_path: Path) -> None:
    (tmp_path / "company.yaml").write_text("company: Example\n", "utf-8")
    shown_files = _yaml_blocks("workspace.md")
    assert len(shown_files) == 3
    for text in shown_files:
        path = tmp_path / text.splitlines()[0].removeprefix("# ")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert read_config(tmp_path).problems == ()


def test_mapping_shown_in_the_guide_is_sound(tmp_path: Path) -> None:
    (text,) = _yaml_blocks("mapping.md")
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "acme-invoice.yaml").write_text(text, "utf-8")
    form, problems = saved_mapping(tmp_path, "acme-invoice")
    assert problems == []
    assert form is not None


def test_book_shown_in_the_guide_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    blocks = [text for text in _yaml_blocks("books.md") if not text.startswith("# ")]
    path.write_text("".join(blocks), "utf-8")
    book, problems = price_book([path])
    assert [p for p in problems if p.where.file == path.as_posix()] == []
    assert any(layer.name == "book acme-anthropic" and layer.factors for layer in book.layers)


def _yaml_blocks(guide: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (DOCS / "guides" / guide).read_text("utf-8"), re.DOTALL)


def test_usage_guide_names_every_column() -> None:
    guide = (DOCS / "guides" / "usage-file.md").read_text("utf-8")
    assert [name for name in COLUMNS if f"`{name}`" not in guide] == []


def test_make_targets_in_documents_exist() -> None:
    known = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    unknown = {f"{shown(p)}: make {t}" for p in MARKDOWN for t in _TARGET.findall(_code(p)) if t not in known}
    assert unknown == set()


def _code(path: Path) -> str:
    """Only what a page sets as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", path.read_text("utf-8"), re.DOTALL))


def test_vocabulary_points_at_code_that_exists() -> None:
    words = [w for s in yaml.safe_load((DOCS / "vocabulary.yaml").read_text("utf-8")) for w in s["words"]]
    lost = [word["code"] for word in words if "code" in word and not _exists(word["code"])]
    assert lost == []


def _exists(dotted: str) -> bool:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module("bothhalves." + ".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute, None)
        return found is not None
    return False


def _dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    named = [*project["project"]["dependencies"], *groups["dev"], *groups["build"]]
    return {re.split(r"[<>=!~\[ ]", requirement)[0] for requirement in named}


def test_every_dependency_has_its_reason() -> None:
    reasons = (DOCS / "decisions.md").read_text("utf-8")
    assert {name for name in _dependencies() if f"| {name} " not in reasons} == set()


def test_every_dependency_is_locked() -> None:
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-dev.lock").read_text("utf-8"), re.MULTILINE)
    assert {name.lower() for name in _dependencies()} - set(locked) == set()


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        pinned = re.findall(r"^[a-z].*==.*$", text, re.MULTILINE)
        assert pinned
        assert all(line.endswith("\\") for line in pinned), "every package is followed by its hashes"


def test_every_problem_is_catalogued() -> None:
    assert catalogue.codes_in_source() - catalogue.catalogued() == set()


def test_the_catalogue_holds_no_problem_that_cannot_occur() -> None:
    assert catalogue.catalogued() - catalogue.codes_in_source() == set()


def test_every_catalogued_problem_has_a_case() -> None:
    assert catalogue.cases() == catalogue.catalogued()
