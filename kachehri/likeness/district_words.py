"""More notions of a district, by what its offices do: revenue, police, health, schools, farms, markets, papers, relief.

A line is: English words, a bar, words of Urdu and Hindi in Latin letters, a bar, the same as they are written. The
first list (lexicon.py) comes first: what sounds like one of its notions stays that, and short words, which sound like
many, count only as they are written.
"""

from typing import Final

LINES: Final = """
pipe pipes pipeline | pipe paip paipline | پائپ پائپوں पाइप पाइपलाइन
tank tanker tankers | tanki tanker tankar | ٹینکی ٹینکر ٹنکی टंकी टैंकर
filter filtration purification | filter filtar | فلٹر فلٹریشن फिल्टर
handpump | handpump nalka nalkay chapakal | نلکا نلکے ہینڈپمپ نلکوں हैंडपंप चापाकल नल
dirty contaminated polluted muddy | ganda gandaa gandi maila | گندا گندی گندے گدلا गंदा गंदी गंदे मैला
saline salty brackish | khara namkeen | کھارا کھاری نمکین खारा नमकीन
arsenic poison poisonous | zehreela zahreela zehar zahar | زہریلا زہر आर्सेनिक ज़हर ज़हरीला
pole poles pillar | khamba khambay khambe | کھمبا کھمبے کھمبوں खंभा खंभे
voltage | voltage voltej | وولٹیج ولٹیج वोल्टेज
loadshedding shedding outage blackout | loadshedding bandish | لوڈشیڈنگ بندش लोडशेडिंग कटौती
feeder | feeder | فیڈر फीडर
lineman linesman | lineman lainman | لائنمین लाइनमैन
shock electrocuted current | karant | کرنٹ करंट
solar | solar | سولر सोलर
speedbreaker breaker | breaker breker | بریکر ब्रेकर
signal traffic jam | signal traffic tarefik | سگنل ٹریفک सिग्नल ट्रैफिक
footpath pavement sidewalk | footpath futpath | فٹپاتھ फुटपाथ
dust dusty | dhool mitti | دھول مٹی धूल मिट्टी
construction constructed built building | tameer tameerat nirman imarat | تعمیر تعمیرات عمارت निर्माण इमारत भवन
contractor contractors | thekedar thekidar thaikedar | ٹھیکیدار ٹھیکیداروں ठेकेदार
substandard quality material | meyar ghatiya matarial | معیار ناقص گھٹیا گھٹیا गुणवत्ता घटिया सामग्री
incomplete unfinished pending half | adhoora adhura namukammal | ادھورا ادھوری نامکمل अधूरा अधूरी
repair repaired maintenance mend | marammat murammat maramat | مرمت मरम्मत
fund funds budget grant | fund faand bajat | فنڈ فنڈز بجٹ फंड बजट
nurse nurses | nurse narsen | نرس نرسیں नर्स
operation surgery | operation apreshan | آپریشن ऑपरेशन
test tests laboratory lab | laboratory taist | لیبارٹری ٹیسٹ लैब जाँच
xray ultrasound machine | machine masheen xray | مشین ایکسرے मशीन एक्सरे
delivery pregnant maternity midwife | hamla zachgi haamla daai | حاملہ زچگی دائی गर्भवती प्रसव दाई
polio | polio | پولیو पोलियो
dengue mosquito mosquitoes malaria | machar machhar dengue malairia | مچھر ڈینگی ملیریا मच्छर डेंगू मलेरिया
spray fogging | spray sprey chirkao | سپرے چھڑکاؤ स्प्रे छिड़काव
expired expiry | expire meyaad | ایکسپائر زائدالمیعاد एक्सपायर
quack fake bogus | jaali jali atai farzi | جعلی عطائی नकली फ़र्ज़ी झोलाछाप
book books textbook | kitab kitaab kitabein kitaben | کتاب کتابیں کتب किताब किताबें
uniform | uniform wardi | یونیفارم وردی वर्दी यूनिफॉर्म
exam exams examination result | imtihan imtehan nateeja pariksha | امتحان نتیجہ परीक्षा नतीजा
scholarship stipend | wazifa wazeefa chhatravritti | وظیفہ وظائف छात्रवृत्ति वज़ीफ़ा
furniture desk bench chairs | farnichar furniture kursiyan bench | فرنیچر کرسیاں بینچ फर्नीचर बेंच कुर्सी
headmaster principal headteacher | headmaster prinsipal pradhanacharya | ہیڈماسٹر پرنسپل प्रधानाचार्य हेडमास्टर
beat beating punished slapped | maarpeet maarta pitai tashaddud | مارپیٹ تشدد پٹائی मारपीट पिटाई
college university | college kalij university | کالج یونیورسٹی कॉलेज विश्वविद्यालय
admission enrolment | dakhla daakhla | داخلہ داخلے दाखिला प्रवेश
meal midday lunch nutrition | poshan | پوشن पोषण भोजन
anganwadi nursery | anganwadi aanganwadi | आंगनवाड़ी
seed seeds | beej beejon | بیج बीज
pesticide pesticides | zarai keetnashak | کیڑےمار कीटनाशक
tractor | tractor | ٹریکٹر ट्रैक्टर
locust insects pest | tiddi tidi keera | ٹڈی کیڑا टिड्डी कीड़ा
sugarcane cane | ganna gannay ganne | گنا گنے गन्ना गन्ने
cotton | kapas phutti | کپاس پھٹی कपास
rice paddy | chawal dhaan chaawal | چاول دھان चावल धान
mill mills | sugarmill | شوگرمل चीनीमिल
animal animals cattle livestock | janwar jaanwar maweshi maveshi pashu | جانور جانوروں مویشی जानवर पशु मवेशी
buffalo cow goat | bhains bakri gaay | بھینس گائے بکری भैंस गाय बकरी
veterinary vet | salotri pashuchikitsak | ویٹرنری पशुचिकित्सा वेटरनरी
milk | doodh dudh | دودھ दूध
adulteration adulterated impure | milawat milavat | ملاوٹ मिलावट
loan debt credit | qarz karz qarza karza | قرض قرضہ कर्ज़ ऋण
compensation damages | muawza muavza moavza muawaza | معاوضہ मुआवज़ा
relief aid assistance | imdad imdaad sahayata | امداد सहायता राहत
tent tents shelter | khaima khaimay tambu | خیمہ خیمے टेंट तंबू
dam reservoir pond | talab talaab johar | تالاب ڈیم जलाशय तालाब बाँध
watercourse outlet | khaal moga rajbah | کھال موگا راجباہ मोगा
turn rotation | warabandi | وارابندی वारबंदी
measurement demarcation boundary-mark | nishandahi hadbandi paimaish | نشاندہی حدبندی پیمائش सीमांकन पैमाइश
inheritance heirs | wirasat warasat varasat warsa | وراثت ورثا वारिस विरासत उत्तराधिकार
lease rent-deed allotment | allotment patta | الاٹمنٹ پٹہ आवंटन पट्टा
tax taxes | tax taiks | ٹیکس टैक्स
court case judge | adalat muqadma muqaddama kachahri | عدالت مقدمہ अदालत मुकदमा न्यायालय
lawyer advocate | wakeel vakeel | وکیل वकील
murder killed | qatal katal hatya | قتل हत्या
kidnapped kidnapping abducted missing-person | aghwa agwa apharan | اغوا अपहरण
harassment harass harassed teasing | harasaan hirasan chherchaar | ہراساں ہراسانی چھیڑچھاڑ उत्पीड़न छेड़छाड़
threat threats threatened threatening | dhamki dhamkiyan dhamkiyaan | دھمکی دھمکیاں धमकी धमकियाँ
drugs narcotics heroin | manshiyat nashay nasha charas | منشیات نشہ چرس नशा ड्रग्स चरस
liquor alcohol | sharaab sharab | شراب शराब
gambling | jua juaa satta | جوا سٹہ जुआ सट्टा
robber robbers dacoit dacoity looted | daku dakait dakaiti loota | ڈاکو ڈکیتی لوٹا डाकू डकैती लूट
arrest arrested arrests | giraftar giriftar | گرفتار گرفتاری गिरफ्तार गिरफ्तारी
weapon weapons firing gun | aslaha asliha | اسلحہ فائرنگ हथियार
domestic-violence husband | shohar khawind | شوہر خاوند पति
dowry | jahez jahaiz dahej | جہیز दहेज
wedding marriage | shaadi shadi nikah | شادی نکاح शादी विवाह निकाह
divorce | talaq talaaq | طلاق तलाक
widow widows | bewa baiwa vidhwa | بیوہ بیوائیں विधवा
orphan orphans | yateem yatim anath | یتیم अनाथ
old elderly aged | boorha buzurg burha zaeef | بوڑھا بوڑھی بزرگ ضعیف बूढ़ा बुज़ुर्ग वृद्ध
poor poverty needy | ghareeb gharib mustahiq garib | غریب مستحق غریبوں गरीब ज़रूरतमंद
zakat | zakat zakaat | زکوٰۃ زکات ज़कात
ration | rashan raashan | راشن राशन
flour | aata atta | آٹا आटा
sugar | cheeni chini | چینی चीनी
oil ghee | ghee tail tel | گھی تیل तेल घी
price prices costly expensive inflation | mehnga mehngai mehngaai mahnga | مہنگا مہنگائی مہنگی महँगा महँगाई
market bazaar | bazaar bazar mandi | بازار منڈی बाज़ार मंडी
weight weighing measure short | wazan tol naap | وزن تول ناپ वज़न तौल माप
hotel food restaurant | hotal khoraak | ہوٹل خوراک होटल खाद्य
licence license permit | licence laisens parmit | لائسنس پرمٹ लाइसेंस परमिट
domicile | domicile domisail | ڈومیسائل डोमिसाइल निवास
passport | passport paasport | پاسپورٹ पासपोर्ट
form application apply applied | darkhwast darkhast form arzi aavedan | درخواست فارم عرضی आवेदन अर्ज़ी दरखास्त फॉर्म
file files paperwork documents document | kaghzat kaagaz kaghaz dastavez | کاغذات کاغذ دستاویز فائل कागज़ दस्तावेज़ फाइल
signature sign signed stamp | dastkhat mohar hastakshar | دستخط مہر हस्ताक्षर मोहर
verification verify verified | tasdeeq tasdiq satyapan | تصدیق सत्यापन तस्दीक
deceased dead | faut marhoom | فوت مرحوم मृत मृतक
vote voter election list | voter intikhab fehrist chunaav | ووٹر فہرست انتخاب मतदाता सूची चुनाव
job jobs employment recruitment hired | naukri mulazmat bharti rozgar | نوکری ملازمت بھرتی روزگار नौकरी भर्ती रोज़गार
merit quota | merit kota | میرٹ کوٹہ मेरिट कोटा
promotion transferred posting | taraqqi tabadla | ترقی تبادلہ तबादला पदोन्नति
retired retirement gratuity | retair | ریٹائر ریٹائرڈ सेवानिवृत्त
labour labourer labourers wage | mazdoor mazdoori majdoor | مزدور مزدوری मज़दूर मज़दूरी
kiln kilns brick | bhatta-khisht bhatha eent | اینٹ بھٹہ خشت ईंट भट्ठा
factory factories industry | karkhana kaarkhana factory | کارخانہ فیکٹری कारखाना फैक्टरी
pollution environment | aloodgi pradooshan | آلودگی ماحول प्रदूषण पर्यावरण
tree trees forest wood | darakht darakhat jangal ped | درخت جنگل درختوں पेड़ जंगल
park playground ground garden | park maidan bagh | پارک میدان باغ पार्क मैदान बाग
library | library laibreri | لائبریری पुस्तकालय
graveyard cemetery cremation | qabristan kabristan shamshan | قبرستان कब्रिस्तान श्मशान
mosque temple church shrine | masjid mandir darbar imambargah | مسجد مندر دربار मस्जिद मंदिर
noise loud loudspeaker music | shor loudspeaker awaz | شور لاؤڈسپیکر आवाज़ शोर लाउडस्पीकर
tower mobile network | tower network nettwork | ٹاور موبائل टावर नेटवर्क मोबाइल
internet | internet intarnet | انٹرنیٹ इंटरनेट
bank atm | bank baink | بینک बैंक
train railway | rail gaari railgari | ریل ریلوے रेल रेलवे ट्रेन
rickshaw taxi van wagon | rickshaw raksha wagon | رکشہ ویگن ٹیکسی रिक्शा टैक्सी
overload overloading overloaded truck trucks | overload truck dampar | اوورلوڈ ٹرک ڈمپر ओवरलोड ट्रक डंपर
parking | parking | پارکنگ पार्किंग
drowned drowning | doob doobkar | ڈوب ڈوبنے डूब डूबने
uncovered open | khula khuli | کھلا کھلی کھلے खुला खुली खुले
overflow overflowing choked blocked-drain | ubal ubalta | ابل ابلتا उफान
dump heap heaps pile | dher dhair | ڈھیر ढेर
sweep swept-up broom sanitation | jharoo jhadu safayi | جھاڑو صفائی झाड़ू सफाई
dead-animal carcass | murdar | مردار मरा
snake snakebite | saamp sanp | سانپ साँप
rat rats | chooha chuha | چوہا چوہے चूहा चूहे
monkey monkeys | bandar | بندر बंदर
security guard camera | camera chowkidar kemra | چوکیدار کیمرہ चौकीदार कैमरा सुरक्षा
firebrigade rescue | rescue brigade | ریسکیو दमकल
answer reply response | jawab javab | جواب जवाब उत्तर
hearing heard listen | sunwai sunvai | سنوائی सुनवाई
delay delayed late-running | takheer deri | تاخیر دیر देरी देर
insult rude misbehaviour misbehaved | badtameezi badtamizi batameezi | بدتمیزی بداخلاقی बदतमीज़ी दुर्व्यवहार
minor underage childlabour | nabaligh | نابالغ नाबालिग
deaf blind | nabeena behra andha | نابینا بہرا अंधा बहरा
wheelchair | wheelchair wheelchear | व्हीलचेयर
skill training vocational | hunar tarbiyat prashikshan | ہنر تربیت प्रशिक्षण हुनर
sewing-machine stitching | silai | سلائی सिलाई
queue waiting crowd | qatar katar hujoom | قطار ہجوم رش कतार भीड़
token number | token | ٹوکن टोकन
computer software online portal | computer kampiutar portal | کمپیوٹر پورٹل कंप्यूटर पोर्टल
slow | aahista sust | آہستہ سست धीमा सुस्त
dispute fight quarrel | jhagra jhagda larai tanaza | جھگڑا لڑائی تنازعہ झगड़ा लड़ाई विवाद
neighbour neighbours | hamsaya hamsaye parosi padosi | ہمسایہ پڑوسی पड़ोसी
tenant landlord owner | malik kirayedar kiraydar | مالک کرایہدار मालिक किरायेदार
private | private niji | نجی پرائیویٹ निजी
river stream | darya nadi | دریا ندی नदी दरिया
boat ferry | kashti kishti naav | کشتی नाव
storm wind hail | aandhi toofan jhakkar | آندھی طوفان आँधी तूफान ओला
heat cold fog winter | garmi sardi dhund sardiyon | گرمی سردی دھند गर्मी सर्दी कोहरा
""".strip()
