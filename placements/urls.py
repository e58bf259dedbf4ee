"""The table of contents of placements: one block per noun."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
