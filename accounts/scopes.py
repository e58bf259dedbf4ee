"""What an inviter may make somebody responsible for; each app registers its own kind of thing."""

from collections.abc import Callable

from accounts.lookup import Among
from accounts.models import User
from accounts.policy import Role

Offer = Callable[[User], Among]
OFFERS: dict[Role, Offer] = {}


def offers(role: Role) -> Callable[[Offer], Offer]:
    """Register the function that says what a person with this role can be responsible for."""

    def register(offer: Offer) -> Offer:
        OFFERS[role] = offer
        return offer

    return register


def scopes_for(user: User) -> dict[Role, Among]:
    return {role: offer(user) for role, offer in OFFERS.items()}
