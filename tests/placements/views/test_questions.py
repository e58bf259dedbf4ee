"""Why not there, on the pages: asked with a button, told a coordinator with names, her without."""

import html
import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from placements import sentences
from placements.actions import publication, questions
from placements.models import Question
from tests import factories as f
from tests.cast import make_world
from tests.placements.actions.test_questions import computed, lesser
from tests.placements.county import paired_county

ASK = "Finn ut hvorfor eleven ikke er der"
AT_WORK = "Regnes ut."


@pytest.fixture
def county(db):
    return paired_county()


@pytest.fixture
def run(county):
    return computed(county)


def page(client, name, run, who, **headers):
    answer = client.get(reverse(name, args=[run.pk, who]), headers=headers)
    return answer, html.unescape(answer.content.decode())


def ask(client, run, who):
    address = reverse("candidate_why", args=[run.pk, who])
    return client.post(address, {"once_key": uuid.uuid4()}, follow=True)


def test_a_coordinator_asks_waits_and_reads_who_would_have_to_move(client, county, run):
    who = lesser(county, run)[0]
    client.force_login(county.by)
    assert ASK in page(client, "candidate", run, who)[1]
    said = html.unescape(ask(client, run, who).content.decode())
    assert AT_WORK in said
    assert ASK not in said
    waiting, part = page(client, "candidate_why", run, who, hx_request="true")
    assert AT_WORK in part
    assert "<h1" not in part
    assert "HX-Refresh" not in waiting.headers
    questions.execute(Question.objects.get().pk)
    assert page(client, "candidate_why", run, who, hx_request="true")[0].headers["HX-Refresh"]
    said = page(client, "candidate", run, who)[1]
    assert ASK not in said
    assert AT_WORK not in said
    answer = Question.objects.get().answer
    moves = {move["candidate"] for wish in answer for move in wish["chain"]}
    assert moves
    for name, other in county.candidates.items():
        assert (f"{name} Elev til" in said or f"{name} Elev, som" in said) == (
            str(other.pk) in moves
        )


def test_what_failed_can_be_asked_again(client, county, run):
    who = lesser(county, run)[0]
    client.force_login(county.by)
    ask(client, run, who)
    Question.objects.update(state="failed", attempts=3, error="WorkerLost")
    assert "Det lot seg ikke regne ut." in page(client, "candidate", run, who)[1]
    ask(client, run, who)
    assert Question.objects.get().state == "queued"


def test_nothing_is_asked_of_a_proposal_that_is_not_there(client, county, run):
    who = lesser(county, run)[0]
    client.force_login(county.by)
    for state in ("queued", "failed", "cancelled"):
        type(run).objects.filter(pk=run.pk).update(state=state)
        ask(client, run, who)
        assert not Question.objects.exists(), state


def test_whoever_came_after_the_proposal_keeps_nobody_from_an_answer(client, county, run):
    """The engine knows nothing of her; a worker takes her question along with the others'."""
    others = lesser(county, run)
    late = county.student("Sen", "Torget")
    client.force_login(county.by)
    ask(client, run, late.pk)
    questions.ask(run, others, by=county.by)
    questions.execute(Question.objects.first().pk)
    assert set(Question.objects.values_list("state", flat=True)) == {"answered"}
    assert Question.objects.get(candidate=late).answer == []
    assert "kom med i runden" in page(client, "candidate", run, late.pk)[1]


def test_whoever_may_not_see_the_proposal_finds_no_question(client, county, run):
    who = lesser(county, run)[0]
    elsewhere = make_world("Fremmedstad")
    client.force_login(elsewhere.county_coordinator)
    assert ask(client, run, who).status_code == 404
    assert page(client, "candidate_why", run, who)[0].status_code == 404
    assert not Question.objects.visible_to(elsewhere.county_coordinator).exists()
    assert not Question.objects.exists()
    client.force_login(county.by)
    ask(client, run, who)
    assert Question.objects.visible_to(county.by).count() == 1


def test_the_student_reads_numbers_when_they_are_there_and_nobodys_name(client, county, run):
    publication.publish(run, by=county.by)
    question = Question.objects.exclude(candidate__placements=None).first()
    placement = question.candidate.placements.get()
    student = placement.student
    student.user = f.UserFactory(role="student")
    student.save()
    client.force_login(student.user)
    address = reverse("placement", args=[placement.pk])
    assert "regnes ut. Se igjen om en stund." in client.get(address).content.decode()
    questions.execute(question.pk)
    said = client.get(address).content.decode()
    assert "regnes ut" not in said
    placement.refresh_from_db()
    assert placement.explanation["wishes"]
    others = {name for name, who in county.candidates.items() if who.pk != question.candidate_id}
    assert not any(name in said for name in others)


def test_rules_in_words(county):
    anna, dina = (county.candidates[name].pk for name in ("Anna", "Dina"))
    torget, lade = (county.slots[name].pk for name in ("Torget", "Lade"))
    school = county.school.pk
    with translation.override("nb"):
        for text, words in (
            (f'"{anna}" and "{dina}" together', "Anna Elev og Dina Elev sammen"),
            (f'"{anna}" and "{dina}" apart', "Anna Elev og Dina Elev hver for seg"),
            (f'"{anna}" and "{dina}", needs of one person', "to praksiser for Anna Elev på ulike"),
            (f'"{torget}" with at least 2 or nobody', ") tar minst 2 eller ingen"),
            (f'the quota of at most 1 at "{torget}"', "): høyst 1"),
            (
                f'the quota of at least 1 and at most 2 of "{school}" at "{torget}", "{lade}"',
                f"): fra 1 til 2 fra {county.school.name}",
            ),
            (f'the quota of at least 1 at "{torget}", "{lade}" and 3 more', " og 3 til: minst 1"),
        ):
            said = sentences.rule(text, county.round)
            assert words in said
            assert '"' not in said
