"""A new workspace: the files a person fills in, commented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

COMPANY = """\
# Who we are and how days and months are cut.
company: {company}
currency: {currency}
zone: {zone}
owners: {{seats: Procurement, tokens: Engineering}}
# Teams or cost centres. Groups of fewer than five people are shown as "other".
groups: []
# Who pays where an export does not say: a product or feed, metered or included (in a seat).
billing: {{}}
# Sentences printed on every page, such as "assumed: 12 Premium seats".
assumed: []
# What every vendor must have, checked against plans and contracts.
# needs: {{controls: [sso, scim], terms: {{training: never, retention_days: 30}}}}
# By which days a held seat is watched, dormant and reclaimed; these are the defaults.
# seats: {{watch_days: 30, dormant_days: 60, reclaim_days: 90, new_days: 60}}
"""
WORKLOADS = """\
# Uses of AI by software. Usage belongs to a workload if its key, account or product matches.
# - id: support-bot
#   name: Support bot
#   owner: Customer care
#   driver: tickets
#   human: false
#   match: {keys: [apikey_01…], accounts: [], products: []}
workloads: []
"""
PEOPLE = """\
# One entry a person: the names that vendors know, and the group. Names never leave this folder.
# - names: [ada@example.com, "login:ada-example", "home:ada"]
#   group: engineering
#   protected: [{reason: parental leave, from: 2026-04-01, until: 2027-01-31}]
people: []
"""
CONTRACT = """\
# Copy to <vendor>.yaml and fill in. Without a contract seats have no price.
# id: anthropic-2026
# vendor: anthropic
# currency: USD
# term: {start: 2026-02-01, months: 12}
# seats:
#   - {type: premium, product: claude, committed: 120, fee: 100, billed: annual, labels: [Premium]}
#   - {plan: claude-team-standard, committed: 40}  # or a plan that the program knows
# source: order form OF-2214, section 3
"""
IGNORED = """\
inbox/
state/
.bothhalves/
people.yaml
"""


def start(root: Path, company: str, currency: str, zone: str) -> Iterator[Path]:
    """Write what is missing; files that exist stay as they are."""
    files = {
        "company.yaml": COMPANY.format(company=_quoted(company), currency=currency, zone=zone),
        "workloads.yaml": WORKLOADS,
        "people.yaml": PEOPLE,
        "contracts/README": CONTRACT,
        ".gitignore": IGNORED,
    }
    for folder in ("contracts", "offers", "books", "invoices", "inbox", "state"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = root / name
        if not path.exists():
            path.write_text(text, "utf-8")
            yield path


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
