from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacementsConfig(AppConfig):
    name = "placements"
    verbose_name = _("Placements")

    def ready(self) -> None:
        # Register the mails this app can write, and what a contact is tied to.
        from placements import emails, invitations  # noqa: F401
