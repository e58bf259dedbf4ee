"""A table as the answer of a page."""

from __future__ import annotations

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from placements.exports import csv_file, excel, shared
from placements.exports.cells import Table

CHUNK = 1000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_answer(table: Table, suffix: str, about: str = "") -> HttpResponseBase:
    """The answer: CSV is sent while it is read, Excel when it is whole."""
    answer: HttpResponseBase
    if suffix == "csv":
        lines = csv_file.lines(table, get_language() or "nb")
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    elif suffix == "xlsx":
        answer = HttpResponse(excel.workbook(table), content_type=EXCEL)
    else:
        raise Http404
    name = shared.file_name(table, suffix, about)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
