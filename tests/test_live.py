"""The harness of the journeys: if its parts were not real, or not joined, no journey would count."""

from urllib.request import urlopen

import pytest
from django.db import transaction

from accounts import invitations
from accounts.models import OutboxMessage, OutboxState
from accounts.policy import Role
from tests import factories as f


@pytest.fixture
def administrator(transactional_db):
    return f.UserFactory(email="admin@example.no", role=Role.ADMINISTRATOR)


def test_a_committed_invitation_is_sent_by_the_worker_over_smtp(live_stack, administrator):
    school = f.SchoolFactory()
    with transaction.atomic():
        invitations.invite(
            "ny@example.no",
            name="Ny",
            role=Role.SCHOOL_COORDINATOR,
            scope_id=school.pk,
            language="nb",
            by=administrator,
        )
    letter = live_stack.wait_for_mail("ny@example.no")
    assert live_stack.url in letter.get_body(("plain",)).get_content()
    live_stack.until(lambda: OutboxMessage.objects.get().state == OutboxState.SENT)


def test_the_web_server_is_on_the_tests_database(live_stack, administrator):
    with urlopen(f"{live_stack.url}/health/ready") as response:
        assert response.status == 200
    assert "test_" in live_stack.env["DATABASE_URL"]
    assert not live_stack.mails(), "the mail of another test is still here"
