"""Write inbox/messages.ndjson.gz and inbox/costs.ndjson.gz from the published log beside this script.

Only the events ``message_send`` are usage. The log names the model as the tool does, with the seller before
it (``openrouter/openai/gpt-4o``); here the seller and the seller's own name of the model are told apart.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

HERE = Path(__file__).parent
LOG = HERE / "aider_events.jsonl.gz"
INBOX = HERE.parent / "inbox"
#: A 0.06449999999999999 of the log is the number 0.0645.
DECIMALS = 12
#: The tool's names of sellers, and what they are called elsewhere.
SELLERS = {
    "bedrock": "aws",
    "fireworks_ai": "fireworks",
    "gemini": "google",
    "github": "github-models",
    "vertex_ai": "google",
}
#: Whose models are named without a seller, by the beginning of the name.
MAKERS = {"claude-": "anthropic", "gemini-": "google", "gpt-": "openai", "o1": "openai", "o3": "openai"}
NOBODY = "not-stated"
#: What stands before a model's own name at sellers that have such a thing.
PATHS = ("accounts/fireworks/models/",)


class Message(TypedDict):
    """A message of the log, as the files of the inbox have it."""

    time: str
    seller: str
    main_model: str
    user: str
    task: str
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal


def seller_and_model(name: str | None) -> tuple[str, str]:
    """Who was paid, and for which model: ``gemini/gemini-1.5-pro`` is Google's ``gemini-1.5-pro``."""
    if name in (None, "None"):
        return NOBODY, NOBODY
    seller, slash, model = name.partition("/")
    if not slash:
        return next((maker for start, maker in MAKERS.items() if name.startswith(start)), NOBODY), name
    for path in PATHS:
        model = model.removeprefix(path)
    return SELLERS.get(seller, seller), model


def messages() -> Iterator[Message]:
    """The messages of the log, oldest first. The tool worked ``cost`` out in binary floating point."""
    with gzip.open(LOG, "rt", encoding="utf-8") as lines:
        events = [json.loads(line, parse_float=Decimal) for line in lines]
    for event in events:
        if event["event"] == "message_send":
            seller, model = seller_and_model(event["main_model"])
            yield Message(
                time=f"{datetime.fromtimestamp(event['time'], UTC):%Y-%m-%dT%H:%M:%SZ}",
                seller=seller,
                main_model=model,
                user=event["user"] or "",
                task=event.get("edit_format") or "",
                prompt_tokens=event["prompt_tokens"],
                completion_tokens=event["completion_tokens"],
                cost=round(Decimal(event["cost"]), DECIMALS),
            )


def main() -> None:
    usage = ("time", "seller", "main_model", "user", "task", "prompt_tokens", "completion_tokens")
    _write("messages.ndjson.gz", usage)
    _write("costs.ndjson.gz", ("time", "seller", "main_model", "user", "cost"))


def _write(name: str, columns: tuple[str, ...]) -> None:
    INBOX.mkdir(exist_ok=True)
    with (INBOX / name).open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for message in messages():
            row = {column: message[column] for column in columns}
            packed.write((json.dumps(row, default=lambda number: format(number, "f")) + "\n").encode())


if __name__ == "__main__":
    main()
