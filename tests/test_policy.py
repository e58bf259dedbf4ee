"""The one table of permissions, and that nothing goes round it."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission
from django.core.management import CommandError, call_command

from accounts.management.commands import permissions
from accounts.models import Membership, User
from accounts.policy import DESCRIPTIONS, GRANTS, Permission, Role
from tests.factories import UserFactory


def test_every_role_has_a_row_and_a_description():
    assert set(GRANTS) == set(Role) == set(DESCRIPTIONS)


def test_every_verb_is_somebodys():
    assert set().union(*GRANTS.values()) == set(Permission)


def test_a_verb_is_named_for_an_app():
    assert {str(p).split(".")[0] for p in Permission} == {"accounts", "schools", "placements"}


def test_the_committed_page_is_the_table():
    call_command("permissions", "--check")


def test_an_old_page_is_noticed(tmp_path, monkeypatch):
    old = tmp_path / "permissions.md"
    old.write_text(permissions.page().replace("yes", "", 1))
    monkeypatch.setattr(permissions, "PAGE", old)
    with pytest.raises(CommandError, match="permissions --write"):
        call_command("permissions", "--check")
    call_command("permissions", "--write")
    call_command("permissions", "--check")


@pytest.mark.django_db
class TestHasPerm:
    @pytest.mark.parametrize("role", Role)
    def test_a_person_may_what_her_role_may_and_no_more(self, role):
        user = UserFactory(role=role)
        assert {p for p in Permission if user.has_perm(p)} == GRANTS[role]

    def test_two_roles_add_up(self):
        user = UserFactory(role=Role.STUDENT)
        Membership.objects.create(user=user, role=Role.WORKPLACE_CONTACT)
        may = {p for p in Permission if user.has_perm(p)}
        assert may == GRANTS[Role.STUDENT] | GRANTS[Role.WORKPLACE_CONTACT]

    def test_none_gives_nothing(self):
        assert not any(UserFactory().has_perm(p) for p in Permission)

    def test_an_ended_membership_gives_nothing_at_the_next_request(self, client):
        user = UserFactory(role=Role.SCHOOL_COORDINATOR)
        client.force_login(user)
        assert client.get("/invitations/").status_code == 200
        user.memberships.update(ended_at="2026-01-01T00:00Z")
        assert client.get("/invitations/").status_code == 403

    def test_a_closed_user_is_signed_out_at_the_next_request(self, client):
        user = UserFactory(role=Role.SCHOOL_COORDINATOR)
        client.force_login(user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert client.get("/profile/").status_code == 302
        assert not any(User.objects.get(pk=user.pk).has_perm(p) for p in Permission)

    def test_djangos_own_tables_of_permissions_grant_nothing(self):
        user = UserFactory()
        granted = DjangoPermission.objects.all()
        user.user_permissions.set(granted)
        group = Group.objects.create(name="everything")
        group.permissions.set(granted)
        user.groups.add(group)
        user = User.objects.get(pk=user.pk)
        assert not user.has_perm("accounts.view_user")
        assert not any(user.has_perm(p) for p in Permission)

    def test_templates_read_the_same_table(self, client):
        page = UserFactory(role=Role.STUDENT)
        client.force_login(page)
        perms = client.get("/profile/").context["perms"]
        assert perms["placements"]["rank_wishes"]
        assert not perms["schools"]["see_students"]

    def test_nobody_can_be_a_superuser(self):
        from django.db import IntegrityError

        with pytest.raises(IntegrityError):
            UserFactory(is_superuser=True)
