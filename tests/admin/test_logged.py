"""Everything that the logs keep as a code has words: verbs, pages, and by way of what."""

import ast

import pytest
from django.utils import translation

from accounts import logged
from accounts.models import AccessLog, AuditEvent
from placements.actions.supervision import VIA
from placements.models.offers import OfferState
from placements.models.runs import RunState
from tests.admin.pages import url
from tests.test_house import SOURCES

LISTS = {"verbs": logged.VERBS, "pages": logged.PAGES, "ways": logged.WAYS}
# Verbs that are put together from a state, and the states that end so.
BUILT = {
    "run.": {RunState.COMPUTED, RunState.FAILED, RunState.CANCELLED},
    "offer.": {OfferState.CONFIRMED, OfferState.DECLINED},
}
LOOKS = {"looked", "_looked", "_stays"}  # the last two hand the page on


def calls(texts):
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
                yield ast.unparse(node.func), name, node


def said(texts):
    """Every code that is written to a log, by the list that has its words."""
    found = {"verbs": set(), "pages": set(), "ways": {VIA}}
    for called, name, node in calls(texts):
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if called in ("audit.record", "audit.record_many") or name == "recorded":
            found["verbs"] |= set(verbs_of(node.args[0]))
        elif name in LOOKS:
            found["pages"] |= {word for word in words if isinstance(word, str)}
        elif name == "Desk":
            found["ways"] |= {word for word in words if isinstance(word, str)}
        vias = [k.value for k in node.keywords if k.arg == "via"]
        found["ways"] |= {via.value for via in vias if isinstance(via, ast.Constant)} - {""}
    return found


def verbs_of(first):
    if isinstance(first, ast.Constant):
        return [first.value]
    if isinstance(first, ast.JoinedStr):
        prefix = first.values[0].value
        return [f"{prefix}{state}" for state in BUILT[prefix]]
    assert ast.unparse(first) == "verb", "only `recorded` hands on a verb that it was given"
    return []


def sources():
    return [path.read_text(encoding="utf-8") for path in SOURCES]


@pytest.mark.parametrize("which", LISTS)
def test_what_is_written_has_words_and_no_word_is_left_over(which):
    assert said(sources())[which] == set(LISTS[which])


def test_a_new_one_without_words_is_found():
    """Negative control."""
    new = 'audit.record("round.sung", x, by=y, via="song")\naudit.looked(request, "songs", X, 1)'
    found = said([*sources(), new])
    assert {which: found[which] - set(LISTS[which]) for which in LISTS} == {
        "verbs": {"round.sung"},
        "pages": {"songs"},
        "ways": {"song"},
    }


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("which", LISTS)
def test_no_two_are_called_the_same(which, language):
    with translation.override(language):
        words = [str(word) for word in LISTS[which].values()]
    assert len(set(words)) == len(words)


@pytest.mark.django_db
def test_the_administration_says_them(as_admin, everything):
    AuditEvent.objects.create(verb="capacity.answered", via="phone", target_type="placements.round")
    old = AuditEvent.objects.create(verb="long.gone", via="", target_type="placements.round")
    AccessLog.objects.create(
        view="run_candidate", actor=everything.coordinator, target_type="placements.candidate"
    )
    page = as_admin.get(url(AuditEvent, "changelist")).content.decode()
    assert "Førte inn hvor mange plasser stedet har" in page
    assert "en telefonsamtale" in page
    assert "capacity.answered</" not in page
    assert ">long.gone<" in page, "what has no words any more keeps its code"
    found = as_admin.get(url(AuditEvent, "changelist"), {"verb": "long.gone"})
    assert list(found.context["cl"].result_list) == [old]
    looks = as_admin.get(url(AccessLog, "changelist")).content.decode()
    assert "Én elev i et forslag" in looks
    assert ">run_candidate<" not in looks
    done, look = AuditEvent.objects.get(verb="capacity.answered"), AccessLog.objects.last()
    for row, code in ((done, done.verb), (look, look.view)):
        one = as_admin.get(url(type(row), "change", row.pk)).content.decode()
        with translation.override("nb"):
            assert str(row) in one
        assert f">{code}<" not in one
