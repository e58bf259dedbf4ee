"""Oneself: name, language, other browsers; and what every answer carries."""

import pytest

from accounts.models import AccessLog, AuditEvent, User
from accounts.policy import Role
from tests.factories import UserFactory


@pytest.fixture
def kari(db):
    return UserFactory(name="Kari", role=Role.WORKPLACE_CONTACT)


class TestProfile:
    def test_it_says_what_she_may_in_words(self, client, kari):
        client.force_login(kari)
        text = client.get("/profile/").content.decode()
        assert "Kontaktperson på praksissted" in text
        assert kari.email in text

    def test_name_and_language_are_changed(self, client, kari):
        client.force_login(kari)
        client.post("/profile/", {"name": "Kari Nordmann", "language": "nn"})
        kari = User.objects.get(pk=kari.pk)
        assert (kari.name, kari.written_standard) == ("Kari Nordmann", "nn")
        assert AuditEvent.objects.get(verb="user.changed").actor == kari
        assert client.cookies["django_language"].value == "nn"

    def test_a_name_has_no_digits(self, client, kari):
        client.force_login(kari)
        answer = client.post("/profile/", {"name": "13097248022", "language": "nb"})
        assert answer.status_code == 200
        assert User.objects.get(pk=kari.pk).name == "Kari"

    def test_a_students_name_comes_from_the_class_list(self, client, db):
        student = UserFactory(name="Ida", role=Role.STUDENT)
        client.force_login(student)
        client.post("/profile/", {"name": "Noe Annet", "language": "en"})
        student = User.objects.get(pk=student.pk)
        assert (student.name, student.written_standard) == ("Ida", "en")

    def test_she_signs_out_the_other_browsers_and_stays(self, client, kari):
        other = type(client)()
        for browser in (client, other):
            browser.force_login(kari)
            assert browser.get("/profile/").status_code == 200
        client.post("/profile/sign-out/")
        assert client.get("/profile/").status_code == 200
        assert other.get("/profile/").status_code == 302
        assert AuditEvent.objects.get(verb="user.signed_out").actor == kari

    def test_strangers_have_none(self, client, db):
        assert client.get("/profile/").status_code == 302


class TestLanguage:
    def words(self, client, path="/sign-in/"):
        answer = client.get(path)
        return answer.headers["Content-Language"]

    def test_bokmal_unless_the_browser_asks_for_nynorsk(self, client, db):
        assert self.words(client) == "nb"
        assert (
            client.get("/sign-in/", HTTP_ACCEPT_LANGUAGE="en-GB,en").headers["Content-Language"]
            == "nb"
        )
        assert (
            client.get("/sign-in/", HTTP_ACCEPT_LANGUAGE="nn-NO,nb").headers["Content-Language"]
            == "nn"
        )

    def test_a_stranger_chooses_for_this_browser(self, client, db):
        answer = client.post("/language/", {"language": "nn", "next": "/sign-in/"})
        assert answer.headers["Location"] == "/sign-in/"
        assert self.words(client) == "nn"

    def test_a_person_chooses_for_herself_everywhere(self, client, kari):
        client.force_login(kari)
        client.post("/language/", {"language": "nn", "next": "/profile/"})
        assert User.objects.get(pk=kari.pk).written_standard == "nn"
        other = type(client)()
        other.force_login(kari)
        assert self.words(other, "/profile/") == "nn"

    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example/", "javascript:x", ""]
    )
    def test_it_leads_nowhere_else(self, client, db, target):
        answer = client.post("/language/", {"language": "nn", "next": target})
        assert answer.headers["Location"] == "/"

    def test_a_language_that_is_not_there_changes_nothing(self, client, kari):
        client.force_login(kari)
        client.post("/language/", {"language": "sv"})
        assert User.objects.get(pk=kari.pk).written_standard == "nb"

    def test_it_is_never_changed_by_a_link(self, client, db):
        assert client.get("/language/").status_code == 405


class TestEveryAnswer:
    def test_a_persons_pages_stay_out_of_caches(self, client, kari):
        client.force_login(kari)
        assert "no-store" in client.get("/profile/").headers["Cache-Control"]

    def test_looking_is_written_after_a_page_that_only_reads(self, client, world):
        """The students' page notes whom it showed; the note is written outside its transaction."""
        client.force_login(world.administrator)
        client.get("/admin/schools/student/")
        (look,) = AccessLog.objects.all()
        assert (look.actor, look.target_type) == (world.administrator, "schools.student")
        assert look.count == 2

    def test_a_page_that_was_refused_is_no_look(self, client, world):
        client.force_login(world.student)
        client.get("/admin/schools/student/")
        assert not AccessLog.objects.exists()
