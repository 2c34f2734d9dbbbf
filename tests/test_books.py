"""The price book as shipped, and private books over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from bothhalves.core.prices import Applied, Missing, PriceBook, Use
from bothhalves.reading import price_book
from bothhalves.reading.books import fits
from calls_made import calls_of

BOOK, PROBLEMS = price_book()
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str, name: str = "acme.yaml") -> Path:
        path = tmp_path / name
        path.write_text(
            f"book: {path.stem}\nvendor: anthropic\nchecked: 2026-11-01\n{text}", encoding="utf-8"
        )
        return path

    return written


def find(
    book: PriceBook, model: str, meter: str, day: str = "2026-11-15", vendor: str = "anthropic"
) -> Applied | Missing:
    use = Use(vendor, model, "standard", "standard", "", date.fromisoformat(day), 720, 1)
    return book.find(use, meter)


def price(book: PriceBook, model: str, meter: str, day: str = "2026-11-15") -> Decimal | None:
    found = find(book, model, meter, day)
    return found.price if isinstance(found, Applied) else None


def test_the_shipped_books_are_sound() -> None:
    assert PROBLEMS == []
    assert BOOK.versions[0] == "genai-prices 0.2.3"
    assert len(BOOK.versions) == 14


def test_every_shipped_entry_is_cited_and_every_price_has_a_place() -> None:
    shipped = [p for layer in BOOK.layers[1:] for p in layer.prices]
    assert all(p.source.startswith("https://") and p.where.row for p in shipped)
    assert all(f.source.startswith("https://") for layer in BOOK.layers for f in layer.factors)
    assert all(p.where.file.startswith("genai-prices 0.2.3: ") for p in BOOK.layers[0].prices)


def test_every_shipped_model_and_alias_is_priced() -> None:
    lost = [key for layer in BOOK.layers for key in layer.aliases if BOOK.model(*key) is None]
    assert [key for key in lost if key[0] in {"anthropic", "openai", "google"}] == []
    for layer in BOOK.layers:
        for factor in layer.factors:
            assert all(BOOK.model(factor.vendor, model) for model in factor.models), factor.id


def test_prices_in_force_together_never_contradict() -> None:
    """Within a layer one price of a meter, condition, band and window holds on a day."""
    for layer in BOOK.layers:
        by_slot: dict[tuple[object, ...], list[tuple[date, date]]] = {}
        for p in layer.prices:
            slot: tuple[object, ...] = (p.vendor, p.model, p.meter, p.tier, p.speed, p.above, p.window)
            by_slot.setdefault(slot, []).append((p.start, p.until or date.max))
        for which, spans in by_slot.items():
            ordered = sorted(spans)
            overlaps = [a for a, b in pairwise(ordered) if b[0] < a[1]]
            assert overlaps == [], which
            assert all(start < until for start, until in spans), which


def test_few_package_prices_are_finer_than_engines_count() -> None:
    """They stay exact in Python; an engine that counts in 64 bits must leave these to it."""
    finer = Counter(p.vendor for p in BOOK.layers[0].prices if not fits(p.price, p.per))
    assert finer == {"openrouter": 21, "huggingface_together": 5}
    assert all(fits(p.price, p.per) for layer in BOOK.layers[1:] for p in layer.prices)


def test_only_whole_names_of_the_package_are_models() -> None:
    assert BOOK.model("openai", "gpt-4o-2024-08-06") == "gpt-4o"
    assert BOOK.model("anthropic", "claude-sonnet-4") == "claude-sonnet-4-0"
    assert BOOK.model("anthropic", "claude-opus-4-8-20260528") is None
    assert BOOK.model("google", "models/gemini-2.5-pro") is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [("xai", "x-ai"), ("gemini", "google"), ("github", "github-copilot"), ("mistralai", "mistral")],
)
def test_vendors_have_other_names(said: str, meant: str) -> None:
    assert BOOK.vendor(said) == meant


def test_xai_edges_in_the_package_are_already_inclusive() -> None:
    edges = {p.above for p in BOOK.layers[0].prices if p.vendor == "x-ai" and p.above >= 0}
    assert edges == {199_999}


def test_tier_prices_before_they_were_read_are_marked_assumed() -> None:
    rows = [
        p
        for p in BOOK.layers[0].prices
        if (p.vendor, p.model, p.meter, p.tier) == ("openai", "gpt-5.5", "input_tokens", "batch")
    ]
    by_status = {(p.status, p.above): (p.start, p.until) for p in rows}
    assert by_status["assumed", -1] == (date(2026, 4, 24), date(2026, 10, 14))
    assert by_status["official", -1][0] == date(2026, 10, 14)


def test_a_private_book_replaces_a_model(write: Write) -> None:
    card = "{model: claude-opus-4-8, from: 2026-06-01, price: {input_tokens: 4, output_tokens: 20}}"
    path = write(f"prices:\n  - {card}\n")
    book, problems = price_book([path])
    assert problems == []
    assert price(book, "claude-opus-4-8", "input_tokens") == 4
    assert price(book, "claude-opus-4-8", "cache_read_tokens") is None
    assert price(book, "claude-opus-4-8", "cache_read_tokens", "2026-05-30") == Decimal("0.5")
    assert price(book, "claude-opus-5", "input_tokens") == 5
    found = find(book, "claude-opus-4-8", "input_tokens")
    assert isinstance(found, Applied)
    assert (found.base.layer, found.base.where.row) == ("book acme", 5)


def test_a_private_book_may_only_correct(write: Write) -> None:
    card = "{model: claude-opus-4-8, from: 2026-06-01, price: {input_tokens: 4}}"
    book, problems = price_book([write(f"replaces: false\nprices:\n  - {card}\n")])
    assert problems == []
    assert price(book, "claude-opus-4-8", "input_tokens") == 4
    assert price(book, "claude-opus-4-8", "output_tokens") == 25


def test_the_last_book_is_on_top(write: Write) -> None:
    card = "prices:\n  - {model: claude-opus-5, from: 2026-08-01, price: {input_tokens: 3}}\n"
    book, _ = price_book([write(card, "a.yaml"), write(card.replace("3}}", "2}}"), "b.yaml")])
    assert price(book, "claude-opus-5", "input_tokens") == 2


def test_prices_that_cannot_be_counted_are_refused(write: Write) -> None:
    text = """prices:
  - {model: m, from: 2026-01-01, price: {input_tokens: 0.0000001}}
  - {model: m, from: 2026-01-01, price: {output_tokens: -1}}
  - {model: m, from: 2026-01-01, per: 1, price: {images: 99999999}}
  - {model: o, from: 2026-01-01, price: {input_tokens: 0.000001}}
