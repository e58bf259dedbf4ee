"""A supervisor follows one stay by the link in her mail: hashed, scoped, expiring, revocable."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import links, outbox
from accounts.models import AccessLog, AuditEvent, OutboxMessage
from placements import own_data
from placements.actions import agreements, supervision
from placements.documents import facts
from placements.models import (
    Agreement,
    Attendance,
    Consent,
    Feedback,
    Placement,
    Round,
    Supervisor,
    SupervisorLink,
)
from placements.models.agreements import Party
from placements.models.reviews import CRITERIA
from schools.models import Student
from tests import factories as f
from tests.placements.stay import going_on, today

PAGES = ("supervisor_stay", "supervisor_attendance", "supervisor_feedback", "supervisor_agreement")
LEVELS = dict.fromkeys(CRITERIA, 3)


@pytest.fixture
def stay(world):
    return going_on(world)


@pytest.fixture
def supervisor(world):
    return f.SupervisorFactory(
        workplace=world.workplace, name="Berit Veileder", email="berit@legekontor.example.no"
    )


def share(world, stay, supervisor, **kwargs):
    """As the contact does it; returns the address in the mail."""
    supervision.share(
        stay,
        supervisor=supervisor,
        may_agree=kwargs.get("may_agree", False),
        by=world.workplace_contact,
    )
    outbox.deliver_due()
    letter = mail.outbox[-1]
    assert letter.to == [supervisor.email]
    return re.findall(r"http://[^/]+(/s/\S+/)", letter.body)[0]


@pytest.fixture
def inside(client, world, stay, supervisor):
    client.get(share(world, stay, supervisor))
    return client


def test_the_contact_sends_it_from_the_students_page(client, world, stay, supervisor):
    client.force_login(world.workplace_contact)
    page = reverse("placement_supervisors", args=[stay.pk])
    assert page in client.get(reverse("my_students")).content.decode()
    answer = client.post(page, {"supervisor": supervisor.pk, "may_agree": "on"}, follow=True)
    said = answer.content.decode()
    assert "Berit Veileder" in said
    assert "Kan godta praksisavtalen" in said
    link = SupervisorLink.objects.get()
    assert (link.placement, link.may_agree, link.email) == (stay, True, supervisor.email)
    client.post(reverse("supervisor_take_back", args=[link.pk]))
    assert SupervisorLink.objects.get().revoked_at is not None
    verbs = AuditEvent.objects.filter(verb__startswith="supervisor.").values_list("verb", flat=True)
    assert sorted(verbs) == ["supervisor.let_in", "supervisor.let_out"]


def test_the_mail_holds_the_key_and_nothing_that_is_kept_does(world, stay, supervisor):
    address = share(world, stay, supervisor)
    token = address.split("/")[2]
    assert world.candidate.student.family_name not in mail.outbox[-1].body
    row = OutboxMessage.objects.get(kind="supervisor_link")
    kept = str(SupervisorLink.objects.values().get()) + row.text + row.path
    assert token not in kept
    assert bytes(SupervisorLink.objects.get().token_hash) == links.hash_of(token)


def test_opening_it_writes_nothing_and_shows_only_what_she_needs(client, world, stay, supervisor):
    student = world.candidate.student
    type(student).objects.filter(pk=student.pk).update(phone="99 88 77 66")
    address = share(world, stay, supervisor)
    before = (SupervisorLink.objects.values().get(), AuditEvent.objects.count())
    opened = client.get(address)
    assert (opened.status_code, opened["Location"]) == (302, reverse("supervisor_stay"))
    assert opened["Referrer-Policy"] == "no-referrer"
    assert not AccessLog.objects.exists()
    for name in PAGES:
        page = client.get(reverse(name))
        assert "no-store" in page["Cache-Control"]
        said = page.content.decode()
        assert student.name in said, name
        for hidden in (student.email, student.external_id, "99 88 77 66", "ønske"):
            assert hidden not in said, (name, hidden)
    assert (SupervisorLink.objects.values().get(), AuditEvent.objects.count()) == before
    assert client.get(reverse("attendance", args=[stay.pk])).status_code == 302, "no account"


def test_what_she_opens_is_in_the_access_log_and_the_student_reads_it(inside, client, world, stay):
    for name in PAGES:
        inside.get(reverse(name))
    link = SupervisorLink.objects.get()
    assert list(AccessLog.objects.order_by("pk").values_list("view", "actor", "via", "link")) == [
        (page, None, "supervisor", link.pk)
        for page in ("placement", "attendance", "feedback", "agreement")
    ]
    assert set(AccessLog.objects.values_list("target_id")) == {(stay.pk,)}
    client.force_login(world.student)
    said = client.get(reverse("my_data")).content.decode()
    looks = said[said.index('id="looks"') : said.index('id="kept"')]
    assert looks.count("praksisveileder") == 4
    assert "oppmøtet ditt" in looks
    Student.objects.filter(pk=stay.student_id).update(user=None)
    assert len(own_data.looks(Student.objects.get(pk=stay.student_id))) == 4


def test_nobody_looks_without_being_known(world, stay):
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessLog.objects.create(view="placement", target_id=stay.pk, via="supervisor")


class TestTheReminder:
    """Of the agreement, to her who may agree for the workplace."""

    def reminded(self):
        agreements.remind_late(timezone.now() + dt.timedelta(days=8))
        return OutboxMessage.objects.filter(kind="supervisor_agreement")

    @pytest.fixture
    def begun(self, world, stay):
        text, _language = agreements.words(
            Placement.objects.select_related(*facts.RELATED).get(pk=stay.pk)
        )
        agreements.agree(stay, party=Party.STUDENT, sha256=agreements.seal(text), by=world.student)
        return stay

    def test_comes_once_with_a_link_of_its_own(self, client, world, begun, supervisor):
        first = share(world, begun, supervisor, may_agree=True)
        assert [message.recipient for message in self.reminded()] == [supervisor.email]
        assert self.reminded().count() == 1, "once"
        outbox.deliver_due()
        (letter,) = [m for m in mail.outbox if m.to == [supervisor.email]][1:]
        assert begun.student.family_name not in letter.body
        address = re.findall(r"http://[^/]+(/s/\S+/)", letter.body)[0]
        assert address != first
        assert client.get(first).status_code == 410
        assert client.get(address).status_code == 302

    def test_not_to_her_who_may_not_agree_or_whose_link_is_closed(self, world, begun, supervisor):
        share(world, begun, supervisor, may_agree=False)
        assert not self.reminded().exists()
        Agreement.objects.update(reminded_at=None)
        share(world, begun, supervisor, may_agree=True)
        SupervisorLink.objects.update(revoked_at=timezone.now())
        assert not self.reminded().exists()

    def test_not_when_the_workplace_has_agreed_meanwhile(self, world, begun, supervisor):
        share(world, begun, supervisor, may_agree=True)
        message = self.reminded().get()
        assert outbox.WRITERS[message.kind](message) is not None
        text, _language = agreements.words(begun)
        agreements.agree(begun, party=Party.WORKPLACE, sha256=agreements.seal(text), by=supervisor)
        assert outbox.WRITERS[message.kind](message) is None

    def test_before_practice_when_nobody_has_agreed(self, world, supervisor):
        stay = going_on(world, before=-6, after=9)
        share(world, stay, supervisor, may_agree=True)
        assert agreements.remind_unstarted(timezone.now() + dt.timedelta(days=4)) == 1
        assert OutboxMessage.objects.filter(kind="supervisor_agreement").count() == 1


def test_she_notes_days(inside, supervisor, stay):
    page = inside.get(reverse("supervisor_attendance"))
    assert len(page.context["rows"]) == 4
    data = {f"day-{today()}": "absent", f"seen-{today()}": 0}
    inside.post(reverse("supervisor_attendance"), data)
    noted = Attendance.objects.get()
    assert (noted.supervisor, noted.noted_by, noted.present) == (supervisor, None, False)
    rest = {"rest": "present", f"day-{today()}": "absent", f"seen-{today()}": 1}
    inside.post(reverse("supervisor_attendance"), rest)
    assert Attendance.objects.filter(present=True).count() == 3
    event = AuditEvent.objects.filter(verb="attendance.noted").first()
    assert (event.actor, event.via, event.detail["supervisor"]) == (
        None,
        "supervisor",
        str(supervisor.pk),
    )
    assert SupervisorLink.objects.get().last_used_at is not None
    tomorrow = today() + dt.timedelta(days=1)
    inside.post(reverse("supervisor_attendance"), {f"day-{tomorrow}": "present"})
    assert Attendance.objects.count() == 4


def test_she_gives_feedback_that_the_student_and_school_read(client, inside, world, stay):
    data = {**LEVELS, "words": "Rolig og vennlig", "version": 0}
    assert inside.post(reverse("supervisor_feedback"), data)["Location"] == reverse(
        "supervisor_stay"
    )
    assert Feedback.objects.get().giver.name == "Berit Veileder"
    client.force_login(world.student)
    said = client.get(reverse("feedback", args=[stay.pk])).content.decode()
    assert "Rolig og vennlig" in said
    assert "Berit Veileder" in said


def test_two_who_write_feedback_are_shown_both(client, inside, world, stay):
    data = {**LEVELS, "words": "Rolig", "version": 0}
    inside.post(reverse("supervisor_feedback"), data)
    answer = inside.post(reverse("supervisor_feedback"), {**data, "words": "Noe annet"})
    assert answer.status_code == 409
    assert Feedback.objects.get().words == "Rolig"


def test_she_agrees_only_if_the_contact_has_given_her_that(client, world, stay, supervisor):
    client.get(share(world, stay, supervisor))
    page = client.get(reverse("supervisor_agreement"))
    assert (page.status_code, page.context["may"]) == (200, False)
    client.post(reverse("supervisor_agreement"), {"sha256": page.context["sha256"]})
    assert not Agreement.objects.exists()
    client.get(share(world, stay, supervisor, may_agree=True))
    page = client.get(reverse("supervisor_agreement"))
    assert page.context["may"] is True
    assert client.post(reverse("supervisor_agreement"), {"sha256": "x"}).status_code == 409
    client.post(reverse("supervisor_agreement"), {"sha256": page.context["sha256"]})
    consent = Consent.objects.get()
    assert (consent.party, consent.name, consent.supervisor, consent.agreed_by) == (
        "workplace",
        "Berit Veileder",
        supervisor,
        None,
    )
    assert client.get(reverse("supervisor_agreement")).context["may"] is False


@pytest.mark.parametrize(
    "ended",
    [
        "expired",
        "taken_back",
        "no_supervisor_any_more",
        "newer",
        "forgotten",
        "hidden",
        "withdrawn",
    ],
)
def test_what_ends_it_ends_it_at_once(client, world, stay, supervisor, ended):
    address = share(world, stay, supervisor)
    client.get(address)
    assert client.get(reverse("supervisor_stay")).status_code == 200
    found = SupervisorLink.objects.filter(revoked_at=None)
    if ended == "expired":
        found.update(expires_at=timezone.now())
    elif ended == "taken_back":
        supervision.take_back(found.get(), by=world.workplace_contact)
    elif ended == "no_supervisor_any_more":
        Supervisor.objects.update(active=False)
    elif ended == "newer":
        share(world, stay, supervisor)
    elif ended == "forgotten":
        Round.objects.filter(pk=world.round.pk).update(forgotten_at=timezone.now())
    elif ended == "hidden":
        type(world.candidate.student).objects.filter(pk=world.candidate.student_id).update(
            manual_handling=True
        )
    else:
        Placement.objects.filter(pk=stay.pk).update(
            state="withdrawn",
            ended_at=timezone.now(),
            ended_by=world.coordinator,
            end_reason="mistake",
        )
    assert client.get(address).status_code == 410
    for name in PAGES:
        assert client.get(reverse(name)).status_code == 410, name
        assert client.post(reverse(name), {"rest": "present"}).status_code in (405, 410), name
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("cookie", ["", "x", "00" * 32])
def test_a_forged_cookie_opens_nothing(client, world, stay, supervisor, cookie):
    share(world, stay, supervisor)
    client.cookies["supervisor"] = cookie
    assert client.get(reverse("supervisor_stay")).status_code == 410


def test_only_supervisors_of_the_workplace_and_its_hospital_with_an_address(world, stay):
    stranger = f.SupervisorFactory(email="fremmed@example.no")
    silent = f.SupervisorFactory(workplace=world.workplace, email="")
    for nobody in (stranger, silent):
        with pytest.raises(supervision.CannotShare):
            supervision.share(stay, supervisor=nobody, may_agree=False, by=world.workplace_contact)
    hospital = f.WorkplaceFactory(municipality=world.workplace.municipality)
    type(hospital).objects.filter(pk=world.workplace.pk).update(parent=hospital)
    of_the_house = f.SupervisorFactory(workplace=hospital, email="sykehus@example.no")
    stay = Placement.objects.get(pk=stay.pk)
    supervision.share(stay, supervisor=of_the_house, may_agree=False, by=world.workplace_contact)
    assert SupervisorLink.objects.get().supervisor == of_the_house


def test_no_new_link_to_a_stay_that_is_over(world, stay, supervisor):
    Placement.objects.filter(pk=stay.pk).update(
        state="withdrawn",
        ended_at=timezone.now(),
        ended_by=world.coordinator,
        end_reason="mistake",
    )
    with pytest.raises(supervision.CannotShare):
        supervision.share(stay, supervisor=supervisor, may_agree=True, by=world.workplace_contact)


@pytest.mark.parametrize("both", [True, False])
def test_a_day_is_noted_by_one_of_the_two(world, stay, supervisor, both):
    """The database refuses nobody, and both."""
    who = {"noted_by": world.workplace_contact, "supervisor": supervisor} if both else {}
    with (
        pytest.raises(IntegrityError, match="attendance_noted_by_somebody"),
        transaction.atomic(),
    ):
        Attendance.objects.create(placement=stay, day=today(), present=True, **who)
