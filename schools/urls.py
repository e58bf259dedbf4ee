"""The table of contents of schools."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
