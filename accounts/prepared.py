"""Questions to the database that are put together once, and asked again and again.

To put a small question together takes Django several times as long as to ask it, and a page asks
a dozen that are the same for everybody but for an id or two:

    @prepared
    def _open_rounds(user: User, kinds: Sequence[UUID]) -> QuerySet[Any, Any]:
        return Round.objects.visible_to(user).filter(...).values_list("pk", "name")

    _open_rounds(user, kinds)  # -> [(pk, name), ...]

The function is called once for each shape of what is given, with stand-ins, and its SQL is kept;
each time what is really given takes their place. What is given are ids, texts, days, several ids, or a
person: of her, it may look at her roles, and for the rest only put what it finds where a filter
takes it as it is. Nothing is kept with more ids than a page shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]
MOST = 300

# What the apps above read of a person once per request (`User.read_once`): each a NamedTuple of ids.
READ: dict[str, Callable[[Any], Any]] = {}


class NotReplaceable(TypeError):
    """The SQL does not hold what was given, or holds a time or an id of its own: kept, it would be wrong."""


class Question(NamedTuple):
    sql: str
    places: list[tuple[int, Any]]  # each parameter: which part of what is given, or -1 and itself
    converters: dict[int, Any]
    width: int | None  # of the columns asked for; after them stand those that only order them

    def ask(self, parts: Sequence[Any]) -> Rows:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [own if n < 0 else parts[n] for n, own in self.places])
            rows: Rows = cursor.fetchall()
        if self.width:
            rows = [row[: self.width] for row in rows]
        return [self._converted(row) for row in rows] if self.converters else rows

    def _converted(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for at, (steps, column) in self.converters.items():
            for step in steps:
                values[at] = step(values[at], column, connection)
        return tuple(values)


def prepared(put: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Rows]:
    kept: dict[tuple[Any, ...], Question | None] = {}

    @wraps(put)
    def rows(*given: Any) -> Rows:
        taken = [_taken_apart(one) for one in given]
        shape = tuple(shape for shape, _parts in taken)
        parts = [part for _shape, mine in taken for part in mine]
        question = kept[shape] if shape in kept else _question(put, given, parts)
        if len(parts) <= MOST:
            kept[shape] = question
        return question.ask(parts) if question else []

    return rows


def _taken_apart(one: Any) -> tuple[Any, Sequence[Any]]:
    """The shape of what is given, and the parts that differ between two of that shape."""
    if isinstance(one, AbstractBaseUser):
        person: Any = one
        read = [ids for of in READ.values() for ids in of(person)]
        return (person.roles, *map(len, read)), [
            person.pk,
            person.email,
            *(i for ids in read for i in ids),
        ]
    return (len(one), one) if isinstance(one, list | tuple) else (type(one), (one,))


def _question(
    put: Callable[..., QuerySet[Any, Any]], given: Sequence[Any], parts: Sequence[Any]
) -> Question | None:
    stand_ins = [_stand_in(part, n) for n, part in enumerate(parts)]
    compiler = put(*_put_together(given, iter(stand_ins))).query.get_compiler(connection=connection)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:  # of none of several
        return None
    places = [(stand_ins.index(own), None) if own in stand_ins else (-1, own) for own in parameters]
    if any(n < 0 and isinstance(own, dt.date | UUID) for n, own in places):
        raise NotReplaceable(put.__qualname__)
    somebody = any(
        isinstance(one, AbstractBaseUser) for one in given
    )  # not all of a person is asked for
    if not somebody and {n for n, _own in places if n >= 0} != set(range(len(parts))):
        raise NotReplaceable(put.__qualname__)
    columns = [column for column, _sql, _alias in compiler.select]
    width = len(columns) if compiler.has_extra_select else None
    return Question(sql, places, compiler.get_converters(columns), width)


def _put_together(given: Sequence[Any], stand_ins: Iterable[Any]) -> list[Any]:
    together: list[Any] = []
    for one in given:
        if isinstance(one, AbstractBaseUser):
            together.append(_nobody(one, stand_ins))
        elif isinstance(one, list | tuple):
            together.append(list(islice(stand_ins, len(one))))
        else:
            together.extend(islice(stand_ins, 1))
    return together


def _nobody(like: Any, stand_ins: Iterable[Any]) -> Any:
    """Somebody with the same roles. To look at anything else of her is an error: nobody has her id."""
    pk, email = islice(stand_ins, 2)
    known = {"id": pk, "email": email, "is_active": True, "is_superuser": False}
    person = like.__class__
    names = [field.attname for field in person._meta.concrete_fields if field.attname in known]
    nobody = person.from_db(connection.alias, names, [known[name] for name in names])
    nobody.roles = like.roles
    for name, of in READ.items():
        read = of(like)
        nobody.read_once[name] = type(read)(*(tuple(islice(stand_ins, len(ids))) for ids in read))
    return nobody


def _stand_in(part: Any, n: int) -> Any:
    if isinstance(part, UUID):
        return UUID(int=(1 << 127) + n)
    if isinstance(part, str):
        return f"stand-in {n}"
    if isinstance(part, dt.datetime):
        return dt.datetime(9000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=n)
    if isinstance(part, dt.date):
        return dt.date(9000, 1, 1) + dt.timedelta(days=n)
    raise NotReplaceable(type(part).__name__)
