"""From a page of ours to PDF/UA: tagged, with language and title, its fonts inside.

WeasyPrint needs Pango, which is the machine's and not Python's. Where it is missing everything else
works, and a document says plainly that it cannot be made here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import DomainError

FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "inter-5.3.0"
STYLE = Path(__file__).with_name("paper.css")


class NoDocuments(DomainError):
    """The machine lacks what makes PDF."""


@cache
def _weasyprint() -> Any:
    """WeasyPrint, or None. It looks for Pango when it is imported."""
    try:
        import weasyprint
    except OSError:
        return None
    return weasyprint


def available() -> bool:
    return _weasyprint() is not None


def missing() -> str:
    return _("Documents cannot be made on this server: Pango is missing. Tell the administrator.")


def render(html: str) -> bytes:
    """The page as PDF/UA-1. Nothing is fetched but our own font, whatever the page says."""
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise NoDocuments(missing())
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFontsOnly(URLFetcher):  # type: ignore[misc]  # the library is untyped
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            path = FONTS / url.rsplit("/", 1)[-1]
            if not url.startswith("font:") or path.suffix != ".woff2" or not path.is_file():
                raise ValueError(f"not ours: {url}")
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/woff2"})

    fetcher = OurFontsOnly()
    fonts = weasyprint.text.fonts.FontConfiguration()
    style = weasyprint.CSS(
        string=STYLE.read_text(encoding="utf-8"),
        base_url="font:/",
        url_fetcher=fetcher,
        font_config=fonts,
    )
    page = weasyprint.HTML(string=html, base_url="font:/", url_fetcher=fetcher)
    data: bytes = page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
    return data
