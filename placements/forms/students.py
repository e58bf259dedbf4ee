"""Finding students, ticking off what they must have ready, keeping them from a workplace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.lookup import Lookup
from accounts.models import User
from accounts.prepared import prepared
from placements import among
from placements.listing import CLASS, offer, offer_classes
from placements.models import Round, Workplace
from placements.rows import StudentRow
from placements.workplace_rows import read_under_way, under_way
from schools.models import Clearance, ClearanceStatus, Requirement, School, SchoolClass, Student

UNCONCERNED = "unconcerned"
SORTS = {
    "name": ("sort_key", "pk"),
    "class": ("school_class__name", "sort_key", "pk"),
    "school": ("school__sort_key", "school_class__name", "sort_key", "pk"),
    "home": ("municipality__name", "sort_key", "pk"),
    "ready": ("left_to_do", "sort_key", "pk"),
}


def with_readiness(found: QuerySet[Student]) -> QuerySet[Student]:
    """Annotate how many things each has to get ready, how many are, and how many are left.

    Asked of all there are, to sort by them or to write them all; a page uses `fill`.
    """
    ready = Count("clearances", filter=Q(clearances__status=ClearanceStatus.CLEARED))
    return found.annotate(
        to_do=Count("clearances"), ready=ready, left_to_do=F("to_do") - F("ready")
    )


def fill(rows: Sequence[StudentRow]) -> None:
    """The same for the rows of one page."""
    numbers = {pk: counts for pk, *counts in _things([row.pk for row in rows])}
    for row in rows:
        row.to_do, row.ready = numbers.get(row.pk, (0, 0))


@prepared
def _things(students: Sequence[UUID]) -> QuerySet[Any, Any]:
    things = Clearance.objects.filter(student__in=students).order_by().values_list("student")
    ready = Count("pk", filter=Q(status=ClearanceStatus.CLEARED))
    return things.annotate(to_do=Count("pk"), ready=ready)


class StudentFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """What the list's address says: who, which class, where they stand."""

    q = django_filters.CharFilter(
        label=gettext_lazy("Search"),
        method="search",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    school = django_filters.ModelChoiceFilter(
        label=gettext_lazy("School"),
        queryset=School.objects.none(),
        empty_label=gettext_lazy("All schools"),
    )
    school_class = django_filters.ModelChoiceFilter(
        label=pgettext_lazy("school", "Class"),
        queryset=SchoolClass.objects.none(),
        empty_label=gettext_lazy("All classes"),
    )
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        method="by_status",
        empty_label=gettext_lazy("At the school"),
        choices=[
            ("unready", gettext_lazy("Something left to get ready")),
            ("ready", gettext_lazy("Everything ready")),
            ("left", gettext_lazy("Has left the school")),
            ("all", gettext_lazy("Everybody")),
        ],
    )

    round = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Round"),
        queryset=Round.objects.none(),
        method="by_round",
        empty_label=gettext_lazy("In a round or not"),
    )

    class Meta:
        model = Student
        fields = ("q", "school", "school_class", "status", "round")

    def __init__(self, data: Any, queryset: QuerySet[Student], *, user: User) -> None:
        super().__init__(data, queryset)
        # What is offered is read beforehand; what is chosen is looked up among the same.
        if data.get("school"):
            self.filters["school"].queryset = School.objects.visible_to(user)
        if data.get("school_class"):
            self.filters["school_class"].queryset = _with_somebody(user)
        if data.get("round"):
            self.filters["round"].queryset = under_way(user)
        self.several = offer_classes(self, _classes(user), _schools(user))
        self.under_way = read_under_way(user)
        offer(self.form.fields["round"], [(round.pk, round.name) for round in self.under_way])

    @property
    def qs(self) -> QuerySet[Student]:
        found: QuerySet[Student] = super().qs
        return found if self.form.cleaned_data.get("status") else found.filter(left_at=None)

    def by_round(self, found: QuerySet[Student], _name: str, value: Round) -> QuerySet[Student]:
        return found.filter(candidates__in=value.candidates.taking_part())

    def search(self, found: QuerySet[Student], _name: str, value: str) -> QuerySet[Student]:
        for word in value.split()[:5]:
            found = found.filter(
                Q(given_name__icontains=word)
                | Q(family_name__icontains=word)
                | Q(email__istartswith=word)
                | Q(external_id__istartswith=word)
            )
        return found

    def by_status(self, found: QuerySet[Student], _name: str, value: str) -> QuerySet[Student]:
        waiting = Clearance.objects.filter(student=OuterRef("pk")).exclude(
            status=ClearanceStatus.CLEARED
        )
        if value == "left":
            return found.exclude(left_at=None)
        if value == "unready":
            return found.filter(Exists(waiting), left_at=None)
        if value == "ready":
            return found.filter(~Exists(waiting), left_at=None)
        return found


def _with_somebody(user: User) -> QuerySet[SchoolClass]:
    """Only classes with somebody in them: those of years gone by would fill the list."""
    classes = SchoolClass.objects.visible_to(user)
    return classes.filter(students__left_at=None, students__manual_handling=False).distinct()


@prepared
def _classes(user: User) -> QuerySet[Any]:
    return _with_somebody(user).values_list(*CLASS)


@prepared
def _schools(user: User) -> QuerySet[Any]:
    return School.objects.visible_to(user).values_list("pk", "name")


class ClearanceForm(forms.Form):
    """One choice per requirement, and the day the papers were seen."""

    seen_on = forms.DateField(
        label=gettext_lazy("Seen on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("For those you set to ready now."),
    )

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("seen_on", timezone.localdate())
        self.requirements = list(Requirement.objects.all())
        self.now = {c.requirement_id: c for c in student.clearances.select_related("seen_by")}
        for requirement in self.requirements:
            clearance = self.now.get(requirement.pk)
            self.fields[f"status_{requirement.code}"] = forms.ChoiceField(
                label=requirement.name,
                choices=[
                    (UNCONCERNED, _("Does not concern this student")),
                    *ClearanceStatus.choices,
                ],
                initial=clearance.status if clearance else UNCONCERNED,
                help_text=_("Seen %(date)s by %(who)s")
                % {"date": f"{clearance.seen_on:%d.%m.%Y}", "who": clearance.seen_by}
                if clearance and clearance.seen_on
                else "",
            )
        self.order_fields([*(n for n in self.fields if n != "seen_on"), "seen_on"])

    def clean_seen_on(self) -> dt.date:
        day = cast("dt.date", self.cleaned_data["seen_on"])
        if day > timezone.localdate():
            raise forms.ValidationError(_("Nobody can have seen it yet. Choose today or earlier."))
        return day

    def statuses(self) -> dict[Requirement, str]:
        return {
            requirement: self.cleaned_data[f"status_{requirement.code}"].replace(UNCONCERNED, "")
            for requirement in self.requirements
        }


class ConflictForm(forms.Form):
    """Which workplace. Why is not asked."""

    workplace = Lookup(label=gettext_lazy("Workplace"))

    def __init__(self, *args: Any, student: Student, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = Workplace.objects.visible_to(user).active()
        others = active.exclude(pk__in=student.conflicts.values("workplace"))
        cast(Lookup, self.fields["workplace"]).offer(among.workplaces(others))


class ManualForm(forms.Form):
    """That she has understood what it means."""

    understood = forms.BooleanField(
        label=gettext_lazy("I have read this, and the practice is arranged outside the system.")
    )
