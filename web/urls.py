"""Home, inbox, lineage, and what belongs to no single app."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from web import demo, home, inbox, styleguide, theme
from web.lineage import views as lineage

urlpatterns = [
    path("", home.home, name="home"),
    path("p/<slug:slug>/", home.project_home, name="project-home"),
    path("p/<slug:slug>/loop/", home.loop, name="loop"),
    path("p/<slug:slug>/inbox/", inbox.inbox, name="inbox"),
    path("p/<slug:slug>/lineage/<slug:kind>/<str:identity>/", lineage.lineage, name="lineage"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("theme/", theme.choose_theme, name="theme"),
    path("demo/role/", demo.switch_role, name="demo-switch"),
]
