"""My keys: every single-key shortcut of judging and repairing, to be moved, given Alt, or switched off."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest, project_view
from core.errors import Refused

from ..actions.choose_keys import choose_keys, keys_of
from ..models.guidance import KEY_MODES
from ..shortcuts import ACTS, BOTH, EVERY, JUDGE, MARK_ACTS, REASON_ACTS, REPAIR, Act, Keys


@project_view("annotation.judge")
def keys(request: HttpRequest) -> HttpResponse:
    """One small field per act; a clash is refused at the field that has to change."""
    request = cast(ProjectRequest, request)
    held = keys_of(request.user)
    if request.method != "POST":
        return _page(request, held, None)
    if "usual" in request.POST:
        choose_keys(who=request.user, mode="plain", keys={})
        messages.success(request, _("The usual keys are back."))
        return redirect("annotation:keys", slug=request.project.slug)
    given = {name: request.POST[name] for name in EVERY if name in request.POST}
    mode = request.POST.get("mode", held.mode)
    try:
        choose_keys(who=request.user, mode=mode, keys=given)
    except Refused as refused:
        return _page(request, Keys(mode if mode in KEY_MODES else held.mode, given), refused)
    messages.success(request, _("Saved. They hold in every project, from the next page on."))
    return redirect("annotation:keys", slug=request.project.slug)


def _page(request: ProjectRequest, shown: Keys, refused: Refused | None) -> HttpResponse:
    wrong = refused.context.get("field") if refused else None
    groups: list[tuple[str, list[Act]]] = [
        (_("Judging a pair"), [act for act in ACTS if JUDGE in act.pages and REPAIR not in act.pages]),
        (_("While words are marked"), list(MARK_ACTS)),
        (_("Repairing an answer"), [act for act in ACTS if act.pages == {REPAIR}]),
        (_("On both pages"), [act for act in ACTS if act.pages == BOTH]),
        (_("Reasons"), list(REASON_ACTS)),
    ]
    context: dict[str, Any] = {
        "groups": [(title, [(act, shown.stored(act.name)) for act in acts]) for title, acts in groups],
        "mode": shown.mode,
        "modes": [
            ("plain", _("One key"), _("The quickest. Nothing is read as a key while you write.")),
            ("alt", _("Alt and the key"), _("For speech input, or hands that touch keys by chance.")),
            ("off", _("Off"), _("Everything stays within reach of Tab, Enter, the arrows and the mouse.")),
        ],
        "refused": refused,
        "wrong": wrong,
    }
    return render(request, "annotation/keys.html", context, status=refused.status if refused else 200)
