"""People, what has been done, and mail: shown. What may be done to them is an action in the list."""

from typing import Any, cast

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib import admin
from django.contrib.auth.models import Group as DjangoGroup
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import invitations, logged, outbox, people, retention_page  # noqa: F401  # it registers itself
from accounts.administration import AlsoShown, Group, Shown
from accounts.log_words import in_words, thing
from accounts.models import (
    AccessLog,
    AddressChange,
    AuditEvent,
    Invitation,
    Membership,
    MessageChoice,
    OnceKey,
    OutboxMessage,
    User,
)

# Of libraries, and of no use here: roles come from memberships, addresses from users.
for unused in (DjangoGroup, EmailAddress, EmailConfirmation):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)

admin.site.disable_action("delete_selected")


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


class MembershipInline(AlsoShown):
    model = Membership
    fields = readonly_fields = ("role", "started_at", "ended_at")


@admin.register(User)
class UserAdmin(Shown):
    group = Group.PEOPLE
    people = ("email",)
    exclude = ("password", "is_superuser", "groups", "user_permissions")
    list_display = ("name", "email", "is_active", "written_standard", "last_login")
    list_filter = ("memberships__role", "is_active", "written_standard")
    search_fields = ("name", "email")
    ordering = ("name",)
    inlines = (MembershipInline,)
    actions = ("close", "reopen", "sign_out")

    @admin.action(description=_("Shut out the chosen people"))
    def close(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.each(request, rows, lambda user: people.close(user, by=_me(request)))

    @admin.action(description=_("Let the chosen people in again"))
    def reopen(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.each(request, rows, lambda user: people.reopen(user, by=_me(request)))

    @admin.action(description=_("Sign the chosen people out everywhere"))
    def sign_out(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.each(request, rows, lambda user: people.sign_out_everywhere(user, by=_me(request)))


@admin.register(Membership)
class MembershipAdmin(Shown):
    group = Group.PEOPLE
    people = ("user__email",)
    list_display = ("user", "role", "started_at", "ended_at")
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("user__name", "user__email")
    ordering = ("user__name",)
    actions = ("end",)

    @admin.action(description=_("End the chosen memberships"))
    def end(self, request: HttpRequest, rows: QuerySet[Membership]) -> None:
        self.each(request, rows, lambda membership: people.end(membership, by=_me(request)))


@admin.register(Invitation)
class InvitationAdmin(Shown):
    group = Group.PEOPLE
    people = ("email",)
    date_hierarchy = "created_at"
    list_display = ("name", "email", "role", "created_at", "accepted_at", "revoked_at")
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "email")
    ordering = ("-created_at",)
    actions = ("take_back",)

    @admin.action(description=_("Take back the chosen invitations"))
    def take_back(self, request: HttpRequest, rows: QuerySet[Invitation]) -> None:
        self.each(request, rows, lambda row: invitations.revoke(row, by=_me(request)))


@admin.register(AddressChange)
class AddressChangeAdmin(Shown):
    group = Group.PEOPLE
    people = ("email", "user__email")
    list_display = ("user", "created_at", "expires_at")
    search_fields = ("user__name", "user__email")
    ordering = ("-created_at",)


class OfKind(admin.SimpleListFilter):
    """By what mails are about, in words; only what there is mail of."""

    title = _("what it is about")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = OutboxMessage.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return sorted(((kind, outbox.called(kind)) for kind in kinds), key=lambda pair: pair[1])

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OutboxMessage]
    ) -> QuerySet[OutboxMessage]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OutboxMessage)
class OutboxMessageAdmin(Shown):
    group = Group.RUNNING
    people = ("recipient",)
    exclude = ("kind", "subject", "text", "path")  # what is written to somebody is hers to read
    date_hierarchy = "created_at"
    list_display = ("about", "recipient", "state", "created_at", "sent_at", "attempts", "error")
    list_filter = ("state", OfKind)
    search_fields = ("recipient",)
    ordering = ("-created_at",)
    actions = ("send_again",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["about", *super().get_fields(request, obj)]

    @admin.display(description=_("what it is about"), ordering="kind")
    def about(self, message: OutboxMessage) -> str:
        return outbox.called(message.kind)

    @admin.action(description=_("Send the chosen failed or uncertain mails again"))
    def send_again(self, request: HttpRequest, rows: QuerySet[OutboxMessage]) -> None:
        self.each(request, rows, lambda message: outbox.send_again(message, by=_me(request)))


@admin.register(AuditEvent)
class AuditEventAdmin(Shown):
    group = Group.RUNNING
    people = ("actor__email",)
    exclude = ("verb", "via", "target_type")
    list_display = ("at", "did", "actor", "way", "target")
    list_filter = (
        in_words("verb", _("what"), logged.verb),
        in_words("target_type", _("kind of thing"), thing),
        in_words("via", _("by way of"), logged.way),
    )
    search_fields = ("=target_id", "actor__name", "actor__email")
    date_hierarchy = "at"
    ordering = ("-at", "-id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["did", "way", "target", *super().get_fields(request, obj)]

    @admin.display(description=_("what"), ordering="verb")
    def did(self, row: AuditEvent) -> str:
        return logged.verb(row.verb)

    @admin.display(description=_("by way of"), ordering="via")
    def way(self, row: AuditEvent) -> str:
        return logged.way(row.via)

    @admin.display(description=_("kind of thing"), ordering="target_type")
    def target(self, row: AuditEvent) -> str:
        return thing(row.target_type)


@admin.register(AccessLog)
class AccessLogAdmin(Shown):
    group = Group.RUNNING
    people = ("actor__email",)
    exclude = ("view", "via", "target_type")
    list_display = ("at", "page", "actor", "way", "target", "count")
    list_filter = (
        in_words("view", _("page"), logged.page),
        in_words("via", _("by way of"), logged.way),
        in_words("target_type", _("kind of thing"), thing),
    )
    search_fields = ("=target_id", "actor__name", "actor__email")
    date_hierarchy = "at"
    ordering = ("-at", "-id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["page", "way", "target", *super().get_fields(request, obj)]

    @admin.display(description=_("page"), ordering="view")
    def page(self, row: AccessLog) -> str:
        return logged.page(row.view)

    @admin.display(description=_("by way of"), ordering="via")
    def way(self, row: AccessLog) -> str:
        return logged.way(row.via)

    @admin.display(description=_("kind of thing"), ordering="target_type")
    def target(self, row: AccessLog) -> str:
        return thing(row.target_type)


@admin.register(OnceKey)
class OnceKeyAdmin(Shown):
    group = Group.RUNNING
    people = ("user__email",)
    list_display = ("created_at", "user", "location")
    ordering = ("-created_at",)


@admin.register(MessageChoice)
class MessageChoiceAdmin(Shown):
    """What people have chosen to be told of; only they choose."""

    group = Group.PEOPLE
    people = ("user__email",)
    list_display = ("user", "topic", "how", "sms")
    ordering = ("user__email", "topic")
