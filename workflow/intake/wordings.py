"""How people write around a payment: the words that ask for it, put it off, tell of a part of it. Data only.

All patterns are for lower case text with е for ё.
"""

from __future__ import annotations

import re


def words_of(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


PAYS = (
    r"оплат\w*|оплачива\w*|оплачен\w*|плат(?:и|е)(?:ть|ж\w*|м|т\w*)?|проплат\w*|заплат\w*|перевести|переведите|"
    r"перечисл\w*|"
    r"погас\w*|рассчита\w*|pay(?:able|ing|ment\w*|s)?|paid|settle\w*|wire|transfer\w*|remit\w*"
)
SAYS_PAY = re.compile(rf"\b(?:{PAYS})\b")
DEADLINE = re.compile(
    r"\b(?:срок\w*|дедлайн\w*|deadline|due|срочн\w*|urgent\w*|крайний|самое\s+позднее|at\s+the\s+latest)\b"
)

_BEHIND_NOT = r"(?:\s+(?:надо|нужно|стоит|следует|спеш\w+|нужно\s+пока|надо\s+пока))?"
NOT_NOW = re.compile(
    rf"\b(?:пока\s+|сейчас\s+)?не{_BEHIND_NOT}\s+(?:пока\s+)?(?:оплачива\w+|оплатит[еь]\b(?!\s+до)|плати\w*|"
    rf"проплачива\w+|проводи\w*|перевод\w+|перечисля\w+|"
    r"запуска\w+|отправля\w+\s+(?:в\s+)?(?:оплату|платеж\w*))|"
    r"\b(?:оплачивать|платить|оплату|оплата|платеж)\s+(?:пока\s+|сейчас\s+)?(?:не\s+(?:надо|нужно|нужна|стоит|"
    r"проводить|требуется)|рано|"
    r"приостан\w+|отлож\w+|придерж\w+|отмен\w+)|"
    r"\b(?:придерж\w+|приостанов\w+|отлож\w+|отмени\w*|отмен[её]?н\w*|аннулир\w+|недействит\w+|дубл[ьяи]\w*|ошибочн\w+|по\s+ошибке|подожд\w+|повремени\w*|тормоз\w+)\b|\bне\s+(?:для|"
    r"к|на)\s+оплат\w+|"
    r"\b(?:do\s+not|don['’]?t|dont|not\s+to|no\s+need\s+to|never|should\s+not|shouldn['’]?t|"
    r"please\s+not)\s+(?:yet\s+)?"
    r"(?:be\s+)?(?:pay|paid|process|release|send\s+(?:the\s+)?money)\b|\bnot\s+(?:yet\s+)?(?:payable|for\s+payment|"
    r"due\s+yet)\b|"
    r"\b(?:hold\s+off|hold\s+(?:the\s+|this\s+)?payment|put\s+(?:it\s+|this\s+)?on\s+hold|wait\s+(?:with|before)|"
    r"(?:can|could|may)\s+(?:this\s+|it\s+)?wait|(?:может|можно)\s+подождать|postpone|cancel(?:l?ed)?|duplicate|by\s+mistake)\b"
)
NOT_TO_PAY = re.compile(
    r"\b(?:для\s+(?:информации|сведения|ознакомления)|к\s+сведению|fyi|for\s+(?:your\s+)?information|"
    r"for\s+reference\s+only)\b"
)
PAID_ALREADY = re.compile(
    r"\b(?:уже\s+(?:(?:был\w*\s+)?оплачен\w*|оплатил\w*|заплатил\w*|перевел\w*)|(?:оплатил\w*|оплачен\w*)\s+(?:уже|"
    r"вчера|ранее|раньше)|"
    r"already\s+(?:been\s+)?paid|(?:was|were|has\s+been)\s+paid|(?:we|i)\s+(?:have\s+)?paid)\b"
)
ANOTHER_ONE = re.compile(r"\b(?:предыдущ\w+|прошл\w+|перв\w+|аванс\w*|предоплат\w*|previous|last|first|advance|"
    r"deposit)\b")
DEPENDS = re.compile(
    r"\b(?:если(?!\s+(?:можно|не\s+сложно|несложно|не\s+трудно|нетрудно|возможно|получится|успе\w+|"
    r"есть\s+возможность|что|не\s+опла\w+|будут\s+вопросы|"
    r"есть\s+вопросы|нужн\w+|понадоб\w+|потребу\w+|возникнут))|при\s+условии|как\s+только|"
    r"после\s+(?:постав\w+|отгруз\w+|доставк\w+|получени\w+|подписани\w+|проверк\w+|подтверждени\w+|прием\w+|"
    r"выполнени\w+|звонка|созвон\w+|моего|его|ее)|"
    r"по\s+факту\s+(?:постав\w+|отгруз\w+|получени\w+|выполнени\w+)|"
    r"if(?!\s+(?:possible|you\s+(?:can|have|need|want|could)|something|anything|needed|necessary|any|not\s+paid|"
    r"there\s+are\s+any))|unless|provided\s+that|subject\s+to|"
    r"(?:once|as\s+soon\s+as)(?!\s+(?:possible|you\s+can))|(?:after|upon)\s+(?:the\s+)?(?:delivery|receipt|signing|"
    r"signature|inspection|acceptance|completion))\b"
)
POLITE = re.compile(
    r"\b(?:можете|можно|можно\s+ли|сможете|смогли|могли|могла|мог|возможно|возможно\s+ли|получится|пожалуйста|прошу|"
    r"плиз|"
    r"can|could|would|will|may|please|pls)\b"
)
ASKS_ABOUT = re.compile(rf"\b(?:{PAYS}|сч[её]т\w*|invoice\w*|bill)\b|\b(?:что\s+это|наш\s+ли|это\s+наш\w*|"
    rf"is\s+this\s+ours|what\s+is\s+this)\b")

PART = re.compile(
    r"\b(?:аванс\w*|предоплат\w*|половин\w*|частичн\w*|часть|частями|доплат\w*|остат(?:ок|ка)|транш\w*|"
    r"(?:перв|втор|трет)\w+\s+(?:платеж\w*|взнос\w*|част\w+)|(?<!in\s)advance|prepay\w*|pre-payment|deposit|"
    r"down\s*payment|half|partial\w*|"
    r"instal\w*|remainder|remaining|balance)\b|(?<![\d.,])(?!100)\d{1,2}\s*%(?!\s*(?:ндс|vat))"
)
AMOUNT_IN_WORDS = re.compile(
    r"\b(?:одн\w+|дв[аеу]\w*|тр[иеё]\w*|четыр\w+|пят\w+|шест\w+|сем\w+|восем\w+|девят\w+|десят\w+|двадцат\w+|сорок|"
    r"сто|двести|триста|"
    r"полтор\w+|пол)\s+(?:тыс\w*|рубл\w*|миллион\w*|млн)(?:\s+(?:рубл\w+|руб\b|евро|долл\w*))?\b|\b(?:one|two|three|"
    r"four|five|six|seven|eight|nine|ten|twenty|fifty|"
    r"hundred)\s+(?:thousand|hundred|dollars|euros?|roubles|million)(?:\s+(?:dollars|euros?|roubles))?\b|"
    r"\b(?:тысяч[ау]|пару\s+тысяч)\b"
)

# The day that stands in such a clause is another one.
OTHER_DAY = re.compile(
    r"\b(?:отпуск\w*|больничн\w*|командировк\w*|действ\w+|действит\w+|годен|скидк\w*|акци[яию]\w*|постав(?:ка|ки|ят|"
    r"им|ить|лен\w*)|отгру\w+|достав\w*|"
    r"привез\w+|вернусь|вернется|верн\w+|отсутств\w+|отсутству\w+|звон\w+|созвон\w*|встреч\w+|совещани\w+|"
    r"выставк\w*|конференци\w*|семинар\w*|"
    r"мероприяти\w*|меня\s+не\s+будет|на\s+связи|работ(?:ает|аем|аю|ают)|обещал\w*|выстав(?:ил\w*|лен\w*)|"
    r"прислал\w*|получил\w*|"
    r"оплатил\w*|заплатил\w*|подписал\w*|договорил\w*|отключ\w+|заблокир\w+|"
    r"valid|expir\w+|vacation|on\s+leave|out\s+of\s+office|ooo|discount|deliver\w*|ship\w*|meeting|call|conference|"
    r"exhibition|"
    r"back\s+(?:on|in)|return\w*|received|issued|sent|signed|away|cut\s+off|switched\s+off)\b"
)
PURPOSE = re.compile(r"\b(?:назначение(?:\s+платежа)?|payment\s+purpose)\s*[:–—-]\s*([^\n]{5,300})", re.IGNORECASE)
WHAT_FOR_WORD = re.compile(r"\b(?:за|for)\s+(?:the\s+)?\w+")
"""The thing paid for ("за доставку") says nothing of another day."""
PERHAPS_OTHER_DAY = re.compile(
    r"\b(?:аренд\w*|продл\w+|подписк\w*|лицензи\w*|доступ\w*|период\w*|договор\w*|контракт\w*|абонемент\w*|"
    r"абонент\w*|страхов\w*|полис\w*|"
    r"услуг\w*|обслуживани\w*|домен\w*|хостинг\w*|сертификат\w*|rent\w*|lease|renew\w*|extend\w*|subscription\w*|"
    r"licen[sc]e\w*|access|period|contract\w*|"
    r"insurance|domain\w*|hosting|certificate\w*|services?)\b"
)
PERIOD = re.compile(r"\b(?:период\w*|продл\w+|действ\w+|renew\w*|extend\w*|period)\b")
PERSONS = re.compile(r"\b(?:прос[яи]т|просил\w*|треб\w+|жд[уеё]т?\w*|нужен|нужна|я|мы|он|она|они|меня|нас|его|ее|их|"
    r"i|we|he|she|they|i['’]m|we['’]re)\b")

# What stands right before a number that is no amount to pay.
NO_AMOUNT_BEFORE = re.compile(
    r"(?:\b(?:по|до|от|со|свыше|более|менее|больше|меньше|чем|лимит\w*|бюджет\w*|скидк\w*|ндс|пен[яией]\w*|штраф\w*|"
    r"задолженност\w*|долг\w*|"
    r"вместо|не|ранее|раньше|прошл\w+|оплатили|оплачено|заплатили|перевели|внесли|кажд\w+|экономи\w*|сэкономи\w+|"
    r"залог\w*|минус|плюс|было|была|"
    r"дороже|дешевле|цена|ставка|оклад|капитал|vat|tax|from|up\s+to|under|over|above|below|than|limit|budget|"
    r"discount|instead\s+of|not|was|were|"
    r"paid|per|each|save\w*|previous\w*|minus|plus|at|fine|penalty))\s*(?:суммы|сумме|сумму|в|на|of|the|"
    r"is)?\s*[:=]?\s*$"
)
ABOUT = re.compile(r"(?:\b(?:около|примерно|порядка|приблизительно|ориентировочно|где-то|about|around|approx\w*\.?|"
    r"roughly|circa)|[~≈])\s*$")
UNSURE_BEHIND = re.compile(
    r"^\s*[.,]?\s*\(?(?:без\s+ндс|\+\s*ндс|плюс\s+ндс|не\s+считая|в\s+месяц|ежемесячно|за\s+(?:шт|штук|единиц|м2|кг|"
    r"час)\w*|/\s*(?:мес|шт|час|month|pc)|"
    r"в\s+день|в\s+год|per\s+\w+|a\s+(?:month|day|year)|each|monthly|plus\s+vat|excl\w*|without\s+vat|net\b)"
)
NUMBERED = re.compile(
    r"(?:\b(?:заказ\w*|номер\w*|кабинет\w*|каб\.|офис\w*|комн\w*|дом|кв\.|стр\.|модел\w*|артикул\w*|арт\.|код\w*|order|number|room|"
    r"office|model|item|article|code|id)|[№#])\s*$"
)
SHARE = re.compile(
    r"(?<![\d.,])(?!100)\d{1,2}\s*(?:%|процент\w*|per\s?cent)(?!\s*(?:ндс|vat|скид))|\b(?:половин\w*|трет[ьи]|четверт[ьи]|half|a\s+third|a\s+quarter)\b"
)
COUNTED_FROM = re.compile(
    r"^\s*(?:с|со|от|после|from|after|upon|following|of)\s+(?:the\s+)?(?:даты|дня|момента|выставлени\w+|получени\w+|подписани\w+|поставки|"
    r"date|day|receipt|invoice|signing|delivery)"
)
RANGE = re.compile(r"\s?[-–—]\s?\d{1,2}(?:[./]\d|\s*[а-яa-z]{3})")
DAYS_END = re.compile(
    r"\b(?:eod|cob|end\s+of\s+(?:the\s+)?(?:business\s+)?day|close\s+of\s+business|конц[ау]\s+(?:рабочего\s+)?дня)"
)
VAT_RATE = re.compile(r"(?:ндс|vat)\s*(?:по\s+ставке\s*)?\(?\s*\d{1,2}\s*%")
DOUBTS = re.compile(
    r"\b(?:согласн[ыа]|берем|верно|правильно|годится|нужно|надо|стоит|подходит|ок|ok|okay|agree\w*|right|correct|fine|good)\b"
)
SAYS_AMOUNT = re.compile(
    r"(?:\b(?:сумм[ауеой]+|итого|всего|к\s+оплате|на\s+сумму|в\s+размере|в\s+сумме|стоимость\w*|amount|total|"
    r"sum(?:\s+of)?)"
    r"(?:\s+(?:счета|платежа|к\s+оплате|составляет|is|of|due|to\s+pay))*\s*[:=–—-]?\s*)$"
)

# --- what is left when the subject is looked for ------------------------------------------------------------------

ASIDE = re.compile(
    r"\b(?:(?:контактный\s+)?(?:номер|телефон)\s+(?:для\s+связи|мой|менеджера)|мой\s+(?:номер|телефон)|"
    r"во?\s+вложени[ие]\w*|в\s+приложени[ие]\w*|в\s+приложенном\s+файле|во\s+вложенном\s+файле|"
    r"прилага\w+(?:\s+счет)?|приклад\w+|прикреп\w+|прилож\w+|"
    r"вложен\w*|направля\w+|высыла\w+|отправля\w+|пересыла\w+|перешл\w+|шлю|ловите|держите|вот|"
    r"(?:please\s+)?(?:find|see)\s+(?:the\s+)?(?:attached|enclosed|below)(?:\s+file)?|attached(?:\s+(?:is|"
    r"please\s+find))?|enclosed|see\s+attach\w*|attachment\w*|"
    r"см\.?\s+(?:во\s+)?(?:вложени\w+|ниже|файл\w*)|смотри(?:те)?\s+(?:ниже|вложение)|ниже|below|"
    r"срочно|очень\s+срочно|срочный|срочная|срочное|urgent(?:ly)?|asap|важно|important|"
    r"пожалуйста|пжл\w*|пож-та|плиз|плз|пж|please|plz|pls|спасибо(?:\s+большое)?|заранее|большое|благодар\w+|"
    r"thanks(?:\s+in\s+advance)?|thank\s+you|many\s+thanks|cheers|"
    r"если\s+(?:можно|возможно|не\s+сложно|получится)|по\s+возможности|if\s+possible|как\s+можно\s+(?:скорее|"
    r"быстрее|раньше)|as\s+soon\s+as\s+possible|побыстрее|поскорее|"
    r"крайний\s+срок|срок\w*(?:\s+оплаты)?|дедлайн\w*|deadline|due(?:\s+date)?|желательно|лучше|обязательно|at\s+the\s+latest|in\s+advance|самое\s+позднее|"
    r"preferably|"
    r"на\s+сумму|сумма|сумму|в\s+размере|в\s+сумме|итого|всего|amount|total|for\s+the\s+amount\s+of|"
    r"in\s+the\s+amount\s+of|"
    r"коллеги|всем\s+привет|добрый\s+день|здравствуйте|привет|hi\s+all|hello|dear\s+\w+|"
    r"(?:с|без|включая|в\s*т\.?\s*ч\.?)\s*(?:ндс|vat)(?:\s*\d{1,2}\s*%)?|ндс\s+не\s+облагается|incl\w*\.?\s+vat|"
    r"fyi|черновик|draft|скан|pdf|во\s+вложение|с\s+уважением|рассмотр\w+|согласу\w+)\b|\bоригинал\w*\b"
)
ASKING = re.compile(
    r"^(?:прошу|просьба|просим|просят|нужно|надо|необходимо|требуется|можно|можете|сможете|не\s+могли|не\s+забудь\w*|don['’]?t\s+forget|release|issue|могли|бы|вы|ли|"
    r"давайте|хотим|хочу|будьте|добры|вас|тебя|вам|нам|мне|"
    r"для|еще|также|и|а|это|вот|тут|здесь|теперь|сегодня|новый|новая|очередной|наш|наша|наше|этот|эту|данный|"
    r"согласова\w+|закаж\w+|произв\w+|осуществ\w+|провест[иь]|провед\w+|сдела\w+|организова\w+|поставить|поставьте|взять|возьмите|приня\w+|"
    r"could|can|would|will|you|we|i|need|needs|to|kindly|want|like|'d|i'd|arrange|process|make|approve|do|the|this|"
    r"an?|our|is|here|new|my|"
    r"(?:it|this|that)['’]s|it|for|let's|pleas\w*)\b\s*[:–—-]?\s*"
)
PAY_WORD = re.compile(
    rf"^(?:в\s+|на\s+|к\s+|for\s+|to\s+|to\s+be\s+)?(?:{PAYS})\b\s*[:–—-]?\s*"
)
PAPER = re.compile(
    r"^(?:по\s+|к\s+|на\s+|under\s+|of\s+|for\s+|the\s+|this\s+|an?\s+)?(?:прилагаем\w+\s+|приложенн\w+\s+|"
    r"вложенн\w+\s+|attached\s+|following\s+)?"
    r"(?:сч[её]т(?:а|у|ом|ов|е|ам)?(?:[- ]фактур\w*|[- ]договор\w*)?(?:\s+на\s+оплату)?|сч\.|инвойс\w*|invoice\w*|"
    r"bills?)(?!\w)\s*[:–—-]?\s*"
)
FROM_WHOM = re.compile(r"^(?:от|from)\s+[«\"“]?[\w.&-]+[»\"”]?(?:\s+(?=за\b|for\b|по\b|на\b)|\s*$)")
WHAT_FOR = re.compile(r"^(?:за|for|of|по|на|regarding|re)(?=\s)\s*")
TRAILING = re.compile(r"\s*(?:\b(?:и|а|или|около|примерно|порядка|вместо|about|approx|around|or|instead|за|по|на|от|"
    r"для|до|к|с|в|во|or|and|for|of|to|by|the|from|at|in|on|with|наш|вот|жду|ждем|(?:с|from)\s+\d{1,2})|[-–—:,.;=+/])\s*$")

TIMEISH = re.compile(
    r"\bс\s+(?:даты|момента|дня)\s+\w+|"
    r"\b(?:до|в|во|на|к|с)\s+(?:(?:прошл|следующ|ближайш)\w+\s+\w+|(?:начал[еау]|середин[еыу]|первых|последних|"
    r"конц[еау])\s+(?:числах?\s+)?\w+)|"
    r"\b(?:next|last|this)\s+(?:week|month)\b|\bat\s+the\s+(?:beginning|start)\s+of\s+\w+(?:\s+\w+)?"
)
NO_SUBJECT = re.compile(
    r"\b(?:я|мы|он|она|они|вы|ты|мне|нам|вам|вас|нас|его|ее|их|меня|это|эти|этот|тот|там|тут|уже|если|когда|что|"
    r"чтобы|который|которые|которую|которого|"
    r"потому|поэтому|как|был\w*|будет|будут|есть|нет|не|ни|жд[уеё]\w*|договор(?:ил\w*|ен\w*)|обсу\w+|сказал\w*|"
    r"говор\w+|звон\w+|попрос\w+|прос(?:ит|ят|ил\w*)|требу\w+|прислал\w*|выстав(?:ил|лен)\w*|действ\w+|нуж[её]?н\w*|деньги|отсрочк\w*|иначе|другой|другая|согласован\w*|бюджет\w*|вчера|спрашива\w+|включая|из\s+них|горит|отправ\w+|"
    r"\w+(?:ович|евич|овна|евна|ична)\w{0,2}|including|отмен\w*|согласн\w+|"
    r"\w{2,}(?:ите|йте|ьте)|(?!печать|кровать|сеть|нить|нефть)\w{3,}(?:ить|ать|еть|уть|ять)|"
    r"получил\w*|подписал\w*|думаю|кажется|напомин\w+|сообщ\w+|уточн\w+|подтвер\w+|спасибо|уважением|верн\w+|"
    r"отпуск\w*|вопрос\w*|звоните|пишите|тел|моб|ответ\w*|"
    r"отключ\w+|заблокир\w+|сможете|могу|можем|"
    r"i|we|he|she|they|you|me|us|it|this|that|these|those|is|are|was|were|be|been|have|has|had|will|would|should|"
    r"could|can|do|does|did|not|don['’]?t|if|when|"
    r"because|valid|offer|same|always|who|which|what|how|let|know|call|questions?|regards|best|sincerely|sent|tomorrow|"
    r"yesterday)\b"
)
EMPTY_WORDS = words_of(
    "заявка заявку заявки платеж платежа оплата оплату оплаты счет счета счету счетов счетик инвойс invoice "
    "invoices bill payment payments request requests new новый новая новое документ документы док файл файлы "
    "вложение вложения срочный важный запрос поставщик поставщика контрагент подрядчик подрядчику contractor "
    "supplier vendor от за на по к до с в из для и the a an of for to from by on with по-прежнему январь февраль "
    "февраля март апрель май июнь июль август сентябрь октябрь ноябрь декабрь january february march april june "
    "july august september october november december pay paid due сумма amount руб rub eur usd р прошу просьба "
    "нужно надо можно please оплатить оплатите fwd fw re test тест проверка без темы no subject деньги money "
    "перевод transfer согласование договор договору акт акту акты заказ заказу контракт contract order agreement "
    "информации сведения ознакомления отчета отчетности сверки архива или вместо письму письмо предоплата "
    "предоплату аванс аванса остаток остатка доплата доплату полностью time now дубль дубликат duplicate ошибочно "
    "отменен около about instead ours mine согласовать approval approve reminder напоминание повторно еще раз one "
    "ones again good morning afternoon evening day утро вечер первый второй третий половину половина рассрочке "
    "рассрочка упд тема сейчас прямо утром вечером днем год ежемесячная ежемесячно мес карту карта sometime "
    "outstanding balance monthly latest этап "
)
AS_BEFORE = re.compile(
    r"\b(?:как\s+(?:и\s+)?(?:в\s+)?(?:прошл\w+(?:\s+(?:раз|месяц\w*|год\w*|недел\w*|платеж\w*))?|предыдущ\w+(?:\s+раз)?|"
    r"раньше|обычно|всегда|тогда|(?:в\s+)?(?:заявк\w+\s+|по\s+)?(?=[a-zа-я]{2,12}-20\d\d))|"
    r"то\s+же(?:\s+самое)?,?\s+что(?:\s+и)?(?:\s+в\s+прошл\w+\s+раз)?|"
    r"(?:по\s+аналогии(?:\s+с)?|аналогично)(?:\s+прошл\w+\s+\w+)?|повтор(?:ить|ите)?|"
    r"(?:the\s+)?same\s+as(?:\s+(?:last\s+(?:time|month|week|year)|before|usual))?|"
    r"as\s+(?:last\s+(?:time|month|week|year)|usual|before)|like\s+(?:last\s+(?:time|month)|before)|repeat)\b"
)
OTHER_SHARE = re.compile(r"\b(?:скидк\w*|пен[яией]\w*|штраф\w*|неустойк\w*|комисси\w*|discount|penalt\w*|fee)\b")
"""A share of something else than the payment."""
DAY_DEPENDS = re.compile(
    r"\b(?:не|если|или|либо|после|около|примерно|ориентировочно|как\s+только|при\s+условии|аванс\w*|част\w+|остат\w+|начиная|"
    r"not|if|or|after|about|around|unless|once|half|part\w*|from|start\w*)\b|%"
)
"""Beside a day: it is not for sure, or not the only one."""
MONTH_ONLY = re.compile(
    r"(?:январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?|сентябр[ья]|октябр[ья]|ноябр[ья]|"
    r"декабр[ья]|"
    r"january|february|march|april|may|june|july|august|september|october|november|december)(?:\s+20\d\d)?"
)
