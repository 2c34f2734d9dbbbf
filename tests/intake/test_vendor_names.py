"""Every adapter calls a vendor by one name, under which prices are found."""

from __future__ import annotations

import csv
import io
import json
import pkgutil
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import bothhalves.intake
from bothhalves.intake import claude_code_telemetry, vendors
from bothhalves.intake.transcripts import recognise as transcripts
from bothhalves.reading import price_book
from workspace_folder import Folder

BOOK, _ = price_book()
#: What plans and contracts call a vendor whose prices genai-prices keeps under another name.
CONTRACTED = {"github"}


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(bothhalves.intake.__path__, "bothhalves.intake."):
        yield import_module(found.name)


def _templates() -> Iterator[str]:
    for path in (Path(bothhalves.intake.__path__[0]) / "templates").glob("*.yaml"):
        stated = yaml.safe_load(path.read_text("utf-8"))["columns"]["vendor"]
        assert stated.startswith("=")
        yield stated[1:]


def named() -> set[str]:
    """Every vendor that a table or a constant of an adapter names."""
    own = {module.VENDOR for module in _modules() if hasattr(module, "VENDOR")}
    hosts = {vendor for _, (vendor, _) in claude_code_telemetry._HOSTS}
    listed = {*vendors.VENDORS.values(), *(vendor for _, vendor in vendors.OWN_IDS)}
    return own | hosts | listed | {*transcripts.VENDORS.values()} | {*_templates()}


def test_every_vendor_that_an_adapter_names_is_a_vendor_of_the_price_book_under_its_main_name() -> None:
    priced = {vendor for layer in BOOK.layers for vendor in {p.vendor for p in layer.prices}}
    found = named()
    assert len(found) > 30
    assert {BOOK.vendor(name) for name in found} <= priced
    assert {name for name in found if BOOK.vendor(name) != name} == CONTRACTED


def test_no_two_names_are_of_one_vendor() -> None:
    assert Counter(BOOK.vendor(name) for name in named()).most_common(1)[0][1] == 1


@pytest.mark.parametrize("alias", sorted({a for layer in BOOK.layers for a in layer.vendors}))
def test_what_the_books_know_as_a_vendor_s_name_is_no_other_vendor_s_here(alias: str) -> None:
    assert BOOK.vendor(vendors.vendor_of(alias) or alias) == BOOK.vendor(alias)


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("vertex_ai-language-models", "google"),
        ("gcp.gen_ai", "google"),
        ("azure.ai.inference", "azure"),
        ("az.ai.openai", "azure"),
        ("Amazon Web Services, Inc.", "aws"),
        ("Microsoft Corporation", "azure"),
        ("X.AI", "x-ai"),
        ("xAI", "x-ai"),
        ("x_ai", "x-ai"),
        ("Mistral AI", "mistral"),
        ("together_ai", "together"),
        ("cohere_chat", "cohere"),
        ("text-completion-openai", "openai"),
        ("openai_like", ""),
        ("openaix", ""),
        ("acme", ""),
        ("", ""),
    ],
)
def test_exports_name_a_vendor_in_many_ways(name: str, vendor: str) -> None:
    assert vendors.vendor_of(name) == vendor


@given(st.text(max_size=40))
def test_any_name_is_of_a_listed_vendor_or_of_none(name: str) -> None:
    assert vendors.vendor_of(name) in {"", *vendors.VENDORS.values()}


LITELLM = {
    "request_id": "c-1", "call_type": "acompletion", "api_key": "k", "spend": 0.01, "total_tokens": 110,
    "prompt_tokens": 100, "completion_tokens": 10, "startTime": "2026-09-01T09:00:00Z",
    "endTime": "2026-09-01T09:00:01Z", "model": "xai/grok-4", "custom_llm_provider": "xai", "metadata": {},
    "status": "success",
}  # fmt: skip
OPENROUTER = {
    "id": "gen-1", "created_at": "2026-09-01T09:00:00Z", "model": "x-ai/grok-4", "provider_name": "xAI",
    "native_tokens_prompt": 100, "native_tokens_completion": 10, "total_cost": 0, "is_byok": True,
    "upstream_inference_cost": 0.01,
}  # fmt: skip
HELICONE = {
    "request_id": "h-1", "request_created_at": "2026-09-01T09:00:00Z", "provider": "X.AI",
    "request_model": "grok-4", "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110,
}  # fmt: skip


def test_a_vendor_s_use_that_several_gateways_tell_is_counted_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.imported({"litellm.json": json.dumps([LITELLM])})
    alone = folder.ledger("2026-09").usage
    folder.imported({"openrouter.json": json.dumps({"data": OPENROUTER})})
    table = io.StringIO()
    csv.DictWriter(table, list(HELICONE), lineterminator="\n").writerows(
        [dict(zip(HELICONE, HELICONE, strict=True)), HELICONE]
    )
    folder.imported({"helicone.csv": table.getvalue()})
    usage = folder.ledger("2026-09").usage
    assert {(u.vendor, dict(u.quantities)["input_tokens"]) for u in usage} == {("x-ai", 100)}
    assert [u.quantities for u in usage] == [u.quantities for u in alone]
    assert {row["feed"] for row in folder.open().store.shadowed()} == {
        "openrouter-generations", "helicone-requests",
    }  # fmt: skip
