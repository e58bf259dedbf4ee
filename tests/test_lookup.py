"""A choice among many: a select while they are few, else words, and those found; the same on every form."""

import html
import re

import pytest
from django.urls import reverse

from accounts import lookup
from accounts.models import Invitation
from accounts.policy import Role
from placements.models import Conflict, Pairing, Placement, Round, Workplace
from schools.models import School
from tests import factories as f
from tests.cast import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine():
    return make_world("Vaarvik")


@pytest.fixture
def many(mine, monkeypatch):
    """More of everything than fits in a select."""
    monkeypatch.setattr(lookup, "MOST", 3)
    mine.others = [
        f.WorkplaceFactory(name=f"{name} legesenter", municipality=mine.workplace.municipality)
        for name in ("Tiriltoppen", "Torvet", "Torget", "Tåsen")
    ]
    for workplace in mine.others:
        f.SlotFactory(period=mine.period, workplace=workplace)
    for name in ("Ada", "Bea"):
        pupil = f.StudentFactory(school_class=mine.school_class, given_name=name)
        f.CandidateFactory(student=pupil, round=mine.round)
    return mine


def control(page, name):
    """What is on the page of the field: its select's options and its search field's text, or None."""
    text = page.content.decode()
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', text, re.DOTALL)
    search = re.search(rf'<input[^>]*name="{name}_words"[^>]*>', text)
    options = re.findall(r'<option value="(.*?)"', select[0]) if select else None
    written = re.search(r'value="(.*?)"', search[0]) if search else None
    return options, written and html.unescape(written[1])


def test_few_are_a_select(client, mine):
    client.force_login(mine.coordinator)
    options, written = control(
        client.get(reverse("student", args=[mine.candidate.student_id])), "workplace"
    )
    assert options == ["", str(mine.workplace.pk)]
    assert written is None


