"""A question that is put together once has the answer of one put together each time, for everybody."""

import datetime as dt

import pytest
from django.db.models import Count
from django.utils import timezone

from accounts import prepared as kept
from accounts.models import User
from accounts.prepared import NotReplaceable, prepared
from placements.models import Candidate, CapacityRequest, Placement, Round, Workplace
from schools.models import Student
from tests.cast import make_world

pytestmark = pytest.mark.django_db

SEEN = [Candidate, CapacityRequest, Placement, Round, Workplace, Student]


@pytest.fixture
def people():
    for name in ("Vaarvik", "Fjernvik"):
        make_world(name)
    return list(User.objects.order_by("pk"))


@pytest.mark.parametrize("model", SEEN)
def test_everybody_sees_her_own(people, model):
    @prepared
    def seen(user):
        return model.objects.visible_to(user).order_by("pk").values_list("pk")

    for user in [*people, *people[::-1]]:  # whoever comes second is answered from what is kept
        assert seen(user) == list(model.objects.visible_to(user).order_by("pk").values_list("pk"))


def test_it_is_put_together_once_for_each_shape(people, monkeypatch):
    shapes = []

    @prepared
    def among(keys, name):
        shapes.append(len(keys))
        users = User.objects.filter(pk__in=keys).exclude(name=name)
        return users.order_by("pk").values_list("pk")

    keys = [user.pk for user in people]
    for name in ("nobody", people[0].name):
        for n in (1, 2, 1, 2, 0):
            others = [user.pk for user in people[:n] if user.name != name]
            assert [pk for (pk,) in among(keys[:n], name)] == others
    assert shapes == [1, 2, 0]
    monkeypatch.setattr(kept, "MOST", 3)
    for _ in range(2):
        assert len(among(keys[:5], "nobody")) == 5
    assert shapes[3:] == [5, 5]


def test_numbers_are_read_as_elsewhere(people):
    @prepared
    def roles(before):
        started = User.objects.filter(memberships__started_at__lt=before)
        return started.order_by("pk").values_list("pk").annotate(Count("memberships"))

    assert roles(timezone.now() + dt.timedelta(days=1)) == [(user.pk, 1) for user in people]
    assert roles(timezone.now() - dt.timedelta(days=1)) == []


def test_columns_that_only_order_are_left_out(people):
    @prepared
    def roles(name):
        others = User.objects.exclude(name=name).order_by("memberships__role").distinct()
        return others.values_list("pk")

    found = roles("nobody")
    assert {len(row) for row in found} == {1}
    assert {pk for (pk,) in found} == {user.pk for user in people}


class TestWhatWouldBeWrongIfKept:
    def test_a_time_of_its_own(self, people):
        @prepared
        def new(user):
            return Round.objects.visible_to(user).taking_wishes().values_list("pk")

        with pytest.raises(NotReplaceable):
            new(people[0])

    def test_an_id_of_its_own(self, people):
        @prepared
        def hers(name):
            return User.objects.filter(pk=people[0].pk, name=name).values_list("pk")

        with pytest.raises(NotReplaceable):
            hers("Vaarvik")

    def test_what_is_changed_on_the_way(self, people):
        @prepared
        def found(name):
            return User.objects.filter(name__icontains=name).values_list("pk")

        with pytest.raises(NotReplaceable):
            found("Vaarvik")

    @pytest.mark.parametrize("what", ["name", "written_standard", "mobile"])
    def test_what_is_her_own(self, people, what):
        @prepared
        def namesakes(user):
            return User.objects.filter(**{what: getattr(user, what)}).values_list("pk")

        with pytest.raises(User.DoesNotExist):
            namesakes(people[0])
