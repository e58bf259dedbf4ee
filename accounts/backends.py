"""Lets `has_perm`, `{% if perms %}`, `PermissionDenied` and the admin read the one table.

It is the only backend: another, such as Django's own, would let rows of permissions and groups grant
what the table does not, and passwords open what only a code in a mail should.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend

from accounts.policy import GRANTS, VERBS, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class RoleBackend(BaseBackend):
    """Answers for the verbs in `policy.py`; for model permissions only to administrators."""

    def get_user(self, user_id: "UUID | str") -> "User | None":
        """Who the session belongs to, asked at every request: nobody once she has been shut out."""
        from accounts.models import User

        return User.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: "User | AnonymousUser", perm: str, obj: Any = None) -> bool:
        roles: frozenset[Role] = getattr(user_obj, "roles", frozenset())
        if perm in VERBS:
            return any(perm in GRANTS[role] for role in roles)
        # `app.view_model`, `app.change_model`...: asked by the admin site alone, whose own
        # ModelAdmin classes then say which rows may be changed at all.
        return Role.ADMINISTRATOR in roles

    def has_module_perms(self, user_obj: "User | AnonymousUser", app_label: str) -> bool:
        return Role.ADMINISTRATOR in getattr(user_obj, "roles", frozenset())

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        roles: frozenset[Role] = getattr(user_obj, "roles", frozenset())
        return {str(perm) for role in roles for perm in GRANTS[role]}
