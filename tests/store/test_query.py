"""SQL that a user types can read the workspace's views and do nothing else."""

import pytest

import selection
from selection.core.errors import BadSetting
from selection.store.query import select


def rows(space, sql):
    with select(space, sql) as reader:
        return reader.read_all().to_pylist()


def test_views_agree_with_what_was_ingested(scored):
    assert rows(scored, "SELECT count(*) AS n, count(DISTINCT source) AS s FROM documents") == [
        {"n": 400, "s": 3}
    ]
    assert rows(scored, "SELECT count(grammar) AS n FROM signals") == [{"n": 400}]
    assert rows(scored, "SELECT count(DISTINCT title) AS n FROM clusters") == [{"n": 4}]
    assert rows(scored, "SELECT count(*) AS n FROM map WHERE isfinite(x)") == [{"n": 400}]
    assert rows(scored, "SELECT round(avg(axis_1), 6) AS m FROM axes") == [{"m": 0.0}]


def test_a_dimension_is_the_column_of_its_rater(scored):
    assert rows(
        scored, "SELECT count(*) AS n FROM signals WHERE grammar = grammar__statistics"
    ) == [{"n": 400}]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY documents TO 'stolen.csv'",
        "CREATE TABLE x AS SELECT 1",
        "SELECT 1; SELECT 2",
        "SET threads = 8",
        "ATTACH 'other.db'",
        "PRAGMA database_list",
        "INSTALL httpfs",
        "",
    ],
)
def test_anything_but_one_select_is_refused(scored, sql):
    with pytest.raises(BadSetting, match="exactly one SELECT"):
        rows(scored, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "FROM '/etc/passwd'",
    ],
)
def test_files_outside_the_parts_cannot_be_read(scored, sql):
    with pytest.raises(BadSetting, match="must run"):
        rows(scored, sql)


def test_a_job_log_of_the_same_workspace_cannot_be_read(space):
    (space.jobs / "x").mkdir(parents=True)
    (space.jobs / "x" / "log.txt").write_text("secret")
    with pytest.raises(BadSetting, match="must run"):
        rows(space, f"SELECT * FROM read_text('{space.jobs / 'x' / 'log.txt'}')")


def test_an_empty_workspace_has_every_view(tmp_path):
    empty = selection.create(tmp_path / "empty")
    for view in (
        "documents",
        "signals",
        "clusters",
        "map",
        "axes",
        "weights",
        "subsets",
        "quarantine",
        "runs",
    ):
        assert rows(empty, f'SELECT count(*) AS n FROM "{view}"') == [{"n": 0}]


def test_a_query_that_takes_too_long_is_stopped(scored):
    endless = (
        "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 7"
    )
    with (
        pytest.raises(BadSetting, match="may take 0.2 s here, and this one took longer"),
        select(scored, endless, seconds=0.2) as reader,
    ):
        reader.read_all()
