"""Those who answer for a workplace can sign in once they have students to see."""

from accounts.models import Membership, User
from accounts.policy import Role
from placements import notices
from placements.actions import contacts
from placements.models import Contact, Placement
from tests import factories as f


def test_the_nearest_contact_is_let_in_and_sees_her_students(world):
    hospital = f.WorkplaceFactory(kind="hospital", receives_students=False)
    world.workplace.parent = hospital
    Contact.objects.filter(workplace=world.workplace).delete()
    world.workplace.save(update_fields=["parent"])
    contact = f.ContactFactory(
        workplace=hospital, email="Post@Sykehus.example.no", name="Ny Kontakt"
    )
    for _ in range(2):
        contacts.let_in([world.workplace.pk], by=world.county_coordinator)
    contact.refresh_from_db()
    assert contact.user == User.objects.get(email="post@sykehus.example.no")
    assert contact.user.roles == {Role.WORKPLACE_CONTACT}
    assert not contact.user.has_usable_password()
    assert list(Placement.objects.visible_to(contact.user)) == [world.placement]


def test_a_known_person_keeps_her_name_and_gains_the_role(world):
    contact = f.ContactFactory(email=world.coordinator.email, name="Noe annet")
    name = world.coordinator.name
    contacts.let_in([contact.workplace_id], by=world.county_coordinator)
    user = User.objects.get(pk=world.coordinator.pk)
    assert (user.name, user.roles) == (
        name,
        {Role.SCHOOL_COORDINATOR, Role.WORKPLACE_CONTACT},
    )
    assert Membership.objects.filter(user=user).count() == 2


def test_who_waits_to_be_confirmed_is_not_let_in(world):
    stranger = f.ContactFactory(confirmed=False)
    contacts.let_in([stranger.workplace_id], by=world.county_coordinator)
    assert not User.objects.filter(email=stranger.email).exists()


def test_people_are_written_to_in_the_language_they_chose(world):
    """The school or the register says one thing; her own choice says another, and counts."""
    User.objects.filter(pk__in=[world.student.pk, world.workplace_contact.pk]).update(
        written_standard="nn"
    )
    student, contact = world.candidate.student, world.contact
    student.refresh_from_db()
    contact.refresh_from_db()
    assert (student.written_standard, student.language) == ("nb", "nn")
    assert (contact.written_standard, contact.language) == ("nb", "nn")
    told = {n.recipient: n.language for n in notices.to_workplaces([world.workplace.pk])}
    assert told == {contact.email: "nn"}
