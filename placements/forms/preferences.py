"""Putting wishes in order, finding workplaces to wish for, and finding who has not answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.prepared import prepared
from placements import ranking
from placements.listing import CLASS, offer_classes
from placements.models import Candidate, Round, Workplace
from placements.models.preferences import CandidateQuerySet, WishesState, which_of
from placements.ranking import Ranking
from placements.rows import CandidateRow, WaitingRow
from placements.wishlist import Option, Place
from schools.models import School, SchoolClass

MOVES = {
    "add": ranking.add,
    "remove": ranking.remove,
    "up": ranking.up,
    "down": ranking.down,
    "equal": ranking.equal,
}


class VersionForm(forms.Form):
    """Which version of the row the person was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class WishForm(VersionForm):
    """One step: a button's name says what, its value which workplace. Dragging says `move`, `before`."""

    add = forms.UUIDField(required=False)
    remove = forms.UUIDField(required=False)
    up = forms.UUIDField(required=False)
    down = forms.UUIDField(required=False)
    equal = forms.UUIDField(required=False)
    move = forms.UUIDField(required=False)
    before = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        dragged = data.get("move") and data.get("before")
        if not dragged and not any(data.get(name) for name in MOVES):
            raise forms.ValidationError(_("Choose what to do with the wish."))
        return data

    @property
    def step(self) -> tuple[str, UUID]:
        """The button that was pressed, else `move`; and the workplace it stood at."""
        data = self.cleaned_data
        return next((name, data[name]) for name in (*MOVES, "move") if data.get(name))

    def applied_to(self, now: Ranking) -> Ranking:
        name, workplace = self.step
        if name == "move":
            return ranking.before(now, workplace, self.cleaned_data["before"])
        return MOVES[name](now, workplace)


class NeedsForm(VersionForm):
    """What she must be able to count on. Choices, never free text: nobody is asked why."""

    no_car = forms.BooleanField(
        required=False,
        label=gettext_lazy("I cannot come by car"),
        help_text=gettext_lazy("Workplaces that cannot be reached without a car are left out."),
    )
    step_free = forms.BooleanField(
        required=False,
        label=gettext_lazy("I need step-free access"),
        help_text=gettext_lazy("Workplaces without it are left out. You need not say why."),
    )


class WorkplaceSearch(forms.Form):
    """What to show of the workplaces she can choose, kept in the address."""

    q = forms.CharField(
        required=False,
        label=gettext_lazy("Search"),
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("All kinds")), *Workplace.Kind.choices],
    )
    municipality = forms.ChoiceField(required=False, label=gettext_lazy("Municipality"))
    within = forms.TypedChoiceField(
        required=False,
        label=gettext_lazy("Travel, one way"),
        coerce=int,
        empty_value=None,
        choices=[
            ("", gettext_lazy("As far as allowed")),
            (15, gettext_lazy("at most 15 minutes")),
            (30, gettext_lazy("at most 30 minutes")),
            (45, gettext_lazy("at most 45 minutes")),
            (60, gettext_lazy("at most an hour")),
        ],
    )
    sort = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Order"),
        choices=[
            ("", gettext_lazy("Nearest first")),
            ("calm", gettext_lazy("Fewest wishes per place first")),
            ("name", gettext_lazy("By name")),
        ],
    )
    far = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, options: list[Option], **kwargs: Any) -> None:
        """`options`: those she can choose, whose municipalities are asked about."""
        super().__init__(*args, **kwargs)
        places = [option.place for option in options]
        here = {(place.town_key, str(place.municipality), place.town) for place in places}
        self.fields["municipality"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("All municipalities")),
            *((pk, name) for _key, pk, name in sorted(here)),
        ]

    def found(self, options: list[Option]) -> list[Option]:
        """Those that match, in the order asked for. What the form cannot read it leaves out."""
        data = self.cleaned_data if self.is_valid() else {}
        words = data.get("q", "").casefold().split()[:5]
        kind, sort = data.get("kind", ""), data.get("sort", "")
        there, within = data.get("municipality", ""), data.get("within")
        kept = [
            option
            for option in options
            if (not kind or option.place.kind == kind)
            and (not there or str(option.place.municipality) == there)
            and (not within or (option.minutes is not None and option.minutes <= within))
            and all(word in _searched(option.place) for word in words)
        ]
        return sorted(kept, key=lambda o: (_order(o, sort), o.place.sort_key))


