"""What in a round needs somebody's eye."""

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from placements.models import CapacityRequest, Placement, Round
from schools.models import Clearance, School, Student


def attention(user: User, round: Round) -> list[tuple[str, str]]:
    """What needs an eye: a sentence and where to go."""
    declined = (
        CapacityRequest.objects.visible_to(user).filter(round=round, state="declined").count()
    )
    silent = CapacityRequest.objects.visible_to(user).filter(round=round).unanswered().count()
    turned_away = Placement.objects.visible_to(user).filter(round=round, state="declined").count()
    unready = (
        Clearance.objects.visible_to(user)
        .filter(student__candidates__round=round, student__candidates__withdrawn_at=None)
        .exclude(status="cleared")
        .values("student")
        .distinct()
        .count()
    )
    manual = Student.objects.filter(
        school__in=School.objects.visible_to(user).filter(rounds=round),
        manual_handling=True,
        left_at=None,
    ).count()
    capacity, students = reverse("capacity", args=[round.pk]), reverse("students")
    notes = [
        (
            declined,
            ngettext(
                "%d workplace says none this year", "%d workplaces say none this year", declined
            ),
            capacity,
        ),
        (
            silent,
            ngettext("%d workplace has not answered", "%d workplaces have not answered", silent),
            capacity,
        ),
        (
            turned_away,
            ngettext("%d placement was declined", "%d placements were declined", turned_away),
            reverse("placements", args=[round.pk]),
        ),
        (
            unready,
            ngettext(
                "%d student has something left to get ready",
                "%d students have something left to get ready",
                unready,
            ),
            students,
        ),
        (
            manual,
            ngettext("%d student is handled manually", "%d students are handled manually", manual),
            students,
        ),
    ]
    return [(text % number, url) for number, text, url in notes if number]
