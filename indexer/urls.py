"""Pages under /p/<slug>/indexer/."""

from django.urls import path

from indexer.views import board, documents, search

app_name = "indexer"
urlpatterns = [
    path("", board.board, name="board"),
    path("search/", search.search_page, name="search"),
    path("deliver/", board.deliver, name="deliver"),
    path("deliveries/<uuid:sync_id>/", board.delivery, name="delivery"),
    path("builds/", board.build_now, name="build_now"),
    path("builds/<uuid:build_id>/", board.build, name="build"),
    path("documents/<uuid:source_id>/", documents.document, name="document"),
    path("documents/<uuid:source_id>/delete/", documents.delete, name="delete"),
    path("citations/<str:name>/", documents.citation, name="citation"),
    path("citations/<str:name>/needs-work/", documents.needs_work, name="needs_work"),
]
