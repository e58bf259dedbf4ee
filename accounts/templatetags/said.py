"""`{% translate %}` and `{% url %}` as everywhere, but what comes out the same each time is kept.

A list says the names of its columns again in every row, and leads to the same few pages from each.
"""

import re
from typing import Any
from uuid import UUID

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as do_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

register = template.Library()

# (text, context, language, whether it is escaped): the text as it is written.
SAID: dict[tuple[str, str, str | None, bool], str] = {}


class SaidNode(TranslateNode):
    """A text that stands in the template itself; every other kind is Django's own node."""

    text: tuple[str, str]

    def render(self, context: Any) -> str:
        key = (*self.text, get_language(), context.autoescape)
        said = SAID.get(key)
        if said is None:
            written = super().render(context)
            said = SAID[key] = context[self.asvar] if self.asvar else written
        if self.asvar:
            context[self.asvar] = said
            return ""
        return said


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> TranslateNode:
    node: TranslateNode = do_translate(parser, token)
    text, about = node.filter_expression, node.message_context
    if node.noop or text.filters or not isinstance(text.var.literal, str):
        return node
    if about is not None and (about.filters or not isinstance(about.var, str)):
        return node
    said = SaidNode(text, node.noop, node.asvar, about)
    said.text = (text.var.literal, str(about.var) if about else "")
    return said


# (page, where the site begins, how many ids, whether it is escaped): what stands before, between
# and after the ids. There is one URLconf.
LINKS: dict[tuple[str, str, int, bool], list[str]] = {}
STAND_INS = [UUID(int=n) for n in range(1, 4)]
AN_ID = re.compile("|".join(map(str, STAND_INS)))


class LinkNode(URLNode):
    """The address of a page that needs nothing but ids."""

    page: str

    def render(self, context: Any) -> str:
        ids = [arg.resolve(context) for arg in self.args]
        if len(ids) > len(STAND_INS) or not all(isinstance(pk, UUID) for pk in ids):
            return super().render(context)
        escaped = context.autoescape and not self.asvar
        key = (self.page, get_script_prefix(), len(ids), escaped)
        pieces = LINKS.get(key)
        if pieces is None:
            try:
                link = reverse(self.page, args=STAND_INS[: len(ids)])
            except NoReverseMatch:
                return super().render(context)
            pieces = LINKS[key] = AN_ID.split(conditional_escape(link) if escaped else link)
        link = pieces[0]
        for pk, piece in zip(ids, pieces[1:], strict=True):
            link = f"{link}{pk}{piece}"
        if self.asvar:
            context[self.asvar] = link
            return ""
        return link


@register.tag("url")
def url(parser: Parser, token: Token) -> URLNode:
    node: URLNode = do_url(parser, token)
    page = node.view_name.var
    if node.kwargs or node.view_name.filters or not isinstance(page, str) or ":" in page:
        return node
    link = LinkNode(node.view_name, node.args, node.kwargs, node.asvar)
    link.page = str(page)
    return link
