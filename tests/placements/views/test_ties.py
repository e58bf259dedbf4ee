"""The page where a coordinator writes down quotas, groups, pairs and needs."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from placements.actions import publication, runs
from placements.models import Candidate, MatchingRun, Pairing, Quota
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    return small_county()


@pytest.fixture
def signed_in(client, county):
    client.force_login(county.by)
    return client


def send(client, county, name, *, of=None, **data):
    address = reverse(name, args=[of or county.round.pk])
    return client.post(address, {"once_key": uuid.uuid4(), **data}, follow=True)


def test_everything_is_written_read_and_removed(signed_in, county):
    anna, dina = county.candidates["Anna"], county.candidates["Dina"]
    before = county.round.version
    send(
        signed_in,
        county,
        "quota_add",
        **{
            "quota-school": county.school.pk,
            "quota-workplace": county.slots["Torget"].workplace.pk,
            "quota-at_least": 1,
            "quota-at_most": 2,
        },
    )
    send(
        signed_in,
        county,
        "group_set",
        **{"group-slot": county.slots["Torget"].pk, "group-minimum": 2},
    )
    pair = {"pair-kind": "together", "pair-one": anna.pk, "pair-other": dina.pk}
    send(signed_in, county, "pairing_add", **pair)
    page = send(signed_in, county, "need_add", **{"need-student": anna.pk}).content.decode()
    assert "fra 1 til 2 elever" in page
    assert "minst 2 eller ingen" in page
    assert "sammen på ett sted" in page
    assert "plass nummer 2" in page
    county.round.refresh_from_db()
    assert county.round.version == before + 4

    send(signed_in, county, "quota_remove", of=Quota.objects.get().pk)
    send(signed_in, county, "group_set", remove=county.slots["Torget"].pk)
    send(signed_in, county, "pairing_remove", of=Pairing.objects.get().pk)
    second = Candidate.objects.get(need=2)
    page = send(signed_in, county, "need_remove", of=second.pk).content.decode()
    for nothing in (
        "Ingen kvoter.",
        "Ingen par.",
        "Alle trenger én plass.",
        "hvor mange som helst",
    ):
        assert nothing in page
    kinds = set(AuditEvent.objects.values_list("verb", flat=True))
    assert kinds >= {"quota.added", "quota.removed", "slot.minimum", "pairing.added"}


def test_whoever_is_handled_by_hand_appears_nowhere(signed_in, county):
    anna, dina = county.candidates["Anna"], county.candidates["Dina"]
    pair = {"pair-kind": "apart", "pair-one": anna.pk, "pair-other": dina.pk}
    assert "Dina" in send(signed_in, county, "pairing_add", **pair).content.decode()
    dina.student.manual_handling = True
    dina.student.save()
    assert (
        "Dina" not in signed_in.get(reverse("round_ties", args=[county.round.pk])).content.decode()
    )
    of = Pairing.objects.get().pk
    assert send(signed_in, county, "pairing_remove", of=of).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("quota_add", {}, "Skriv hvor mange minst, hvor mange høyst, eller begge deler."),
        ("quota_add", {"quota-at_least": 3, "quota-at_most": 2}, "minst like mange som feltet før"),
        ("quota_add", {"quota-school": uuid.uuid4(), "quota-at_most": 1}, "Velg et gyldig valg"),
        ("group_set", {"group-minimum": 1}, "større enn eller lik 2"),
        ("group_set", {"remove": "nonsense"}, "Kvoter, grupper og par"),
        ("pairing_add", {"pair-kind": "enemies"}, "Velg et gyldig valg"),
        ("need_add", {"need-student": "nobody"}, "Velg et gyldig valg"),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(signed_in, county, name, data, sentence):
    page = send(signed_in, county, name, **data)
    assert page.status_code == (200 if "remove" in data else 422)
    assert sentence in page.content.decode()
    assert not Quota.objects.exists()
    assert not Pairing.objects.exists()


def test_after_publication_it_is_read_but_not_changed(signed_in, county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    publication.publish(MatchingRun.objects.get(pk=run.pk), by=county.by)
    page = signed_in.get(reverse("round_ties", args=[county.round.pk])).content.decode()
    assert "dette teller ikke lenger" in page
    assert "Legg til en kvote" not in page
    page = send(signed_in, county, "quota_add", **{"quota-at_most": 1}).content.decode()
    assert "dette teller ikke lenger" in page
    assert not Quota.objects.exists()
