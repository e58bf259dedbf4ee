"""What an accepted invitation ties a workplace's contact to, and what follows her new address."""

from uuid import UUID

from django.utils import timezone

from accounts.addresses import follows
from accounts.invitations import ties
from accounts.lookup import Among
from accounts.models import User
from accounts.policy import Role
from accounts.scopes import offers
from placements import among
from placements.models import Contact, Workplace


@ties(Role.WORKPLACE_CONTACT)
def tie_to_workplace(user: User, workplace_id: UUID) -> None:
    """She becomes the contact with her address there, or takes over the one that has it."""
    workplace = Workplace.objects.get(pk=workplace_id)
    known = Contact.objects.current().filter(workplace=workplace, email__iexact=user.email)
    if not known.update(user=user):
        Contact.objects.create(
            workplace=workplace,
            user=user,
            name=user.name,
            email=user.email,
            written_standard=user.written_standard,
        )


@offers(Role.WORKPLACE_CONTACT)
def workplaces_of(user: User) -> Among:
    everywhere = Role.ADMINISTRATOR in user.roles
    found = Workplace.objects.all() if everywhere else Workplace.objects.visible_to(user)
    return among.workplaces(found.active().order_by("sort_key"))


@follows
def follow_address(user: User) -> None:
    """She is written to at the new address wherever she answers; where it is known already, once."""
    for contact in Contact.objects.filter(user=user, ended_at=None).order_by("pk"):
        others = Contact.objects.filter(workplace=contact.workplace_id, ended_at=None)
        if others.exclude(pk=contact.pk).filter(email__iexact=user.email).update(user=user):
            Contact.objects.filter(pk=contact.pk).update(ended_at=timezone.now())
        else:
            Contact.objects.filter(pk=contact.pk).update(email=user.email)
