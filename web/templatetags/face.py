"""The components as tags and filters. docs/face.md is the sheet to look at while writing a page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import RequestContext
from django.template.defaultfilters import stringfilter
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.plots.frame import Plot
from core.rendering import diff as diffs
from core.rendering import markdown
from core.rendering.characters import revealed
from core.rendering.chat import from_chat
from core.rendering.conversation import conversation_view, messages_view
from core.rendering.highlights import Mark
from core.rendering.redactions import shortened
from web import icons, moments, numbers
from web.progress import job_progress_view
from web.states import look

register = template.Library()

register.filter("moment", moments.moment)
register.filter("relative", numbers.or_dash(moments.relative))
register.filter("duration", numbers.or_dash(numbers.duration))
register.filter("grouped", numbers.or_dash(numbers.grouped))
register.filter("capped", numbers.or_dash(numbers.capped))
register.filter("compact", numbers.or_dash(numbers.compact))
register.filter("percent", numbers.or_dash(numbers.percent))
register.filter("spaced", numbers.spaced)
register.filter("prose", markdown.prose)
register.filter("plain", markdown.plain)
register.filter("revealed", stringfilter(revealed))
register.filter("shortened", shortened)
register.simple_tag(icons.icon, name="icon")
register.simple_tag(icons.brand, name="brand")
register.simple_tag(numbers.with_unit, name="number")
register.simple_tag(numbers.rate, name="rate")
register.simple_tag(numbers.things, name="things")
register.simple_tag(diffs.diff_html, name="diff_text")


@register.simple_tag
def chip(state: str, label: str = "", title: str = "") -> SafeString:
    """A state as word + shape + colour; `label` replaces the word, never the meaning."""
    shown = look(state)
    return format_html(
        '<span class="chip chip--{}"{}>{}{}</span>',
        shown.meaning,
        format_html(' title="{}"', title) if title else "",
        icons.icon(shown.meaning, 12),
        label or shown.word,
    )


@register.simple_tag
def simulated(count: int | None = None, of: int | None = None) -> SafeString:
    """The mark of what no person did; with a count, how much of a total it is. Nothing for a count of 0."""
    if count == 0:
        return SafeString("")
    word = _("simulated") if count is None else _("%(count)s simulated") % {"count": numbers.grouped(count)}
    if count is not None and of is not None:
        word = _("%(count)s of %(total)s simulated") % {
            "count": numbers.grouped(count),
            "total": numbers.grouped(of),
        }
    title = _("Made by a simulated annotator, not by a person. Left out of selections unless asked for.")
    return format_html(
        '<span class="chip chip--simulated" title="{}">{}{}</span>', title, icons.icon("simulated", 12), word
    )


@register.inclusion_tag("components/_ident.html")
def ident(value: Any, href: str = "", length: int = 8) -> dict[str, Any]:
    """An id, shortened, with a copy button; hex digests and UUIDs keep their beginning."""
    text = str(value)
    return {"value": text, "short": text if len(text) <= length + 3 else text[:length] + "…", "href": href}


@register.inclusion_tag("components/_facts.html")
def facts(rows: Iterable[tuple[Any, Any]] | Mapping[Any, Any], across: bool = False) -> dict[str, Any]:
    """A facts list from (label, value) rows; values that are None are left out."""
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    return {"rows": [(label, value) for label, value in pairs if value is not None], "across": across}


@register.inclusion_tag("components/_pager.html", takes_context=True)
def pager(context: RequestContext, page: Any) -> dict[str, Any]:
    """Earlier / later links of a core.paging.Page; filters in the URL are kept."""
    return {"page": page, "request": context.get("request")}


@register.inclusion_tag("components/_tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Links with `label`, `href`, `current` and optionally `count`; the chosen tab lives in the URL."""
    return {"items": items, "label": label or _("Views")}


@register.inclusion_tag("components/_progress.html")
def progress(
    done: int | float | None,
    total: int | float | None,
    doing: str = "",
    rate: str = "",
    eta: float | None = None,
    label: str = "",
) -> dict[str, Any]:
    """Progress of a job: how far, how fast, how long still (seconds), what it does now."""
    share = min(1.0, done / total) if done is not None and total else None
    return {
        "done": done,
        "total": total,
        "share": share,
        "doing": doing,
        "rate": rate,
        "eta": eta,
        "label": label,
    }


