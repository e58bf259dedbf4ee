"""No template says anything in one language alone: every word of it is asked of the catalogue.

(That the catalogue has every such word is tested in test_house.py, and that nothing untranslated shows
through on a page, in a mail, on paper or in a calendar in test_languages.py.)
"""

import re
from html.parser import HTMLParser

import pytest

from tests.test_house import ROOT, TEMPLATES

# Names and signs that are the same in every language.
SAME = {
    "Praksisplass", "PDF", "PDFs", "CSV", "Excel", "ZIP", "km", "Bokmål", "Nynorsk", "English", "kl", "min",
}  # fmt: skip
# Shown when nothing works, not even the choice of a language; and the builders' own gallery.
APART = {"500.html", "components/index.html"}
READ_ALOUD = {"alt", "aria-label", "aria-description", "placeholder", "title", "summary"}
TAGS = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}"
    r"|\{%\s*block\s+(?:width|density|bodyclass|coltype)\s*%\}[^<]*?\{%\s*endblock\s*%\}"  # class names
    r"|\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}|\{%.*?%\}|\{\{.*?\}\}",
    re.S,
)


class Words(HTMLParser):
    """The words that a reader meets, or hears, in what is left when Django's tags are taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += re.findall(r"[^\W\d_]{2,}", data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in READ_ALOUD:
                self.handle_data(value or "")


def words(source: str) -> list[str]:
    """The words of a template that no catalogue is asked for."""
    left = TAGS.sub(" ", source)
    left = re.sub(r"<(style|code)\b.*?</\1>", "", left, flags=re.S)  # for machines
    reader = Words()
    reader.feed(left)
    return [word for word in reader.found if word not in SAME]


@pytest.mark.parametrize(
    "path",
    sorted({path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES} - APART),
)
def test_every_word_is_asked_of_the_catalogue(path):
    assert words((ROOT / "templates" / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('<p class="lead">{% translate "Hello" %}</p>', []),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %} {# a note #}</p>", []),
        ("<p>{% if a < b %}Hello{% endif %}</p>", ["Hello"]),
        ('<img alt="A map"><input placeholder="{{ x }}">', ["map"]),
        ("Hello {{ name }},", ["Hello"]),
        ("{% if a %}Hei{% else %}{% translate 'Hello' %}{% endif %}", ["Hei"]),
    ],
)
def test_a_hard_coded_word_is_found(source, found):
    """Negative control."""
    assert words(source) == found
