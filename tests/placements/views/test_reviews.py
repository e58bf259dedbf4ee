"""Feedback to the student, and what she says of the stay: who reads what; averages tell on nobody."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from placements.evaluations import averages
from placements.models import Evaluation, Feedback, Placement, Slot, Workplace
from placements.models.reviews import CRITERIA, QUESTIONS
from tests import factories as f
from tests.placements.stay import going_on

LEVELS = dict.fromkeys(CRITERIA, 3)
ANSWERS = dict.fromkeys(QUESTIONS, 2)
SENTENCE = "Rolig og vennlig i resepsjonen"


@pytest.fixture
def stay(world):
    return going_on(world)


def page(placement, name):
    return reverse(name, args=[placement.pk])


def test_feedback_is_read_by_student_and_school(client, world, stay, outsiders):
    client.force_login(world.workplace_contact)
    form = client.get(page(stay, "feedback")).context["form"]
    data = {**LEVELS, "interest": 2, "words": SENTENCE, "version": form["version"].value()}
    assert client.post(page(stay, "feedback_give"), data).status_code == 302
    for user in (world.student, world.coordinator, world.county_coordinator):
        client.force_login(user)
        text = client.get(page(stay, "feedback")).content.decode()
        assert SENTENCE in text
        assert "På vei" in text
        assert client.post(page(stay, "feedback_give"), data).status_code == 403
    for user in (outsiders.student, outsiders.coordinator, outsiders.workplace_contact):
        client.force_login(user)
        assert client.get(page(stay, "feedback")).status_code == 404
    client.force_login(outsiders.workplace_contact)
    assert client.post(page(stay, "feedback_give"), data).status_code == 404
    assert Feedback.objects.get().version == 1


def test_two_who_write_feedback_are_shown_both(client, world, stay):
    client.force_login(world.workplace_contact)
    first = {**LEVELS, "words": SENTENCE, "version": 0}
    client.post(page(stay, "feedback_give"), first)
    response = client.post(page(stay, "feedback_give"), {**first, "words": "Noe annet"})
    assert response.status_code == 409
    assert SENTENCE in response.content.decode()
    assert Feedback.objects.get().words == SENTENCE
    client.post(page(stay, "feedback_give"), {**first, "words": "Noe annet", "version": 1})
    assert (Feedback.objects.get().words, Feedback.objects.get().version) == ("Noe annet", 2)


def test_no_identity_number_in_the_sentence(client, world, stay):
    client.force_login(world.workplace_contact)
    data = {**LEVELS, "words": "Hun er 151086 95088", "version": 0}
    response = client.post(page(stay, "feedback_give"), data)
    assert "words" in response.context["form"].errors
    assert not Feedback.objects.exists()


def test_nothing_before_the_first_day(client, world):
    client.force_login(world.workplace_contact)
    assert client.get(page(world.placement, "feedback")).context["form"] is None
    client.post(page(world.placement, "feedback_give"), {**LEVELS, "version": 0})
    client.force_login(world.student)
    assert client.get(page(world.placement, "evaluation")).context["form"] is None
    client.post(page(world.placement, "evaluation_give"), ANSWERS)
    assert not Feedback.objects.exists()
    assert not Evaluation.objects.exists()


def test_the_evaluation_is_given_once_and_never_seen_by_the_workplace(client, world, stay):
    client.force_login(world.student)
    assert client.post(page(stay, "evaluation_give"), ANSWERS).status_code == 302
    client.post(page(stay, "evaluation_give"), dict.fromkeys(QUESTIONS, 4))
    assert Evaluation.objects.values_list(*QUESTIONS).get() == (2, 2, 2, 2)
    for user in (world.student, world.coordinator):
        client.force_login(user)
        assert "Stemmer litt" in client.get(page(stay, "evaluation")).content.decode()
    client.force_login(world.workplace_contact)
    assert client.get(page(stay, "evaluation")).status_code == 403
    assert not Evaluation.objects.visible_to(world.workplace_contact).exists()


def test_another_students_stay_is_not_hers_to_evaluate(client, stay, outsiders):
    client.force_login(outsiders.student)
    assert client.post(page(stay, "evaluation_give"), ANSWERS).status_code == 404


def evaluated(world, answers):
    """Stays at the workplace, one for each answer."""
    Slot.objects.filter(pk=world.slot.pk).update(capacity=20)
    for answer in answers:
        student = f.StudentFactory(school_class=world.school_class)
        candidate = f.CandidateFactory(student=student, round=world.round)
        placement = f.PlacementFactory(
            candidate=candidate,
            slot=Slot.objects.get(pk=world.slot.pk),
            created_by=world.coordinator,
        )
        Evaluation.objects.create(placement=placement, **dict.fromkeys(QUESTIONS, answer))


class TestAverages:
    def of(self, world):
        (found,) = averages(Workplace.objects.filter(pk=world.workplace.pk))
        return found.counted, [round(average.mean, 2) for average in found.means]

    def test_none_below_five(self, client, world):
        evaluated(world, [1, 1, 4, 4])
        assert self.of(world) == (0, [])
        client.force_login(world.workplace_contact)
        text = client.get("/my-students/evaluations/").content.decode()
        assert "Færre enn 5 elever har svart" in text

    def test_in_fives_so_that_the_sixth_cannot_be_worked_out(self, client, world):
        evaluated(world, [4, 4, 4, 4, 3])
        assert self.of(world) == (5, [3.8] * 4)
        evaluated(world, [1])
        assert self.of(world) == (5, [3.8] * 4)
        evaluated(world, [1, 1, 1, 1])
        assert self.of(world) == (10, [2.4] * 4)
        client.force_login(world.workplace_contact)
        assert "2,4" in client.get("/my-students/evaluations/").content.decode()

    def test_a_colleague_elsewhere_sees_her_own_workplaces_alone(self, client, world, outsiders):
        evaluated(world, [4] * 5)
        client.force_login(outsiders.workplace_contact)
        text = client.get("/my-students/evaluations/").content.decode()
        assert world.workplace.name not in text
        assert "4,0" not in text


def test_the_database_keeps_an_evaluation_and_knows_the_answers(world):
    evaluation = Evaluation.objects.create(placement=world.placement, **ANSWERS)
    for name, act in [
        ("evaluation_unchanged", lambda: Evaluation.objects.update(tasks=4)),
        (
            "feedback_levels_known",
            lambda: Feedback.objects.create(
                placement=world.placement,
                **{**LEVELS, "safety": 4},
                given_by=world.coordinator,
            ),
        ),
    ]:
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            act()
        assert caught.value.__cause__.diag.constraint_name == name
    assert Evaluation.objects.get().tasks == evaluation.tasks
    assert Placement.objects.filter(evaluation=evaluation).exists()
