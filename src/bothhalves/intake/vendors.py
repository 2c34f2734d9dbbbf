"""One name for each vendor, by whatever exports call it, so that two feeds can tell the same vendor's use.

The names are those of the price books; GitHub, which the books know as ``github-copilot`` too, is called as
in plans and contracts.
"""

from __future__ import annotations

import re

#: The vendor who bills, by the beginning of a name of it: words joined, letters and digits only.
VENDORS = {
    "adobe": "adobe",
    "amazon": "aws",
    "amazonwebservices": "aws",
    "anthropic": "anthropic",
    "anysphere": "cursor",
    "arcee": "arcee",
    "avian": "avian",
    "aws": "aws",
    "azaiopenai": "azure",
    "azure": "azure",
    "baseten": "baseten",
    "bedrock": "aws",
    "cerebras": "cerebras",
    "cloudflare": "cloudflare",
    "codestral": "mistral",
    "cohere": "cohere",
    "cursor": "cursor",
    "databricks": "databricks",
    "deepseek": "deepseek",
    "elevenlabs": "elevenlabs",
    "fireworks": "fireworks",
    "gcp": "google",
    "gemini": "google",
    "github": "github",
    "google": "google",
    "groq": "groq",
    "microsoft": "azure",
    "minimax": "minimax",
    "mistral": "mistral",
    "mistralai": "mistral",
    "moonshot": "moonshotai",
    "moonshotai": "moonshotai",
    "novita": "novita",
    "openai": "openai",
    "openrouter": "openrouter",
    "ovhcloud": "ovhcloud",
    "perplexity": "perplexity",
    "runway": "runway",
    "runwayml": "runway",
    "sagemaker": "aws",
    "textcompletioncodestral": "mistral",
    "textcompletionopenai": "openai",
    "together": "together",
    "vertex": "google",
    "vertexai": "google",
    "voyage": "voyageai",
    "voyageai": "voyageai",
    "xai": "x-ai",
    "zai": "zai",
    "zhipuai": "zhipuai",
}
#: LiteLLM's name for any server that speaks like OpenAI's.
_ANYBODY = "openailike"
#: How the ids of a vendor's own API begin.
OWN_IDS = (
    (re.compile(r"claude-"), "anthropic"),
    (re.compile(r"(gpt-|o[134](-|$)|chatgpt-|codex-|text-embedding-)"), "openai"),
    (re.compile(r"(gemini-|models/gemini-)"), "google"),
    (re.compile(r"((us|eu|apac|global)\.)?[a-z]+\.[a-z0-9-]+.*:\d+$"), "aws"),
    (re.compile(r"(mistral-|codestral-|magistral-|devstral-)"), "mistral"),
    (re.compile(r"grok-"), "x-ai"),
    (re.compile(r"deepseek-"), "deepseek"),
    (re.compile(r"sonar"), "perplexity"),
)


def vendor_of(name: str) -> str:
    """The vendor that an export calls ``name``, such as ``vertex_ai-language-models``; empty if not known.

    The longest run of words from the beginning of the name that is listed decides.
    """
    words = re.findall(r"[a-z0-9]+", name.lower())
    if "".join(words) == _ANYBODY:
        return ""
    beginnings = ("".join(words[:n]) for n in range(len(words), 0, -1))
    return next((VENDORS[beginning] for beginning in beginnings if beginning in VENDORS), "")


def vendor_of_model(model: str) -> str:
    """The vendor of whose own API the model's id looks; empty if of none."""
    return next((vendor for shape, vendor in OWN_IDS if shape.match(model)), "")
