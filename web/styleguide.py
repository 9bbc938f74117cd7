"""Every component in every state on one page; browser tests take its picture."""

from django.contrib.auth.decorators import user_passes_test
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.samples import samples


@user_passes_test(lambda user: user.is_staff, login_url="login")
def styleguide(request: HttpRequest) -> HttpResponse:
    """For staff."""
    return render(request, "web/styleguide.html", samples())
