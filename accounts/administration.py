"""The administration: Django's own pages behind our table, mostly for reading.

Registers may be edited here. What actions own is shown, found and filtered, and has no form at all:
there is no way round an action's rules. Nothing is written to Django's own log, which would keep
names; what is changed here goes into the audit like everything else.
"""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db import models
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.decorators import public, requires
from accounts.errors import DomainError
from accounts.models import OutboxMessage, OutboxState, User
from accounts.policy import Permission
from accounts.views import sign_out

Addresses = Callable[[], "models.QuerySet[Any, Any]"]
CONCEALED: list[Addresses] = []

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
            *kept,
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        stuck = OutboxMessage.objects.filter(state__in=[OutboxState.FAILED, OutboxState.UNCERTAIN])
        return super().index(request, {"stuck_mails": stuck.count(), **(extra_context or {})})


@public
def _to_sign_in(request: HttpRequest) -> HttpResponse:
    target = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")


class Shown(admin.ModelAdmin[Any]):
    """Rows that actions own: to be found and read."""

    people: ClassVar[tuple[str, ...]] = ()  # where each row keeps somebody's e-mail address
    list_per_page = 50
    show_full_result_count = False
    list_select_related: ClassVar[Any] = True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        found = super().get_queryset(request)
        for where in self.people:
            for addresses in CONCEALED:
                found = found.exclude(**{f"{where}__in": addresses()})
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        every = [*self.opts.concrete_fields, *self.opts.many_to_many]
        left_out = {"id", *(self.exclude or ())}
        return [f.name for f in every if f.name not in left_out and not isinstance(f, UNSHOWN)]

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


class Register(Shown):
    """Rows that an administrator keeps in order: added and changed here, and never deleted."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [
            name
            for name in super().get_fields(request, obj)
            if self.opts.get_field(name).editable or name in self.readonly_fields
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
