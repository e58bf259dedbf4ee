"""The register's pages: found, seen whole, changed by one person at a time."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.policy import Role
from placements.models import Contact, Round, Supervisor, Workplace
from tests import factories as f
from tests.factories import organisation_number

BACKEND = "accounts.backends.RoleBackend"


@pytest.fixture
def school(db):
    return f.SchoolFactory()


@pytest.fixture
def client(school) -> Client:
    user = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    school.coordinators.add(user)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def workplace(school):
    return f.WorkplaceFactory(municipality=school.municipality, name="Lade legesenter")


def form_of(client: Client, url: str) -> dict[str, object]:
    form = client.get(url).context["form"]
    data = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in data.items() if value not in (None, False)}


def names(client: Client, **query: str) -> list[str]:
    return [str(w) for w in client.get(reverse("workplaces"), query).context["page"]]


def test_filters_live_in_the_address(client, school, workplace):
    hospital = f.WorkplaceFactory(
        municipality=school.municipality, name="Sykehuset", kind="hospital"
    )
    f.WorkplaceFactory(municipality=school.municipality, name="Avdeling", parent=hospital)
    f.WorkplaceFactory(municipality=school.municipality, name="Nedlagt", active=False)
    f.WorkplaceFactory(name="I et annet fylke")
    f.ContactFactory(workplace=hospital)
    assert names(client) == ["Avdeling", "Lade legesenter", "Sykehuset"]
    assert names(client, q="lade") == ["Lade legesenter"]
    assert names(client, q="sykehus") == ["Avdeling", "Sykehuset"]
    assert names(client, kind="hospital") == ["Sykehuset"]
    assert names(client, status="no_contact") == ["Lade legesenter"]
    assert names(client, status="inactive") == ["Nedlagt"]
    assert len(names(client, status="all")) == 4
    assert names(client, kind="x", municipality="x", learns="x")


def test_registering_and_changing(client, school):
    new = reverse("workplace_new")
    requirement, area = f.RequirementFactory(), f.LearningAreaFactory()
    data = {
        "name": "Ila legekontor",
        "kind": "gp_office",
        "municipality": school.municipality.pk,
        "organisation_number": organisation_number(1),
        "requirements": [requirement.pk],
        "learning_areas": [area.pk],
        "step_free": "on",
        "receives_students": "on",
        "active": "on",
    }
    assert client.post(new, {**data, "organisation_number": "123456789"}).status_code == 200
    assert not Workplace.objects.exists()
    client.post(new, data)
    workplace = Workplace.objects.get()
    assert list(workplace.requirements.all()) == [requirement]
    assert list(workplace.learning_areas.all()) == [area]
    again = client.post(new, {**data, "name": "En annen"})
    assert "organisasjonsnummer" in str(again.context["form"].errors)
    same = client.post(new, {**data, "organisation_number": ""})
    assert same.context["form"].errors
    edit = reverse("workplace_edit", args=[workplace.pk])
    round = f.RoundFactory(county=school.county)
    f.CapacityRequestFactory(workplace=workplace, round=round)
    client.post(edit, {**form_of(client, edit), "name": "Ila legesenter", "requirements": []})
    workplace.refresh_from_db()
    assert (workplace.name, workplace.version) == ("Ila legesenter", 2)
    assert not workplace.requirements.exists()
    assert Round.objects.get(pk=round.pk).version == 2
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= {
        "workplace.create",
        "workplace.update",
    }


def test_two_people_change_the_same_workplace(client, workplace):
    edit = reverse("workplace_edit", args=[workplace.pk])
    mine = form_of(client, edit)
    client.post(edit, {**form_of(client, edit), "address": "Gata 1"})
    answer = client.post(edit, {**mine, "address": "Gata 2"})
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "Gata 1" in said
    assert "Gata 2" in said
    assert Workplace.objects.get().address == "Gata 1"


def test_a_unit_cannot_belong_to_its_own_unit(client, school):
    hospital = f.WorkplaceFactory(municipality=school.municipality, kind="hospital")
    unit = f.WorkplaceFactory(municipality=school.municipality, kind="hospital", parent=hospital)
    edit = reverse("workplace_edit", args=[hospital.pk])
    answer = client.post(edit, {**form_of(client, edit), "parent": unit.pk})
    assert answer.context["form"].errors
    assert Workplace.objects.get(pk=hospital.pk).parent is None


def test_people_come_and_go(client, workplace):
    add = reverse("contact_add", args=[workplace.pk])
    client.post(add, {"name": "Kari", "email": "Kari@Lade.example", "phone": "73111111"})
    contact = Contact.objects.get()
    assert (contact.email, contact.phone) == ("kari@lade.example", "73 11 11 11")
    twice = client.post(add, {"name": "Kari", "email": "kari@lade.example"})
    assert twice.status_code == 422
    assert client.post(add, {"name": "15108695088", "email": "x@y.example"}).status_code == 422
    client.post(reverse("contact_end", args=[contact.pk]))
    assert not Contact.objects.current().exists()
    client.post(add, {"name": "Kari", "email": "kari@lade.example"})
    assert Contact.objects.current().count() == 1
    client.post(reverse("supervisor_add", args=[workplace.pk]), {"name": "Per"})
    supervisor = Supervisor.objects.get()
    assert "Per" in client.get(reverse("workplace", args=[workplace.pk])).content.decode()
    client.post(reverse("supervisor_end", args=[supervisor.pk]))
    assert not Supervisor.objects.get().active


def test_the_tree_is_shown_whole(client, school):
    trust = f.WorkplaceFactory(municipality=school.municipality, kind="hospital", name="Foretaket")
    hospital = f.WorkplaceFactory(
        municipality=school.municipality, kind="hospital", name="Sykehuset", parent=trust
    )
    f.WorkplaceFactory(municipality=school.municipality, name="Avdelingen", parent=hospital)
    said = client.get(reverse("workplace", args=[trust.pk])).content.decode()
    assert said.index("Sykehuset") < said.index("Avdelingen")
    answer = client.get(reverse("workplace_new"), {"parent": trust.pk})
    assert answer.context["form"]["parent"].value() == trust.pk
    assert client.get(reverse("workplace_new"), {"parent": "x"}).status_code == 200


def test_another_countys_workplace_is_not_there(client):
    other = f.WorkplaceFactory()
    contact = f.ContactFactory(workplace=other)
    supervisor = f.SupervisorFactory(workplace=other)
    for name in ("workplace", "workplace_edit"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
    for name in ("contact_add", "supervisor_add"):
        assert client.post(reverse(name, args=[other.pk])).status_code == 404
    assert client.post(reverse("contact_end", args=[contact.pk])).status_code == 404
    assert client.post(reverse("supervisor_end", args=[supervisor.pk])).status_code == 404


def test_one_that_was_asked_from_outside_is_seen_but_not_changed(client, school):
    other = f.WorkplaceFactory()
    round = f.RoundFactory(county=school.county, schools=[school])
    f.CapacityRequestFactory(workplace=other, round=round)
    assert client.get(reverse("workplace", args=[other.pk])).status_code == 200
    assert client.get(reverse("workplace_edit", args=[other.pk])).status_code == 403
    assert client.post(reverse("contact_add", args=[other.pk])).status_code == 403
