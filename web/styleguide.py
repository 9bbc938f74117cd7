"""Every component in every state on one page; browser tests take its picture."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@staff_member_required(login_url="login")
def styleguide(request: HttpRequest) -> HttpResponse:
    """For staff."""
    return render(request, "web/styleguide.html", {})
