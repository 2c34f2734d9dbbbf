"""Templates of mappings for exports whose columns their vendors do not publish. The tables are invented."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bothhalves.core.money import MoneyKind
from bothhalves.core.terms import Cost, Record, Usage
from bothhalves.intake.base import Sink
from bothhalves.intake.source import Source
from bothhalves.workspace.mappings import TEMPLATES, saved_mapping, saved_mappings

TABLES = {
    "adobe-firefly": (
        "email,date,product,feature,credits\nada@example.com,2026-09-01,Firefly,Text to image,25\n"
        "bo@example.com,2026-09-02,Firefly,Generative fill,4\n"
    ),
    "google-ai-credits": (
        "month,email,product,credits_provisioned,credits_used\n2026-09,ada@example.com,Flow,25000,1200\n"
        "2026-09,bo@example.com,Whisk,25000,0\n"
    ),
    "runway-invoice": (
        "number,date,product,description,category,amount,currency\n"
        "R-1,2026-09-01,runway-api,10000 credits,,100.00,USD\n"
        "R-2,2026-09-01,runway,3 seats,seats,105.00,USD\n"
    ),
}


def read(name: str, folder: Path) -> tuple[list[Record], Sink]:
    form, problems = saved_mapping(folder, name)
    assert problems == []
    assert form is not None
    table = folder / "export.csv"
    table.write_text(TABLES[name], encoding="utf-8")
    source, sink = Source(table, "export.csv"), Sink()
    assert form.matches(source)
    form.read(source, sink)
    assert sink.problems == []
    return sink.records, sink


def test_every_template_has_a_table_here_and_a_row_in_the_guide() -> None:
    names = {path.stem for path in TEMPLATES.glob("*.yaml")}
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "mapping.md").read_text("utf-8")
    assert names == set(TABLES)
    assert all(f"| `{name}` |" in guide for name in names)


@pytest.mark.parametrize(
    ("name", "vendor", "credits"),
    [("adobe-firefly", "adobe", [25, 4]), ("google-ai-credits", "google", [1200, 0])],
)
def test_credits_by_person(name: str, vendor: str, credits: list[int], tmp_path: Path) -> None:
    used = [record for record in read(name, tmp_path)[0] if isinstance(record, Usage)]
    assert [(u.vendor, u.meter, u.quantity) for u in used] == [
        (vendor, "credits", Decimal(c)) for c in credits
    ]
    assert [u.person for u in used] == ["email:ada@example.com", "email:bo@example.com"]


def test_invoices_of_credits_and_seats(tmp_path: Path) -> None:
    costs = [record for record in read("runway-invoice", tmp_path)[0] if isinstance(record, Cost)]
    assert [(c.category, c.amount, c.kind) for c in costs] == [
        ("purchase", Decimal("100.00"), MoneyKind.INVOICED),
        ("seats", Decimal("105.00"), MoneyKind.INVOICED),
    ]
    assert {(c.vendor, c.currency, f"{c.until:%Y-%m-%d}") for c in costs} == {("runway", "USD", "2026-10-01")}


def test_a_template_is_used_by_name_only_and_gives_way_to_a_mapping_of_its_name(tmp_path: Path) -> None:
    assert saved_mappings(tmp_path) == ((), [])
    own = (TEMPLATES / "adobe-firefly.yaml").read_text("utf-8").replace("person: email", "person: User")
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "adobe-firefly.yaml").write_text(own, encoding="utf-8")
    table = tmp_path / "export.csv"
    table.write_text("User,date,product,feature,credits\nada@example.com,2026-09-01,Firefly,x,25\n")
    form, problems = saved_mapping(tmp_path, "adobe-firefly")
    assert problems == []
    assert form is not None
    assert form.matches(Source(table, "export.csv"))
