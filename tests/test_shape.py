"""The shape of the code: arrows, owners, sizes, and what may not appear anywhere."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from source import PACKAGE, ROOT, functions, imported, module_name, python_files, shown, tracked, tree

#: Who may import a third-party library, as module prefixes. DuckDB is the engine of the store, and the
#: tabular reader borrows its Parquet reader.
OWNERS = {
    "duckdb": ("store", "intake.tabular"),
    "fastapi": ("web",),
    "genai_prices": ("reading",),
    "highspy": ("allocate",),
    "jinja2": ("web",),
    "msgspec": ("intake",),
    "numpy": ("allocate", "forecast"),
    "openpyxl": ("intake",),
    "pydantic": ("reading",),
    "rich": ("report", "cli"),
    "starlette": ("web",),
    "typer": ("cli",),
    "uvicorn": ("web",),
    "yaml": ("reading",),
    "zstandard": ("intake",),
}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
SHORT_FUNCTION = 25

SOURCE = python_files("src")
CORE = [p for p in SOURCE if module_name(p).split(".")[0] == "core"]
FACES = {"cli", "report"}
OURS = python_files("src", "tests", "tools", "bench")
TESTS = [p for p in python_files("tests") if p.name.startswith("test_")]

#: Core is arithmetic: nothing that reads files, asks the time, draws lots or talks to the outside.
BANNED_IN_CORE = {"glob", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket"}
BANNED_IN_CORE |= {"sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid"}
BANNED_CALLS = {"now", "today", "utcnow", "open", "print", "input", "eval", "exec"}
#: A resemblance of names is measured in floating point, and is never an amount.
FLOATS_ALLOWED = {("core.prices", "near")}

#: Written in pieces, so that this file does not contain them.
FORBIDDEN = ["TO" + "DO", "FIX" + "ME", "X" + "XX ", "not " + "implemented", "../" + "shared"]
#: A path of the machine that it was written on, and not a folder called so in somebody's home.
FORBIDDEN_PATH = re.compile(r"(?<!\w)/wo" + "rk/")
#: Sample exports are what they are; vendored text is not ours.
NOT_OURS = ("examples/", "tests/intake/", "tests/errors/", "src/bothhalves/web/static/vendor/")
BINARY = {".png", ".woff2", ".parquet", ".gz", ".zst", ".xlsx"}


def _calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_core_is_pure_standard_library() -> None:
    outside = [
        f"{shown(path)}:{line}: {name}"
        for path in CORE
        for name, line in imported(path)
        if not name.startswith("bothhalves.core")
        and (name.split(".")[0] not in sys.stdlib_module_names or name in BANNED_IN_CORE)
    ]
    assert outside == []


def test_core_never_asks_the_outside_world() -> None:
    asked = [
        f"{shown(path)}:{call.lineno}: {_called(call)}"
        for path in CORE
        for call in _calls(path)
        if _called(call) in BANNED_CALLS
    ]
    assert asked == []


def test_core_computes_without_floating_point() -> None:
    found = []
    for path in CORE:
        allowed = [f for f in functions(path) if (module_name(path), f.name) in FLOATS_ALLOWED]
        exempt = {id(node) for function in allowed for node in ast.walk(function)}
        floats = [n for n in ast.walk(tree(path)) if _is_floating(n) and id(n) not in exempt]
        found += [f"{shown(path)}:{getattr(node, 'lineno', 0)}" for node in floats]
    assert found == []


def _is_floating(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    return isinstance(node, ast.Call) and _called(node) == "float"


def test_each_library_has_one_owner() -> None:
    trespassing = []
    for path in SOURCE:
        here = module_name(path)
        for name, line in imported(path):
            library = name.split(".")[0]
            if library in sys.stdlib_module_names or library == "bothhalves":
                continue
            owners = OWNERS.get(library, ())
            if not any(here == owner or here.startswith(owner + ".") for owner in owners):
                owned = " and ".join(owners) or "nobody"
                trespassing.append(f"{shown(path)}:{line}: {library} belongs to {owned}")
    assert trespassing == []


def test_every_dependency_is_imported_by_its_owner() -> None:
    used = {name.split(".")[0] for path in SOURCE for name, _ in imported(path)}
    assert set(OWNERS) - used == set()


def test_modules_are_short() -> None:
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in OURS}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_long() -> None:
    lengths = {f"{shown(path)}: {f.name}": _length(f) for path in OURS for f in functions(path)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_nine_functions_in_ten_are_short() -> None:
    lengths = [_length(f) for path in SOURCE for f in functions(path)]
    short = sum(length <= SHORT_FUNCTION for length in lengths)
    assert short >= len(lengths) * 9 / 10, f"{short} of {len(lengths)} have at most {SHORT_FUNCTION} lines"


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def test_forbidden_words_appear_nowhere() -> None:
    found = []
    for path in tracked():
        sample = path.suffix != ".py" and shown(path).startswith(NOT_OURS)
        if sample or path.suffix in BINARY:
            continue
        text = path.read_text("utf-8", "replace")
        found += [f"{shown(path)}: {word}" for word in FORBIDDEN if word in text]
        found += [f"{shown(path)}: {match[0]}" for match in FORBIDDEN_PATH.finditer(text)]
    assert found == []


def test_only_faces_print() -> None:
    printing = [
        f"{shown(path)}:{call.lineno}"
        for path in SOURCE
        if module_name(path).split(".")[0] not in FACES
        for call in _calls(path)
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]
    assert printing == []


def test_every_module_says_what_it_is_for() -> None:
    assert [shown(path) for path in OURS if not ast.get_docstring(tree(path))] == []


def test_every_test_asserts_something() -> None:
    silent = [
        f"{shown(path)}: {f.name}"
        for path in TESTS
        for f in functions(path)
        if f.name.startswith("test_") and not _asserts(f)
    ]
    assert silent == []


def _asserts(function: ast.AST) -> bool:
    """True if it asserts, expects an exception, waits for an address, or calls check… or assert…."""
    calls = (_called(node) for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(isinstance(node, ast.Assert) for node in ast.walk(function)) or any(
        called in ("raises", "wait_for_url") or called.startswith(("check", "_check", "assert", "expect"))
        for called in calls
    )


def test_the_command_line_starts_light() -> None:
    """Importing the command line must not load what only some commands need."""
    heavy = {"duckdb", "fastapi", "genai_prices", "highspy", "jinja2", "numpy", "openpyxl", "pydantic"}
    heavy |= {"uvicorn", "yaml"}
    code = "import sys, bothhalves.cli; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(run.stdout.split())


def test_the_package_has_no_stray_files() -> None:
    kinds = {p.suffix for p in tracked() if PACKAGE in p.parents}
    assert kinds <= {
        ".py",
        ".typed",
        ".yaml",
        ".json",
        ".sql",
        ".html",
        ".css",
        ".js",
        ".woff2",
        ".svg",
        ".txt",
    }
