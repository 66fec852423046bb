"""The clock of the database."""

from datetime import datetime, timezone
from typing import Any

from django.db import connections
from django.db.models.functions import Now
from django.db.models.sql import Query
from django.utils.timezone import get_default_timezone

from keybaton.django.models import Beat


def now(alias: str) -> int:
    """Seconds since 1970. Django knows no query without a table: this one is put together from its parts."""
    connection = connections[alias]
    expression = Now()
    compiler = Query(Beat).get_compiler(alias)
    sql, params = compiler.compile(expression)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}{connection.features.bare_select_suffix}", params)
        rows = [list(cursor.fetchone())]
    converted: Any = list(compiler.apply_converters(rows, compiler.get_converters([expression])))
    return seconds(alias, converted[0][0])


def seconds(alias: str, value: datetime) -> int:
    """Seconds since 1970 of what the database's clock said: without USE_TZ in UTC by some, in TIME_ZONE by others."""
    is_utc = value.tzinfo is None and connections[alias].vendor in ("sqlite", "mysql")
    return seconds_of(value.replace(tzinfo=timezone.utc) if is_utc else value)


def seconds_of(value: datetime) -> int:
    """Seconds since 1970 of what Django wrote: without USE_TZ in TIME_ZONE."""
    return int((value if value.tzinfo else value.replace(tzinfo=get_default_timezone())).timestamp())
