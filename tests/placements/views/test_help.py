"""Help: every link opens for whom it is written, the words are the glossary's, and who asks sees whom."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation

from accounts.models import User
from accounts.policy import Role
from placements import first_steps, guides
from placements.words import WORDS
from tests.cast import make_world
from tests.factories import UserFactory

GLOSSARY = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"
PEOPLE = {
    Role.STUDENT: "student",
    Role.WORKPLACE_CONTACT: "workplace_contact",
    Role.SCHOOL_COORDINATOR: "coordinator",
    Role.COUNTY_COORDINATOR: "county_coordinator",
    Role.ADMINISTRATOR: "administrator",
}


@pytest.fixture
def world(db):
    return make_world("Vaarvik")


def signed_in(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("guide", guides.GUIDES, ids=lambda guide: guide.slug)
def test_every_errand_opens_for_whom_it_is_written(guide, world):
    client = signed_in(getattr(world, PEOPLE[guide.role]) if guide.role else None)
    page = client.get(reverse("help")).content.decode()
    for errand in guide.errands:
        assert f'id="{guide.slug}-{errand.key}"' in page
        if errand.url:
            assert f'href="{reverse(errand.url)}"' in page
            answer = client.get(reverse(errand.url), follow=True)
            assert answer.status_code == 200, errand.url


def test_every_role_has_a_guide_and_no_page_is_explained_that_is_not_there():
    assert {guide.role for guide in guides.GUIDES} == {None, *Role}
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    explained = {
        page for guide in guides.GUIDES for errand in guide.errands for page in errand.about
    }
    assert explained - names == set()
    assert "no_such_page" not in names  # what would be found


def test_the_foot_of_a_page_leads_to_what_explains_it(world):
    page = signed_in(world.county_coordinator).get(reverse("capacity", args=[world.round.pk]))
    assert f'href="{reverse("help")}#county-places"' in page.content.decode()
    page = signed_in(None).get(reverse("privacy"))
    assert f'href="{reverse("help")}"' in page.content.decode()


def test_links_of_other_roles_are_not_offered(world):
    page = signed_in(world.student).get(reverse("help_guide", args=["county"])).content.decode()
    assert "For fylkeskoordinatorer" in page
    assert f'href="{reverse("round_new")}"' not in page
    assert signed_in(None).get("/help/no-such-guide/").status_code == 404


@pytest.mark.parametrize(("language", "column"), [("nb", 2), ("nn", 3)])
def test_the_words_are_those_of_the_glossary(language, column):
    """Registers, the school side and groups of code words are for who writes code."""
    not_shown = {"County, Municipality", "School, SchoolClass, Programme, Student"}
    not_shown |= {"Document (a Kind), DocumentText"}
    rows = [
        line.split("|")[1:-1] for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")
    ]
    rows = [[cell.strip() for cell in row] for row in rows[1:]]
    with translation.override(language):
        shown = {str(word.term) for word in WORDS}
    for row in rows:
        if row[0] in not_shown:
            continue
        wanted = re.split(r", ", row[column])[0]
        # one place is said where the glossary has the plural
        singular = {"praksisplasser": "praksisplass", "praksisplassar": "praksisplass"}
        assert singular.get(wanted, wanted) in shown, row
    known = {name for row in rows for name in re.split(r", ", row[column])}
    assert {word for word in shown if word not in known} == {"praksisplass"}


@pytest.mark.parametrize("role", list(Role))
def test_whom_to_ask_is_above_and_nobody_else(role, world):
    elsewhere = make_world("Elvebakken")
    page = signed_in(getattr(world, PEOPLE[role])).get(reverse("help_contact")).content.decode()
    above = {
        Role.STUDENT: "vaarvik.skole@example.no",
        Role.WORKPLACE_CONTACT: world.county_coordinator.email,
        Role.SCHOOL_COORDINATOR: world.county_coordinator.email,
        Role.COUNTY_COORDINATOR: world.administrator.email,
        Role.ADMINISTRATOR: world.administrator.email,
    }
    main = page[page.index("<main") : page.index("</main")]
    assert above[role] in main
    if role not in (Role.COUNTY_COORDINATOR, Role.ADMINISTRATOR):
        assert elsewhere.canary.lower() not in main.lower()
        assert world.administrator.email not in main


def test_strangers_are_told_whom_to_ask_without_names(world):
    page = signed_in(None).get(reverse("help_contact")).content.decode()
    assert "@example.no" not in page


def test_the_data_protection_officer_is_named_where_there_is_one(client, settings, db):
    assert "ombud@fylke.example" not in client.get(reverse("help_contact")).content.decode()
    settings.DATA_PROTECTION_EMAIL = "ombud@fylke.example"
    assert "mailto:ombud@fylke.example" in client.get(reverse("help_contact")).content.decode()


def test_first_steps_begin_with_nothing_done(db):
    coordinator = UserFactory(role=Role.COUNTY_COORDINATOR)
    steps = first_steps.of(coordinator)
    assert [step.done for step in steps] == [False, False, False]


def test_first_steps_of_each_role(world):
    open_ones = {
        role: [str(step.url) for step in first_steps.of(getattr(world, name)) if not step.done]
        for role, name in PEOPLE.items()
    }
    assert open_ones == {
        Role.STUDENT: ["my_practice", "my_calendar"],
        Role.WORKPLACE_CONTACT: ["my_workplaces", "our_workplace"],
        Role.SCHOOL_COORDINATOR: ["students"],
        Role.COUNTY_COORDINATOR: [],  # all done, so nothing is shown
        Role.ADMINISTRATOR: ["admin:schools_schoolbreak_changelist"],
    }


def test_first_steps_of_a_workplace_lead_to_its_own_page(world):
    page = signed_in(world.workplace_contact).get(reverse("my_workplaces")).content.decode()
    steps = page.partition('id="first-steps"')[2].partition("</section>")[0]
    [*_others, step] = first_steps.of(world.workplace_contact)
    assert f'href="{reverse("our_workplace", args=[step.about])}"' in steps


@pytest.mark.parametrize(
    "role", [Role.STUDENT, Role.WORKPLACE_CONTACT, Role.SCHOOL_COORDINATOR, Role.ADMINISTRATOR]
)
def test_first_steps_are_put_away_and_brought_back(role, world):
    user = getattr(world, PEOPLE[role])
    client = signed_in(user)
    home = client.get(reverse("home"), follow=True).redirect_chain[-1][0]
    home = reverse("rounds") if role == Role.SCHOOL_COORDINATOR else home
    assert 'id="first-steps"' in client.get(home).content.decode()
    client.post(reverse("first_steps"))
    assert 'id="first-steps"' not in client.get(home).content.decode()
    assert 'name="again"' in client.get(reverse("help")).content.decode()
    client.post(reverse("first_steps"), {"again": "1"})
    assert 'id="first-steps"' in client.get(home).content.decode()


def test_first_steps_are_nobodys_without_signing_in(db, client):
    assert client.post(reverse("first_steps")).status_code in (302, 403)
