"""What is done to the people who answer for workplaces."""

from collections.abc import Iterable
from uuid import UUID

from accounts import people
from accounts.models import User
from accounts.policy import Role
from placements.models import Contact
from placements.notices import contacts_of


def let_in(workplaces: Iterable[UUID], *, by: User) -> None:
    """Let those who answer for the workplaces sign in by code: from now on they have students to see.

    Until then a personal link is all they need, and they have no account.
    """
    answering = {c.pk: c for contacts in contacts_of(workplaces).values() for c in contacts}
    for contact in answering.values():
        if contact.user_id is None:
            user = people.welcome(
                contact.email,
                name=contact.name or contact.email,
                language=contact.written_standard,
                role=Role.WORKPLACE_CONTACT,
                by=by,
            )
            Contact.objects.filter(pk=contact.pk).update(user=user)
