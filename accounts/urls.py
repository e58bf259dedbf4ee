"""The table of contents of accounts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
