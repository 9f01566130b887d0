"""Reading ahead changes nothing but the time."""

import threading

import pytest

from selection.workflow.ahead import ahead


def test_items_come_in_order_and_one_ahead():
    fetched = []

    def source():
        for number in range(5):
            fetched.append(number)
            yield number

    items, ready = ahead(source()), []
    for item in items:
        ready.append(item)
        assert len(fetched) <= item + 2  # never more than one ahead: memory stays bounded
    assert ready == [0, 1, 2, 3, 4]
    assert list(ahead([])) == []


def test_what_goes_wrong_reading_is_told_where_it_is_read():
    def source():
        yield 1
        raise OSError("gone")

    items = ahead(source())
    assert next(items) == 1
    with pytest.raises(OSError, match="gone"):
        next(items)


def test_stopping_early_leaves_no_thread_behind():
    before = threading.active_count()
    items = ahead(iter(range(100)))
    next(items)
    items.close()
    assert threading.active_count() == before