class TestMany:
    def rule_out(self, client, world, **data):
        url = reverse("conflict_add", args=[world.candidate.student_id])
        return client.post(url, {f"workplace{name}": value for name, value in data.items()})

    def test_no_more_are_on_the_page_than_are_found(self, client, many):
        client.force_login(many.coordinator)
        page = client.get(reverse("student", args=[many.candidate.student_id]))
        assert control(page, "workplace") == (None, "")
        assert "Skriv litt av navnet." in page.content.decode()
        page = self.rule_out(client, many, _words="tor senter")
        assert page.status_code == 422
        torget, torvet = many.others[2], many.others[1]
        assert control(page, "workplace") == (["", str(torget.pk), str(torvet.pk)], "tor senter")
        assert "Det er flere. Velg ett av treffene" in page.content.decode()
        assert not Conflict.objects.exists()

    def test_of_those_found_one_is_chosen(self, client, many):
        client.force_login(many.coordinator)
        chosen = many.others[1]
        self.rule_out(client, many, **{"_words": "tor", "": str(chosen.pk)})
        assert Conflict.objects.get().workplace == chosen

    def test_one_alone_is_chosen_already(self, client, many):
        client.force_login(many.coordinator)
        self.rule_out(client, many, _words="tåsen")
        assert Conflict.objects.get().workplace == many.others[3]

    def test_words_that_are_newer_than_the_choice_are_searched_for(self, client, many):
        client.force_login(many.coordinator)
        page = self.rule_out(client, many, **{"_words": "tor", "": str(many.others[3].pk)})
        assert page.status_code == 422
        assert not Conflict.objects.exists()

    @pytest.mark.parametrize("words", ["finnes ikke", "Fremmedstad"])
    def test_nothing_found_is_said_also_of_what_is_not_hers(self, client, many, words):
        theirs = make_world("Fremmedstad")
        client.force_login(many.coordinator)
        page = self.rule_out(client, many, _words=words)
        assert f"Vi finner ingenting som heter «{words}»." in page.content.decode()
        assert self.rule_out(client, many, **{"": str(theirs.workplace.pk)}).status_code == 422
        assert self.rule_out(client, many, **{"": "x"}).status_code == 422
        assert not Conflict.objects.exists()

    def test_at_most_so_many_are_shown(self, client, many, monkeypatch):
        monkeypatch.setattr(lookup, "FOUND", 2)
        client.force_login(many.coordinator)
        options, _written = control(self.rule_out(client, many, _words="legesenter"), "workplace")
        assert len(options) == 3

    def test_somebody_is_invited_to_what_is_found(self, client, many):
        f.SchoolFactory(name="Torvet videregående", municipality=many.school.municipality)
        client.force_login(many.administrator)
        page = reverse("invite")
        assert control(client.get(page), "scope") == (None, "")
        sent = {"role": "workplace_contact", "name": "Kari", "email": "k@e.no", "language": "nb"}
        asked = client.post(page, sent | {"scope_words": "torvet"})
        school = School.objects.get(name="Torvet videregående")
        assert control(asked, "scope")[0] == ["", str(many.others[1].pk), str(school.pk)]
        assert f'<optgroup label="{Role.WORKPLACE_CONTACT.label}">' in asked.content.decode()
        client.post(page, sent | {"scope_words": "torvet", "scope": str(school.pk)})
        assert not Invitation.objects.exists()  # a school is nothing for a workplace's contact
        client.post(page, sent | {"scope_words": "tåsen"})
        assert Invitation.objects.get().scope_id == many.others[3].pk

    def test_somebody_is_moved_to_what_is_found(self, client, many):
        client.force_login(many.county_coordinator)
        url = reverse("placement_move", args=[many.placement.pk])
        assert control(client.get(url), "slot") == (None, "")
        assert len(control(client.get(url, {"slot_words": "tor senter"}), "slot")[0]) == 3
        page = client.get(url, {"slot_words": "tåsen"})
        slot = many.others[3].slots.get()
        assert f'name="slot" value="{slot.pk}"' in page.content.decode()
        client.post(url, {"slot": slot.pk, "version": many.placement.version})
        assert Placement.objects.occupying().get(candidate=many.candidate).slot == slot

    def test_somebody_is_pinned_to_what_is_found(self, client, many):
        client.force_login(many.county_coordinator)
        keys = [many.run.pk, many.candidate.pk]
        page = client.get(
            reverse("candidate_pin", args=keys), {"slot_words": "tor senter"}, follow=True
        )
        assert len(control(page, "slot")[0]) == 3
        page = client.get(reverse("candidate_pin", args=keys), {"slot_words": "tåsen"})
        assert page.context["slot"] == many.others[3].slots.get()

    def test_what_a_unit_belongs_to_stays_while_nothing_else_is_said(self, client, many):
        Workplace.objects.filter(pk__in=[w.pk for w in many.others]).update(kind="hospital")
        unit = f.WorkplaceFactory(parent=many.others[0], municipality=many.workplace.municipality)
        client.force_login(many.county_coordinator)
        url = reverse("workplace_edit", args=[unit.pk])
        page = client.get(url)
        assert control(page, "parent") == (["", str(many.others[0].pk)], "")
        sent = {
            "name": unit.name,
            "kind": unit.kind,
            "municipality": unit.municipality_id,
            "parent": unit.parent_id,
            "version": 1,
        }
        client.post(url, sent | {"parent_words": "torvet"})
        assert Workplace.objects.get(pk=unit.pk).parent == many.others[1]
        client.post(url, sent | {"parent": "", "version": 2})
        assert Workplace.objects.get(pk=unit.pk).parent is None

    def test_two_who_are_found_are_a_pair(self, client, many):
        Round.objects.update(state="matching", published_at=None)
        client.force_login(many.county_coordinator)
        sent = {"pair-kind": "apart", "pair-one_words": "ada", "pair-other_words": "bea"}
        client.post(reverse("pairing_add", args=[many.round.pk]), sent)
        pair = Pairing.objects.get()
        assert {pair.one.student.given_name, pair.other.student.given_name} == {"Ada", "Bea"}

    def test_documents_of_what_is_found(self, client, many, monkeypatch):
        monkeypatch.setattr(lookup, "MOST", 0)
        client.force_login(many.county_coordinator)
        url = reverse("documents_make", args=[many.round.pk])
        answer = client.post(url, {"kind": "letter", "workplace_words": "finnes ikke"})
        assert answer.status_code == 422
        answer = client.post(url, {"kind": "letter", "workplace_words": many.workplace.name})
        assert answer["Location"].endswith(f"&workplace={many.workplace.pk}")


def test_words_with_a_sign_that_no_name_can_hold_are_no_fault(many):
    field = lookup.Lookup()
    field.offer(lookup.Among(Workplace.objects.all()))
    said = field.widget.value_from_datadict({"x_words": "Tor\x00vet"}, {}, "x")
    assert field.clean(said) == many.others[1]


@pytest.mark.parametrize(
    ("page", "key"), [("workplace_orders", "q"), ("capacity", "kind"), ("capacity", "state")]
)
def test_nor_are_they_in_an_address(client, mine, page, key):
    client.force_login(mine.county_coordinator)
    answer = client.get(reverse(page, args=[mine.round.pk]), {key: "\0"})
    assert answer.status_code == 200
