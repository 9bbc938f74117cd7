"""Every component in every state on one page; browser tests take its picture."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import PermissionRefused
from web.samples import samples


@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """For staff."""
    if not request.user.is_staff:
        raise PermissionRefused("staff_only", _("This page is for staff of this installation."))
    return render(request, "web/styleguide.html", samples())
