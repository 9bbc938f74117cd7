"""Facts lists and the line of lineage beside a trace or a batch: what is it, in numbers with units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.rendering.markdown import plain
from curation.conversation import Conversation
from curation.formats.signals import UNTIL
from curation.models import ClusterMember, ConversationVersion, IngestBatch, Trace

Rows = list[tuple[Any, Any]]
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "reasoning_tokens")


def trace_facts(
    trace: Trace,
    version: ConversationVersion | None,
    slug: str,
    told: Conversation | None = None,
    scope: str = "",
) -> Rows:
    """Who, where, with what, how much; sessions and users lead to their other traces."""
    until = str(told["attributes"].get(UNTIL) or "") if told else ""
    rows: Rows = [
        (_("Service"), trace.service or None),
        (_("Environment"), trace.environment or None),
        (_("Release"), trace.release or None),
        (_("Variant"), trace.variant or None),
        (_("Model"), trace.model or None),
        (_("Session"), _same(slug, "session", trace.session_key)),
        (_("User"), _same(slug, "user", trace.user_key)),
        (_("Training use"), _training_use(trace)),
        (_("Allowed until"), trace.training_use_until or until or None),
        (_("Source"), f"{trace.source} ({trace.licence})" if trace.source else None),
        (_("Trace id"), format_html('<span class="mono small">{}</span>', trace.external_id)),
        (_("Shape"), ", ".join(told.get("provenance", {}).get("shapes", ())) or None if told else None),
        (_("Instrumented by"), scope or None),
    ]
    if version is not None:
        rows += [
            (_("Turns"), version.turns),
            (_("Tool calls"), _tools(version)),
            (_("Tokens"), _tokens(version)),
            (_("Model time"), f"{version.latency_ms:,} ms" if version.latency_ms is not None else None),
            (_("Cost"), _cost(version)),
        ]
    return rows


def _training_use(trace: Trace) -> str:
    """The word and who said it: the trace itself, its batch, its token, or the project's default."""
    said = {"trace": _("said by the trace"), "batch": _("said with its batch"), "token": _("by its token"),
            "project": _("by default of the project")}  # fmt: skip
    source = said.get(trace.training_use_source, trace.training_use_source)
    return f"{trace.training_use}, {source}" if source else trace.training_use


def interruptions(told: Conversation) -> list[dict[str, Any]]:
    """What cut the conversation short, with `after`: seconds since its first call began, None where no time is known."""
    starts = [moment for call in told["calls"] if (moment := _moment(call["started_at"]))]
    began = min(starts, default=None)
    return [
        {**one, "after": (at - began).total_seconds() if began and (at := _moment(one["at"])) else None}
        for one in told.get("interrupts", ())
    ]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def call_totals(calls: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Tokens by kind, milliseconds and US dollars of all calls; None where no call says."""
    held = list(calls)
    totals: dict[str, Any] = {kind: _sum(call.get("usage", {}).get(kind) for call in held) for kind in TOKENS}
    return totals | {"latency_ms": _sum(call.get("latency_ms") for call in held),
                     "cost_usd": _sum(call.get("cost_usd") for call in held)}  # fmt: skip


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _same(slug: str, name: str, key: str) -> str | None:
    if not key:
        return None
    return format_html(
        '<a href="{}?{}={}">{}</a>', reverse("curation:traces", args=[slug]), name, key, plain(key)
    )


def _tools(version: ConversationVersion) -> str | None:
    if not version.tool_calls:
        return None
    failed = _("%(count)s failed") % {"count": version.tool_errors}
    return f"{version.tool_calls} ({failed})" if version.tool_errors else str(version.tool_calls)


def _cost(version: ConversationVersion) -> str | None:
    """What it costs now; where it was repriced, what it cost when it settled stands beside it."""
    fixed, now = version.cost_usd, getattr(version, "cost_now", version.cost_usd)
    if now is None:
        return None
    shown = f"$ {now.normalize():f}"
    if fixed is not None and fixed != now:
        shown += " " + _("(settled at $ %(cost)s)") % {"cost": f"{fixed.normalize():f}"}
    return shown


def _tokens(version: ConversationVersion) -> str | None:
    if version.input_tokens is None and version.output_tokens is None:
        return None
    return _("%(given)s in, %(made)s out") % {
        "given": f"{version.input_tokens or 0:,}", "made": f"{version.output_tokens or 0:,}"
    }  # fmt: skip


def batch_facts(batch: IngestBatch) -> Rows:
    """The counts of a batch add up to what was in it."""
    took: timedelta | None = batch.finished_at - batch.received_at if batch.finished_at else None
    rate = batch.accepted / took.total_seconds() if took and took.total_seconds() > 1 else None
    return [
        (_("Source"), batch.source_name or (batch.token.name if batch.token else None)),
        (_("Taken"), f"{batch.accepted:,}"),
        (_("Delivered before"), f"{batch.redelivered:,}"),
        (_("Conflicts"), f"{batch.conflicting:,}"),
        (_("Refused"), f"{batch.refused:,}"),
        (_("Left out"), f"{batch.left_out:,}" if batch.left_out else None),
        (_("Size"), filesizeformat(batch.bytes)),
        (_("Took"), f"{took.total_seconds():,.2f} s" if took else None),
        (_("Rate"), _("%(rate)s rows/s") % {"rate": f"{rate:,.0f}"} if rate else None),
    ]


def total_facts(totals: dict[str, Any]) -> Rows:
    """The same over all batches of a project."""
    return [
        (_("Batches"), f"{totals['batches'] or 0:,}"),
        (_("Taken"), f"{totals['accepted'] or 0:,}"),
        (_("Delivered before"), f"{totals['redelivered'] or 0:,}"),
        (_("Conflicts"), f"{totals['conflicting'] or 0:,}"),
        (_("Refused"), f"{totals['refused'] or 0:,}"),
        (_("Size"), filesizeformat(totals["bytes"] or 0)),
    ]


def lineage_steps(
    trace: Trace,
    version: ConversationVersion | None,
    member: ClusterMember | None,
    batch: IngestBatch | None,
    slug: str,
) -> list[dict[str, Any]]:
    """Backwards to the batch and the rules, forwards to the cluster; later stations have the lineage page."""
    came = reverse("curation:batch", args=[slug, batch.pk]) if batch else ""
    alike = member.cluster.size if member else 0
    cluster = _("%(count)s alike") % {"count": alike} if alike > 1 else _("alone") if alike else ""
    return [
        {"kind": _("Batch"), "label": batch.route if batch else "", "href": came},
        {"kind": _("Trace"), "label": trace.external_id[:8], "current": True},
        {"kind": _("Redaction"), "label": _rules(version)},
        {"kind": _("Conversation"), "label": f"v{version.number}" if version else ""},
        {"kind": _("Cluster"), "label": cluster},
    ]


def _rules(version: ConversationVersion | None) -> str:
    return f"{version.rules.asset.name} v{version.rules.number}" if version else ""
