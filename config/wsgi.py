"""Entry point of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  # read now what the first request would read, and all it imports

# What has been read stays: a garbage collector that went through all of it again would stop every page
# for a tenth of a second now and then.
gc.collect()
gc.freeze()
