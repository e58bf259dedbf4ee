"""`{% once %}`: the hidden key that makes a form have one effect. See `accounts/once.py`."""

import uuid

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.once import FIELD

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4())
