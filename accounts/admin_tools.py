"""Pages of the administration that are no lists: registered here, and shown in the frame of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise

Page = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Tool:
    """A page of the administration that is no list of rows."""

    name: str
    title: Promise
    about: Promise
    page: Page

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.name}")


TOOLS: list[Tool] = []


def tool(name: str, title: Promise, about: Promise) -> Callable[[Page], Page]:
    """Put a page on the administration's first page, at an address of its own name."""

    def register(page: Page) -> Page:
        TOOLS.append(Tool(name, title, about, page))
        return page

    return register


def shown(
    request: HttpRequest, template: str, title: str | Promise, **context: Any
) -> TemplateResponse:
    """A page of the administration that is no list, in the frame of the others."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, "title": title, **context})
