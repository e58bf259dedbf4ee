"""What is said in no language but the source's: the texts that a catalogue was asked for and lacks.

    with missing("nn") as found:
        ...            # everything that is written here, is written in nynorsk
    assert found == set()

And the words of a page, a mail or a paper that are plainly of another language.
"""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.utils import translation
from django.utils.translation import trans_real

from accounts.templatetags.said import SAID
from placements.templatetags.placements import tag_of

# Small words that every text of some length holds, and that mean nothing in the other language.
_ENGLISH = frozenset(
    "the and of with you your is are was not this that have been from must yes which what when who"
    " they will please choose here nothing".split()
)
_NORWEGIAN = frozenset(
    "og ikke ikkje eller deg din ditt dine det som av til på fra frå har eg jeg vi må skal hvem kven når"
    " hva ingen plassen plasser plassar elev elever elevar".split()
)
FOREIGN = {"nb": _ENGLISH, "nn": _ENGLISH, "en": _NORWEGIAN}


class _Noting(gettext.NullTranslations):
    """Where a catalogue turns that does not have a text."""

    def __init__(self, found: set[str]) -> None:
        super().__init__()
        self.found = found

    def gettext(self, message: str) -> str:
        if "\x04" not in message or message.split("\x04")[1]:
            self.found.add(message.replace("\x04", ": "))
        return message

    def ngettext(self, one: str, many: str, n: int) -> str:
        self.found.add(one.replace("\x04", ": "))
        return one if n == 1 else many


def forget() -> None:
    """What has been said already is asked for again."""
    SAID.clear()
    tag_of.cache_clear()


@contextmanager
def missing(language: str) -> Iterator[set[str]]:
    """The texts that the catalogue of this language was asked for and did not have.

    The source is English, so in English it is the texts that are not: `foreign` finds them.
    """
    found: set[str] = set()
    catalogue = trans_real.translation(language)
    before, catalogue._fallback = catalogue._fallback, _Noting(found)
    forget()
    try:
        with translation.override(language):
            yield found
    finally:
        catalogue._fallback = before
        forget()
    # The switch asks for the name of each language in its own: a name has been translated already.
    found -= {"Engelsk"}
    if language == "en":
        kept = {text for text in found if foreign(text, "en")}
        found.clear()
        found |= kept


class _Visible(HTMLParser):
    """The text of a page in the page's own language, cut where elements begin and end."""

    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
    SILENT = frozenset({"script", "style", "code", "textarea"})

    def __init__(self, language: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._language = language

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        ours = not self._open or self._open[-1][1]
        if tag != "html" and known.get("lang"):
            ours = known["lang"] == self._language
        ours = ours and tag not in self.SILENT
        if ours:
            said = ("alt", "aria-label", "placeholder", "title")
            self.texts += [str(known[name]) for name in said if known.get(name)]
        if tag not in self.VOID:
            self._open.append((tag, ours))

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(name == tag for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and (not self._open or self._open[-1][1]):
            self.texts.append(" ".join(data.split()))


def visible(html: str, language: str) -> list[str]:
    reader = _Visible(language)
    reader.feed(html)
    return reader.texts


def foreign(text: str, language: str) -> set[str]:
    """The words of a text that are plainly of another language."""
    words = re.sub(r"\S+@\S+|https?://\S+", "", text.lower())
    return set(re.findall(r"[^\W\d_]+", words)) & FOREIGN[language]


def foreign_texts(html: str, language: str, data: str = "") -> list[str]:
    """The sentences of a page in another language than the page; `data` marks what people have written."""
    return [
        text
        for text in visible(html, language)
        if foreign(text, language) and not (data and data in text)
    ]
