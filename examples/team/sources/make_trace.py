"""Write inbox/api-trace.csv.gz, a canonical usage file, from the published trace beside this script.

The trace gives requests and tokens per tenant and ten minutes, counted from the midnight of an unnamed day,
for a model that is not named. What it is taken to stand for is assumed here and said in company.yaml.
"""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
FIRST_DAY = datetime(2026, 1, 12, tzinfo=UTC)
STANDS_FOR = {
    "vendor": "anthropic",
    "model": "claude-haiku-4-5",
    "product": "claude-api",
    "tier": "standard",
    "billing": "metered",
}
COLUMNS = [
    "time", "until", "vendor", "model", "product", "key", "requests", "input_tokens", "output_tokens", "tier",
    "billing",
]  # fmt: skip


def main() -> None:
    target = HERE.parent / "inbox" / "api-trace.csv.gz"
    with (
        gzip.open(HERE / "servegen_five_tenants.csv.gz", "rt", encoding="utf-8") as trace,
        target.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
    ):
        packed.write((",".join(COLUMNS) + "\n").encode())
        for row in csv.DictReader(trace):
            start = FIRST_DAY + timedelta(seconds=int(row["t_start_s"]))
            record = {
                **STANDS_FOR,
                "time": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                "until": f"{start + timedelta(minutes=10):%Y-%m-%dT%H:%M:%SZ}",
                "key": row["client"],
                "requests": row["requests"],
                "input_tokens": row["input_tokens"],
                "output_tokens": row["output_tokens"],
            }
            packed.write((",".join(record[column] for column in COLUMNS) + "\n").encode())


if __name__ == "__main__":
    main()
