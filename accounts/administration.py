"""The administration: Django's own pages behind our table, mostly for reading.

Registers may be edited here. What actions own is shown and has no form at all: there is no way round
an action's rules. Nothing is written to Django's own log, which would keep names; what is changed here
goes into the audit like everything else.
"""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.forms import (
    BaseForm,
    CheckboxSelectMultiple,
    DateInput,
    Field,
    Media,
    ModelMultipleChoiceField,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.admin_tools import TOOLS
from accounts.decorators import public, requires
from accounts.errors import DomainError
from accounts.list_files import WithFiles
from accounts.models import OutboxMessage, OutboxState, User
from accounts.policy import Permission
from accounts.views import sign_out

Addresses = Callable[[], "models.QuerySet[Any, Any]"]
CONCEALED: list[Addresses] = []


class Group(models.TextChoices):
    """What a list is about; the first page and the menu are ordered by it, not by our apps."""

    PEOPLE = "people", _("People")
    PLACES = "places", _("Schools and places")
    ROUNDS = "rounds", _("Rounds")
    STAYS = "stays", _("Placements and practice")
    RUNNING = "running", _("Mail, jobs and logs")


# Too big, too secret, or without meaning for a reader.
UNSHOWN = (models.BinaryField, models.GeneratedField)


def conceals(addresses: Addresses) -> Addresses:
    """Register a query for the e-mail addresses of people whom no list may show."""
    CONCEALED.append(addresses)
    return addresses


class Administration(admin.AdminSite):
    site_header = "Praksisplass"
    site_title = "Praksisplass"
    index_title = _("Administration")
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(Permission.ADMINISTER)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """The same mark as on every view of ours: 403 without the permission, and GET only reads."""
        return requires(Permission.ADMINISTER)(super().admin_view(view, cacheable))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without passwords; signing in and out are those of all the others."""
        gone = {"login", "logout", "password_change", "password_change_done", "view_on_site"}
        kept = [url for url in super().get_urls() if getattr(url, "name", None) not in gone]
        return [
            path("login/", _to_sign_in, name="login"),
            path("logout/", sign_out, name="logout"),
            *(path(f"{t.name}/", self.admin_view(t.page), name=t.name) for t in TOOLS),
            *kept,
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        stuck = OutboxMessage.objects.filter(state__in=[OutboxState.FAILED, OutboxState.UNCERTAIN])
        more = {"stuck_mails": stuck.count(), "tools": TOOLS, **(extra_context or {})}
        return super().index(request, more)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Every list in its group; for one app's own page, that app's lists."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        lists = [m for app in self._build_app_dict(request).values() for m in app["models"]]
        lists.sort(key=lambda m: str(m["name"]).casefold())
        groups: dict[str, list[Any]] = {group.value: [] for group in Group}
        for shown in lists:
            groups[self._registry[shown["model"]].group].append(shown)  # type: ignore[attr-defined]  # ours
        return [
            {
                "name": Group(group).label,
                "app_label": group,
                "app_url": f"{reverse('admin:index')}#{group}",
                "has_module_perms": True,
                "models": shown,
            }
            for group, shown in groups.items()
            if shown
        ]


@public
def _to_sign_in(request: HttpRequest) -> HttpResponse:
    target = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")


class Shown(WithFiles):
    """Rows that actions own: to be found and read."""

    people: ClassVar[tuple[str, ...]] = ()  # where each row keeps somebody's e-mail address
    group: ClassVar[Group] = Group.ROUNDS
    list_per_page = 50
    show_full_result_count = False
    list_select_related: ClassVar[Any] = True
    show_facets = admin.ShowFacets.NEVER

    @property
    def media(self) -> Media:
        """Only what marks the rows an action is for; jQuery writes styles that our CSP refuses."""
        return Media(js=["admin/js/actions.js"])

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Called by what it lists, not by what might be done there."""
        name = capfirst(str(self.opts.verbose_name_plural))
        more = {"title": name, **self.file_links(request), **(extra_context or {})}
        return super().changelist_view(request, more)

    def get_list_select_related(self, request: HttpRequest) -> Any:
        """Unless it is said: whatever its columns name, also where there may be none."""
        if self.list_select_related is not True:
            return self.list_select_related
        columns = {field.name for field in self.opts.concrete_fields if field.is_relation}
        return [name for name in self.get_list_display(request) if name in columns]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        found = super().get_queryset(request)
        for where in self.people:
            for addresses in CONCEALED:
                found = found.exclude(**{f"{where}__in": addresses()})
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        every = [*self.opts.concrete_fields, *self.opts.many_to_many]
        left_out = {"id", *(self.exclude or ())}
        own = [f.name for f in every if f.name not in left_out and not isinstance(f, UNSHOWN)]
        return [*own, *self.readonly_fields]  # the latter: what is worked out of a row

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Its history is in the audit."""
        audits = reverse("admin:accounts_auditevent_changelist")
        return redirect(f"{audits}?{urlencode({'target_id': object_id})}")

    def each(
        self, request: HttpRequest, rows: models.QuerySet[Any], act: Callable[[Any], object]
    ) -> None:
        """Do an action to each chosen row, and say how it went."""
        done = 0
        for row in rows:
            try:
                act(row)
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                done += 1
        said = ngettext("Done for %(count)s row.", "Done for %(count)s rows.", done)
        self.message_user(request, said % {"count": done})


class AlsoShown(admin.TabularInline[Any, Any]):
    """Rows that belong to the one shown, on its page, each with a link to its own."""

    template = "admin/inline.html"
    extra = 0
    can_delete = False
    ordering: ClassVar[tuple[str, ...]] = ("pk",)
    select: ClassVar[tuple[str, ...]] = ()  # what its columns name

    @property
    def media(self) -> Media:
        return Media()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.select)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Register(Shown):
    """Rows that an administrator keeps in order: added and changed here, and never deleted."""

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """To be read beside the form; they are no part of what is sent."""
        return list(self.inlines) if obj is not None and request.method == "GET" else []

    formfield_overrides: ClassVar[Any] = {
        models.DateField: {"widget": DateInput({"type": "date"}, format="%Y-%m-%d")}
    }

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """The browser's own fields: what there is to choose stands there, without scripts and windows."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        kwargs.setdefault("widget", CheckboxSelectMultiple())
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.help_text = ""  # on the keys that choose several in a list that is no list
        return field

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Its title fits words of any gender, which Django's own does not."""
        title = _("Add %s") % self.opts.verbose_name
        return super().add_view(request, form_url, {"title": title} | (extra_context or {}))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [
            name
            for name in super().get_fields(request, obj)
            if name in self.readonly_fields or self.opts.get_field(name).editable
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def construct_change_message(  # type: ignore[override]  # ours is not for Django's log
        self, request: HttpRequest, form: BaseForm, formsets: Any, add: bool = False
    ) -> list[str]:
        return form.changed_data

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        audit.record("register.add", obj, by=cast(User, request.user))

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        audit.record("register.change", obj, by=cast(User, request.user), fields=message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            audit.record("register.delete", row, by=cast(User, request.user))
