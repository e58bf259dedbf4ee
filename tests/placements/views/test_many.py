"""Lists of students, wishes and workplaces: sorted, ticked off, and selections saved."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, OutboxMessage
from placements import saved
from placements.actions import bulk, saved_filters
from placements.models import CapacityRequest, Round, SavedFilter
from schools.models import Clearance
from tests import factories as f
from tests.cast import make_world


@pytest.fixture
def mine(db):
    return make_world("Vaarvik", "open")


@pytest.fixture
def theirs(db):
    return make_world("Fremmedstad", "open")


def pupils(world, number):
    made = [f.StudentFactory(school_class=world.school_class) for _ in range(number)]
    for student in made:
        f.CandidateFactory(round=world.round, student=student)
    return made


def do(client, name, what, rows=(), args=(), query="", **more):
    data = {"do": what, "chosen": [str(row.pk) for row in rows], **more}
    return client.post(reverse(name, args=args) + query, data)


def said(client, name, args=()):
    page = client.get(reverse(name, args=args))
    return [str(message) for message in page.context["messages"]]


class TestOrder:
    @pytest.mark.parametrize("sort", ["name", "class", "school", "home", "ready"])
    def test_each_column_of_students_both_ways(self, client, mine, sort):
        pupils(mine, 3)
        f.StudentFactory(school_class=f.SchoolClassFactory(school=mine.school, name="2A"))
        f.SchoolFactory(municipality=mine.school.municipality)  # so that schools are told apart
        client.force_login(mine.county_coordinator)
        url = reverse("students")
        up = client.get(url, {"sort": sort})
        down = client.get(url, {"sort": f"-{sort}"})
        assert len(up.context["page"]) == len(down.context["page"]) == 6
        key = {
            "name": str,
            "class": lambda s: s.school_class,
            "school": lambda s: s.school,
            "home": lambda s: s.home,
            "ready": lambda s: s.to_do - s.ready,
        }[sort]
        assert [key(s) for s in up.context["page"]] == [key(s) for s in down.context["page"]][::-1]
        assert 'aria-sort="ascending"' in up.content.decode()
        assert 'aria-sort="descending"' in down.content.decode()

    @pytest.mark.parametrize("sort", ["name", "class", "school", "state", "wishes", "reminded"])
    def test_each_column_of_wishes(self, client, mine, sort):
        client.force_login(mine.county_coordinator)
        url = reverse("candidates", args=[mine.round.pk])
        for way in ("", "-"):
            assert len(client.get(url, {"sort": way + sort}).context["page"]) == 2

    def test_a_heading_keeps_the_filter_and_turns_the_order(self, client, mine):
        client.force_login(mine.coordinator)
        page = client.get(reverse("students"), {"status": "all", "sort": "class", "page": "1"})
        text = page.content.decode()
        assert 'href="?status=all&amp;sort=-class"' in text
        assert 'href="?status=all&amp;sort=name"' in text

    def test_the_file_comes_in_the_same_order(self, client, mine):
        client.force_login(mine.coordinator)
        page = client.get(reverse("students"), {"sort": "-name"})
        answer = client.get(reverse("students_file", args=["csv"]), {"sort": "-name"})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        shown = [s.family_name for s in page.context["page"]]
        assert shown == ["Ventesen", "Elevsen"]
        assert text.index(shown[0]) < text.index(shown[1])


LISTS = [("students", 0), ("candidates", 1), ("workplaces", 0)]


def crowd(world, number):
    """So many more students, taking part, and workplaces."""
    models = type(world.candidate), type(world.candidate.student), type(world.workplace)
    candidate, student, workplace = models
    people = student.objects.bulk_create(
        f.StudentFactory.build(
            school_class=world.school_class,
            school=world.school,
            municipality=world.school.municipality,
        )
        for _ in range(number)
    )
    candidate.objects.bulk_create(
        candidate(round=world.round, student=person, school=world.school) for person in people
    )
    workplace.objects.bulk_create(
        f.WorkplaceFactory.build(municipality=world.workplace.municipality) for _ in range(number)
    )


@pytest.mark.parametrize(("name", "args"), LISTS)
def test_as_many_questions_for_a_thousand_as_for_three(client, mine, name, args):
    client.force_login(mine.county_coordinator)
    url = reverse(name, args=[mine.round.pk][:args])

    def questions():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    crowd(mine, 3)
    few = questions()
    crowd(mine, 1000)
    assert questions() == few


class Undone(Exception):
    pass


@pytest.mark.django_db(transaction=True)  # TRUNCATE afterwards makes the belief go away
def test_a_thousand_come_at_once_where_the_database_believes_in_none(client):
    """What it has counted just before, when all that came was taken back: pages of nothing.

    It then takes every loop for one of a single round. Nested three deep they ran for minutes, and a
    page is given ten seconds.
    """
    with suppress(Undone), transaction.atomic():
        crowd(make_world("Tilbaketatt", "open"), 1000)
        raise Undone
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    mine = make_world("Vaarvik", "open")
    crowd(mine, 1000)
    client.force_login(mine.county_coordinator)
    for name, args in LISTS:
        assert client.get(reverse(name, args=[mine.round.pk][:args])).status_code == 200


class TestStudents:
    def test_a_requirement_is_ticked_off_for_those_chosen_only(self, client, mine):
        a, b, c = pupils(mine, 3)
        requirement = f.RequirementFactory()
        client.force_login(mine.coordinator)
        version = Round.objects.get(pk=mine.round.pk).version
        answer = do(
            client, "students_many", f"cleared:{requirement.code}", [a, b], query="?sort=class"
        )
        assert answer["Location"] == reverse("students") + "?sort=class"
        rows = Clearance.objects.filter(requirement=requirement)
        assert {r.student_id for r in rows} == {a.pk, b.pk}
        assert {(r.status, r.seen_on, r.seen_by) for r in rows} == {
            ("cleared", timezone.localdate(), mine.coordinator)
        }
        assert AuditEvent.objects.filter(verb="clearance.tick").count() == 2
        assert Round.objects.get(pk=mine.round.pk).version > version  # proposals are out of date
        assert said(client, "students") == ["2 endringer er lagret."]
        # And back again: nothing is asked twice, because it can be undone.
        do(client, "students_many", f"required:{requirement.code}", [a, c])
        assert dict(rows.values_list("student", "status")) == {
            a.pk: "required",
            b.pk: "cleared",
            c.pk: "required",
        }

    def test_all_in_the_selection(self, client, mine):
        other = f.SchoolClassFactory(school=mine.school, name="2A")
        f.StudentFactory(school_class=other)
        requirement = f.RequirementFactory()
        client.force_login(mine.coordinator)
        query = f"?school_class={mine.school_class.pk}"
        do(client, "students_many", f"cleared:{requirement.code}", query=query, all="on")
        assert {c.student.school_class for c in Clearance.objects.select_related("student")} == {
            mine.school_class
        }

    def test_another_schools_student_is_never_reached(self, client, mine, theirs):
        requirement = f.RequirementFactory()
        hidden = f.StudentFactory(school_class=mine.school_class, manual_handling=True)
        client.force_login(mine.coordinator)
        them = [theirs.candidate.student, hidden]
        do(client, "students_many", f"cleared:{requirement.code}", them)
        assert not Clearance.objects.exists()
        assert said(client, "students") == ["Kryss av minst én i lista først."]
        do(client, "students_many", f"cleared:{requirement.code}", all="on")
        assert not Clearance.objects.filter(student__in=[s.pk for s in them]).exists()
        assert Clearance.objects.count() == 2  # negative control: hers were reached

    def test_a_round_that_is_not_hers_to_decide_on_is_not_offered(self, client, mine, theirs):
        client.force_login(mine.coordinator)  # a school's: the shared round is the county's
        text = client.get(reverse("students")).content.decode()
        assert f"enrol:{mine.round.pk}" not in text
        for round in (mine.round, theirs.round):
            do(client, "students_many", f"enrol:{round.pk}", [mine.candidate.student])
            assert said(client, "students") == ["Velg hva du vil gjøre med dem du har krysset av."]

    def test_those_chosen_are_taken_into_the_round(self, client, mine):
        a, b = (f.StudentFactory(school_class=mine.school_class) for _ in range(2))
        outside = f.StudentFactory()
        client.force_login(mine.county_coordinator)
        do(client, "students_many", f"enrol:{mine.round.pk}", [a, mine.candidate.student, outside])
        there = set(mine.round.candidates.values_list("student", flat=True))
        assert a.pk in there
        assert not {b.pk, outside.pk} & there
        assert said(client, "students")[0].startswith("1 ny elev er med.")

    def test_those_chosen_are_reminded_once_a_day(self, client, mine):
        a, b = pupils(mine, 2)
        client.force_login(mine.coordinator)
        for _ in range(2):
            do(client, "students_many", f"remind:{mine.round.pk}", [a])
        told = OutboxMessage.objects.filter(kind="wishes_reminder")
        assert [m.recipient for m in told] == [a.email]
        args = [mine.round.pk]
        rows = mine.round.candidates.filter(student__in=[a, b])
        do(client, "candidates_many", f"remind:{mine.round.pk}", rows, args)
        assert {m.recipient for m in told.all()} == {a.email, b.email}

    def test_no_more_than_a_handful_of_hundreds_at_once(self, client, mine, monkeypatch):
        monkeypatch.setattr(bulk, "MOST", 1)
        requirement = f.RequirementFactory()
        client.force_login(mine.coordinator)
        do(client, "students_many", f"cleared:{requirement.code}", all="on")
        assert not Clearance.objects.exists()
        assert said(client, "students") == ["Høyst 1 om gangen. Velg smalere."]

    def test_every_row_can_be_ticked_and_the_form_is_not_inside_another(self, client, mine):
        client.force_login(mine.coordinator)
        for name, args in (("students", []), ("candidates", [mine.round.pk])):
            text = client.get(reverse(name, args=args)).content.decode()
            assert text.count('name="chosen"') == 2
            start = text.index('id="bulk"')
            assert "<form" not in text[start : text.index("</form>", start)]


class TestWorkplaces:
    def test_those_chosen_are_asked_and_reminded(self, client, mine):
        Round.objects.update(state="collecting")
        new = f.ContactFactory(workplace__municipality=mine.workplace.municipality).workplace
        client.force_login(mine.county_coordinator)
        do(client, "workplaces_many", f"ask:{mine.round.pk}", [new])
        assert CapacityRequest.objects.get(workplace=new).state == "asked"
        do(client, "workplaces_many", f"chase:{mine.round.pk}", [mine.workplace])
        told = OutboxMessage.objects.filter(kind="capacity_reminder")
        assert [m.recipient for m in told] == [mine.contact.email]

    def test_a_school_does_not_ask_for_the_county(self, client, mine):
        Round.objects.update(state="collecting")
        client.force_login(mine.coordinator)
        do(client, "workplaces_many", f"chase:{mine.round.pk}", [mine.workplace])
        assert not OutboxMessage.objects.exists()


class TestSaved:
    def add(self, client, page="students", query="status=unready&sort=class", **more):
        return client.post(
            reverse("saved_filter_add", args=[page]), {"query": query, "name": "Mine"} | more
        )

    def test_saved_used_and_removed(self, client, mine):
        client.force_login(mine.coordinator)
        url = reverse("students")
        assert self.add(client)["Location"] == f"{url}?sort=class&status=unready"
        page = client.get(url + "?status=unready&sort=class")
        (row,) = page.context["saved"].rows
        assert (row.name, row.here) == ("Mine", True)
        assert not page.context["saved"].savable
        assert client.get(url + "?status=left").context["saved"].savable
        assert not client.get(url).context["saved"].savable
        self.add(client, query="status=left")  # the same name: replaced
        assert SavedFilter.objects.get().query == "status=left"
        client.post(reverse("saved_filter_remove", args=[row.pk]))
        assert not SavedFilter.objects.exists()

    def test_only_ones_own(self, client, mine):
        client.force_login(mine.coordinator)
        self.add(client)
        row = SavedFilter.objects.get()
        client.force_login(mine.county_coordinator)
        assert client.get(reverse("students")).context["saved"].rows == []
        assert client.post(reverse("saved_filter_remove", args=[row.pk])).status_code == 404

    def test_words_searched_for_and_unknown_keys_are_not_kept(self):
        assert saved.clean("students", "q=Ada&status=ready&page=3&next=//x&sort=") == "status=ready"
        assert saved.clean("workplaces", "q=Ada") == ""

    def test_it_needs_a_name_that_is_none_of_a_person(self, client, mine):
        client.force_login(mine.coordinator)
        for name in ("", "17054026641", "x" * 41):
            self.add(client, name=name)
        self.add(client, query="q=Ada")
        assert not SavedFilter.objects.exists()

    def test_wishes_lead_back_to_their_round(self, client, mine, theirs):
        client.force_login(mine.coordinator)
        there = reverse("candidates", args=[mine.round.pk])
        answer = self.add(client, "candidates", "state=unsent", round=str(mine.round.pk))
        assert answer["Location"] == there + "?state=unsent"
        for round in (str(theirs.round.pk), "", "x"):
            answer = self.add(client, "candidates", "state=unsent", round=round)
            assert answer.status_code == 404
        assert self.add(client, "rounds").status_code == 404

    def test_twenty_are_enough(self, mine, monkeypatch):
        monkeypatch.setattr(saved_filters, "MOST", 1)
        how = {"page": "students", "query": "status=left", "by": mine.coordinator}
        saved_filters.save(name="a", **how)
        with pytest.raises(saved_filters.DomainError):
            saved_filters.save(name="b", **how)
        saved_filters.save(name="a", **how)

    @pytest.mark.parametrize(
        "broken", [{"page": "rounds"}, {"name": ""}, {"query": ""}, {"name": "there"}]
    )
    def test_the_database_refuses(self, mine, broken):
        good = {"page": "students", "name": "here", "query": "status=left"}
        SavedFilter.objects.create(user=mine.coordinator, **good | {"name": "there"})
        SavedFilter.objects.create(user=mine.coordinator, **good)
        SavedFilter.objects.all().exclude(name="there").delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedFilter.objects.create(user=mine.coordinator, **good | broken)
