"""What an accepted invitation ties a workplace's contact to."""

from uuid import UUID

from accounts.invitations import ties
from accounts.models import User
from accounts.policy import Role
from accounts.scopes import offers
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
def workplaces_of(user: User) -> list[tuple[UUID, str]]:
    everywhere = Role.ADMINISTRATOR in user.roles
    found = Workplace.objects.all() if everywhere else Workplace.objects.visible_to(user)
    return list(found.active().order_by("sort_key").values_list("pk", "name"))
