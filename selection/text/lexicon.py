"""Own word lists: function words of a dozen languages, and words that give a text's manner away.

Small on purpose, written for this project, and enough for a share per document; not dictionaries. A word may stand in
several lists, which become one bit each in one hash table, so a word costs one look-up whatever the number of lists.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from selection.text.easy_words import easy_words
from selection.text.hashing import first_slot, hash_words, slot_of, table_size
from selection.text.kernel import bare, kernel
from selection.text.load8 import prefetch
from selection.text.unicode_classes import lower_table

_ENGLISH = """
a about above after again against all also am an and another any are aren't as at be because been before being below
between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each either else
ever every few for from further had hadn't has hasn't have haven't having he her here hers herself him himself his how i
if in into is isn't it its itself just me might more most much must my myself neither no nor not of off on once only or
other our ours ourselves out over own same shall she should shouldn't since so some such than that the their theirs them
themselves then there these they this those though through to too under until up upon us very was wasn't we were weren't
what when where whether which while who whom whose why will with within without won't would wouldn't yet you your yours
yourself i'm i've i'll i'd you're you've you'll he's she's it's we're we've they're they've that's there's let's
"""

_OTHER = """
el la los las un una unos de del que y en por para con no se su sus al lo como más pero es son fue era está este esta
le les des du et est en une dans qui pour pas sur plus par avec ce cette ces il elle nous vous ils sont au aux ou mais
der die das und ist nicht ein eine einen den dem des von zu mit auf für im sich auch als wie bei oder nach sind wird war
o os as um uma do da dos das em no na nos nas não por mais com se ao foi são ele ela seu sua
il lo gli di che è un una per non con si del della dei delle nel nella sono anche più come ma
de het een en van ik te dat in is niet op zijn met voor er maar om aan ook als dan
och att det som en på är av för med den till inte han var ett om men
i w na się nie z do to że jest jak ale po od przez
ve bir bu da de için ile çok daha olarak gibi ne
и в не на я что он с а как это по но из у за к от же для бы так его
و في من على إلى أن لا ما هذا التي الذي عن مع كان هو هي كل
του και το να η της ο με που για από την
yang dan di itu dengan untuk tidak ini dari dalam akan pada juga
và của là có không một những được cho các
的 了 是 在 和 不 有 这 與 我 他 也 就 之 为 一
の は を に が と で も た て な し
"""

_CONNECTIVES = """
accordingly additionally afterwards although also alternatively anyway because besides but conversely consequently
despite eventually finally first firstly furthermore hence however if indeed initially instead last lastly later
likewise meanwhile moreover namely nevertheless next nonetheless nor otherwise overall rather second secondly similarly
since so specifically still subsequently then therefore third thirdly though thus too unless unlike until whereas
whereby while yet
"""

_REASONING = """
argue argued argues argument assume assumed assumes assuming assumption because cause caused causes causing claim
compare compared conclude concluded conclusion consequence consequently contradiction deduce demonstrate demonstrates
depend depends derive derived determine either equal equals equation evidence explain explained explains follows
given hence hypothesis if imply implies implied infer inference let likely logic logical must necessarily otherwise
premise presumably probability probably proof prove proved proves proven reason reasoning reasons require requires
result results show shown shows since solution solve solved step suggest suggests suppose supposed then theorem
therefore thus unless valid whereas whether why
"""

_BOILERPLATE = """
account ad ads advert advertisement advertising affiliate basket blog bonus browse browser buy cart category checkout
click comment comments contact cookie cookies copyright coupon deal deals delivery disclaimer discount download
email facebook faq favorite feedback footer forum free gift homepage hotel inbox instagram javascript login logo menu
newsletter offer offers online order password permalink pinterest policy popup portal post posted posts preview
price prices privacy profile promo promotion register registered reply reserved retweet rss rt sale sales search
share shared shipping shop shopping sidebar signup sitemap sponsored store submit subscribe subscription tag tags
terms trackback tweet twitter unsubscribe upload url username video videos webmaster website widget wishlist youtube
"""

_TEACHING = """
analysis answer biology called century chapter chemistry class classes classroom concept concepts consider consists
contains course curriculum define defined defines definition describe described describes diagram discover discovered
discovery education educational energy essay example examples exercise experiment explain explains explore fact facts
figure for-example function history identify illustrate include includes including instance introduction knowledge
known learn learned learning lesson lessons lecture mathematics mean meaning means method model observe physics
practice principle principles problem problems process purpose question questions read refer refers research science
scientific scientists section skill skills solve step steps student students studies study summary system table teach
teacher teachers teaching term test textbook theory topic type types understand understanding unit university use used
vocabulary
"""

_PERSONAL = """
i i'm i've i'll i'd me my mine myself we we're we've we'll us our ours ourselves you you're you've you'll your yours
yourself yourselves u ur im dont gonna wanna gotta lol omg yeah okay ok hey wow haha please
"""

_HEDGES = """
maybe perhaps possibly probably seem seems seemed apparently supposedly allegedly rumor rumour rumored guess think
believe believed feel feels opinion imagine hopefully somehow sort kind might unbelievable amazing awesome shocking
incredible miracle best worst ever never always everyone nobody everything nothing love hate terrible horrible
"""

LISTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "english": tuple(_ENGLISH.split()),
        "other": tuple(_OTHER.split()),
        "connective": tuple(_CONNECTIVES.split()),
        "reasoning": tuple(_REASONING.split()),
        "boilerplate": tuple(_BOILERPLATE.split()),
        "teaching": tuple(_TEACHING.split()),
        "personal": tuple(_PERSONAL.split()),
        "hedge": tuple(_HEDGES.split()),
        "easy": easy_words(),
    }
)
"""List name -> its words, in lower case with straight apostrophes."""

STOP, OTHER_STOP, CONNECTIVE, REASONING, BOILERPLATE, TEACHING, PERSONAL, HEDGE, EASY = (
    1 << bit for bit in range(9)
)
LEARNED_ENDINGS = (
    *("tion", "sion", "ment", "ness", "ance", "ence", "ency", "ship", "hood", "logy", "nomy", "athy"),
    *("raphy"[-4:], "etry", "ical", "onal", "ular", "rity", "lity", "vity", "sity", "city", "gism"),
    *("nism", "lism", "ysis", "osis", "esis", "itis", "tics", "yzed", "lyze", "ized", "izes", "ible"),
)  # fmt: skip
"""Last four letters of the abstract and technical words of Latin and Greek descent."""


def word_hash(word: str) -> np.uint64:
    """The hash that the kernels give this word."""
    return hash_words([word], lower_table())[0]


_FILTER_WORDS = 1 << 12  # 32 KB: twenty bits a word


class WordLists(NamedTuple):
    """A hash table from words to the set of lists each is on; set 0 is that of a word on no list."""

    maybe: (
        np.ndarray
    )  # (_FILTER_WORDS,) uint64, a Bloom filter of two bits a word, both in one integer
    keys: np.ndarray  # (size,) uint64, for `hashing.slot_of`
    sets: np.ndarray  # (size,) uint8, number of the set
    set_bits: np.ndarray  # (n_sets,) int32, bits of the lists in each set


@cache
def word_list_table() -> WordLists:
    """Every word with the lists that it is on."""
    bits: dict[str, int] = {}
    for bit, words in enumerate(LISTS.values()):
        for word in words:
            bits[word] = bits.get(word, 0) | 1 << bit
    keys, values = _table(bits)
    set_bits, sets = np.unique(values, return_inverse=True)
    assert len(set_bits) <= 256
    maybe = np.zeros(_FILTER_WORDS, np.uint64)
    filled = keys[keys > 0]
    np.bitwise_or.at(maybe, _filter_place.py_func(filled), _filter_bits.py_func(filled))
    return WordLists(maybe, keys, sets.astype(np.uint8), set_bits)


@bare
def _filter_place(word: np.uint64) -> int:
    return np.int64(word >> np.uint64(8)) & (_FILTER_WORDS - 1)  # type: ignore[return-value]


@bare
def _filter_bits(word: np.uint64) -> np.uint64:
    one, last = np.uint64(1), np.uint64(63)
    return one << (word >> np.uint64(52) & last) | one << (word >> np.uint64(58))


@bare
def fetch_set(lists: WordLists, word: np.uint64) -> None:
    """Have what `set_of` reads brought nearer."""
    prefetch(lists.maybe, _filter_place(word))
    prefetch(lists.keys, first_slot(lists.keys, word))


@bare
def set_of(lists: WordLists, word: np.uint64) -> int:
    """The set of lists that a word is on. Of those on none, nearly all are told by a filter that stays in the cache."""
    bits = _filter_bits(word)
    if lists.maybe[_filter_place(word)] & bits != bits:
        return 0
    return lists.sets[slot_of(lists.keys, word)]  # type: ignore[return-value]


@cache
def stop_word_table() -> np.ndarray:
    """The keys of all words on a stop list. (size,) uint64"""
    return _table(dict.fromkeys([*LISTS["english"], *LISTS["other"]], 1))[0]


@cache
def ending_table() -> np.ndarray:
    """A multiplier, then 256 slots of four letters as bytes, so that no two of `LEARNED_ENDINGS` share a slot. int64"""
    keys = [int.from_bytes(ending.encode(), "big") for ending in LEARNED_ENDINGS]
    multiplier = 0x9E3779B1
    while len({ending_slot(key, multiplier) for key in keys}) < len(set(keys)):
        multiplier += 2
    table = np.zeros(257, np.int64)
    table[0] = multiplier
    for key in keys:
        table[1 + ending_slot(key, multiplier)] = key
    return table


@kernel
def ending_slot(key: int, multiplier: int) -> int:
    """0..255 for four letters packed into 32 bits."""
    return ((key * multiplier) & 0xFFFFFFFF) >> 24


def _table(bits: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    keys = np.zeros(table_size(len(bits)), np.uint64)
    values = np.zeros(len(keys), np.int32)
    for key, value in zip(hash_words(list(bits), lower_table()), bits.values(), strict=True):
        slot = slot_of(keys, key)
        keys[slot], values[slot] = key, value
    return keys, values
