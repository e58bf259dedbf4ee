"""The style sheets of every page."""

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
