"""The doors: a decorator for pages and a base class for API views. Both find the project and check one verb."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import key_of, once
from accounts.models import ApiToken, Project, User
from accounts.permissions import enter, require
from core.actors import Actor
from core.errors import NotFound


class ProjectRequest(HttpRequest):
    """A request of a signed-in member, with the project of its URL."""

    project: Project
    user: User


View = Callable[..., HttpResponseBase]


def find_project(slug: str) -> Project:
    """The project of that slug, or the same refusal a stranger gets."""
    project = Project.objects.filter(slug=slug).first()
    return project or _nowhere()


def _nowhere() -> NoReturn:
    raise NotFound("project_not_found", "There is no such project, or you are not a member of it.")


def project_view(verb: str) -> Callable[[View], View]:
    """A page under /p/<slug>/: signed in, a member, and the role carries `verb`."""

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = cast(User, request.user)
            project = enter(user, slug) or _nowhere()
            require(user, verb, project)
            request.project = project  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.verb = verb  # type: ignore[attr-defined]
        return guarded

    return decorate


class HasVerb(BasePermission):
    """Checks the view's verb for this method before anything is read."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises the refusal itself, so the answer says which role it takes."""
        if not request.user or not request.user.is_authenticated:
            return False
        project_api = cast("ProjectAPI", view)
        require(project_api.who, project_api.verb_for(request.method or "GET"), project_api.project)
        return True


class ProjectAPI(APIView):
    """Base of every endpoint under /api/v1/projects/<slug>/. `verbs` maps HTTP methods to verbs.

    An endpoint whose answer holds a secret sets `answers_are_kept` to False: secrets are stored as hashes only.
    """

    verbs: dict[str, str] = {}
    answers_are_kept = True
    permission_classes = [HasVerb]

    @property
    def project(self) -> Project:
        """The project of the URL."""
        if not hasattr(self, "_project"):
            self._project = find_project(self.kwargs["slug"])
        return self._project

    @property
    def who(self) -> User | ApiToken:
        """The token, or the person of the session."""
        auth = self.request.auth
        return auth if isinstance(auth, ApiToken) else cast(User, self.request.user)

    @property
    def actor(self) -> Actor:
        """Whom the audit names."""
        return self.who.actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After sign-in and permission, a write is done at most once per Idempotency-Key."""
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        handler = getattr(self, method, None)
        if handler is None or not self.answers_are_kept or not key_of(request):
            return

        def answer_once(request: Request, *args: Any, **kwargs: Any) -> Response:
            return once(
                request,
                project_id=self.project.pk,
                actor=f"{self.actor.kind}:{self.actor.id}",
                write=lambda: handler(request, *args, **kwargs),
            )

        setattr(self, method, answer_once)

    def verb_for(self, method: str) -> str:
        """The verb this method takes."""
        method = "GET" if method in {"HEAD", "OPTIONS"} else method
        return self.verbs.get(method, self.verbs.get("GET", "project.read"))
