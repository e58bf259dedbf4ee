"""The Celery application. A message only wakes a worker up; the work itself is a database row."""

import os

from celery import Celery
from celery.signals import worker_process_init

from config.collector import keep_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("praksisplass")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["placements", "accounts"])

worker_process_init.connect(keep_what_is_loaded)
