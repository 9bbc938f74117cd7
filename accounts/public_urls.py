"""Pages under /account/, outside any project."""

from django.urls import path

from accounts import public_views as views

app_name = "account"
urlpatterns = [
    path("invitation/<str:secret>/", views.accept, name="accept"),
    path("join/<str:secret>/", views.join, name="join"),
    path("reset/<str:uid>/<str:token>/", views.reset, name="reset"),
    path("profile/", views.profile, name="profile"),
    path("password/", views.password, name="password"),
]
