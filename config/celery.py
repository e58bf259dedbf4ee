"""The Celery application. A message only wakes a worker up; the work itself is a database row."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("praksisplass")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["placements", "accounts"])
