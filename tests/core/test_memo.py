"""What is remembered of arrays: once for those that cannot change, never for those that can."""

import numpy as np

from selection.core.documents import Categories, Documents
from selection.core.memo import Kept, once_per_columns


def frozen(*values):
    array = np.array(values, float)
    array.flags.writeable = False
    return array


def counting():
    calls = []

    @once_per_columns(2)
    def total(values, times):
        calls.append(times)
        return values.sum() * times

    return total, calls


def test_an_unchanging_array_is_computed_once_and_other_settings_again():
    total, calls = counting()
    values = frozen(1, 2)
    assert [total(values, 2), total(values, 2), total(values, 3)] == [6, 6, 9] and calls == [2, 3]


def test_an_array_that_can_change_is_computed_every_time():
    total, calls = counting()
    values = np.array([1.0, 2.0])
    assert total(values, 1) == 3
    values[0] = 5
    assert total(values, 1) == 7 and len(calls) == 2


def test_the_oldest_answer_goes_and_an_address_never_comes_to_mean_another_array():
    total, calls = counting()
    for number in range(50):  # every array would be freed, and its address used again
        assert total(frozen(number, number), 1) == 2 * number
    first, second, third = frozen(1), frozen(2), frozen(3)
    for values in (first, second, first, third, first, second):
        total(values, 1)
    assert len(calls) == 50 + 4  # the second was forgotten for the third


def test_a_failure_is_not_remembered():
    kept = Kept(1)
    try:
        kept.get("key", None, lambda: 1 / 0)
    except ZeroDivisionError:
        pass
    assert kept.get("key", None, lambda: 5) == 5


def test_documents_of_equal_columns_have_one_key():
    ids, tokens, codes = frozen(0, 1), frozen(2, 3), frozen(0, 0)
    whole = {"doc_id": ids, "uid_hash": ids, "n_tokens": tokens}
    one = Documents(**whole, signals={"a": tokens}, polarity={"a": 1})
    assert one.key() == Documents(**whole, signals={"a": tokens}, polarity={"a": 1}).key()
    other = [
        Documents(**whole, signals={"b": tokens}, polarity={"a": 1}),
        Documents(**whole, signals={"a": tokens}, polarity={"a": -1}),
        Documents(**whole, signals={"a": ids}, polarity={"a": 1}),
        Documents(
            **whole, signals={"a": tokens}, polarity={"a": 1}, source=Categories(codes, ("x",))
        ),
    ]
    assert len({one.key(), *(each.key() for each in other)}) == 5
    assert len(other[3].columns()) == 5
