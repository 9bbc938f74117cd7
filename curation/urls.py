"""Pages under /p/<slug>/curation/."""

from django.urls import path

from curation import (
    backlog_views,
    board_views,
    connect_views,
    ingest_views,
    quarantine_views,
    report_views,
    rerun_views,
    rules_views,
    span_views,
    trace_views,
)

app_name = "curation"
urlpatterns = [
    path("traces/", trace_views.traces, name="traces"),
    path("traces/<uuid:trace_id>/", trace_views.trace, name="trace"),
    path("traces/<uuid:trace_id>/spans/", span_views.span_tree, name="spans"),
    path("traces/<uuid:trace_id>/spans/<str:span_id>/", span_views.span, name="span"),
    path("traces/<uuid:trace_id>/normal-form.json", span_views.normal_form, name="normal_form"),
    path("traces/<uuid:trace_id>/changes/", span_views.compared, name="changes"),
    path("ingest/", ingest_views.ingest, name="ingest"),
    path("connect/", connect_views.connect, name="connect"),
    path("connect/arrivals/", connect_views.arrivals, name="arrivals"),
    path("ingest/<uuid:batch_id>/", ingest_views.batch, name="batch"),
    path("refusals/", ingest_views.refusals, name="refusals"),
    path("", board_views.board, name="board"),
    path("clusters/", board_views.clusters, name="clusters"),
    path("clusters/<int:cluster_id>/", board_views.cluster, name="cluster"),
    path("quarantine/", quarantine_views.quarantine, name="quarantine"),
    path("quarantine/<int:screening_id>/", quarantine_views.hit, name="hit"),
    path("traces/<uuid:trace_id>/redaction/", report_views.report, name="report_redaction"),
    path("rules/", rules_views.listing, name="rules"),
    path("rules/next/", rules_views.following, name="rules_next"),
    path("rules/<int:rules_id>/", rules_views.version, name="rules_version"),
    path("rules/cases/<uuid:report_id>/aside/", rules_views.aside, name="rules_aside"),
    path("rules/runs/", rerun_views.start, name="rules_runs"),
    path("rules/runs/<uuid:rerun_id>/", rerun_views.run, name="rules_run"),
    path("rules/runs/<uuid:rerun_id>/stop/", rerun_views.cancel, name="rules_run_cancel"),
    path("traces/<uuid:trace_id>/needs-work/", backlog_views.needs_work, name="needs_work"),
    path("backlog/", backlog_views.backlog, name="backlog"),
    path("backlog/<uuid:item_id>/", backlog_views.backlog_item, name="backlog_item"),
    path("backlog/<uuid:item_id>/owner/", backlog_views.assign, name="backlog_assign"),
    path("backlog/<uuid:item_id>/resolution/", backlog_views.resolve, name="backlog_resolve"),
]
