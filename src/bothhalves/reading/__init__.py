"""YAML in, plain records and problems out; and the price book made of shipped, package and private data."""

from bothhalves.reading.contracts import read_contract
from bothhalves.reading.plans import plan_book
from bothhalves.reading.pricebook import price_book
from bothhalves.reading.records import convert, read_text, read_yaml, top_keys
from bothhalves.reading.routes import offers
from bothhalves.reading.schema import schemas

__all__ = [
    "convert",
    "offers",
    "plan_book",
    "price_book",
    "read_contract",
    "read_text",
    "read_yaml",
    "schemas",
    "top_keys",
]
