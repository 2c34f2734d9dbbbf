"""``python -m bench [NAME…] [--full]``: measure, and print a table for each name."""

from __future__ import annotations

import argparse
import os
import platform
from importlib import import_module
from importlib.metadata import version

from bench.table import printed

TITLES = {
    "rating": "Pricing and importing canonical rows",
    "transcripts": "Importing and storing a tree of transcripts",
    "page": "The page and one explanation, by the number of raw rows",
    "replay": "A year of usage under ten offers",
    "calls": "Pricing single calls",
    "seats": "Choosing seats with two binding minimums",
    "plan": "The whole allocation",
    "deal": "Deciding on a deal",
    "web": "The page in a browser",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TITLES, []], metavar="NAME", help=", ".join(TITLES))
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small sizes (the default)")
    size.add_argument("--full", action="store_true", help="the sizes of the record: 100 M rows, 1.5 GB")
    given = parser.parse_args()
    names = [name for name in TITLES if name in given.names] if given.names else list(TITLES)
    print(_machine())
    for name in names:
        rows = import_module(f"bench.{name}").measured("full" if given.full else "quick")
        print(printed(TITLES[name], rows), flush=True)


def _machine() -> str:
    packages = ("duckdb", "genai-prices", "highspy", "msgspec", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} processors, load {load:.1f}, Python {platform.python_version()}, {versions}\n"


if __name__ == "__main__":
    main()
