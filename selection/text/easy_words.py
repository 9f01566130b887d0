"""Easy words: an own list in place of the 3,000 of Dale and Chall, which may not be shipped.

Derived, not copied: the words most frequent and most widely spread over 24 public-domain books and 7,473 grade-school
problems (GSM8K, MIT), equal weight each, without names, headwords only. Cut at 1,373 headwords, where as many words of 701
English documents are hard as under a packaged copy of the original list (33 %); the two shares correlate at 0.91 over
those documents. So a score differs from the original's in single documents, not on average.

As in Dale and Chall 1948, regular inflections of an easy word are easy: -s, -es, -ed, -ing, -er, -est, -ly, 's, with y to i,
silent e dropped and the last consonant doubled. Some of what that makes is no word, which costs nothing.
"""

from __future__ import annotations

from functools import cache

_VOWELS = "aeiou"
_HEADWORDS = """
a able about above absent accident accidentally according account acres across act action activity actually add
addition additional adopted adult advantage afford after afternoon afterward again against age ago agree ahead air all
allow allowance almost alone along already also altogether always am among amount amusement an and angle animal annual
another answer any anything apart apartment appear apple applied are area arm around arrive art aside ask asleep
assuming at ate attempt attend audience average avoid away baby back bad bag bake balance ball balloons band bank bar
base basket battle be beach beads beans bear beat beautiful beauty became because become bedroom beds beef been before
began begin behind being believe bell below bench besides better between beyond bid big bill bird birth birthday bit
black blind block blood blow blue board boat body bones book boots born both bottle bottom bought bound bowl box boy
branch bread break breakfast breath bricks bridge bright bring broke broken brother brought brown bucket build built
bulk buried burn burst bus bushes business busy but butterflies buttons buy by cake calculate call calories came camp
can can't candle candy cannot cap capable capacity captain car card care carriage carry cart case cash cast castle cat
catch cattle caught cause center central cents certain chair chance change chapter character charge charity cheaper
check cheese chicken chief child children chips chocolate choice choose chosen church circle city class clay clean
clear climbed close closet clothes clothing clouds club coach coal coast coat coffee coins cold collect collection
college color combined come command commission committed common community company compared competition complete
concert condition conduct considered considering constant construction consumed contain contest continue control cook
cookies cool corn correct cost cottage cotton could count country couple course court cousin cover cow craft cream
create creatures credit crew cried cross crowd cup current custom customers cut daily daisies dance dark date daughter
dawn day dead deal death decide deck deep degree deliver delivery depth desert design desired desk destroyed
determined did didn't die difference different difficult dig dinner direction directly discount discovered distance
divide do doctor doesn't dog dollar dolls don't done door double down dozen drank draw dream dress drew drink drive
driven drop drove dry ducks due during dust duty each ear earn earnings earth easy eat eaten effort egg eight either
electric eleven else employed empty end energy enjoy enough enter entire entrance equal equipment escape essay even
event ever every everyone everything exact excellent except exchange exercise expect expense expensive experience
expressed extra eye fabric face fact factory failed fair faith fall fallen family famous fancy far farm farther
fashion fast fat father favorite fear feathers fed fee feel feet fell fellow felt female fence few field fifteen fifth
fifty fight figure fill final find fine fingers finish fire firm first fish fit five fix flag flat flew flight floor
flour flower fly follow food foot for foreign forgot form forth fortune forty forward found four fourth frame free
fresh friend friendship from front fruit fuel full fully furniture further future gain gallery gallon game garden gas
gate gather gave general get giant gift girl give given glass go goal goats gold golden gone good got grace grade
grand grandfather grandmother grant grass grave great green grew grey ground group grow grown guard guest gum gun had
hair half hall hand hang happened happy hard harvest has hat have he head health hear heard heart heat heaven heavy
height held help here herself high hill him himself hired his history hit hold hole home honey hope horse hospital hot
hotel hour house household how however huge human hundred hungry hunt husband i i'll i'm ice idea if ill immediately
in inch included including income increase indeed individual infected information ingredients inside instant instead
insurance intended interest into invited iron island issue it items itself jar jelly job join journey joy judge juice
jump just keep kept key kids kill kind king kitchen knew knife knives know known lady laid lake lamp land large last
late law lawn lay lead learn least leave left leg length less lesson let letters level library life lift light like
limit line lions list listen little live load loaf local lock log long look loose lose loss lost lot love low lunch
machine made mail main make male man managed many marble mark market marriage married mass master match material
matter may me meal mean meanwhile measure meat medium meet member memory men mentioned messages met metal meters
middle might mile military milk mind mine minute missed missing model moment money monster month moon more morning
most mother mountain mouth move much museum music must my myself nails name national nature near necessary need
neighbor neighborhood neither never new newspaper next nice night nine no noise non none noon nor normal not note
nothing notice novel now number nuts objects observed obtained occupied ocean of off offered offering offers office
often oil old on once one open opposite or orange orchard order original other otherwise ounce our out outside over
owe own pace pack packet page paid pain paint pair pants paper parents park part particular party pass passengers
passion past patch path patient pay payment pen pencil people per percent percentage perfect perform perhaps period
person personal pet phone pick picture pie piece pigs pile pine pink pipe pit pizza place plain plan plane plant
plantation plate play players pleased pocket point pond pool poor population portion position possible post pot
potatoes pound poured powder power practice precious prefer prepare present press previous price principal print
private prize problem process produce production profit project promised property provided public pulled purchase
purple purpose push put quality quantity quarter question quickly quit quite race rain raise ran rare rate rather
ratio ray reach read ready real realized reason receive recent recommended record reduced reflection regular remain
remainder remember remove rent repair report require restaurant result return reward rich rid ride right rise river
road rock rode roll roof room rope rose rotten round route row rule run safe safety said sail salary sale salt same
sand sandwiches sat save savings saw say scale school science score sea search season seat second section security see
seeds seeing seek seemed seems seen self sell send sent sentence separate series serve service set seven several shall
shape share she sheep sheet shelf shells shelter shift ship shirt shoes shoot shop shore short shot should show shut
sick side sign similar simple since singing single sir sister sit six sixth size sky sleep slice slow small snakes
snow so social society socks soda soft soil sold soldiers some someone something sometimes son song soon sort soul
sound soup space spare speak special speech speed spend spent spirits split sports spot spread spring square stairs
stamps stand standard star start state station stay step stick still stock stone stood stop store storm story straight
strange street strength string stripes strong student study stuff subject such suddenly sufficient sugar suit sum sun
supply support suppose sure surface surprise sweet swim sword system table take taken talk tall tank task taught tax
tea teach team tears teeth tell temperature ten test than thank that the their them themselves then there therefore
these they they're thick things think third thirty this those thou though thought thousand three threw thrice through
throughout throw thrown thus ticket tie till time tip tired to today together told tomatoes tomorrow too took top
total touch toward tower town toy track trade train transport travel treasure treat tree trip triple trouble truck
true try turn twelve twenty twice two type uncle under units unless until up upon us use usual vacation valley value
various vegetables vehicles very view village visit visitors volume votes wages wait walk wall want war warm was wash
waste watch water way we weak wear weather wedding week weigh weight well went were what whatever wheel when where
whether which while white who whole whom whose why wide width wife wild will win wind window wine wings winter wire
wish with within without woman women won won't wondering wood wooden word wore work world worth would write written
wrong wrote yard year yellow yes yesterday yet yield you young your
"""


