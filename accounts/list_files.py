"""Lists of the administration as files, and some of them read in from files: who registers that knows how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

Download = Callable[[HttpRequest, "models.QuerySet[Any, Any]", str], HttpResponseBase]
Read = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Files:
    download: Download
    read: Read | None = None


FILES: dict[type[models.Model], Files] = {}


class WithFiles(admin.ModelAdmin[Any]):
    """A list that may be had as a file: the same rows, by the same filters, as on its page."""

    change_list_template = "admin/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        urls = super().get_urls()
        files, name = FILES.get(self.model), f"{self.opts.app_label}_{self.opts.model_name}"
        if files is None:
            return urls
        wrap = self.admin_site.admin_view
        own = [path("file.<slug:suffix>", wrap(self.as_file), name=f"{name}_file")]
        if files.read:
            own.append(path("read/", wrap(files.read), name=f"{name}_read"))
        return [*own, *urls]

    def as_file(self, request: HttpRequest, suffix: str) -> HttpResponseBase:
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise Http404 from None
        return FILES[self.model].download(request, rows, suffix)

    def file_links(self, request: HttpRequest) -> dict[str, Any]:
        """For the list's page: the addresses of its files, with its filters, and of reading one in."""
        files, name = FILES.get(self.model), f"{self.opts.app_label}_{self.opts.model_name}"
        if files is None:
            return {}
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        kinds = [("Excel", "xlsx"), ("CSV", "csv")]
        links = [(k, reverse(f"admin:{name}_file", args=[suffix]) + query) for k, suffix in kinds]
        return {"files": links, "read": files.read and reverse(f"admin:{name}_read")}
