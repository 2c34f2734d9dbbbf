"""Which format a file is in, decided by its content."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from bothhalves.core.explain import Problem, Where
from bothhalves.intake import tabular
from bothhalves.intake.base import Format
from bothhalves.intake.source import Source

#: Modules with vendors' own exports, most specific first: they are known by names that only they have.
VENDORS = (
    "anthropic",
    "anthropic_console",
    "claude",
    "claude_analytics",
    "claude_code",
    "claude_compliance",
    "claude_code_telemetry",
    "gen_ai",
    "openai",
    "chatgpt",
    "directory",
    "copilot",
    "copilot_credits",
    "google_billing",
    "google_workspace",
    "aws_cur",
    "cursor",
    "runway",
    "perplexity",
    "litellm",
    "openrouter",
    "helicone",
    "langfuse",
)
#: Published layouts that any tool may write, with columns of its own beside them.
LAYOUTS = ("focus", "canonical")
#: The columns by which people know the tables that they most often bring, for a hint when nothing matches.
TABLES = {
    "anthropic-console-usage": "usage_date_utc model_version api_key workspace usage_output_tokens",
    "anthropic-console-cost": "usage_date_utc model token_type cost_usd workspace api_key",
    "claude-members": "name email role status seat_tier",
    "claude-members-analytics": "name email role seat_tier last_active messages chats",
    "claude-spend": "user_email product model total_prompt_tokens total_net_spend_usd",
    "openai-usage-download": "start_time end_time num_model_requests model input_tokens output_tokens",
    "openai-costs-download": "start_time end_time amount_value amount_currency line_item",
    "chatgpt-users": "cadence period_start period_end email messages is_active",
    "copilot-billing": "date username sku quantity unit_type gross_amount discount_amount net_amount",
    "google-billing": "billing_account_id service sku usage_start_time usage_end_time cost currency",
    "aws-cur": "line_item_usage_type line_item_product_code line_item_unblended_cost pricing_unit",
    "litellm-logs": "request_id spend model prompt_tokens completion_tokens starttime",
    "litellm-daily-user": "user_id date spend prompt_tokens cache_read_input_tokens api_requests",
    "cursor-events": "date user kind model cache_read output_tokens total_tokens cost",
    "openrouter-generations": "generation_id created_at model_permaslug tokens_prompt cost_total",
    "openrouter-activity": "date slug usage byok_usage requests prompt_tokens completion_tokens",
    "helicone-requests": "request_id request_created_at prompt_tokens completion_tokens cost",
    "langfuse-observations": "id traceid type starttime usagedetails costdetails",
    "focus": "billedcost billingcurrency chargecategory chargeperiodstart chargeperiodend",
    "canonical-usage": "time vendor model product input_tokens output_tokens requests",
}
_NEAREST = 3


@cache
def formats() -> tuple[Format, ...]:
    """Every format of ours: the vendors', then the published layouts."""
    return _formats(VENDORS) + _formats(LAYOUTS)


@cache
def _formats(modules: tuple[str, ...]) -> tuple[Format, ...]:
    loaded = (import_module(f"bothhalves.intake.{name}") for name in modules)
    return tuple(found for module in loaded for found in module.FORMATS)


def recognise(source: Source, mapped: tuple[Format, ...] = ()) -> Format | None:
    """The format of the file, or None.

    ``mapped`` are the workspace's own mappings. They go before the published layouts, whose columns a table
    of some other meaning may have too, and after the vendors' own exports.
    """
    tried = (*_formats(VENDORS), *mapped, *_formats(LAYOUTS))
    return next((found for found in tried if found.matches(source)), None)


def unrecognised(source: Source) -> Problem:
    """What to say about a file that no format matches."""
    where = Where(source.name)
    fault = next((row.problem for row in tabular.rows(source)), None)
    names = [name.strip() for name in tabular.header(source)]
    if fault is not None and not names:
        return fault
    shown = ", ".join(names)[:120]
    what = f"no known format has these columns: {shown}." if names else "the file is in no known format."
    near = _nearest(names)
    hint = f"Nearest: {'; '.join(near)}. " if near else ""
    fix = f"{hint}Map the columns with bothhalves import --map, or write the canonical usage file."
    return Problem("import.unknown-format", where, what, fix)


def _nearest(names: list[str]) -> list[str]:
    """Known tables that share columns with these, and what each lacks."""
    have = {name.lower().replace(" ", "_") for name in names}
    scored = []
    for name, columns in TABLES.items():
        wanted = columns.split()
        missing = [column for column in wanted if column not in have]
        if len(missing) * 2 <= len(wanted):
            scored.append((len(missing), name, ", ".join(missing)))
    return [
        f"{name} (lacks {missing})" if missing else name for _, name, missing in sorted(scored)[:_NEAREST]
    ]
