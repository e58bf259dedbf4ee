"""The words of the documents: whose they are, what is refused, and that nothing written there runs."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, AuditEvent
from accounts.policy import Role
from placements import tasks
from placements.actions import bundles
from placements.documents import facts, pdf, texts
from placements.documents.kinds import KINDS
from placements.lease import BundleClaim, LeaseLost
from placements.models import Bundle, DocumentText, Placement
from schools.models import County, School
from tests import factories as f
from tests.placements.documents.reading import read, text_of, violations

LETTER = "/documents/texts/letter/"


def write(client, user, body, *, owner, version=0, language="nb", **more):
    client.force_login(user)
    url = f"{LETTER}?owner={owner.pk}&language={language}"
    return client.post(url, {"body": body, "version": version, **more})


def letter(world):
    placement = Placement.objects.select_related(*facts.RELATED).get(pk=world.placement.pk)
    return text_of(facts.make(KINDS["letter"], facts.of([placement])[0]))


def test_her_own_words_are_used_with_what_we_fill_in(client, world):
    answer = write(
        client, world.coordinator, "Kjære {student}.\r\n\r\nVel møtt {period}!", owner=world.school
    )
    assert answer.status_code == 302
    text = letter(world)
    assert f"Kjære {world.candidate.student.name}. Vel møtt uke 6–9" in text
    assert "Hei," not in text
    assert AuditEvent.objects.filter(verb="document_text.write").count() == 1


def test_the_schools_words_come_before_the_countys(client, world):
    write(client, world.county_coordinator, "Fra fylket.", owner=world.county)
    assert "Fra fylket." in letter(world)
    write(client, world.coordinator, "Fra skolen.", owner=world.school)
    text = letter(world)
    assert "Fra skolen." in text
    assert "Fra fylket." not in text


def test_words_in_one_language_leave_the_others_alone(client, world):
    write(client, world.coordinator, "Velkomen!", owner=world.school, language="nn")
    assert "Velkomen!" not in letter(world)
    world.student.written_standard = "nn"
    world.student.save()
    assert "Velkomen!" in letter(world)


def test_another_schools_words_are_not_used(client, world, outsiders):
    write(client, outsiders.coordinator, "Fremmed.", owner=outsiders.school)
    write(client, outsiders.county_coordinator, "Fremmed.", owner=outsiders.county)
    assert DocumentText.objects.count() == 2
    assert "Fremmed." not in letter(world)


def test_empty_goes_back_to_ours(client, world):
    write(client, world.coordinator, "Vårt.", owner=world.school)
    write(client, world.coordinator, "", owner=world.school, version=1)
    assert not DocumentText.objects.exists()
    assert "Hei," in letter(world)


@pytest.mark.parametrize(
    "bad", ["{elev}", "{student.user}", "{0}", "{student!r}", "{}", "{student:>99}", "{ student }"]
)
def test_an_unknown_placeholder_is_refused_by_name(client, world, bad):
    answer = write(client, world.coordinator, f"Hei {{student}} {bad}", owner=world.school)
    assert answer.status_code == 200
    assert f"Dette er ikke noe vi kan fylle inn: {bad}" in answer.context["form"].errors["body"]
    assert not DocumentText.objects.exists()


def test_nothing_that_is_written_runs(client, world):
    body = "{% load static %} {{ placement.student.email }} <script>alert(1)</script> %(student)s"
    assert texts.unknown(body) == ["% load static %", " placement.student.email "]
    body = "<script>alert(1)</script> %(student)s ${student} $student"
    answer = write(client, world.coordinator, body, owner=world.school)
    assert answer.status_code == 302
    assert (
        f"<script>alert(1)</script> %(student)s ${world.candidate.student.name} $student"
        in letter(world)
    )


def test_no_identity_number_is_kept(client, world):
    answer = write(client, world.coordinator, "Født 01010750160.", owner=world.school)
    assert answer.status_code == 200
    assert "body" in answer.context["form"].errors


def test_a_preview_is_of_nobody_and_saves_nothing(client, world):
    answer = write(client, world.coordinator, "Kjære {student}!", owner=world.school, preview="1")
    page = answer.content.decode()
    assert "<p>Kjære Kari Nordmann!</p>" in page
    assert world.candidate.student.name not in page
    answer = write(client, world.coordinator, "Kjære {student}!", owner=world.school, pdf="1")
    assert answer["Content-Type"] == "application/pdf"
    assert violations(answer.content) == []
    assert "Kjære Kari Nordmann!" in text_of(answer.content)
    assert not DocumentText.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_our_own_words_pass_their_own_rule(client, world, kind, language):
    client.force_login(world.coordinator)
    answer = client.get(f"/documents/texts/{kind}/?language={language}")
    assert answer.status_code == 200
    body = answer.context["form"].initial["body"]
    assert texts.unknown(body) == []
    assert "{" not in "".join(answer.context["preview"])


def test_who_was_slower_sees_both(client, world):
    write(client, world.coordinator, "Første.", owner=world.school)
    answer = write(client, world.coordinator, "Andre.", owner=world.school)
    assert answer.status_code == 409
    assert "Første." in answer.content.decode()
    assert DocumentText.objects.get().body == "Første."


def test_whose_words_she_may_change(client, world, outsiders):
    for user, owner, status in (
        (world.coordinator, world.school, 302),
        (world.coordinator, world.county, 404),
        (world.coordinator, outsiders.school, 404),
        (world.county_coordinator, world.county, 302),
        (world.county_coordinator, outsiders.county, 404),
        (world.administrator, world.county, 302),
        (world.student, world.school, 403),
        (world.workplace_contact, world.school, 403),
    ):
        DocumentText.objects.all().delete()
        answer = write(client, user, "Hei.", owner=owner)
        assert answer.status_code == status, (user, owner)
        assert DocumentText.objects.count() == (status == 302)


def test_a_person_without_a_school_has_no_texts(client, db):
    client.force_login(f.UserFactory(role=Role.SCHOOL_COORDINATOR))
    assert client.get("/documents/texts/").status_code == 404
    assert not School.objects.exists()
    assert not County.objects.exists()


# --- many at once ---------------------------------------------------------------------------------


def unzip(answer):
    data = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def second(world):
    """Somebody with the same name, in another class, at another workplace."""
    student = f.StudentFactory(
        school_class=f.SchoolClassFactory(school=world.school),
        given_name=world.candidate.student.given_name,
        family_name=world.candidate.student.family_name,
        written_standard="nn",
    )
    slot = f.SlotFactory(period=world.period)
    candidate = f.CandidateFactory(student=student, round=world.round)
    return f.PlacementFactory(candidate=candidate, slot=slot, created_by=world.coordinator)


def test_no_two_papers_have_one_name(client, world, second):
    """Two of one workplace, and one of another that is called as the second of them would be."""
    third = f.PlacementFactory(
        candidate=f.CandidateFactory(
            student=f.StudentFactory(school_class=world.school_class), round=world.round
        ),
        slot=f.SlotFactory(period=world.period),
        created_by=world.coordinator,
    )
    for placement, family, workplace in (
        (world.placement, "Aa", "Lia"),
        (second, "Bb", "Lia"),
        (third, "Cc", "Lia 2"),
    ):
        student, place = placement.candidate.student, placement.slot.workplace
        student.family_name, place.name = family, workplace
        student.save()
        place.save()
    files = unzip(take(client, world.coordinator, world, kind="thanks"))
    assert len(files) == 3


def take(client, user, world, **query):
    client.force_login(user)
    return client.get(reverse("documents_file", args=[world.round.pk]), {"kind": "letter", **query})


def test_everybody_in_one_zip_each_in_her_language(client, world, second):
    files = unzip(take(client, world.coordinator, world))
    assert sorted(files) == [
        "praksisbrev-vaarvik-elevsen-2.pdf",
        "praksisbrev-vaarvik-elevsen.pdf",
    ]
    languages = {str(read(data).trailer["/Root"]["/Lang"]) for data in files.values()}
    assert languages == {"nb", "nn"}
    look = AccessLog.objects.get()
    assert (look.view, look.count) == ("documents_zip", 2)


def test_one_class_or_one_workplace(client, world, second):
    by_class = take(client, world.coordinator, world, school_class=world.school_class.pk)
    (data,) = unzip(by_class).values()
    assert world.workplace.name in text_of(data)
    (data,) = unzip(
        take(client, world.coordinator, world, workplace=second.slot.workplace_id)
    ).values()
    assert second.slot.workplace.name in text_of(data)


def test_another_countys_class_or_workplace_is_no_choice(client, world, outsiders):
    for query in (
        {"school_class": outsiders.school_class.pk},
        {"workplace": outsiders.workplace.pk},
        {"kind": "diploma"},
    ):
        assert take(client, world.coordinator, world, **query).status_code == 302
    assert take(client, outsiders.coordinator, world).status_code == 404
    assert take(client, world.student, world).status_code == 403


def test_too_many_are_refused_in_words(client, world, second, monkeypatch):
    monkeypatch.setattr("placements.views.documents.MOST", 1)
    answer = make(client, world.coordinator, world)
    page = client.get(answer.url).content.decode()
    assert "Det er flere enn 1. Velg en klasse" in page


def make(client, user, world, **query):
    client.force_login(user)
    address = reverse("documents_make", args=[world.round.pk])
    return client.post(address, {"kind": "letter", **query})


def test_a_few_come_at_once(client, world, second):
    answer = make(client, world.coordinator, world, school_class=world.school_class.pk)
    assert len(unzip(client.get(answer.url))) == 1
    assert not Bundle.objects.exists()


@pytest.fixture
def many(monkeypatch, second):
    """Two are too many to wait for."""
    monkeypatch.setattr("placements.views.documents.AT_ONCE", 1)


def page_of(client, made, **kwargs):
    return client.get(reverse("bundle", args=[made.pk]), **kwargs)


def test_many_are_made_by_a_worker_and_wait_for_her_who_asked(client, world, many):
    answer = make(client, world.coordinator, world)
    made = Bundle.objects.get()
    assert answer.url == reverse("bundle", args=[made.pk])
    assert make(client, world.coordinator, world).url == answer.url, "one at a time"
    page = page_of(client, made).content.decode()
    assert "0 av 2" in page
    assert 'http-equiv="refresh"' in page
    assert client.get(reverse("bundle_file", args=[made.pk])).status_code == 404, "not yet"
    assert page_of(client, made, headers={"HX-Request": "true"}).status_code == 200
    tasks.make_bundle(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.done, made.attempts) == ("ready", 2, 1)
    told = page_of(client, made, headers={"HX-Request": "true"})
    assert told["HX-Redirect"] == answer.url
    assert "2 dokumenter er klare." in page_of(client, made).content.decode()
    file = client.get(reverse("bundle_file", args=[made.pk]))
    assert "no-store" in file["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert len(archive.namelist()) == 2
    assert AccessLog.objects.get(view="documents_zip").count == 2
    client.force_login(world.county_coordinator)
    for name in ("bundle", "bundle_file"):
        assert client.get(reverse(name, args=[made.pk])).status_code == 404, "hers alone"


def test_what_she_was_given_before_makes_room(client, world, many):
    make(client, world.coordinator, world)
    first = Bundle.objects.get()
    tasks.make_bundle(str(first.pk))
    make(client, world.coordinator, world)
    assert Bundle.objects.exclude(pk=first.pk).get().state == "queued"
    assert not Bundle.objects.filter(pk=first.pk).exists()


def test_what_she_may_no_longer_see_is_not_given_away(client, world, second, many):
    make(client, world.coordinator, world)
    made = Bundle.objects.get()
    tasks.make_bundle(str(made.pk))
    type(second.candidate.student).objects.filter(pk=second.student_id).update(manual_handling=True)
    answer = client.get(reverse("bundle_file", args=[made.pk]))
    assert answer.status_code == 302
    assert "Be om dem på nytt" in client.get(answer.url).content.decode()


def test_a_package_of_a_school_is_gone_with_the_role_there_also_for_whoever_receives_there(
    client, world, many
):
    """What a workplace's contact sees of those who come is not what a school's papers hold."""
    other = f.SchoolFactory(municipality=world.school.municipality)
    world.round.round_schools.create(school=other, county=world.county)
    user = world.coordinator
    other.coordinators.add(user)
    user.memberships.create(role=Role.WORKPLACE_CONTACT)
    for placement in Placement.objects.select_related("slot__workplace"):
        f.ContactFactory(workplace=placement.slot.workplace, user=user, email=user.email)
    make(client, user, world)
    made = Bundle.objects.get()
    tasks.make_bundle(str(made.pk))
    world.school.coordinators.remove(user)
    assert page_of(client, made).status_code == 200, "she still sees the round"
    assert client.get(reverse("bundle_file", args=[made.pk])).status_code == 302


def test_it_is_gone_after_an_hour(client, world, many):
    make(client, world.coordinator, world)
    made = Bundle.objects.get()
    tasks.make_bundle(str(made.pk))
    later = timezone.now() + dt.timedelta(minutes=61)
    Bundle.objects.update(created_at=timezone.now() - dt.timedelta(minutes=61))
    for name in ("bundle", "bundle_file"):
        assert client.get(reverse(name, args=[made.pk])).status_code == 404, "not yet swept"
    Bundle.objects.update(created_at=made.created_at)
    bundles.forget_old(later - dt.timedelta(minutes=2))
    assert Bundle.objects.exists()
    bundles.forget_old(later)
    assert not Bundle.objects.exists()


def test_one_that_fails_again_and_again_says_so(client, world, many, monkeypatch):
    make(client, world.coordinator, world)
    made = Bundle.objects.get()
    monkeypatch.setattr("placements.documents.facts.make", lambda *_: 1 / 0)
    for _ in range(3):
        tasks.make_bundle(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.error, made.attempts) == ("failed", "ZeroDivisionError", 3)
    assert "kunne ikke lages" in page_of(client, made).content.decode()


def test_a_worker_that_died_is_followed_by_another_and_can_write_no_more(
    client, world, second, many
):
    make(client, world.coordinator, world)
    made = Bundle.objects.get()
    dead = BundleClaim.take(made.pk)
    assert BundleClaim.take(made.pk) is None, "somebody is at it"
    second.delete()
    Bundle.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert bundles.resume_stalled() == 1
    with pytest.raises(LeaseLost):
        dead.write(done=1)
    assert Bundle.objects.get().state == "ready"
    assert client.get(reverse("bundle_file", args=[made.pk])).status_code == 302, "one is gone"


def test_the_sweeper_makes_what_no_worker_heard_of(client, world, many):
    make(client, world.coordinator, world)
    assert bundles.resume_stalled() == 0, "a worker has half a minute"
    Bundle.objects.update(created_at=timezone.now() - dt.timedelta(seconds=40))
    assert bundles.resume_stalled() == 1
    assert Bundle.objects.get().state == "ready"


def test_without_pango_the_zip_says_so_too(client, world, monkeypatch):
    monkeypatch.setattr(pdf, "_weasyprint", lambda: None)
    assert take(client, world.coordinator, world).status_code == 503


def test_as_many_queries_for_many_as_for_few(client, world, django_assert_num_queries, second):
    rows = Placement.objects.select_related(*facts.RELATED).prefetch_related(
        "slot__workplace__requirements"
    )
    with django_assert_num_queries(9):
        for known in facts.of(rows):
            facts.html(KINDS["letter"], known)
    with django_assert_num_queries(9):
        for known in facts.of(rows.filter(pk=second.pk)):
            facts.html(KINDS["letter"], known)


def test_the_other_languages_stand_beside_what_is_written(client, world):
    """The school's own words where it has them, else the county's, else ours."""
    for school, language, body in (
        (None, "nn", "Fylket sine ord til {student}."),
        (None, "en", "The county's words."),
        (world.school, "en", "The school's words to {student}."),
    ):
        DocumentText.objects.create(
            county=world.county,
            school=school,
            kind="letter",
            language=language,
            body=body,
            changed_by=world.coordinator,
        )
    client.force_login(world.coordinator)
    address = f"/documents/texts/letter/?owner={world.school.pk}&language=nb"
    others = {code: " ".join(said) for code, _, said in client.get(address).context["others"]}
    assert set(others) == {"nn", "en"}
    assert others["nn"] == "Fylket sine ord til Kari Nordmann."
    assert others["en"] == "The school's words to Kari Nordmann."
