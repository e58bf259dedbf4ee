"""What an accepted invitation ties a coordinator to."""

from uuid import UUID

from accounts.invitations import ties
from accounts.lookup import Among
from accounts.models import User
from accounts.policy import Role
from accounts.scopes import offers
from schools.models import County, School


@ties(Role.SCHOOL_COORDINATOR)
def tie_to_school(user: User, school_id: UUID) -> None:
    School.objects.get(pk=school_id).coordinators.add(user)


@ties(Role.COUNTY_COORDINATOR)
def tie_to_county(user: User, county_id: UUID) -> None:
    County.objects.get(pk=county_id).coordinators.add(user)


@offers(Role.SCHOOL_COORDINATOR)
def schools_of(user: User) -> Among:
    everywhere = Role.ADMINISTRATOR in user.roles
    found = School.objects.all() if everywhere else School.objects.visible_to(user)
    return Among(found, by=("name", "municipality__name"))


@offers(Role.COUNTY_COORDINATOR)
def counties_of(user: User) -> Among:
    everywhere = Role.ADMINISTRATOR in user.roles
    return Among(County.objects.all() if everywhere else user.counties.all())
