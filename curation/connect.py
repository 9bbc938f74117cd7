"""Ways to send traces here, each a whole program that the tests run against a server before anybody reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound

PROGRAMS = Path(settings.BASE_DIR) / "examples" / "connect"
EXPORTER = "opentelemetry-exporter-otlp-proto-http"


@dataclass(frozen=True)
class Guide:
    """One way: `packages` is what pip installs for it, `name` its program under examples/connect."""

    name: str
    title: str | Promise
    suits: str | Promise
    packages: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The program as it stands in its file, without the description at its head."""
        text = (PROGRAMS / f"{self.name}.py").read_text(encoding="utf-8")
        return text.split('"""\n\n', 1)[1]

    @property
    def install(self) -> str:
        """The command that installs what it needs, "" when the standard library is enough."""
        return f"pip install {' '.join(self.packages)}" if self.packages else ""


GUIDES = (
    Guide(
        "openai_genai", "OpenTelemetry GenAI", _("New code with OpenAI's client: the conventions of OpenTelemetry itself."),
        ("openai", "opentelemetry-instrumentation-openai-v2==2.4b0", "opentelemetry-util-genai==1.1b0", EXPORTER),
    ),
    Guide(
        "openai_openinference", "OpenInference", _("You use Phoenix, Arize, or one of their many framework instrumentations."),
        ("openai", "openinference-instrumentation-openai", EXPORTER),
    ),
    Guide(
        "openai_openllmetry", "OpenLLMetry", _("You use Traceloop's instrumentations."),
        ("openai", "opentelemetry-instrumentation-openai", EXPORTER),
    ),
    Guide(
        "openai_langfuse", "Langfuse", _("You use Langfuse: keep its SDK and change where it sends."),
        ("openai", "langfuse"),
    ),
    Guide(
        "anthropic_openinference", "Anthropic", _("You call Claude with Anthropic's client."),
        ("anthropic", "openinference-instrumentation-anthropic", EXPORTER),
    ),
    Guide("by_hand", _("By hand"), _("Any language: post one JSON object for each model call.")),
)  # fmt: skip


def find_guide(name: str) -> Guide:
    """The guide of that name, the first for ""; raises NotFound."""
    if not name:
        return GUIDES[0]
    for guide in GUIDES:
        if guide.name == name:
            return guide
    raise NotFound("guide_not_found", "There is no such guide.")
