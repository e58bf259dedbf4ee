from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class PlacementsConfig(AppConfig):
    name = "placements"
    verbose_name = _("Rounds, places and practice")

    def ready(self) -> None:
        # Register the mails this app can write, and what a contact is tied to.
        from accounts import field_names
        from placements import emails, invitations  # noqa: F401

        for app in ("accounts", "schools", "placements"):
            field_names.complete(apps.get_app_config(app).get_models())
