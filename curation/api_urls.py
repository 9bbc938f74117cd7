"""Endpoints under /api/v1/projects/<slug>/."""

from django.urls import path

from curation import api, curation_api, health_api, recipe_api, search_api, strata_api

urlpatterns = [
    path("traces", api.Traces.as_view()),
    path("traces:batch", api.TraceBatch.as_view()),
    path("traces/<uuid:trace_id>", api.TraceDetail.as_view()),
    path("traces/<uuid:trace_id>/alike", search_api.Alike.as_view()),
    path("curation/health", health_api.AgenticHealth.as_view()),
    path("recipes", recipe_api.Recipes.as_view()),
    path("recipes/<int:version_id>", recipe_api.RecipeVersion.as_view()),
    path("recipes/<int:version_id>/diff/<int:other_id>", recipe_api.RecipeDiff.as_view()),
    path("recipes/<int:version_id>/choice", recipe_api.RecipeChoice.as_view()),
    path("search", search_api.Search.as_view()),
    path("ingest-batches", api.Batches.as_view()),
    path("refusals", api.Refusals.as_view()),
    path("curation", curation_api.Curation.as_view()),
    path("clusters", curation_api.Clusters.as_view()),
    path("clusters/<int:cluster_id>", curation_api.ClusterDetail.as_view()),
    path("screenings", curation_api.Screenings.as_view()),
    path("quarantine", curation_api.Quarantine.as_view()),
    path("taxonomy", strata_api.Taxonomy.as_view()),
    path("labels", strata_api.Labels.as_view()),
    path("checks", strata_api.CheckChoice.as_view()),
    path("difficulty", strata_api.Difficulty.as_view()),
    path("quotas", strata_api.QuotasInForce.as_view()),
    path("quotas/draw", strata_api.Draw.as_view()),
    path("hard-negatives", strata_api.HardNegatives.as_view()),
    path("backlog", curation_api.Backlog.as_view()),
    path("backlog/<uuid:item_id>", curation_api.BacklogDetail.as_view()),
]
