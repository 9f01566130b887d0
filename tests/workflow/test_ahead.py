"""Reading ahead changes nothing but the time."""

import threading

import pytest

from selection.core import cores
from selection.core.cores import n_cores
from selection.workflow.ahead import ahead, spread


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


@pytest.fixture
def four_cores(monkeypatch):
    monkeypatch.setattr(cores.os, "sched_getaffinity", lambda _: {0, 1, 2, 3})


def test_work_is_spread_over_threads_of_one_core_each_and_stays_in_order(four_cores):
    together = threading.Barrier(4, timeout=30)

    def work(number):
        together.wait()  # passes only if four are at work at once
        return number, n_cores(), threading.get_ident()

    found = list(spread(work, iter(range(20)), 20))
    assert [number for number, _, _ in found] == list(range(20))
    assert {each for _, each, _ in found} == {1}
    assert len({thread for _, _, thread in found}) == 4 and n_cores() == 4


def test_few_items_are_worked_on_one_after_the_other_by_all_cores(four_cores):
    found = list(spread(lambda n: (n, n_cores(), threading.get_ident()), range(7), 7))
    assert found == [(n, 4, threading.get_ident()) for n in range(7)]


def test_items_left_over_are_worked_on_by_all_cores(four_cores):
    found = list(spread(lambda n: (n, n_cores()), range(10), 10))
    assert found == [(n, 1) for n in range(8)] + [(8, 4), (9, 4)]


def test_a_slow_item_keeps_no_core_waiting(four_cores):
    fifth = threading.Event()

    def work(number):
        if number == 4:
            fifth.set()
        return fifth.wait(30) if number == 0 else number

    assert next(spread(work, range(8), 8)) is True  # the first of four is done only after the fifth


def test_one_more_is_begun_than_there_are_cores(four_cores):
    fetched = []

    def source():
        for number in range(20):
            fetched.append(number)
            yield number

    for done, _ in enumerate(spread(lambda n: n, source(), 20)):
        assert len(fetched) <= done + 5


def test_a_fault_in_the_work_ends_it(four_cores):
    begun = []

    def work(number):
        begun.append(number)
        if number == 3:
            raise ValueError("three")
        return number

    with pytest.raises(ValueError, match="three"):
        list(spread(work, range(1000), 1000))
    assert len(begun) <= 8
