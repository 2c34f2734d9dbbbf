"""Costs of a sample of calls by litellm, run by the Python of its own environment."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

#: Vendors whose name differs in litellm.
_NAMES = {"google": "gemini"}


def cost(call: dict[str, Any]) -> str | None:
    from litellm import cost_per_token  # type: ignore[import-not-found,unused-ignore]

    tokens = call["tokens"]
    written = tokens.get("cache_write_5m_tokens", 0) + tokens.get("cache_write_1h_tokens", 0)
    try:
        found = cost_per_token(
            model=call["model"],
            custom_llm_provider=_NAMES.get(call["vendor"], call["vendor"]),
            prompt_tokens=tokens["input_tokens"] + tokens["cache_read_tokens"] + written,
            completion_tokens=tokens["output_tokens"],
            cache_read_input_tokens=tokens["cache_read_tokens"],
            cache_creation_input_tokens=written,
            service_tier=None if call["tier"] == "standard" else call["tier"],
        )
    except Exception:  # litellm raises a bare Exception for a model that it does not know
        return None
    return repr(sum(found))


def main() -> None:
    calls = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    cost(calls[0])
    begun, used = time.perf_counter(), time.process_time()
    answer = [cost(call) for call in calls]
    print(
        json.dumps({"wall": time.perf_counter() - begun, "cpu": time.process_time() - used, "answer": answer})
    )


if __name__ == "__main__":
    main()
