"""Endpoints directly under /api/v1/: about the signed-in person, whatever the project."""

from django.urls import path

from accounts import api

urlpatterns = [path("me", api.Me.as_view())]
