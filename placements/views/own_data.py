"""What is kept about oneself: "What do you know about me, and who has looked?"."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.decorators import AuthenticatedRequest, requires
from accounts.policy import Permission
from placements import own_data
from schools.models import Student


def _herself(request: AuthenticatedRequest) -> Student:
    found = Student.objects.listable().filter(user=request.user)
    student = found.select_related("school__county").first()
    if student is None:
        raise Http404
    return student


@requires(Permission.SEE_OWN_PLACEMENT)
def mine(request: AuthenticatedRequest) -> HttpResponse:
    student = _herself(request)
    return render(
        request,
        "placements/practice/own_data.html",
        {
            "student": student,
            "sections": own_data.sections(student),
            "looks": own_data.looks(student),
        },
    )


@requires(Permission.SEE_OWN_PLACEMENT)
def download(request: AuthenticatedRequest) -> HttpResponse:
    """The same for a machine: one JSON file."""
    answer = JsonResponse(
        own_data.as_data(_herself(request)), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = 'attachment; filename="praksisplass-mine-opplysninger.json"'
    return answer
