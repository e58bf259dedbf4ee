"""The Celery application. A message only wakes a worker up; the work itself is a database row."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("praksisplass")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["placements", "accounts"])


def keep_what_is_loaded(**_: object) -> None:
    """What has been imported stays: the garbage collector need not look at it again and again.

    A run makes a hundred thousand objects, and hardly any is in a circle with others."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


worker_process_init.connect(keep_what_is_loaded)
