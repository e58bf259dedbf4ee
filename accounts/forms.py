"""What a person is called, and who is invited to what."""

from dataclasses import replace
from typing import Any, cast

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.choices import Topic, chosen, topics_for
from accounts.invitations import may_invite
from accounts.lookup import Among, Lookup
from accounts.models import How, Language, User
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


class NewAddressForm(forms.Form):
    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a link there. Nothing changes before you have opened it."),
    )


class MessageChoicesForm(forms.Form):
    """A row for each topic of hers: by mail at once, in a summary, or not; by text message if there are."""

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.topics = topics_for(user)
        self.texts = bool(settings.SMS_SENDER)
        stands = chosen(user)
        for topic in self.topics:
            now = stands.get(topic.code)
            if not topic.must:
                self.fields[f"how-{topic.code}"] = forms.ChoiceField(
                    label=str(topic.title),
                    choices=[(way.value, way.label) for way in topic.ways],
                    initial=now.how if now else How.NOW,
                )
            if self.texts:
                self.fields[f"sms-{topic.code}"] = forms.BooleanField(
                    label=str(topic.title), required=False, initial=bool(now and now.sms)
                )
        if self.texts:
            self.fields["mobile"] = forms.RegexField(
                r"^\+?[0-9 ]{8,15}$",
                label=_("Mobile number"),
                required=False,
                initial=user.mobile,
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.sms() and not data.get("mobile"):
            self.add_error("mobile", _("We need a number to send text messages to."))
        return data

    def how(self) -> dict[str, str]:
        return self._of("how-")

    def sms(self) -> frozenset[str]:
        return frozenset(code for code, wanted in self._of("sms-").items() if wanted)

    def _of(self, prefix: str) -> dict[str, Any]:
        return {
            name.removeprefix(prefix): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }

    @property
    def rows(self) -> list[tuple[Topic, forms.BoundField | None, forms.BoundField | None]]:
        """Each topic with its fields, for the table."""
        return [
            (
                topic,
                None if topic.must else self[f"how-{topic.code}"],
                self[f"sms-{topic.code}"] if self.texts else None,
            )
            for topic in self.topics
        ]


class InvitationForm(forms.Form):
    """`scopes`: for each role, among what the inviter may make somebody responsible for."""

    role = forms.ChoiceField(label=_("Invite as"))
    scope = Lookup(label=_("Responsible for"), required=False)
    name = forms.CharField(label=_("Name"), max_length=160, validators=[no_digits])
    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, initial=Language.BOKMAL
    )

    def __init__(self, *args: Any, user: User, scopes: dict[Role, Among], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scopes = scopes
        may = may_invite(user)
        roles = [role for role in Role if role in may]
        scope = cast(Lookup, self.fields["scope"])
        if Role.ADMINISTRATOR in may:
            scope.help_text = _("An administrator needs none.")
        else:
            scope.required = True
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        scope.offer(
            *[replace(scopes[role], heading=str(role.label)) for role in roles if role in scopes]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, chosen = data.get("role"), data.get("scope")
        if role and (offered := self.scopes.get(Role(role))) and "scope" not in self.errors:
            if chosen is None or not offered.rows.filter(pk=chosen.pk).exists():
                self.add_error("scope", _("Choose what the person is to be responsible for."))
            else:
                data["scope_id"] = chosen.pk
        return data
