"""Joins the apps' addresses. Each app's own `urls.py` is the table of contents of that app."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import health, well_known

urlpatterns = [
    path("", include("placements.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health_live"),
    path("robots.txt", well_known.robots, name="robots"),
    path(".well-known/security.txt", well_known.security, name="security"),
    path(".well-known/change-password", well_known.change_password, name="change_password"),
    path("health/ready", health.ready, name="health_ready"),
]

if settings.DEMO:
    from config import gallery

    urlpatterns.append(path("demo/components/", gallery.show, name="gallery"))
