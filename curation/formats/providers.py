"""Names of model providers as the GenAI convention spells them (`gen_ai.provider.name`)."""

from __future__ import annotations

from typing import Any

SPELLINGS = {
    "azure": "azure.ai.openai", "az.ai.openai": "azure.ai.openai", "azure_openai": "azure.ai.openai",
    "azure.openai": "azure.ai.openai", "az.ai.inference": "azure.ai.inference", "aws": "aws.bedrock",
    "aws_bedrock": "aws.bedrock", "bedrock": "aws.bedrock", "amazon-bedrock": "aws.bedrock", "google": "gcp.gen_ai",
    "vertexai": "gcp.vertex_ai", "vertex_ai": "gcp.vertex_ai", "gemini": "gcp.gemini", "mistralai": "mistral_ai",
    "mistral": "mistral_ai", "xai": "x_ai", "watsonx": "ibm.watsonx.ai", "moonshot": "moonshot_ai",
}  # fmt: skip
AI_SDK_CALLS = (".chat", ".responses", ".messages", ".completion", ".embedding", ".image")


def provider_name(said: Any) -> str:
    """One spelling for one provider; the AI SDK adds what it called, as in `openai.chat`."""
    name = str(said or "").lower()
    if name in SPELLINGS:
        return SPELLINGS[name]
    first = name.split(".")[0]
    return SPELLINGS.get(first, first) if name.endswith(AI_SDK_CALLS) else name
