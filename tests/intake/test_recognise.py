"""A file is recognised by what is in it, and what is not recognised is helped along."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from pathlib import Path

import pytest

from bothhalves import intake
from bothhalves.intake import recognise
from bothhalves.intake.mapping import Mapping, format_for
from bothhalves.intake.source import Source

HERE = Path(__file__).parent


def of(folder: Path, text: str, name: str = "export.bin") -> Source:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return Source(path, name)


def test_every_module_with_formats_is_asked() -> None:
    names = {module.name for module in pkgutil.iter_modules(intake.__path__)}
    with_formats = {n for n in names if hasattr(importlib.import_module(f"bothhalves.intake.{n}"), "FORMATS")}
    assert {*recognise.VENDORS, *recognise.LAYOUTS} == with_formats


def test_formats_have_names_of_their_own_and_hints_name_formats() -> None:
    names = [f.name for f in recognise.formats()]
    assert len(set(names)) == len(names)
    assert set(recognise.TABLES) <= set(names)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("copilot/billing-real.csv", "copilot-billing"),
        ("copilot/seats-2026-05-02.json", "copilot-seats"),
        ("copilot/users-1-day.json", "copilot-user-metrics"),
        ("focus/sample-1.0.csv", "focus"),
        ("focus/credit-usage.csv", "focus"),
    ],
)
def test_samples_are_of_one_format_only(path: str, name: str) -> None:
    source = Source(HERE / path, path)
    assert [f.name for f in recognise.formats() if f.matches(source)] == [name]
    found = recognise.recognise(source)
    assert found is not None
    assert found.name == name


def test_the_name_of_a_file_decides_nothing(tmp_path: Path) -> None:
    found = recognise.recognise(of(tmp_path, "time,vendor,model,requests\n", "members-2026-09-01.pdf"))
    assert found is not None
    assert found.name == "canonical-usage"


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ("time,vendor,model,requests", "the mapping"),
        ("time,vendor,model,total", "the mapping"),
        (
            "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,time,vendor",
            "the mapping",
        ),
        (
            "time,user_id,date,spend,prompt_tokens,completion_tokens,cache_read_input_tokens,api_requests,vendor",
            "litellm-daily-user",
        ),
        ("time,model,requests", None),
    ],
)
def test_a_mapping_goes_before_published_layouts_and_after_vendors(
    tmp_path: Path, columns: str, name: str | None
) -> None:
    mapped = replace(
        format_for(Mapping("m", "usage", {"time": "time", "vendor": "vendor"})), name="the mapping"
    )
    found = recognise.recognise(of(tmp_path, f"{columns}\n"), (mapped,))
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("columns", "is_usage"),
    [
        ("time,vendor,model,output_tokens", True),
        ("time,vendor,product,meter,quantity", True),
        ("time,vendor,product,quantity,amount", False),
        ("time,vendor,product,price", False),
    ],
)
def test_a_canonical_file_counts_something(tmp_path: Path, columns: str, is_usage: bool) -> None:
    assert (recognise.recognise(of(tmp_path, f"{columns}\n")) is not None) is is_usage


def test_an_unknown_table_is_told_what_it_is_near_to(tmp_path: Path) -> None:
    source = of(tmp_path, "Date,Username,SKU,Quantity,Unit_Type,Net_Amount\n2026-09-01,a,b,1,c,2\n")
    assert recognise.recognise(source) is None
    problem = recognise.unrecognised(source)
    assert "Username" in problem.what
    assert "copilot-billing (lacks gross_amount, discount_amount)" in problem.fix
    assert "bothhalves import --map" in problem.fix


@pytest.mark.parametrize(
    ("text", "told"), [("", "empty"), ("{}", "no known format"), ("hello\n", "no known format")]
)
def test_what_is_no_table_is_told_as_such(tmp_path: Path, text: str, told: str) -> None:
    source = of(tmp_path, text)
    assert recognise.recognise(source) is None
    assert told in recognise.unrecognised(source).what
