"""`{% stylesheets %}`: those of every page, as one file where they have been gathered."""

from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def stylesheets() -> SafeString:
    return _links(settings.SHEETS if settings.PLAIN_STATIC else (settings.GATHERED_SHEET,))


@cache
def _links(names: tuple[str, ...]) -> SafeString:
    links = ((static(name),) for name in names)
    return format_html_join("\n    ", '<link rel="stylesheet" href="{}">', links)
