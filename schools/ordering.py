"""Norwegian alphabetical order without a locale in the database.

`a..z æ ø å`, with `aa` read as `å`, and foreign letters beside their nearest Norwegian one. In byte
order `{ | }` follow `z`, so names translated to those sort rightly on every server.
"""

from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Concat, Lower, Replace

_FROM = "æäøöåéèêëáàâãóòôõúùûüíìîïýñçčđŋšŧž"
_TO = "{{||}eeeeaaaaoooouuuyiiiiynccdnstz"


class SortKey(Func):
    """The sort key of the named columns, most important first, as a generated column can hold it."""

    function = "TRANSLATE"
    output_field = CharField()

    def __init__(self, *columns: str) -> None:
        first, *rest = columns
        joined = (
            Concat(F(first), *[part for c in rest for part in (Value(" "), F(c))])
            if rest
            else F(first)
        )
        spelled = Replace(Lower(joined), Value("aa"), Value("å"))
        super().__init__(spelled, Value(_FROM), Value(_TO))
