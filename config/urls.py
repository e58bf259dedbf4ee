"""Joins the apps' addresses. Each app's own `urls.py` is the table of contents of that app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("placements.urls")),
    path("", include("schools.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
]
