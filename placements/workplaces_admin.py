"""Workplaces and what hangs on them: the register is edited here by its action, the rest is shown."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.administration import AlsoShown, Group, Register, Shown
from accounts.errors import DomainError
from accounts.models import User
from placements.actions import workplaces
from placements.models import (
    Conflict,
    Contact,
    LearningArea,
    Supervisor,
    Workplace,
    WorkplaceNote,
)
from schools.admin import OfStudents


class ContactInline(AlsoShown):
    model = Contact
    fields = readonly_fields = ("name", "email", "phone", "confirmed", "ended_at")
    ordering = ("name",)


class SupervisorInline(AlsoShown):
    model = Supervisor
    fields = readonly_fields = ("name", "email", "active")
    ordering = ("name",)


class WorkplaceForm(forms.ModelForm[Workplace]):
    """Carries the version it was opened on, so that two people do not overwrite each other."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Workplace
        fields = (*workplaces.FIELDS, "requirements", "learning_areas")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version


@admin.register(Workplace)
class WorkplaceAdmin(Register):
    group = Group.PLACES
    form = WorkplaceForm
    inlines = (ContactInline, SupervisorInline)
    list_display = ("name", "kind", "parent", "municipality", "organisation_number", "active")
    list_filter = ("kind", "active", "receives_students", "municipality__county")
    search_fields = ("name", "=organisation_number", "municipality__name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*workplaces.FIELDS, "requirements", "learning_areas", "seen_version"]

    def save_model(self, request: HttpRequest, obj: Workplace, form: Any, change: bool) -> None:
        data, by = form.cleaned_data, cast(User, request.user)
        chosen = {name: data[name] for name in ("requirements", "learning_areas")}
        if change:
            workplaces.update(obj, version=data["seen_version"] or 0, by=by, **chosen)
        else:
            workplaces.create(obj, by=by, **chosen)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Done by the action."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)


@admin.register(LearningArea)
class LearningAreaAdmin(Register):
    group = Group.PLACES
    list_display = ("code", "name_nb", "name_nn", "name_en")
    search_fields = ("code", "name_nb", "name_nn")


@admin.register(Contact)
class ContactAdmin(Shown):
    group = Group.PEOPLE
    people = ("email",)
    list_display = ("name", "email", "workplace", "confirmed", "ended_at")
    list_filter = ("confirmed", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "email", "workplace__name")


@admin.register(Supervisor)
class SupervisorAdmin(Shown):
    group = Group.PEOPLE
    list_display = ("name", "workplace", "email", "active")
    list_filter = ("active",)
    search_fields = ("name", "email", "workplace__name")


@admin.register(Conflict)
class ConflictAdmin(OfStudents):
    group = Group.PEOPLE
    list_display = ("student", "workplace", "registered_by", "registered_at")
    search_fields = ("student__family_name", "workplace__name")


@admin.register(WorkplaceNote)
class WorkplaceNoteAdmin(Shown):
    group = Group.PLACES
    list_display = ("workplace", "written_at", "written_by")
    list_select_related = ("workplace", "written_by")
