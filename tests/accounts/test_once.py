"""A form that is sent twice has one effect, and the second sender gets the first answer."""

import time
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, HttpResponseRedirect
from django.template import Context, Template

from accounts.models import Invitation, OnceKey, User
from accounts.once import once
from accounts.policy import Role
from tests.factories import UserFactory


@once
def join(request):
    """An effect that anybody can count: one more user."""
    User.objects.create_user(f"{uuid.uuid4()}@example.no")
    time.sleep(float(request.POST.get("slowly", 0)))
    if request.POST.get("wrong"):
        return HttpResponse("please mend this")
    if request.POST.get("stumble"):
        raise ZeroDivisionError
    return HttpResponseRedirect(f"/{User.objects.count()}/")


@pytest.fixture
def post(rf):
    def post(user=None, **data):
        request = rf.post("/form/", data)
        request.user = user or AnonymousUser()
        return join(request)

    return post


def joined():
    return User.objects.filter(email__contains="-").count()


@pytest.mark.django_db
class TestOnce:
    def test_the_second_gets_the_first_answer(self, post):
        key = uuid.uuid4()
        first, second = post(once_key=key), post(once_key=key)
        assert first.headers["Location"] == second.headers["Location"]
        assert joined() == 1

    def test_without_a_key_or_with_another_there_are_two(self, post):
        post()
        post()
        post(once_key=uuid.uuid4())
        post(once_key="not a key")
        assert joined() == 4

    def test_a_key_belongs_to_one_person(self, post):
        key = uuid.uuid4()
        post(user=UserFactory(), once_key=key)
        post(user=UserFactory(), once_key=key)
        assert joined() == 2

    def test_a_form_with_errors_may_be_sent_again(self, post):
        key = uuid.uuid4()
        assert post(once_key=key, wrong=1).status_code == 200
        assert joined() == 0, "what the view wrote on the way is taken back"
        assert post(once_key=key).status_code == 302
        assert joined() == 1

    def test_a_stumble_leaves_nothing(self, post):
        key = uuid.uuid4()
        with pytest.raises(ZeroDivisionError):
            post(once_key=key, stumble=1)
        assert (joined(), OnceKey.objects.count()) == (0, 0)

    def test_reading_needs_no_key(self, rf):
        assert once(lambda request: HttpResponse("page"))(rf.get("/")).content == b"page"
        assert not OnceKey.objects.exists()

    def test_the_tag_gives_a_fresh_key_each_time(self):
        page = Template("{% load once %}{% once %}{% once %}").render(Context())
        keys = page.split('value="')[1:]
        assert len({key[:36] for key in keys}) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
class TestAtOnce:
    def test_two_at_once_have_one_effect(self, post, at_once):
        user, key = UserFactory(), uuid.uuid4()
        answers = at_once(lambda _: post(user=user, once_key=key, slowly=0.3), times=4)
        assert joined() == 1
        assert len({answer.headers["Location"] for answer in answers}) == 1

    def test_the_second_waits_longer_than_for_other_locks(self, post, at_once):
        """`lock_timeout` is 3 s; the first may take longer, and the second must still be answered."""
        key = uuid.uuid4()
        answers = at_once(lambda _: post(once_key=key, slowly=3.5))
        assert [answer.status_code for answer in answers] == [302, 302]
        assert joined() == 1

    def test_if_the_first_fails_the_second_does_it(self, post, at_once):
        key = uuid.uuid4()

        def one(number):
            try:
                return post(once_key=key, slowly=0.2, **({"stumble": 1} if number == 0 else {}))
            except ZeroDivisionError:
                return None

        at_once(one)
        assert joined() == 1

    def test_two_at_once_without_the_key_have_two_effects(self, post, at_once):
        """The control."""
        at_once(lambda _: post(slowly=0.1))
        assert joined() == 2


def test_a_real_form_carries_the_key_and_obeys_it(client, world):
    """The page for invitations, sent twice as by a double click."""
    client.force_login(world.administrator)
    page = client.get("/invitations/").content.decode()
    data = {
        "role": Role.ADMINISTRATOR,
        "name": "Ny Administrator",
        "email": "ny@example.no",
        "language": "nb",
        "once_key": page.split('name="once_key" value="')[1][:36],
    }
    answers = [client.post("/invitations/", data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Invitation.objects.filter(email="ny@example.no").count() == 1
    again = client.post("/invitations/", {**data, "once_key": uuid.uuid4()})
    assert again.status_code == 200, "another form, and the rule for invitations itself says no"
