"""Norwegian order holds in every database, by a column and not by a locale."""

from schools.models import Student
from tests import factories as f


def test_norwegian_order(db):
    school_class = f.SchoolClassFactory()
    for family in [
        "Åsen",
        "Aas",
        "Zetterberg",
        "Ødegård",
        "Ærlig",
        "Berg",
        "Ärn",
        "Öberg",
        "Aune",
        "Örn",
    ]:
        f.StudentFactory(school_class=school_class, family_name=family, given_name="A")
    assert list(Student.objects.values_list("family_name", flat=True)) == [
        "Aune",
        "Berg",
        "Zetterberg",
        "Ærlig",
        "Ärn",
        "Öberg",
        "Ødegård",
        "Örn",
        "Aas",
        "Åsen",
    ]


def test_given_name_decides_between_equals(db):
    school_class = f.SchoolClassFactory()
    for given in ["Øyvind", "Ada", "Åse"]:
        f.StudentFactory(school_class=school_class, family_name="Moen", given_name=given)
    assert list(Student.objects.values_list("given_name", flat=True)) == ["Ada", "Øyvind", "Åse"]
