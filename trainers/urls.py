"""Pages under /p/<slug>/trainers/."""

from django.urls import path

from trainers import views

app_name = "trainers"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("launch/", views.launch, name="launch"),
    path("launch/preview/", views.launch_preview, name="launch_preview"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/live/", views.run_live, name="run_live"),
    path("runs/<uuid:run_id>/cancel/", views.run_cancel, name="run_cancel"),
    path("runs/<uuid:run_id>/resume/", views.run_resume, name="run_resume"),
    path("artifacts/<int:artifact_id>/", views.artifact, name="artifact"),
    path("models/", views.models, name="models"),
    path("models/<uuid:model_id>/", views.model, name="model"),
    path("models/<uuid:model_id>/card/", views.model_card, name="model_card"),
]
