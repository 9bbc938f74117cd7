"""Facts lists and the line of lineage beside a trace or a batch: what is it, in numbers with units."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.rendering.markdown import plain
from curation.models import ClusterMember, ConversationVersion, IngestBatch, Trace

Rows = list[tuple[Any, Any]]


def trace_facts(trace: Trace, version: ConversationVersion | None, slug: str) -> Rows:
    """Who, where, with what, how much; sessions and users lead to their other traces."""
    rows: Rows = [
        (_("Service"), trace.service or None),
        (_("Environment"), trace.environment or None),
        (_("Release"), trace.release or None),
        (_("Variant"), trace.variant or None),
        (_("Model"), trace.model or None),
        (_("Session"), _same(slug, "session", trace.session_key)),
        (_("User"), _same(slug, "user", trace.user_key)),
        (_("Training use"), f"{trace.training_use} ({trace.training_use_source})"),
        (_("Source"), f"{trace.source} ({trace.licence})" if trace.source else None),
        (_("Trace id"), format_html('<span class="mono small">{}</span>', trace.external_id)),
        (_("Spans"), trace.span_count),
    ]
    if version is not None:
        rows += [
            (_("Turns"), version.turns),
            (_("Tool calls"), _tools(version)),
            (_("Tokens"), _tokens(version)),
            (_("Model time"), f"{version.latency_ms:,} ms" if version.latency_ms is not None else None),
            (_("Cost"), f"$ {version.cost_usd.normalize():f}" if version.cost_usd is not None else None),
        ]
    return rows


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


def _tokens(version: ConversationVersion) -> str | None:
    if version.input_tokens is None and version.output_tokens is None:
        return None
    return _("%(given)s in, %(made)s out") % {
        "given": f"{version.input_tokens or 0:,}", "made": f"{version.output_tokens or 0:,}"
    }  # fmt: skip


def batch_facts(batch: IngestBatch) -> Rows:
    """The four counts of a batch add up to what was in it."""
    took: timedelta | None = batch.finished_at - batch.received_at if batch.finished_at else None
    rate = batch.accepted / took.total_seconds() if took and took.total_seconds() > 1 else None
    return [
        (_("Source"), batch.source_name or (batch.token.name if batch.token else None)),
        (_("Taken"), f"{batch.accepted:,}"),
        (_("Delivered before"), f"{batch.redelivered:,}"),
        (_("Conflicts"), f"{batch.conflicting:,}"),
        (_("Refused"), f"{batch.refused:,}"),
        (_("Size"), f"{batch.bytes / 1e6:,.2f} MB"),
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
        (_("Size"), f"{(totals['bytes'] or 0) / 1e6:,.1f} MB"),
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