"""
    book, problems = price_book([write(text)])
    assert [(p.code, p.where.row) for p in problems] == [("book.price-does-not-fit", n) for n in (5, 6, 7)]
    assert "book acme" not in " ".join(book.versions)


def test_a_misspelt_meter_is_a_problem_and_a_new_one_is_not(write: Write) -> None:
    text = "prices:\n  - {model: m, from: 2026-01-01, price: {input_token: 1, stamps: 2}}\n"
    _, problems = price_book([write(text)])
    assert [p.code for p in problems] == ["book.meter"]
    assert "'input_tokens'" in problems[0].what


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("prices: [{model: m, from: 2026-02-01, until: 2026-02-01, price: {a: 1}}]", "is not after from"),
        ("prices: [{model: m, from: 2026-02-01, per: 3, price: {a: 1}}]", "expected 1, 1K or 1M"),
        ("prices: [{model: m, from: 2026-02-01, window: 9-17, price: {a: 1}}]", "such as 00:30-16:30"),
        ("prices: [{model: m, from: 2026-02-01, price: {a: 1}, bands: [{price: {a: 2}}]}]", "either above"),
        ("factors: [{id: f, when: {moon: full}, times: 2, from: 2026-01-01}]", "exactly one of tier"),
        ("factors: [{id: f, when: {tier: batch}, times: 0, from: 2026-01-01}]", "above zero"),
        (
            "factors: [{id: f, when: {tier: batch}, times: 10%, from: 2026-01-01}]",
            "such as 1.1 (a tenth more)",
        ),
        ("credits: [EUR]", "EUR is a currency"),
        ("price: []", "Did you mean 'prices'?"),
    ],
)
def test_faults_of_a_book_are_named(write: Write, entry: str, complaint: str) -> None:
    _, problems = price_book([write(entry + "\n")])
    assert any(complaint in str(p) for p in problems), problems


def test_all_faults_of_a_book_are_told_at_once(write: Write) -> None:
    """A fault of the form hides none of the entries that can be read."""
    text = """curency: EUR
prices:
  - {model: m, from: 2026-01-01, price: {input_tokens: 1}}
  - {model: m, from: 2026-02-01, price: {input_tokens: 2}, colour: red}
  - {model: m, from: 2026-03-01, price: {input_tokens: 3}}
  - {model: m, from: 2026-04-01, price: {output_tokens: 4, output_tokens: 5}}
  - {model: p, from: 2026-05-01, price: {output_token: 6}, currency: EURO}
factors:
  - {id: f, when: {tier: batch}, times: 10%, from: 2026-01-01}
