"""Gateways and vendors' event logs: estimates are not invoices, a call counts once, ids name nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_vendor_samples import ANSWERS, FORMATS, expected, matching, sample_of

from bothhalves.core.explain import Where
from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Billing, Cost, Usage
from bothhalves.intake import gateways
from bothhalves.intake.base import Sink
from bothhalves.intake.fields import Fields
from bothhalves.intake.source import Source
from workspace_folder import Folder

GATEWAYS = ("openrouter", "helicone", "langfuse")
STATED = (*GATEWAYS, "cursor", "perplexity")
RANK = {f.name: f.feed_rank for f in FORMATS}


def sink_of(answer: Path) -> Sink:
    options, _ = expected(answer)
    source, sink = Source(sample_of(answer), "sample", options), Sink()
    matching(source)[0].read(source, sink)
    return sink


def read(folder: Path, text: str, name: str = "export") -> Sink:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    source, sink = Source(path, name), Sink()
    (found,) = matching(source)
    found.read(source, sink)
    return sink


def usage(sink: Sink) -> list[Usage]:
    return [r for r in sink.records if isinstance(r, Usage)]


def costs(sink: Sink) -> list[Cost]:
    return [r for r in sink.records if isinstance(r, Cost)]


@pytest.mark.parametrize(
    "answer", [a for a in ANSWERS if a.parent.name in STATED], ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_what_is_stated_of_a_call_is_never_an_invoice(answer: Path) -> None:
    assert {c.kind for c in costs(sink_of(answer))} <= {MoneyKind.ESTIMATED, MoneyKind.NOTIONAL}


def test_gateways_come_after_every_feed_of_a_vendor() -> None:
    ranks = {name: rank for name, rank in RANK.items() if name.split("-")[0] in GATEWAYS}
    assert len(ranks) == 6
    assert min(ranks.values()) >= 60
    assert RANK["helicone-requests"] < RANK["gen-ai-spans"] < RANK["langfuse-observations"]


@pytest.mark.parametrize("name", ["events.json", "events.csv"])
def test_what_the_seat_includes_is_notional(name: str) -> None:
    sink = sink_of(Path(__file__).parent / "cursor" / f"{name}.expected.yaml")
    paid = {u.id: u.billing for u in usage(sink)}
    kinds = {(paid[c.id] is Billing.METERED, c.kind) for c in costs(sink)}
    assert kinds == {(True, MoneyKind.ESTIMATED), (False, MoneyKind.NOTIONAL)}


def test_the_id_of_an_event_names_nobody() -> None:
    ids = [
        u.id
        for name in ("events.json", "events.csv", "events_oldest.csv")
        for u in usage(sink_of(Path(__file__).parent / "cursor" / f"{name}.expected.yaml"))
    ]
    assert len(set(ids)) == len(ids) == 15
    assert not any("@" in found or "example" in found for found in ids)


EVENT: dict[str, Any] = {
    "timestamp": "1788254043112",
    "model": "composer-2.5",
    "kind": "Usage-based",
    "userEmail": "ada@example.com",
    "chargedCents": 4.5,
    "tokenUsage": {"inputTokens": 2000, "outputTokens": 830},
}


def events(*told: dict[str, Any]) -> str:
    return json.dumps({"usageEvents": list(told), "pagination": {"hasNextPage": False}})


@pytest.mark.parametrize(
    ("kind", "chargeable", "billing"),
    [
        ("Usage-based", None, Billing.METERED),
        ("Usage-based", False, Billing.METERED),
        ("On-Demand", None, Billing.METERED),
        ("USAGE_EVENT_KIND_INCLUDED_IN_PRO", True, Billing.INCLUDED),
        ("Included in Business", None, Billing.INCLUDED),
        ("USAGE_EVENT_KIND_ABORTED_NOT_CHARGED", None, Billing.INCLUDED),
        ("Errored, No Charge", None, Billing.INCLUDED),
        ("按用量计费", True, Billing.METERED),
        ("按用量计费", False, Billing.INCLUDED),
        ("按用量计费", None, Billing.UNKNOWN),
        ("", None, Billing.UNKNOWN),
    ],
)
def test_the_kind_of_an_event_says_who_pays(
    tmp_path: Path, kind: str, chargeable: bool | None, billing: Billing
) -> None:
    sink = read(tmp_path, events({**EVENT, "kind": kind, "isChargeable": chargeable}))
    assert [u.billing for u in usage(sink)] == [billing]
    assert [p.code for p in sink.problems] == ["import.unknown-value"] * (billing is Billing.UNKNOWN)


def test_the_same_event_in_two_exports_counts_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    later = {**EVENT, "timestamp": 1788254100000}
    folder.imported({"first.json": events(EVENT)})
    folder.imported({"second.json": events(EVENT, later)})
    assert sum(dict(u.quantities)["input_tokens"] for u in folder.ledger("2026-09").usage) == 4000


def test_an_event_of_the_answer_and_of_the_download_counts_once(tmp_path: Path) -> None:
    folder, bot = (
        Folder(tmp_path),
        {**EVENT, "userEmail": None, "serviceAccountId": "sa_1", "timestamp": "1788254100000"},
    )
    columns = (
        "Date,User,Kind,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,"
        "Total Tokens,Cost\n"
    )
    rows = (
        "2026-09-01T09:14:03.112Z,ada@example.com,On-Demand,composer-2.5,0,2000,0,830,2830,0.05\n"
        "2026-09-01T09:15:00.000Z,sa_1,On-Demand,composer-2.5,0,2000,0,830,2830,0.05\n"
    )
    folder.imported({"events.json": events(EVENT, bot)})
    folder.imported({"events.csv": columns + rows})
    assert sum(dict(u.quantities)["input_tokens"] for u in folder.ledger("2026-09").usage) == 4000


def test_a_call_that_the_vendor_reports_too_is_not_counted_twice(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    report = (
        "start_time,end_time,project_id,num_model_requests,model,input_tokens,output_tokens\n"
        "1788220800,1788307200,proj_1,1,gpt-5.5,90,20\n"
    )
    logged = (
        "request_id,request_created_at,request_model,provider,prompt_tokens,completion_tokens,total_tokens,cost\n"
        "q-1,2026-09-01 09:14:03.112,gpt-5.5,OPENAI,90,20,110,0.0012\n"
    )
    folder.imported({"usage.csv": report})
    folder.imported({"requests.csv": logged})
    assert sum(dict(u.quantities)["input_tokens"] for u in folder.ledger("2026-09").usage) == 90


@pytest.mark.parametrize(
    ("provider", "model", "vendor", "bare"),
    [
        ("Anthropic", "anthropic/claude-opus-5", "anthropic", "claude-opus-5"),
        ("Google AI Studio", "google/gemini-3-pro", "google", "gemini-3-pro"),
        ("Amazon Bedrock", "anthropic/claude-opus-5", "aws", "anthropic/claude-opus-5"),
        ("Together", "meta-llama/llama-4", "together", "meta-llama/llama-4"),
        ("", "xai/grok-5", "x-ai", "grok-5"),
        ("", "us.anthropic.claude-opus-5-v1:0", "aws", "us.anthropic.claude-opus-5-v1:0"),
        ("CUSTOM", "gpt-5.5", "openai", "gpt-5.5"),
        ("CUSTOM", "house/model", "unknown", "house/model"),
        ("", "", "unknown", ""),
    ],
)
def test_the_vendor_is_the_one_who_bills(provider: str, model: str, vendor: str, bare: str) -> None:
    notes = gateways.Notes()
    row = Fields({}, Where("x", 1), Sink())
    assert gateways.vendor_and_model(row, provider, model, notes) == (vendor, bare)


@pytest.mark.parametrize(
    ("told", "fresh", "read_tokens", "output", "codes"),
    [
        ({"input": 100, "output": 20, "input_cached_tokens": 60, "total": 120}, 40, 60, 20, []),
        ({"input": 100, "output": 20, "input_cached_tokens": 60, "total": 180}, 100, 60, 20, []),
        ({"input": 100, "output": 20, "cache_read_input_tokens": 600}, 100, 600, 20, []),
        ({"prompt_tokens": 9, "completion_tokens": 5, "output_reasoning": 4, "total": 18}, 9, 0, 9, []),
        ({"input": 9, "output": 5, "total": 99}, 9, 0, 5, ["import.contradiction"]),
        ({"input": 9, "output": 5, "pages": 2}, 9, 0, 5, ["import.unknown-value"]),
        ({"input": 9, "output": 5, "pages": 0}, 9, 0, 5, []),
    ],
)
def test_names_of_use_are_free_text_and_parts_do_not_overlap(
    tmp_path: Path, told: dict[str, int], fresh: int, read_tokens: int, output: int, codes: list[str]
) -> None:
    row = {
        "id": "o",
        "traceId": "t",
        "type": "GENERATION",
        "startTime": "2026-09-01T09:00:00Z",
        "model": "openai/gpt-5.5",
        "usageDetails": told,
        "costDetails": {},
    }
    sink = read(tmp_path, json.dumps({"data": [row]}))
    (found,) = usage(sink)
    assert (found.input_tokens, found.cache_read_tokens, found.output_tokens) == (fresh, read_tokens, output)
    assert [p.code for p in sink.problems] == codes


@pytest.mark.parametrize(
    "form", ["page", "pages in a list", "pages by line", "rows by line", "rows in a list"]
)
def test_every_way_of_saving_answers_says_the_same(tmp_path: Path, form: str) -> None:
    rows = [
        {
            "request_id": name,
            "request_created_at": "2026-09-01T09:14:03Z",
            "request_model": "gpt-5.5",
            "provider": "OPENAI",
            "prompt_tokens": 3,
            "prompt_cache_read_tokens": 0,
            "completion_tokens": 4,
            "cost": 1e-05,
        }
        for name in ("a", "b")
    ]
    pages = [json.dumps({"data": [row], "error": None}) for row in rows]
    text = {
        "page": json.dumps({"data": rows, "error": None}),
        "pages in a list": f"[{','.join(pages)}]",
        "pages by line": "\n".join(pages),
        "rows by line": "\n".join(map(json.dumps, rows)),
        "rows in a list": json.dumps(rows),
    }[form]
    sink = read(tmp_path, text)
    assert sink.problems == []
    assert [(u.id, u.input_tokens, u.where.row) for u in usage(sink)] == [("a", 3, 1), ("b", 3, 2)]
    assert [str(c.amount) for c in costs(sink)] == ["0.00001", "0.00001"]


def test_refunds_are_taken_off_the_use_of_the_same_day(tmp_path: Path) -> None:
    charge = {
        "credits": 40,
        "email": "ada@example.com",
        "timestamp": "2026-09-01T09:00:00Z",
        "tool": "Gen-4",
        "type": "charge",
        "workspaceId": 7,
    }
    refund = {**charge, "credits": -15, "type": "refund", "timestamp": "2026-09-01T23:00:00Z"}
    sink = read(tmp_path, json.dumps({"data": [charge, refund, {**charge, "tool": "Upscale"}]}))
    assert sink.problems == []
    assert [(u.task_class, str(u.quantity)) for u in usage(sink)] == [("Gen-4", "25"), ("Upscale", "40")]
