"""Argilla: connect the project, push and pull a campaign, see what was refused; and an annotator's own account there."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.models import Job
from core.models.job import LIVE
from core.paging import keyset

from .. import next_item
from ..actions.profile import profile_of
from ..bridge.accounts import link_account, people_of
from ..bridge.connect import connect, start_check, webhook_address
from ..bridge.pull import start_pull
from ..bridge.push import pushable, start_push
from ..bridge.refusals import open_refusals
from ..bridge.secrets import first_password
from ..jobs import ARGILLA_CONNECT, ARGILLA_PULL, ARGILLA_PUSH
from ..models import ArgillaAccount, ArgillaConnection, ArgillaDataset, ArgillaRecord, Campaign, Judgment
from .argilla_words import counts_in_words, refusal_word


@require_GET
@project_view("annotation.read")
def argilla(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Where the campaign stands in Argilla."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    connection = ArgillaConnection.objects.filter(project=request.project).first()
    check = _last(request, ARGILLA_CONNECT)
    page = keyset(open_refusals(campaign), request.GET, order=("-id",), size=25)
    accounts = ArgillaAccount.objects.filter(connection=connection).select_related("profile__user")
    context: dict[str, Any] = {
        "campaign": campaign,
        "servers": settings.ARGILLA_SERVERS,
        "connection": connection,
        "check": check,
        "dataset": ArgillaDataset.objects.filter(campaign=campaign).first(),
        "records": ArgillaRecord.objects.filter(campaign=campaign, record_id__isnull=False).count(),
        "simulated": Judgment.objects.filter(item__campaign=campaign, simulated=True).exists(),
        "waiting": pushable(campaign).filter(argilla_record__record_id=None).count(),
        **_jobs(request, campaign),
        "page": page,
        "refusals": [(one, refusal_word(one.code)) for one in page],
        "accounts": accounts,
        "strangers": _strangers(check, accounts),
        "people": people_of(request.project),
        "may_manage": may(request.user, "annotation.manage", request.project),
    }
    return render(request, "annotation/argilla.html", context)


@require_GET
@project_view("annotation.read")
def argilla_job(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The fragment that follows the work going on."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    return render(request, "annotation/_argilla_job.html", {"campaign": campaign, **_jobs(request, campaign)})


@require_POST
@project_view("annotation.manage")
def argilla_act(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Connect, listen, push, pull or link, by the button that was pressed; a refusal is said on the page."""
    request = cast(ProjectRequest, request)
    campaign = _campaign(request, campaign_id)
    acts = {"connect": _connect, "listen": _listen, "push": _push, "pull": _pull, "link": _link}
    try:
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Refused("act_unknown", _("There is no such button."))
        messages.success(request, act(request, campaign))
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("annotation:argilla", slug=request.project.slug, campaign_id=campaign_id)


@never_cache
@require_GET
@project_view("annotation.judge")
def argilla_account(request: HttpRequest) -> HttpResponse:
    """One's own account there, with the first password of one that was made for this person; nobody else sees it."""
    request = cast(ProjectRequest, request)
    profile = profile_of(who=request.user, project=request.project)
    account = (
        ArgillaAccount.objects.filter(profile=profile).select_related("connection").order_by("-pk").first()
    )
    password = (
        first_password(request.project.pk, profile.pk, account.made_with)
        if account and account.made_with
        else ""
    )
    return render(request, "annotation/argilla_account.html", {"account": account, "password": password})


def _campaign(request: ProjectRequest, campaign_id: UUID) -> Campaign:
    found = next_item.chosen_campaign(request.project, str(campaign_id))
    assert found is not None
    return found


def _last(request: ProjectRequest, kind: str, **of: str) -> Job | None:
    jobs = Job.objects.filter(project_id=request.project.pk, kind=kind, **of)
    return jobs.order_by("-created_at").first()


def _jobs(request: ProjectRequest, campaign: Campaign) -> dict[str, Any]:
    """The last push and pull, what they counted in words, and the job that is at work."""
    of = {"payload__campaign": str(campaign.pk)}
    push, pull = _last(request, ARGILLA_PUSH, **of), _last(request, ARGILLA_PULL, **of)
    check = _last(request, ARGILLA_CONNECT)
    return {
        "push": push,
        "pull": pull,
        "pull_counts": counts_in_words(pull.result) if pull else [],
        "live": next((job for job in (check, push, pull) if job and job.state in LIVE), None),
    }


def _strangers(check: Job | None, accounts: Any) -> list[list[str]]:
    """Argilla users that the last check saw and that answer for nobody yet."""
    linked = {str(one.user_id) for one in accounts}
    users = check.result.get("users", []) if check else []
    return [user for user in users if user[1] not in linked]


def _connect(request: ProjectRequest, campaign: Campaign) -> str:
    connect(
        who=request.user,
        project=request.project,
        server=request.POST.get("server", ""),
        api_key=request.POST.get("api_key", ""),
    )
    return _("The key is sealed; whether it opens the server is being tried.")


def _listen(request: ProjectRequest, campaign: Campaign) -> str:
    address = request.build_absolute_uri(webhook_address(request.project))
    start_check(who=request.user, project=request.project, listen=address)
    return _("Argilla is being asked to call when somebody answers.")


def _push(request: ProjectRequest, campaign: Campaign) -> str:
    start_push(who=request.user, campaign=campaign, suggest=request.POST.get("suggest") == "on")
    return _("The push has begun.")


def _pull(request: ProjectRequest, campaign: Campaign) -> str:
    start_pull(who=request.user, campaign=campaign)
    return _("The pull has begun.")


def _link(request: ProjectRequest, campaign: Campaign) -> str:
    person = next(
        (one for one in people_of(request.project) if str(one.pk) == request.POST.get("person")), None
    )
    user = next(
        (
            one
            for one in _strangers(_last(request, ARGILLA_CONNECT), _accounts(request))
            if one[1] == request.POST.get("user")
        ),
        None,
    )
    if person is None or user is None:
        raise Refused("link_incomplete", _("Choose an Argilla user and the annotator it belongs to."))
    link_account(
        who=request.user,
        project=request.project,
        person=person,
        user_id=UUID(user[1]),
        username=user[0],
    )
    return _("Linked. The next pull takes in what this user has answered.")


def _accounts(request: ProjectRequest) -> Any:
    return ArgillaAccount.objects.filter(connection__project=request.project)