@register.inclusion_tag("components/_empty.html")
def empty(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """What belongs here, and the one step that fills it."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("components/_lineage.html")
def lineage(steps: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A horizontal line of steps with `kind`, `label`, and `href` or `current`; a step without label is missing."""
    return {"steps": steps}


@register.inclusion_tag("components/_diff_sides.html")
def diff_sides(before: str, after: str, before_title: str = "", after_title: str = "") -> dict[str, Any]:
    """Two texts side by side, each with its own differences marked."""
    first, second = diffs.diff_both(before, after, fold=True)
    return {
        "before": first,
        "after": second,
        "before_title": before_title or _("Before"),
        "after_title": after_title or _("After"),
    }


@register.inclusion_tag("components/_conversation.html")
def conversation(
    value: Mapping[str, Any],
    plain: bool = False,
    system: bool = True,
    marks: Iterable[Mapping[str, Any]] = (),
    files: str = "",
) -> dict[str, Any]:
    """A whole conversation in its normal form; `plain` leaves the column of names out (answers side by side).

    `marks` are those stored with it, `files` the address under which its files can be fetched by their sha256.
    """
    view = conversation_view(value, with_system=system, marks=marks)
    return {"view": view, "plain": plain, "files": files}


@register.inclusion_tag("components/_conversation.html")
def messages(
    value: Iterable[Mapping[str, Any]],
    plain: bool = False,
    mapped: bool = False,
    linked: Callable[[str], str] = str,
    marks: Sequence[Mark] = (),
) -> dict[str, Any]:
    """Some messages of a conversation: a prompt, or one answer, `mapped` to be marked. Model names are not shown,
    the middle of a long exchange is folded; `marks` people made are drawn on the answer."""
    view = messages_view(
        value, anonymous=True, mapped=mapped or bool(marks), linked=linked, marks=marks, folds=True
    )
    return {"view": view, "plain": plain}


@register.inclusion_tag("components/_conversation.html")
def chat(value: Iterable[Mapping[str, Any]], plain: bool = False) -> dict[str, Any]:
    """Chat messages of a training row (role, content, tool_calls), shown like any conversation."""
    return {"view": messages_view(from_chat(value), anonymous=True), "plain": plain}


@register.inclusion_tag("components/_progress.html")
def job_progress(job: Any) -> dict[str, Any]:
    """Progress of a core Job: rate and time left from its own clock; a total of 0 is not known yet."""
    return job_progress_view(job)


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, help_text: str = "") -> dict[str, Any]:
    """A form field with label, help and errors tied to it for screen readers."""
    kind = getattr(bound.field.widget, "input_type", "")
    return {"field": bound, "help_text": help_text or bound.help_text, "check": kind == "checkbox"}


@register.inclusion_tag("components/_form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """The summary above a form that was turned down, with a link to each field."""
    return {"form": form}


@register.inclusion_tag("components/_sortable.html", takes_context=True)
def sortable(context: RequestContext, key: str, label: str, number: bool = False) -> dict[str, Any]:
    """A table heading that sorts by `?sort=key`, and the other way round when clicked again."""
    request = context.get("request")
    now = request.GET.get("sort", "") if request is not None else ""
    current = now.lstrip("-") == key
    following = f"-{key}" if now == key else key
    order = "descending" if now == f"-{key}" else "ascending"
    return {
        "label": label,
        "current": current,
        "order": order,
        "following": following,
        "request": request,
        "number": number,
    }


@register.inclusion_tag("components/_plot.html")
def plot(value: Plot) -> dict[str, Any]:
    """The frame of a plot: title, unit, legend, drawing, and the same numbers as a table."""
    return {"plot": value}


@register.simple_tag
def key(keys: str, what: str) -> SafeString:
    """One line of the page's `?` panel, for `{% block keys %}`; several keys are separated by a blank."""
    caps = SafeString(" ".join(format_html("<kbd>{}</kbd>", one) for one in keys.split()))
    return format_html("<dt>{}</dt><dd>{}</dd>", caps, what)
