"""OTLP where every SDK expects it."""

from django.urls import path

from curation import otlp_views

urlpatterns = [path("v1/traces", otlp_views.traces, name="otlp-traces")]
