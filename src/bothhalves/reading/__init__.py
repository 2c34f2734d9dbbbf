"""YAML in, plain records and problems out; and the price book made of shipped, package and private data.

Contracts, plans and routes are read by modules of their own, which bring the records of all clauses along.
"""

from bothhalves.reading.pricebook import price_book
from bothhalves.reading.records import convert, read_text, read_yaml, top_keys

__all__ = ["convert", "price_book", "read_text", "read_yaml", "top_keys"]
