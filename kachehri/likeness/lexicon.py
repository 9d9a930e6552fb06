"""Words of public hearings that share no sound between languages: "water" and پانی. English first, then as they sound.

Grievances are short and speak of the same few hundred things, so a small list carries far. A line is a notion: English
words, a bar, words of Urdu and Hindi in Latin letters, which stand for every way in which they are written. Words that
every grievance has ("our", "is", "not") are in the last two lines and count for nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from .district_words import LINES
from .folding import skeleton, words

#: A word of the second list is known by its sound from so many consonants on.
SOUNDS_LEAST: Final = 3

_LINES: Final = """
water | pani paani jal aab
drinking | peene peenay piney
thirsty | pyasa piyasa pyas
sewage sewer sewerage gutter drain drainage manhole | gutter gatar naali nali sewerage
cover lid | dhakkan dhakan
tubewell borewell well | tubewell kuan
motor pump | motor pump
operator | operator chalak
absent missing | ghaibhazir ghair anupasthit
duty | duty
electricity electric power | bijli bijlee bijliyan
transformer | transformer
burnt burned burn burning | jal jala jali jalaya jalane jalna
off closed shut cut stopped blocked | band ruki ruka roki
bill bills | bill
meter meters | meter meetar
high excess excessive more much | ziada zyada zaada
fast runs | tez
wire wires cable | taar taarein taaron
bare naked hanging | nangi nange latakti
roof | chhat chat
connection | connection
new | naya nayi naye
fee fees paid | fees fis
school schools | school
teacher teachers | ustad ustaad shikshak teacher master
child children kids baby | bacha bachay bache bachon bachchay
idle empty | khali khaali
wall boundary | chardiwari deewar diwar
collapsed fell fallen fall | gir gira giri girgaya
danger dangerous risk | khatra khatray
girls girl | larki larkiyon larkian ladki ladkiyon
boys boy | larka larkay ladka
toilet toilets latrine | baitulkhala khala shauchalay toilet
upgrade upgraded level | darja darjay
middle | middle
hospital dispensary clinic | hospital aspatal haspatal
medicine medicines drugs | dawai dawaiyan dawa davaiyan
buy bought purchase | lena leni kharida kharidi kharidna khareedi
outside | bahar baahar
lady female | lady mahila zanana
doctor doctors | doctor daktar
women woman | aurat aurtein aurton khawateen mahilayen
suffer trouble worried | pareshan pareshaan takleef
ambulance | ambulance
driver | driver
called call | bulane bulaya bulana
patient patients | mareez mariz marizon
money cash paid | paise paisay raqam rupay
demanded demands asks asked ask demanding | mangay mange manga mangta mangte maangta
bribe bribes bribery corruption | rishwat rishvat ghoos
road roads street streets path way | sarak sadak sarkein rasta raasta gali galli
broken damaged broke break | toota tooti tut kharab toot
rain rains rainy monsoon | barish baarish
pothole potholes pits | khada khaday gaddhe gadhay
illegal unauthorised | najaiz avaidh ghairqanooni
encroachment encroachments | tajawuzat tajawuz
narrow | tang
bridge bridges culvert | pul puliya
washed swept | beh behgaya
village villages | gaon gaaon dehat
light lights lighting lamp | light batti roshni
night | raat
accident accidents | hadsa hadsay haadse
garbage trash waste rubbish | koora kura kachra kooray
collected collect lifted pick picked | uthaya uthate utha
week weeks | hafta haftay hafton hafte
smell stink stinks | badbu badboo
smoke | dhuan dhuwan
home homes house houses | ghar gharon
benazir bisp | benazir benazeer bisp
card cards | card kard
instalment installment payment tranche | qist kist
agent agents | agent
deducted deduction cut cuts | kaat kata katauti katoti
survey re-survey resurvey | survey sarvay
again repeat twice | dobara dubara dafa
programme program | program programme
thumb finger biometric | angootha angoothay angutha anguthe
print match mark | nishan nishaan
shopkeeper shop | dukandar dukaandar dukan
kept keep took take taken | rakh liye liya liay
land plot | zameen zamin
occupied occupation grabbed possession seized | qabza kabza
influential powerful | baasar basar dabang
mutation transfer | intiqal dakhil
patwari | patwari
record copy | fard record
office offices | daftar dafter karyalay
sits sit | baithta baithna baithte bethta
far distance distant away | door dur
canal canals | nehar nahar
field fields farm farms | khet kheton
reach reaches | pohanchta pahunchta pohanchti
crop crops | fasal fasl
drying dry dried | sookh sukh
bank edge embankment | kinara kinaray
flood flooded entered | sailab seylab
fertiliser fertilizer urea | khaad khad
official government | sarkari
rate price | rate qeemat keemat
dealer | dealer
black | black
wheat | gandum gehun gehu
sack sacks bag bags | bori boriyan
identity cnic id | shanakhti pehchan
nadra | nadra
name | naam nam
wrong mistake error incorrect | ghalat galat
written write | likha likhi
birth | paidaish janm
death | wafat mirtyu mrityu
certificate certificates | certificate pramanpatra praman
union | union
council | council
secretary | secretary sachiv
register registration entry registered | indraj darj
pension pensions | pension
salary wages pay | tankhwah tankha tankhah tanakhwah
worker workers | worker karmchari mulazim
sanitary sweeper cleaning | sanitary safai
month months | mah mahine mahinay maheena
day days | din
year years | saal
police station | thana thanay thane
theft stolen robbery | chori
report fir complaint | report fir
constable policeman | sipahi
extortion | bhatta hafta
vendor vendors cart | rerhi rehri
gas | gas
pressure | pressure
low less | kam
cook cooking food | khana pakta pakana
leak leaks leaking leakage | leak
fire | aag
fear afraid may | dar
stray | awara aawara
dog dogs | kutta kuttay kuttay kutton kutte
bit bite bites bitten | kaat kaata kaatna kaatne
vaccine vaccines injection | vaccine teeka
bus buses | bus
fare fares rent | kiraya
fixed | muqarrar tay
seat seats place space | jagah seat
disabled disability handicapped | mazoor mazoori mazooron viklang viklangta apang
ramp | ramp
board | board
ill sick illness disease | beemar bimar bemari
mixing mix mixed | mil milta mila
supply | supply farahmi
mohalla neighbourhood area colony | mohalla muhalla mohallay mohalle abadi
one | aik ek
two | do
three | teen tin
four | char chaar
six | chay chhe chah cheh
ten | das
""".strip()
#: Words of two or three sounds are several words by sound alone; these are told apart as they are written.
_WRITTEN: Final = """
water پانی پاني پانى पानी जल آب
drinking پینے پینا पीने पीना
burnt جل جلا جلی جلانے जल जला जली जलाने
thirsty پیاسا پیاسے پیاس प्यासा प्यास
money پیسے پیسہ روپے पैसे पैसा रुपये
cover ڈھکن ढक्कन
shopkeeper دکاندار دکان दुकानदार दुकान
well کنواں कुआँ
cook کھانا پکتا پکانا खाना पकता पकाना
motor موٹر मोटर
meter میٹر मीटर
absent غیرحاضر غائب गैरहाज़िर अनुपस्थित
collapsed گر گرا گری گرگیا गिर गिरा गिरी
pothole کھڈے کھڈا گڑھے गड्ढे गड्ढा
home گھر گھروں घर घरों
duty ڈیوٹی ड्यूटी
off بند رکی رکا बंद रुकी रुका
kept رکھ لیے लिए रख
bill بل बिल
called بلانے بلایا बुलाने बुलाया
fast تیز तेज़
encroachment تجاوزات تجاوز कब्ज़े
new نیا نئی نئے नया नई नए
union یونین यूनियन
idle خالی खाली
toilet بیت الخلا शौचालय लैट्रिन
wall چاردیواری چار دیواری دیوار चारदीवारी दीवार
theft چوری चोरी
four چار चार
driver ڈرائیور ड्राइवर
far دور दूर
fear ڈر डर
girls لڑکی لڑکیوں لڑکیاں लड़की लड़कियों
boys لڑکا لڑکوں लड़का लड़कों
upgrade درجہ दर्जा
register درج اندراج दर्ज
medicine دوا دوائی دوائیاں ادویات दवा दवाइयाँ दवाई
two دو दो
smoke دھواں धुआँ
day دن दिन
buy خریدی خریدا خریدنا لینی खरीदा खरीदना लेनी
garbage کوڑا کچرا कूड़ा कचरा
card کارڈ कार्ड
fertiliser کھاد खाद
fare کرایہ किराया
lady لیڈی महिला लेडी
mohalla محلہ محلے मोहल्ला मोहल्ले मुहल्ला
women عورت عورتیں عورتوں خواتین औरत औरतें औरतों
night رات रात
rate ریٹ रेट
field کھیت کھیتوں खेत खेतों
dog کتا کتے کتوں कुत्ता कुत्ते कुत्तों
bit کاٹ کاٹا کاٹنے काट काटने
bribe رشوت रिश्वत घूस
road سڑک راستہ گلی सड़क रास्ता गली
gas گیس गैस
broken ٹوٹ ٹوٹی ٹوٹا ٹوٹے टूट टूटी टूटा
collected اٹھایا اٹھاتے उठाया उठाते
fixed مقرر तय
illegal ناجائز अवैध
stray آوارہ आवारा
light لائٹ روشنی लाइट रोशनी
sits بیٹھتا بیٹھتے بیٹھنے बैठता बैठते बैठने
extortion بھتہ हफ्ता
week ہفتہ ہفتے ہفتوں हफ्ते हफ्तों
deducted کٹوتی کاٹ कटौती
record فرد ریکارڈ फर्द
report رپورٹ रिपोर्ट
sack بوری बोरी
board بورڈ बोर्ड
written لکھا لکھی लिखा
leak لیک लीक
police تھانہ تھانے थाना थाने
three تین तीन
vendor ریڑھی रेहड़ी
fire آگ आग
vaccine ٹیکہ ویکسین टीका वैक्सीन
one ایک एक
""".strip()
_NOTHING: Final = """
a an the of in on at to for from by with and or is are was were be been being has have had do does did not no our my
we i us me it its this that there they he she you your who when though will can cannot am up so than which very any
only also into over too going make made done get gets got give given giving come comes coming refuses issuing never
his her named go people man men part far most some pass passes
"""
_NOTHING_AS_HEARD: Final = """
hai hain ho hua hui hue tha thi thay the gaya gayi gaye gya raha rahi rahe rha nahi nahin na mein main me se ko ka ki
ke kay par pe ne hi bhi aur or ya yeh ye wo woh us is un in hamare hamara hamari mera meri mere koi kuch jo
jab to tak kar kiya karta karte karna di diya diye de deta jaye jata jati jate ja aa aata ata ati ate aate aaya aai
walay wala wali jis liay liye ke liye hun hoon log logon bohat bahut
"""


class Lexicon(NamedTuple):
    """Notions by English word, by word as it is written, and by skeleton; and what counts for nothing.

    A skeleton that would be two notions is none of them.
    """

    english: dict[str, str]
    written: dict[str, str]
    heard: dict[str, str]
    empty_english: frozenset[str]
    empty_heard: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The list, folded once."""
    english: dict[str, str] = {}
    written: dict[str, str] = {}
    sounding: dict[str, set[str]] = {}
    for line in _LINES.splitlines():
        left, _, right = line.partition("|")
        notion = left.split()[0]
        english.update((word, notion) for word in left.split() if word not in english)
        for word in right.split():
            written.setdefault(word, notion)
            sounding.setdefault(skeleton(word), set()).add(notion)
    for line in _WRITTEN.splitlines():
        notion, *spelt = words(line)
        written.update((word, notion) for word in spelt if word not in written)
    first = frozenset(sounding)
    for line in LINES.splitlines():
        left, right, native = line.split("|")
        notion, *others = words(left)
        for word in (notion, *others):
            english.setdefault(word, notion)
        for word in (*words(right), *words(native)):
            written.setdefault(word, notion)
        for sound in {skeleton(word) for word in words(right)} - first:
            if len(sound) >= SOUNDS_LEAST:
                sounding.setdefault(sound, set()).add(notion)
    heard = {sound: next(iter(notions)) for sound, notions in sounding.items() if len(notions) == 1}
    empty = frozenset(skeleton(word) for word in _NOTHING_AS_HEARD.split())
    return Lexicon(english, written, heard, frozenset(words(_NOTHING)), empty)
