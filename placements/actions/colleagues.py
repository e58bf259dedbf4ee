"""What those who answer for a workplace do among themselves: ask in a colleague, hand over, leave."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, people
from accounts.errors import DomainError
from accounts.models import User
from accounts.policy import Role
from placements.actions.workplaces import AlreadyThere
from placements.models import Contact, Workplace

# Anybody can have an address there, so it says nothing of where she works.
OPEN_TO_ALL = frozenset(
    "gmail.com googlemail.com hotmail.com hotmail.no outlook.com live.com live.no msn.com icloud.com me.com"
    " yahoo.com yahoo.no online.no getmail.no broadpark.no frisurf.no proton.me protonmail.com".split()
)


class NobodyLeft(DomainError):
    """Somebody must answer for the workplace."""


def same_house(one: str, other: str) -> bool:
    """Whether two addresses are of one employer: then a colleague needs nobody else's word."""
    first, second = (address.rpartition("@")[2].lower() for address in (one, other))
    return first == second and first not in OPEN_TO_ALL


@transaction.atomic
def invite(
    workplace: Workplace, *, name: str, email: str, phone: str, hands_over: bool, by: User
) -> Contact:
    """A colleague answers too, or instead. From another house a coordinator confirms her first, and
    then nobody leaves before that."""
    mine = _own(by, workplace)
    confirmed = same_house(email, by.email)
    try:
        with transaction.atomic():
            colleague = Contact.objects.create(
                workplace=workplace,
                name=name,
                email=email.lower(),
                phone=phone,
                written_standard=by.written_standard,
                confirmed=confirmed,
            )
    except IntegrityError:
        raise AlreadyThere(_("This address is already a contact here.")) from None
    if confirmed:
        colleague.user = people.welcome(
            colleague.email,
            name=name,
            language=by.written_standard,
            role=Role.WORKPLACE_CONTACT,
            by=by,
        )
        colleague.save(update_fields=["user"])
    audit.record("contact.invited", colleague, by=by, confirmed=confirmed)
    if hands_over and confirmed and mine is not None:
        leave(mine, by=by)
    return colleague


@transaction.atomic
def leave(contact: Contact, *, by: User) -> None:
    """The contact no longer answers here, if somebody else does."""
    Workplace.objects.select_for_update(no_key=True).get(pk=contact.workplace_id)
    others = Contact.objects.current().filter(workplace=contact.workplace_id).exclude(pk=contact.pk)
    if not others.exists():
        raise NobodyLeft(_("Somebody must answer for the workplace. Invite a colleague first."))
    Contact.objects.filter(pk=contact.pk, ended_at=None).update(ended_at=timezone.now())
    audit.record("contact.end", contact, by=by)


def _own(user: User, workplace: Workplace) -> Contact | None:
    return Contact.objects.current().filter(user=user, workplace=workplace).first()
