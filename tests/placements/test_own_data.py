"""What a student is shown of what is kept about her: all of it, and nothing about anybody else."""

import json

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from accounts import audit
from accounts.models import AccessLog
from accounts.outbox import enqueue
from accounts.policy import Role
from placements import own_data
from placements.models import Pairing
from tests.cast import make_world
from tests.factories import UserFactory


@pytest.fixture
def world(db):
    return make_world("Vaarvik")


@pytest.fixture
def herself(client, world):
    client.force_login(world.student)
    return client


def test_every_table_is_shown_or_left_out_for_a_reason():
    ours = {
        model._meta.label: model
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "schools", "placements")
    }
    shown = {model._meta.label for model in (*own_data.KEPT, *own_data.BY_ADDRESS)}
    assert set(ours) - shown - own_data.LEFT_OUT.keys() == set()
    assert not shown & own_data.LEFT_OUT.keys()


def test_whatever_leads_to_her_is_shown_or_left_out_for_a_reason_of_its_own():
    """A table with a key to a student, a candidate or a placement may not pass as "not about students"."""
    about = {"schools.Student", "placements.Candidate", "placements.Placement"}
    for model in apps.get_models():
        to = {
            field.related_model._meta.label for field in model._meta.fields if field.related_model
        }
        if to & about and model._meta.app_label in ("accounts", "schools", "placements"):
            assert own_data.LEFT_OUT.get(model._meta.label) != "is not about students", model


def test_no_field_is_called_by_what_it_is_in_the_code():
    """Django makes a name of the code for a field that has none, and that is English."""
    for model in (*own_data.KEPT, *own_data.BY_ADDRESS):
        for field in model._meta.concrete_fields:
            if field.name not in own_data.NEVER:
                assert isinstance(field.verbose_name, Promise), (model, field.name)


def test_what_was_done_and_written_is_said_in_words(herself, world):
    subject = world.candidate.pk
    enqueue("student_placed", recipient=world.student.email, subject_id=subject)
    audit.record("wishes.sent", world.candidate, by=world.student)
    page = herself.get(reverse("my_data")).content.decode()
    assert "Ønskene ble sendt" in page
    assert "Har fått plass" in page
    for code in ("wishes.sent", "student_placed", str(subject)):
        assert code not in page


def test_she_sees_her_own_and_nobody_elses(herself, world):
    one, other = sorted((world.candidate, world.waiting), key=lambda who: who.pk.int)
    Pairing.objects.create(round=world.round, kind="apart", one=one, other=other)
    page = herself.get(reverse("my_data")).content.decode()
    assert world.candidate.student.email in page
    assert world.workplace.name in page
    assert "elevpar" in page.lower()
    theirs = world.waiting.student
    for strange in (theirs.email, theirs.external_id, f"{theirs.given_name} {theirs.family_name}"):
        assert strange not in page


def test_the_file_holds_what_the_page_holds(herself, world):
    answer = herself.get(reverse("my_data_file"))
    data = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    tables = {table["table"]: table["rows"] for table in data["kept"]}
    assert [row for rows in tables.values() for row in rows if world.student.email in row.values()]
    assert len(tables) >= 4


def test_who_has_looked_is_told_by_role_and_page(herself, client, world):
    assert "Ingen ennå." in herself.get(reverse("my_data")).content.decode()
    client.force_login(world.coordinator)
    client.get(reverse("student", args=[world.candidate.student_id]))
    client.get(reverse("student", args=[world.waiting.student_id]))
    assert AccessLog.objects.filter(view="student").count() == 2
    client.force_login(world.student)
    page = client.get(reverse("my_data")).content.decode()
    looks = page[page.index('id="looks"') : page.index('id="kept"')]
    assert looks.count("<tr>") == 2  # the heading, and the one about her
    assert "siden din" in looks
    with translation.override("nb"):
        assert str(Role.SCHOOL_COORDINATOR.label) in looks
    assert world.coordinator.name not in looks


def test_many_who_have_looked_cost_no_more_to_tell(world, django_assert_num_queries):
    student = world.candidate.student
    for count in (1, 12):
        for _ in range(count):
            actor = UserFactory(role=Role.SCHOOL_COORDINATOR)
            AccessLog.objects.create(actor=actor, view="student", target_id=student.pk)
        with django_assert_num_queries(4):  # what is hers (2), the looks, and who they were
            looks = own_data.looks(student)
    assert [look.role for look in looks] == [str(Role.SCHOOL_COORDINATOR.label)] * 13


def test_nobody_else_has_such_a_page(client, world):
    client.force_login(world.coordinator)
    assert client.get(reverse("my_data")).status_code == 403
    assert client.get(reverse("my_data_file")).status_code == 403
