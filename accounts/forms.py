"""What a person is called, and who is invited to what."""

from typing import Any
from uuid import UUID

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.invitations import may_invite
from accounts.models import Language, User
from accounts.policy import Role

# Keeps identity and phone numbers out of a field that is shown everywhere.
no_digits = RegexValidator(r"^\D*$", _("A name has no digits."))


class AddressForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs = {"autocomplete": "email"}


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The code from the mail")
        self.fields["code"].widget.attrs = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
        }


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=160, validators=[no_digits])
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"name": user.name, "language": user.written_standard})
        if Role.STUDENT in user.roles:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = _("Your name comes from the class list.")


class InvitationForm(forms.Form):
    """`scopes`: for each role, (id, name) of what the inviter may make somebody responsible for."""

    role = forms.ChoiceField(label=_("Invite as"))
    scope = forms.ChoiceField(label=_("Responsible for"), required=False)
    name = forms.CharField(label=_("Name"), max_length=160, validators=[no_digits])
    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, initial=Language.BOKMAL
    )

    def __init__(
        self, *args: Any, user: User, scopes: dict[Role, list[tuple[UUID, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scopes = scopes
        may = may_invite(user)
        roles = [role for role in Role if role in may]
        if Role.ADMINISTRATOR in may:
            self.fields["scope"].help_text = _("An administrator needs none.")
        else:
            self.fields["scope"].required = True
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
