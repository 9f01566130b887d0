"""Stop words: what names no cluster: function words of a few languages, and words that any source code or markup has."""

from __future__ import annotations

from functools import cache

_OTHER_LANGUAGES = """
al como con de del el en es esta este la las lo los mas más no para pero por que qué se sin sobre son su sus un una uno
au aux avec ce ces cette dans des du elle est et ils je le les leur mais ne nous ou par pas pour qui sa ses sont sur une vous
aber als auch auf aus bei bin bis das dass dem den der die ein eine einem einen einer er es für hat ich ihr im ist mit nach
nicht noch nur oder sein sich sie sind so und von vor war was wie wir wird zu zum zur
alle che chi come da dal della delle di gli ha il le nel non per più si sono della
ao com da das do dos ela ele em isso mais mas muito não nas nos os ou pela pelo quando se seu sua também uma
"""
_ENGLISH_MORE = """
said says say like just also would could one two three new use used using may many much well get got make made way even time
good know want need don didn doesn isn wasn ll ve re im let going think really things thing people years year day days
came went old little mr
"""
_CODE = """
arg args assert async await bool boolean break byte case catch char class const continue def default del dict do double elif
else end enum except export extends false final finally float fn for foreach from func function global goto if implements
import include instanceof int integer interface is kwargs lambda let list long main module mut namespace new nil none null
object obj override package param params pass private protected public raise return self set short sizeof static str string
struct super switch test this throw throws true try tuple type typedef typeof undefined union unsigned val value values var
void volatile while with yield
http https www com org net html htm php href src div span img css js px nbsp amp quot lt gt utf unk rt
"""


@cache
def stop_words() -> frozenset[str]:
    """English (scikit-learn's list and more), the commonest function words of es, fr, de, it, pt, and code and markup."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return ENGLISH_STOP_WORDS | frozenset((_OTHER_LANGUAGES + _ENGLISH_MORE + _CODE).split())