@cache
def easy_words() -> tuple[str, ...]:
    """Headwords and their inflections, in lower case with straight apostrophes; some 13,700."""
    return tuple(sorted({form for word in _HEADWORDS.split() for form in inflections(word)}))


def inflections(word: str) -> set[str]:
    """`word` and its regular forms."""
    if not word.isalpha():
        return {word}
    forms = {word, word + "s", word + "'s", word + "s'"}
    if word[-1] in "sxzo" or word.endswith(("ch", "sh")):
        forms.add(word + "es")
    if word[-1] == "y" and word[-2:-1] not in _VOWELS:
        forms |= {word[:-1] + ending for ending in ("ies", "ied", "ier", "iest", "ily")}
        return forms | {word + "ing"}
    if word[-1] == "e":
        forms |= {word + ending for ending in ("d", "r", "st", "ly")} | {word[:-1] + "ing"}
        return forms | ({word[:-1] + "y"} if word.endswith("le") else set())
    stems = {word}
    if len(word) > 2 and word[-1] not in _VOWELS + "wxy" and _is_short(word[-3:-1]):
        stems.add(word + word[-1])
    endings = ("ed", "ing", "er", "est")
    return forms | {stem + ending for stem in stems for ending in endings} | {word + "ly"}


def _is_short(pair: str) -> bool:
    """A single vowel after a consonant."""
    return pair[1] in _VOWELS and pair[0] not in _VOWELS
