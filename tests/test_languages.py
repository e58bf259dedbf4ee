"""Bokmål, nynorsk and English, complete: nothing that anybody reads shows a text of the source through.

Every branch of every template; every page as each role; every mail, paper and calendar. That each word
of a template is asked of a catalogue at all is tested in test_hard_coded.py.
"""

import pytest
from django.contrib.auth import get_user_model
from django.template import Context
from django.template.engine import Engine
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation

from accounts.policy import Role
from tests.cast import make_world
from tests.missing import foreign_texts, missing
from tests.test_house import ROOT, TEMPLATES
from tests.test_look import NOT_PAGES, pages_of
from tests.test_matrix import PUBLIC, ROLES, address, furnish

LANGUAGES = ("nb", "nn", "en")
NAMES = [path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES]


def texts_of(template):
    """Every translated piece of a template, whichever branch it stands in."""
    return template.nodelist.get_nodes_by_type((TranslateNode, BlockTranslateNode))


def written_out(template, language):
    """Write every piece, in the singular and in the plural; what was missing."""
    with missing(language) as found:
        for node in texts_of(template):
            for n in (1, 2):
                names = dict.fromkeys(getattr(node, "extra_context", None) or (), "x")
                context = Context(names)
                context.template = template
                if isinstance(node, BlockTranslateNode):
                    node = _counting(node, n)
                node.render(context)
    return found


def _counting(node, n):
    """The same piece, as if there were `n`; what it names is nothing."""
    import copy

    from django.template.base import FilterExpression, Parser

    node = copy.copy(node)
    plain = FilterExpression("0", Parser([]))
    node.extra_context = dict.fromkeys(node.extra_context or (), plain)
    if node.countervar:
        node.counter = FilterExpression(str(n), Parser([]))
    return node


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_branch_of_every_template(language):
    pieces = 0
    for name in NAMES:
        template = get_template(name).template
        pieces += len(texts_of(template))
        assert (name, written_out(template, language)) == (name, set())
    assert pieces > 1000


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize(
    "piece",
    [
        '{% if no %}{% translate "Planted text" %}{% endif %}',
        "{% if no %}{% blocktranslate %}Planted {{ x }}{% endblocktranslate %}{% endif %}",
        "{% blocktranslate count n=no %}A planted{% plural %}{{ n }} planted{% endblocktranslate %}",
        '{% translate "Planted text" context "seat" %}',
    ],
)
def test_a_planted_text_is_found(language, piece):
    """Negative control: a text nobody has translated is seen, also in a branch that is not taken."""
    assert written_out(Engine.get_default().from_string(piece), language) != set()


@pytest.fixture
def things(db):
    return furnish(make_world("Vaarvik"))


def read(client, addresses, language):
    """Open each page; what was missing, and what was said in another language."""
    faults = set()
    shown = 0
    for url in addresses:
        with missing(language) as found:
            response = client.get(url, headers={"accept-language": language})
        faults |= {(url, text) for text in found}
        if response.status_code == 200 and "html" in response.headers["Content-Type"]:
            shown += 1
            page = response.content.decode()
            assert f'<html lang="{language}"' in page
            faults |= {(url, text) for text in foreign_texts(page, language, data="Vaarvik")}
    assert shown, "no page was opened"
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", list(Role))
def test_every_page_of(role, language, client, things):
    get_user_model().objects.update(written_standard=language)
    client.force_login(getattr(things.world, ROLES[role]))
    assert read(client, [address(name, things) for name in pages_of(role)], language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page(language, client, things):
    client.cookies["django_language"] = language
    names = sorted(PUBLIC - NOT_PAGES - {"gallery"})  # the gallery is for those who build pages
    assert read(client, [address(name, things) for name in names], language) == set()


def test_a_page_in_the_wrong_language_is_found(client, things, monkeypatch):
    """Negative control: a text that Norwegian lacks, and a page of bokmål that calls itself English."""
    catalogue = translation.trans_real.translation("nn")
    ours = next(texts for texts in catalogue._catalog._catalogs if "No messages yet" in texts)
    monkeypatch.delitem(ours, "No messages yet")
    client.cookies["django_language"] = "nn"
    get_user_model().objects.update(written_standard="nn")
    client.force_login(things.world.student)
    assert ("/messages/", "No messages yet") in read(client, ["/messages/"], "nn")
    page = '<html lang="en"><p>Du har ikke fått noen plass</p><p lang="nb">Og det er ikke noe</p>'
    assert foreign_texts(page, "en") == ["Du har ikke fått noen plass"]
    assert foreign_texts("<p>Choose what is the best</p>", "nn") == ["Choose what is the best"]