def _searched(place: Place) -> str:
    return f"{place.name} {place.parent or ''} {place.town}".casefold()


def _order(option: Option, sort: str) -> float:
    if sort == "name":
        return 0
    return option.wished / option.places if sort == "calm" else float(option.minutes or 0)


def with_wishes(found: CandidateQuerySet) -> CandidateQuerySet:
    """Annotate how many wishes each has: asked of all there are, to sort by it. A page uses `fill`."""
    return found.annotate(wishes=Count("preferences"))


def fill(rows: Sequence[CandidateRow | WaitingRow], round: Round) -> None:
    """The same for the rows of one page, and which of her practices each is."""
    needs: dict[UUID, list[UUID]] = defaultdict(list)
    wishes = {}
    for pk, student, number in _needs(round.pk, [row.student_id for row in rows]):
        needs[student].append(pk)
        wishes[pk] = number
    for row in rows:
        all_hers = needs[row.student_id]
        row.wishes = wishes.get(row.pk, 0)  # she may have left since the rows were read
        row.which = which_of(all_hers.index(row.pk) + 1, len(all_hers)) if row.pk in wishes else ""


@prepared
def _needs(round: UUID, students: Sequence[UUID]) -> QuerySet[Any, Any]:
    hers = Candidate.objects.taking_part().filter(round=round, student__in=students)
    return hers.order_by("need").values_list("pk", "student").annotate(Count("preferences"))


SORTS = {
    "name": ("student__sort_key", "need", "pk"),
    "class": ("student__school_class__name", "student__sort_key", "need", "pk"),
    "school": ("school__sort_key", "student__sort_key", "need", "pk"),
    "state": ("wishes_state", "student__sort_key", "need", "pk"),
    "wishes": ("wishes", "student__sort_key", "need", "pk"),
    "reminded": ("reminded_at", "student__sort_key", "need", "pk"),
}


class CandidateFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """Who takes part: by name, school, class, and how far she has come with her wishes."""

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
        field_name="student__school_class",
        label=pgettext_lazy("school", "Class"),
        queryset=SchoolClass.objects.none(),
        empty_label=gettext_lazy("All classes"),
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Wishes"),
        method="by_state",
        empty_label=gettext_lazy("Everybody"),
        choices=[("unsent", gettext_lazy("Not sent")), *WishesState.choices],
    )

    class Meta:
        model = Candidate
        fields = ("q", "school", "school_class", "state")

    def __init__(self, data: Any, queryset: CandidateQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        sent = Count("pk", filter=Q(wishes_state=WishesState.SENT))
        by_class = queryset.order_by().values_list("student__school_class")
        numbers = list(by_class.annotate(Count("pk"), sent=sent))
        taught = [pk for pk, _all, _sent in numbers]
        self.all = sum(number for _pk, number, _sent in numbers)  # of those there are, not found
        self.sent = sum(number for _pk, _all, number in numbers)
        # What is offered is read beforehand; what is chosen is looked up among the same.
        if data.get("school"):
            self.filters["school"].queryset = School.objects.visible_to(user)
        if data.get("school_class"):
            self.filters["school_class"].queryset = _classes_among(user, taught)
        self.several = offer_classes(self, _classes(user, taught))

    def search(self, found: CandidateQuerySet, _name: str, value: str) -> CandidateQuerySet:
        for word in value.split()[:5]:
            found = found.filter(
                Q(student__given_name__icontains=word)
                | Q(student__family_name__icontains=word)
                | Q(student__email__istartswith=word)
            )
        return found

    def by_state(self, found: CandidateQuerySet, _name: str, value: str) -> CandidateQuerySet:
        return found.unsent() if value == "unsent" else found.filter(wishes_state=value)


def _classes_among(user: User, taught: Sequence[UUID]) -> QuerySet[SchoolClass]:
    return SchoolClass.objects.visible_to(user).filter(pk__in=taught)


@prepared
def _classes(user: User, taught: Sequence[UUID]) -> QuerySet[Any]:
    return _classes_among(user, taught).values_list(*CLASS)
