"""SQL that a user types: one SELECT, on a connection that can read the workspace's parts and nothing else.

Order matters: the views are made first, then the directories are named, then external access is closed, then the
configuration is locked. A statement other than one SELECT is refused before it runs (COPY, CREATE, DROP and ATTACH would
still work inside an allowed directory). The caller writes any output file, not DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import duckdb
import pyarrow as pa

from selection.core.errors import BadSetting
from selection.store.views import connect, literal
from selection.store.workspace import Workspace

_LIMITS = {"memory_limit": "2GB", "threads": "2", "max_temp_directory_size": "4GB"}


@contextmanager
def select(
    space: Workspace,
    sql: str,
    parameters: list | None = None,
    seconds: float | None = None,
) -> Iterator[pa.RecordBatchReader]:
    """Run one SELECT; yields a reader, so that a result of any size streams. It is stopped after `seconds`."""
    with _locked(space) as con:
        _check(con, sql)
        clock = Timer(seconds or 0.0, con.interrupt)
        if seconds:
            clock.start()
        try:
            yield con.sql(sql, params=parameters or []).to_arrow_reader(20_000)
        except (duckdb.Error, pa.ArrowException, OSError, RuntimeError) as error:
            if "INTERRUPT" in str(error):
                raise BadSetting(
                    f"a query may take {seconds:g} s here, and this one took longer; ask for less, or ask in a shell"
                ) from None
            if not isinstance(error, duckdb.Error):
                raise
            raise BadSetting(f"the query must run, and it did not: {_first_line(error)}") from None
        finally:
            clock.cancel()


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:400]


def _check(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise BadSetting(
            f"a query must be SQL, and it did not parse: {_first_line(error)}"
        ) from None
    kinds = [statement.type for statement in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        got = ", ".join(kind.name for kind in kinds) or "nothing"
        raise BadSetting(
            f"a query must be exactly one SELECT, got {got}; everything else has a verb of its own"
        )


@contextmanager
def _locked(space: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(space)
    try:
        readable = [space.documents, space.quarantine, space.runs, space.subsets, space.ratings]
        listed = ", ".join(literal(f"{path}/") for path in readable)
        for name, value in _LIMITS.items():
            con.execute(f"SET {name} = {literal(value)}")
        con.execute(f"SET allowed_directories = [{listed}]")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con
    finally:
        con.close()
