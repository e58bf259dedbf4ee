"""Puts our own site in the place of Django's default one."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "accounts.administration.Administration"

    def ready(self) -> None:
        super().ready()
        from config import checkup  # noqa: F401  # it registers itself, and asks for the apps
