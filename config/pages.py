"""What every page is made of: tags that need no loading, and style sheets."""

BUILTINS = ["django.templatetags.i18n", "django.templatetags.static", "accounts.templatetags.said"]

# Those of every page, in the order of their layers and of what overrides them. collectstatic gathers
# them into one: nine small files are nine waits on a phone before anything shows.
SHEETS = (
    "vendor/designsystemet-css-1.22.0/theme.css",
    "vendor/designsystemet-css-1.22.0/designsystemet.css",
    "css/theme.css",
    "css/app.css",
    "css/desk.css",
    "css/units.css",
    "css/pictures.css",
    "css/offers.css",
    "css/board.css",
)
GATHERED_SHEET = "css/site.css"

# By whether files are served as they lie.
STATIC_STORAGE = {
    True: "django.contrib.staticfiles.storage.StaticFilesStorage",
    False: "config.static.GatheringStorage",
}