"""
    _, problems = price_book([write(text)])
    assert [(p.code, p.where.row, p.where.column) for p in problems] == [
        ("yaml.unknown-key", 4, 1),
        ("yaml.unknown-key", 7, 60),
        ("book.overlap", 8, 5),
        ("yaml.duplicate-key", 9, 60),
        ("book.currency", 10, 5),
        ("book.meter", 10, 5),
        ("yaml.bad-value", 12, 41),
    ]
    assert all(p.what and p.fix for p in problems)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("until: 2026-02-01", "from: 2026-02-01", False),
        ("until: 2026-02-02", "from: 2026-02-01", True),
        ("tier: batch", "from: 2026-02-01", False),
        ("speed: fast", "speed: fast, from: 2026-02-01", True),
        ("window: 22:00-06:00", "window: 06:00-22:00, from: 2026-02-01", False),
        ("window: 22:00-06:00", "window: 05:00-09:00, from: 2026-02-01", True),
        ("window: 22:00-06:00", "from: 2026-02-01", False),
        ("bands: [{above: 9, price: {input_tokens: 3}}]", "from: 2026-02-01, until: 2026-03-01", True),
    ],
)
def test_a_price_is_stated_once_for_a_moment(write: Write, first: str, second: str, same: bool) -> None:
    later = second if "from:" in second else f"{second}, from: 2026-02-01"
    text = f"""prices:
  - {{model: m, from: 2026-01-01, price: {{input_tokens: 1}}, {first}}}
  - {{model: m, price: {{input_tokens: 2}}, {later}}}
"""
    _, problems = price_book([write(text)])
    assert [p.code for p in problems] == ["book.overlap"] * same


def test_a_card_for_every_model_meets_the_card_of_one(write: Write) -> None:
    text = """prices:
  - {model: "*", from: 2026-01-01, price: {web_searches: 0.01}}
  - {model: claude-opus-5, from: 2026-08-01, price: {web_searches: 0.02}}
"""
    _, problems = price_book([write(text)])
    assert [(p.code, p.where.row) for p in problems] == [("book.overlap", 6)]


def test_thousands_of_cards_for_one_price_are_compared_once_each(write: Write) -> None:
    card = "  - {{model: m, from: 2026-01-01, until: 2026-{:02}-02, price: {{a: 1}}}}\n"
    made = {}
    for count in (500, 2000):
        path = write("prices:\n" + "".join(card.format(1 + n % 12) for n in range(count)))
        assert len(price_book([path])[1]) == count - 1
        made[count] = calls_of(lambda path=path: price_book([path]))
    assert made[2000] < 6 * made[500]  # four times as many cards


@pytest.mark.parametrize(
    ("tier", "speed", "price", "currency"),
    [
        ("standard", "standard", "50", "USD"),
        ("credits", "standard", "1250", "OPENAI_CREDIT"),
        ("credits", "fast", "2500", "OPENAI_CREDIT"),
        ("credits", "ultrafast", "7500", "OPENAI_CREDIT"),
    ],
)
def test_work_that_is_paid_in_credits_has_its_own_tier(
    tier: str, speed: str, price: str, currency: str
) -> None:
    use = Use("openai", "gpt-6-astra", tier, speed, "", date(2026, 11, 15), 720, 1)
    found = BOOK.find(use, "output_tokens")
    assert isinstance(found, Applied)
    assert (found.price, found.currency) == (Decimal(price), currency)


def test_what_has_no_price_in_credits_is_not_priced_in_money() -> None:
    use = Use("openai", "gpt-6-astra", "credits", "standard", "", date(2026, 11, 15), 720, 1)
    assert isinstance(BOOK.find(use, "cache_write_5m_tokens"), Missing)


@pytest.mark.parametrize(
    ("vendor", "model", "price"),
    [("openai", "chatgpt", "0.04"), ("openai", "gpt-6-astra", "0.04"), ("runway", "runway", "0.01")],
)
def test_credits_that_exports_count_have_a_price(vendor: str, model: str, price: str) -> None:
    found = find(BOOK, model, "credits", vendor=vendor)
    assert isinstance(found, Applied)
    assert (found.price, found.currency) == (Decimal(price), "USD")


def test_units_without_a_public_price_are_never_money() -> None:
    found = find(BOOK, "firefly-services-api", "images", vendor="adobe")
    assert isinstance(found, Applied)
    assert found.currency == "FIREFLY_OPERATION"
    assert isinstance(find(BOOK, "firefly-video", "generative_credits", vendor="adobe"), Missing)


def test_signed_figures_keep_their_versions(write: Write) -> None:
    path = write("prices: []\n")
    book, _ = price_book([path])
    lock = dict(version.rsplit(" ", 1) for version in book.versions)
    assert price_book([path], lock)[1] == []
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    _, problems = price_book([path], {**lock, "genai-prices": "0.2.2"})
    assert [(p.code, p.where.file) for p in problems] == [
        ("book.locked", "book acme"),
        ("book.locked", "genai-prices"),
    ]


def test_line_ends_do_not_change_a_version(write: Write) -> None:
    path = write("prices: []\n")
    before = price_book([path])[0].versions
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert price_book([path])[0].versions == before


def test_a_second_price_book_costs_little() -> None:
    assert calls_of(price_book) < 100_000  # the first makes several hundred thousand
