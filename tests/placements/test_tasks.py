"""A task is woken by name and may be run any number of times: the second time changes nothing."""

import pytest

from accounts.models import AuditEvent, OutboxMessage
from config.celery import app
from placements import tasks
from placements.actions import runs
from placements.models import MatchingRun
from tests.placements.county import small_county
from tests.race import errors, race


def test_what_wakes_the_worker_is_a_task_it_knows():
    app.loader.import_default_modules()
    assert runs.TASK in app.tasks


def snapshot_of(run):
    return (
        MatchingRun.objects.filter(pk=run.pk).values().get(),
        list(run.assignments.order_by("pk").values()),
        AuditEvent.objects.count(),
        OutboxMessage.objects.count(),
    )


def test_twice_in_a_row_is_once(db):
    county = small_county()
    run = runs.start(county.round, by=county.by)
    tasks.execute(str(run.pk))
    once = snapshot_of(run)
    assert once[0]["state"] == "computed"
    tasks.execute(str(run.pk))
    assert snapshot_of(run) == once


def test_a_run_that_is_gone_is_no_error(db):
    county = small_county()
    tasks.execute(str(county.round.pk))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_twice_at_once_is_once():
    county = small_county()
    run = runs.start(county.round, by=county.by)
    assert errors(race(*[lambda: tasks.execute(str(run.pk))] * 2)) == []
    done = snapshot_of(run)
    assert (done[0]["state"], done[0]["attempts"], len(done[1])) == ("computed", 1, 3)
