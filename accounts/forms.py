"""Who is invited, and to what."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.invitations import MAY_INVITE
from accounts.models import Language, User
from accounts.policy import Role


class InvitationForm(forms.Form):
    """`scopes`: for each role, (id, name) of what the inviter may make somebody responsible for."""

    role = forms.ChoiceField(label=_("Invite as"))
    scope = forms.ChoiceField(label=_("Responsible for"), required=False)
    name = forms.CharField(label=_("Name"), max_length=160)
    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, initial=Language.BOKMAL
    )

    def __init__(
        self, *args: Any, user: User, scopes: dict[Role, list[tuple[UUID, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        may = {role for mine in user.roles for role in MAY_INVITE.get(mine, ())}
        self.scopes = scopes
        roles = [role for role in Role if role in may]
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *[
                (role.label, [(str(pk), name) for pk, name in scopes[role]])
                for role in roles
                if scopes.get(role)
            ],
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role = data.get("role")
        if role:
            offered = {str(pk): pk for pk, _name in self.scopes.get(Role(role), [])}
            if offered and data.get("scope") not in offered:
                self.add_error("scope", _("Choose what the person is to be responsible for."))
            data["scope_id"] = offered.get(data.get("scope", ""))
        return data
