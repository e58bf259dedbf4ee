"""Whoever is handled manually from now on is named nowhere, also not in a proposal made before."""

import html

import pytest
from django.urls import reverse

from placements.actions import questions, students, ties
from placements.models import Question
from tests.placements.actions.test_questions import computed, lesser
from tests.placements.county import small_county

SHIELDED = "Skjermesen"


@pytest.fixture
def county(db):
    county = small_county()
    people = county.candidates
    ties.pair("together", people["Anna"], people["Dina"], by=county.by)
    return county


@pytest.mark.parametrize("who", ["Anna", "Dina"])
def test_no_page_of_a_proposal_names_her(client, county, who):
    shielded = county.candidates[who].student
    shielded.family_name = SHIELDED
    shielded.save()
    run, again = computed(county), computed(county)
    asked = lesser(county, run)
    questions.ask(run, asked, by=county.by)
    questions.execute(Question.objects.first().pk)
    client.force_login(county.by)
    others = [one.pk for name, one in county.candidates.items() if name != who]
    addresses = [reverse(name, args=[run.pk]) for name in ("run", "run_board", "run_recruit")]
    addresses += [reverse("run_compare", args=[run.pk, again.pk])]
    addresses += [reverse("run_file", args=[run.pk, "csv"])]
    addresses += [reverse("candidate", args=[run.pk, pk]) for pk in others]
    addresses += [reverse("run_publish", args=[run.pk]), reverse("run_publish", args=[again.pk])]

    def naming():
        found = []
        for address in addresses:
            answer = client.get(address, follow=True)
            assert answer.status_code == 200, address
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if SHIELDED in html.unescape(body.decode()):
                found.append(address)
        return found

    assert naming(), "the control: she is named while nothing is secret"
    students.handle_manually(shielded, by=county.by)
    assert naming() == []
