"""Pages under /p/<slug>/snapshots/."""

from django.urls import path

from snapshots.views import gate, likeness, objects, rows, selecting, signing

app_name = "snapshots"
ONE = "<uuid:snapshot_id>/"
ROW = ONE + "rows/<slug:leaf>/"
REVIEW = ONE + "reviews/<uuid:review_id>/"
urlpatterns = [
    path("", objects.listing, name="list"),
    path("new/<slug:kind>/", selecting.new, name="new"),
    path("new/<slug:kind>/counts/", selecting.live_counts, name="live_counts"),
    path("people/", gate.gate, name="gate"),
    path(ONE, objects.snapshot, name="snapshot"),
    path(ONE + "progress/", objects.progress, name="progress"),
    path(ONE + "likeness/", likeness.against_production, name="likeness"),
    path(ONE + "verify/", objects.verify, name="verify"),
    path(ONE + "manifest.json", objects.manifest, name="manifest"),
    path(ONE + "rows.jsonl", objects.export, name="export"),
    path(ONE + "files/<str:name>", objects.shard, name="shard"),
    path(ONE + "rows/", rows.rows, name="rows"),
    path(ROW, rows.row, name="row"),
    path(ROW + "erase/", rows.erase, name="erase"),
    path(ONE + "ask/", signing.ask, name="ask"),
    path(ONE + "withdraw/", signing.withdraw, name="withdraw"),
    path(REVIEW, signing.review, name="review"),
    path(REVIEW + "checks/", signing.review_checks, name="review_checks"),
    path(REVIEW + "decide/", signing.decide, name="decide"),
    path(REVIEW + "take-back/", signing.take_back, name="take_back"),
]
