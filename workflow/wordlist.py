"""The words by which people decide, greet, doubt and hesitate, in Russian and English: data only.

`DECISIONS` holds only words that can mean nothing else in an answer to one of our asks. Everything else here serves the
opposite purpose: to notice that a yes is not a clear yes. A missing word there costs more than one too many, which only
makes us ask again.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a word of a letter may order."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    UNDO = "undo"
    SUBMIT = "submit"
    DRAFT = "draft"
    WITHDRAW = "withdraw"
    OK = "ok"
    PAID = "paid"
    HOLD = "hold"
    RELEASE = "release"
    CONFIRM = "confirm"
    STATUS = "status"
    FORM = "form"


DECISIONS: dict[Action, tuple[str, ...]] = {
    Action.APPROVE: (
        "approve", "approved", "approved for payment", "approved to pay", "i approve", "we approve", "согласовано",
        "согласованно", "согласован к оплате", "согласована к оплате", "согласовано к оплате", "согласован",
        "согласована",
        "согласовываю", "согласую", "одобрено", "одобряю", "одобрен", "одобрена", "утверждаю", "утверждено",
        "утвержден", "утверждена", "soglasovano", "genehmigt", "freigegeben",
    ),
    Action.REJECT: (
        "reject", "rejected", "i reject", "decline", "declined", "отказано", "отказ", "отказать", "отказываю",
        "отклонено", "отклонить", "отклоняю", "отклонен", "отклонена", "otkazano", "abgelehnt",
    ),
    Action.RETURN: (
        "return", "returned", "return for rework", "вернуть", "верните", "верни",
        "вернуть на доработку", "вернуть в работу", "возвращаю",
        "возвращаю на доработку", "верните на доработку", "на доработку", "доработать", "vernut",
    ),
    Action.UNDO: ("undo", "отменить", "отменяю", "otmenit"),
    Action.SUBMIT: ("submit", "отправить", "отправить на согласование", "на согласование"),
    Action.DRAFT: ("draft", "черновик"),
    Action.WITHDRAW: ("withdraw", "i withdraw", "отозвать", "отзываю", "otozvat"),
    Action.OK: ("ok", "okay", "yes", "да", "ок", "окей", "о'кей"),
    Action.PAID: ("paid", "оплачено", "оплачен", "оплачена", "oplacheno"),
    Action.HOLD: ("hold", "on hold", "put on hold", "приостановить", "приостановлено", "приостановлен",
    "приостанавливаю"),
    Action.RELEASE: ("release", "released", "возобновить", "возобновлено", "возобновляю"),
    Action.CONFIRM: ("confirm", "confirmed", "i confirm", "подтверждаю", "подтверждено"),
    Action.STATUS: ("status", "статус"),
    Action.FORM: ("form", "форма", "форму", "бланк"),
}  # fmt: skip

ALONE = frozenset(
    {
        "согласую", "согласован", "согласована", "одобрен", "одобрена", "утвержден", "утверждена", "approved",
        "одобряю",
        "утверждаю", "согласовываю", "отказ", "отклонен", "отклонена", "оплачен", "оплачена",
    }
)  # fmt: skip
"""Words that also begin an ordinary sentence ("Согласую завтра", "Approved vendors are…"): taken only at its end."""

CONSENT = frozenset({Action.APPROVE, Action.PAID, Action.RELEASE, Action.CONFIRM})
"""A yes: any contrary sign anywhere in the letter makes it a doubt."""
REFUSAL = frozenset({Action.REJECT, Action.RETURN, Action.HOLD, Action.WITHDRAW, Action.UNDO, Action.DRAFT})
"""A no: what follows is its reason, whatever words it holds."""
OPPOSED: dict[Action, frozenset[Action]] = {
    Action.APPROVE: frozenset({Action.REJECT, Action.RETURN, Action.UNDO, Action.WITHDRAW, Action.HOLD, Action.PAID}),
    Action.PAID: frozenset({Action.RETURN, Action.HOLD, Action.REJECT, Action.UNDO, Action.WITHDRAW}),
    Action.RELEASE: frozenset({Action.HOLD, Action.RETURN, Action.REJECT, Action.UNDO}),
    Action.CONFIRM: frozenset({Action.HOLD, Action.RETURN, Action.REJECT, Action.UNDO, Action.WITHDRAW}),
    Action.OK: frozenset({Action.REJECT, Action.RETURN, Action.WITHDRAW, Action.DRAFT, Action.HOLD}),
    Action.SUBMIT: frozenset({Action.DRAFT, Action.WITHDRAW}),
}
DECIDING = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN, Action.UNDO, Action.PAID, Action.HOLD,
                      Action.RELEASE, Action.WITHDRAW})  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS = _words(
    "nothing nowhere "
    "не нет нету нельзя ни никак никогда никто ничего нечего незачем невозможно отнюдь вряд едва not no nope "
    "never none nobody neither nor cannot cant dont doesnt didnt wont isnt arent wasnt shouldnt wouldnt couldnt "
    "mustnt havent hasnt без without nicht kein keine nein nie ne pas non ні"
)
CONDITIONS = _words(
    "когда мере минус минусом вычетом сперва треть трети thirds пополам напополам поровну "
    "вскладчину рассрочку рассрочка "
    "рассрочкой split less fewer меньше меньшую больше more "
    "если ежели коли условии условие условием условиях условно условная условное при после только лишь но однако "
    "хотя кроме исключением исключая вместо частично частичное частичная частями часть половину половина пока "
    "рано позже потом сначала прежде покуда иначе желательно ограничением оговоркой оговорками замечаниями "
    "замечания замечание правками правки учетом если_что if unless until till once when whenever after only "
    "provided providing but however except excluding although though despite instead conditional conditionally "
    "partially partial partly half subject pending wait first later before else otherwise maximum assuming given "
    "contingent besides minus wenn falls aber nur erst sofern"
)
JOKES = _words("шучу шутка ой oops стоп stop kidding joke")
"""Right behind these another decision takes the one in front back, in the same line too."""
CORRECTIONS: tuple[str, ...] = (
    "ой", "упс", "нет", "то есть", "вернее", "точнее", "верно", "наоборот", "в смысле", "ошибся", "ошиблась", "ошибка",
    "стоп", "погоди", "погодите", "подождите", "stop", "hold on", "шучу",
    "извините", "простите", "простите ошибся", "извините ошибся", "я имел в виду", "имел в виду", "передумал",
    "передумала", "все таки", "все-таки", "хотя", "хотя нет", "oops", "sorry", "no", "i mean", "i meant", "meant",
    "actually", "rather", "correction", "scratch that", "wait", "on second thought",
)  # fmt: skip
"""In front of another decision these take the one above back."""
PARTS = _words(
    "deposit advance tranche instalment installment prepayment аванс аванса предоплату предоплата транш задаток"
)
"""Right behind a yes they may mean a part of the payment."""
ROUND_A_PAYMENT = _words(
    "оплачивайте оплачиваем оплачивай оплачу оплати оплатим оплатил оплатила платежом платежку оплаты оплате оплачен "
    "оплачена оплачивать с я мы его ее их это этот эту эти просим просьба пж плз нам вам им рита коллеги ооо и а то "
    "так уже конечно хорошо ок отлично все полную всю сумму целиком одним сразу скорее быстрее завтра утром вечером "
    "днем обед обеда минут дня дней неделе этой ближайшее ближайший время прямо день банк банка банке карты счета "
    "расчетного счету от провести произвести осуществить платеж оплату срок подтверждаю разрешаю согласовываю согласую "
    "согласована разрешена "
    "проведите согласно давайте до к обеда вечера в во бухгалтерию бухгалтерия бухгалтерии казначейство accounting "
    "pay paying wire transfer it this that the now asap today tomorrow and please pls go ahead we you can may i on of "
    "from our account bank full whole amount soon quickly urgently in due time "
    "monday tuesday wednesday thursday friday понедельник вторник среду четверг пятницу"
)
"""Around a word of paying these change no terms."""
ROUND_A_CARD = ROUND_A_PAYMENT | _words(
    "за скидка скидку верна верная верные верный верно правильная правильные правильно хорошая "
    "хорошие отличная отличные нормальная "
    "нормальные прошлая прошлый прежние прежняя та те тот же такая такие устраивает подходит приемлемая адекватная "
    "проверил проверила проверены проверена сверил сверила видел видела корректна корректны сходится сходятся "
    "совпадает совпадают соответствует соответствуют договору счету договоре ндс без в том числе подтверждена инн кпп "
    "бик реквизиты реквизитам сумма сумму цена ценой цену очень выгодная составляет итого правильный "
    "price amount details nice good great fair best correct right same as before is are checked match matches agreed "
    "confirmed vat incl included including total"
)
"""Around the amount, the price and the bank details these say that they are right."""
HARMLESS_ORDERS = _words(
    "оплатите оплачивайте платите заплатите проводите проведите переведите перечислите пришлите присылайте вышлите "
    "направьте направляйте отправьте отправляйте звоните позвоните пишите напишите возьмите берите приложите "
    "прикладывайте подшейте сообщите сообщайте напомните держите передайте передавайте поблагодарите учтите учитывайте "
    "имейте смотрите благодарите скажите запускайте запустите делайте сделайте начинайте закрывайте закройте работайте "
    "спишите отнесите разнесите оформите распределите запишите зафиксируйте уведомите предупреждайте согласовывайте "
    "действуйте продолжайте занесите заносите внесите сохраните получите заберите поставьте"
)
"""What may be asked of somebody beside a yes: the payment itself, its papers, a word."""
NO_ORDERS = _words(
    "сайте лимите кредите аудите визите защите дебите профите транзите депозите хотите видите платите спите говорите "
    "просите помните знаете извините простите здравствуйте давайте депозите граните магните виде элите лифте просьте"
)
"""These only look like orders."""
RETURNED_GOODS = _words("деньги средства товар товары money goods refund")
"""What is returned to a seller, not a request to its author."""
HESITATIONS = _words(
    "жду извините простите извиняюсь sorry oops упс ой ignore disregard scratch hang retract revert sort yourself "
    "yourselves "
    "бы возможно наверное наверно видимо кажется вроде похоже почти предположительно предварительно устно может "
    "могу мог думаю сомневаюсь сомнения сомнение уверен уверена подожди подождите подождем ждем ждите ждать "
    "погоди погодите стоп стой стойте дождитесь дождаться дождемся пауза паузу отложить отложите откладываем "
    "другой другая другое другую другого других другим иной иная иную ошибке ошибка ошибкой ошибочно ошибся "
    "ошиблась ошибочный передумал передумала пересмотреть would could might may maybe perhaps probably possibly "
    "presumably think guess suppose hesitate doubt unsure unclear stop halt postpone delay delayed defer other "
    "another different wrong mistake mistaken error incorrect incorrectly mistakenly accidentally cancel "
    "проверьте проверь сверьте сверь уточните уточни выясните выясни убедитесь убедись удостоверьтесь разберитесь "
    "разберись добавьте допишите дополните заморозьте заморозить заморозим перенесите "
    "перенести перенесем double double-check recheck re-check verify clarify "
    "сарказм sarcasm remove "
    "где зачем почему куда why where решил решила ха ха-ха хаха haha lol deduct renegotiate negotiate bargain lower "
    "cheaper net реши "
    "cancelled canceled mind reconsider kidding joke шутка шучу vielleicht warten ли ага щас щаз хм гм эээ hmm hm "
    "umm whichever whatever either решит решает решать решайте принципе целом словах principle button кнопка "
    "кнопку кнопки broken сломалась сломана decide decides"
)
OPPOSED_STEMS = (
    "отказ", "откло", "отмен", "отозв", "отзыв", "возвра", "верни", "верну", "вернем", "приостан", "запре",
    "несоглас", "неодобр",
    "неутвержд", "неверн", "неправильн", "невозможн", "недопустим", "недостаточн", "неприемл", "нецелесообр",
    "исправ", "измен", "придерж", "попридерж", "притормоз", "тормозн", "отсроч", "повремен", "обожд",
    "перепровер", "перевыстав", "пересчит", "передума", "recalculat", "withhold", "withheld", "suspen", "freez", "paus",
    "поменя", "замени", "скоррект", "передела", "передела", "доработ", "пересогласов", "останов", "задерж", "блокир",
    "reject", "refus", "declin", "den", "disapprov", "unapprov", "return", "revok", "withdraw", "undo", "chang",
    "amend", "replac",
    "adjust", "forbid", "prohibit", "discuss", "обсуд", "обсужд", "ablehn", "abgelehn",
)  # fmt: skip
STEM_EXCEPTIONS = _words(
    "dental denis denys denmark denver density dense dentist изменник отзывчив отказоустойчив unchanged возвратный "
    "withholding"
)

# A word right behind the yes in the same sentence that makes it somebody else's, or of another time.
FOLLOWS_TOLD = _words(
    "за от под behalf "
    "by with from was were has had с со у было был была были ранее раньше вчера уже прежде кем всеми им ею ими ей "
    "нами юристом директором бухгалтером бухгалтерией юристами директорами руководителем руководством начальником "
    "заместителем замом шефом earlier previously already yesterday before"
)
BEHIND_APPROVE = _words(
    "к оплате оплату оплатить оплачивайте оплачиваем оплатите оплата платите платить платим платеж платежа прошу "
    "просьба можно можете "
    "полностью спасибо срочно сегодня пожалуйста и по на счет счета заявка заявку заявке "
    "please pls thanks thank thx this the that's it payment pay and to for today urgently fully ok okay invoice "
    "request bill "
    "money documents акт акты договор деньги бюджет все документы оплатим проверил проверила "
    "proceed go looks all now asap точка запятая"
)
"""What may follow a yes without any pause; with other words there the sentence may mean anything."""
FOLLOWS_LATER = _words(
    "пятнице понедельнику вторнику среде четвергу завтра послезавтра позже потом скоро вечером утром понедельник "
    "вторник среду четверг пятницу неделе tomorrow "
    "later next soon monday tuesday wednesday thursday friday"
)
TOLD_BY_ME = (("by", "me"), ("by", "us"), ("мной",), ("мною",), ("с", "уважением"), ("со", "своей",
"стороны"), ("with", "pleasure"),
              ("with", "regards"), ("with", "thanks"), ("с", "моей", "стороны"), ("from", "my", "side"), ("from",
              "me"))  # fmt: skip
INSTRUMENTAL = ("ом", "ем", "ым", "им", "ой", "ей", "ами", "ями", "ыми", "ими")
TOLD = _words(
    "ответил ответила сказал сказала говорит сообщил сообщила просил просила попросил велел велела передал передала "
    "написал написала said says told tells answered replied wrote"
)
"""Verbs that make the word in their line somebody else's."""
HARMLESS_BEHIND = _words("thanks thank please pls спасибо прошу оплачивайте платите оплатите можно")
"""Words right behind one of `ALONE` that do not make a sentence of it."""
SHORT = frozenset({Action.STATUS, Action.FORM, Action.DRAFT, Action.SUBMIT})
"""Words of a line of their own: behind them only politeness and what they ask about."""
BEHIND_SHORT = _words(
    "please pls thanks пожалуйста спасибо по на для моей моего заявки заявке запроса запросу счета счету request of "
    "the for my on "
    "согласование approval"
)
BEHIND_STATUS = BEHIND_SHORT | _words("оплаты оплате платежа платежу payment invoice")
PARTICIPLES = _words("отказано отклонено отклонен отклонена rejected declined returned")
FAREWELLS = _words("спасибо благодарю с thanks thank best kind regards cheers sincerely yours many")
"""First words of the paragraph with which a letter ends."""
BACK_REFERRING = _words(
    "нужно надо стоит требуется нужен будем буду будет хочу могу можем можно смысла оснований причин повода "
    "необходимости сейчас пока было был была были следует стану стоило да "
    "need needed necessary required reason reasons grounds yet now longer more so problem"
)
"""Behind a negation these speak of the word before it: “отказано не будет”, “reject no need”."""
NOT_INSTRUMENTAL = _words(
    "объеме полном слишком таким образом прошлым "
    "оплатим согласуем платим проводим днем всем затем причем совсем потом можем этом том этой ей мной полностью "
    "двигаем пойдем идем прошу сегодня срочно переведем платежом прямой любой ускорим сделаем берем работаем "
    "целиком самим целым"
)

BENIGN: tuple[str, ...] = (
    "без замечаний", "без возражений", "без вопросов", "без проблем", "без комментариев", "без претензий",
    "без изменений",
    "без ндс", "в полном объеме", "sorry for the delay", "sorry for the late reply", "извините за задержку",
    "простите за задержку", "извини за задержку", "прости за задержку", "прошу прощения за задержку",
    "извините что задержал", "извините что задержала", "извини что задержал", "извини что задержала",
    "извините за ожидание", "более менее", "when possible", "as soon as possible", "как можно скорее",
    "thank you for waiting", "без задержек", "без задержки", "без промедления",
    "замечаний нет", "возражений нет", "вопросов нет", "проблем нет", "претензий нет", "комментариев нет",
    "нареканий нет",
    "замечаний не имею", "возражений не имею", "вопросов не имею", "претензий не имею", "нет замечаний",
    "нет возражений",
    "нет вопросов", "нет проблем", "нет претензий", "нет комментариев", "не возражаю", "не против",
    "ничего не имею против",
    "не вижу проблем", "не вижу препятствий", "не вижу причин отказывать", "не имею возражений", "не имею замечаний",
    "не забудьте", "не забудь", "не забыть", "не забывайте", "не затягивайте", "не затягивать", "не задерживайте",
    "не задерживать",
    "не откладывайте", "не откладывать", "не тяните", "не тянуть", "не волнуйтесь", "не переживайте", "не позднее",
    "не позже",
    "не срочно", "не торопитесь", "если что", "если есть вопросы", "если будут вопросы", "если возникнут вопросы",
    "если вопросы", "после оплаты", "после платежа", "после перевода", "при оплате", "до завтра",
    "может быть оплачен", "можно платить",
    "может оплачивать", "можете платить", "можете оплачивать", "можно оплачивать", "с учетом ндс", "ответ не нужен",
    "ответа не требуется",
    "no objections", "no objection", "no comments", "no comment", "no problem", "no problems", "no questions",
    "no question",
    "no issues", "no issue", "no remarks", "no concerns", "no worries", "no need to reply", "not a problem",
    "without objections",
    "without comments", "without remarks", "without delay", "no delay", "do not forget", "don't forget",
    "please do not delay", "do not delay",
    "don't delay", "please don't delay", "don't hesitate", "do not hesitate", "no later than", "not later than",
    "if any questions", "let me know if you need anything", "if you need anything", "if you need anything else",
    "let me know if you need anything else", "if anything else is needed",
    "если что-то понадобится", "если что-то нужно", "если понадобится",
    "if you have questions", "if you have any questions", "if there are any questions", "if needed",
    "after payment", "after the payment", "once paid", "when paid", "when it is paid", "you may pay", "may be paid",
    "can be paid",
    "no rush", "100%", "на 100%", "first of all", "may proceed", "no further comments", "no reply needed",
)  # fmt: skip

GREETINGS: tuple[str, ...] = (
    "добрый день", "добрый вечер", "доброе утро", "доброго дня", "доброго утра", "доброго вечера",
    "доброго времени суток", "доброй ночи",
    "доброго времени", "день добрый", "вечер добрый", "утро доброе", "здравствуйте", "здравствуй", "приветствую",
    "привет", "всем привет",
    "всем добрый день", "всем здравствуйте", "приветствую вас", "салют", "hi", "hello", "hi there", "hello there",
    "hey", "dear", "good morning", "good afternoon",
    "good evening", "good day", "greetings", "hi all", "hello all", "dear all", "dear colleagues", "hi team",
    "dear sir", "dear madam",
    "dear sir or madam", "guten tag", "guten morgen", "hallo", "уважаемый", "уважаемая", "уважаемые", "дорогой",
    "дорогая",
    "дорогие", "ув", "kind greetings", "good time of day", "добрый", "доброго", "утро", "д д",
    "добрий день", "доброго ранку", "вітаю", "сәлеметсіз бе", "сәлем", "қайырлы күн", "саламатсызбы", "салам алейкум",
    "ассаламу алейкум", "bonjour", "hola", "buongiorno", "merhaba", "ciao",
)  # fmt: skip
OPENERS: tuple[str, ...] = (
    "спасибо", "спасибо большое", "большое спасибо", "благодарю", "благодарю вас", "да", "ок", "окей", "хорошо",
    "отлично", "супер",
    "thanks", "thank you", "many thanks", "thanks a lot", "thank you very much", "thx", "yes", "ok", "okay", "sure",
    "great", "fine", "perfect", "good", "looks good", "all good", "all fine", "all correct", "checked",
    "danke", "конечно", "of course", "понял", "поняла", "принято", "ясно", "получил", "получила", "noted", "received",
)  # fmt: skip
ADDRESSEES = _words(
    "коллеги коллега друзья господа команда все всем colleagues colleague all team everyone everybody folks guys "
    "sir madam mr mrs ms dr г-н г-жа господин госпожа вам вас"
)
NAMES = _words(
    "александр александра саша саня алексей алеша леша анатолий толя андрей анна аня антон антонина аркадий "
    "арсений артем артур борис боря вадим валентин валентина валерий валерия валера варвара василий вася василиса "
    "вероника вика виктор виктория виталий влад владимир вова володя владислав владлен вячеслав галина галя "
    "геннадий гена георгий гоша герман глеб григорий гриша давид даниил данила даниэль дарья даша денис диана "
    "дина дмитрий дима ева евгений евгения женя егор екатерина катя елена лена елизавета лиза жанна захар зинаида "
    "зоя иван ваня игорь илья инга инна ирина ира карина кирилл кира клавдия константин костя кристина ксения "
    "ксюша лариса лев лера леонид лидия лилия люба людмила люда майя макар максим макс маргарита рита марина "
    "мария маша марк матвей михаил миша надя наталья наталия наташа никита николай коля нина оксана олег олеся "
    "ольга оля павел паша петр петя полина раиса регина рената роберт родион роман рома руслан рустам светлана "
    "света святослав семен сергей сережа серафима софия софья соня станислав стас степан таисия тамара таня "
    "татьяна тарас тимофей тимур ульяна фаина федор феликс филипп элина эльвира эльза эмма эдуард эд юлия юля "
    "юрий юра яна ярослав яков ринат марат айгуль алина алла алсу альберт альбина амина ангелина анжела анастасия "
    "настя аслан ашот гульнара ильдар камила лиана мадина мурат нурлан тагир adam ada alan albert alex alexander "
    "alexandra alexey alice amanda amy ana andrea andrew andrey angela ann anna anne anthony anton ben benjamin "
    "bob boris brian carl carol caroline catherine charles charlie chris christian christine claire claudia dan "
    "daniel david dmitry denis dina diana ed edward elena eleanor elizabeth emily emma eric eva eve faina fiona "
    "frank fred gary george greg hans harry helen henry igor ingrid irina ivan jack jacob james jane janet jason "
    "jean jeff jennifer jessica jim joan joe john jonathan joseph julia julie karen karl kate katherine katie "
    "kelly kevin klaus kim laura lena leo lisa louis louise lucas lucy lukas luke marc margaret margarita maria "
    "marie martin mary matt matthew max maxim michael michelle mike monica nancy natalia nathan nicholas nick "
    "nicole nikita oleg olga oliver olivia pam pat patricia patrick paul peter philip phil rachel ralph ray "
    "rebecca richard rita rob robert roger roman ruth sam samuel sandra sara sarah scott sergey simon sofia "
    "sophie stefan stephen steve steven sue susan tanya ted teresa thomas tim timothy tina tom tony vera victor "
    "victoria vladimir walter william yana yuri zoe mallory"
)
PATRONYMIC = ("ович", "евич", "ьич", "овна", "евна", "ична", "инична")

NO_SIGNS = frozenset("❌✖✗✘🚫⛔🛑👎🙅🤔❓❔⚠✋🤷😡😠🤨⏸⏳⌛")

_PAYS = ("оплачивайте", "оплачивай", "оплачиваем", "оплатите", "оплати", "оплатить", "платите", "плати", "платим",
         "можно оплатить", "можно оплачивать", "можно платить", "можете оплатить", "можете оплачивать",
         "можете платить")  # fmt: skip
_AGREES = ("согласовываю", "согласую", "утверждаю", "одобряю", "подтверждаю", "разрешаю")
_PAYMENT = ("оплату", "платеж", "счет", "заявку", "этот счет", "эту заявку", "этот платеж", "эту оплату",
            "оплату счета", "оплату по счету", "данный счет", "данный платеж")  # fmt: skip
PERMITS: tuple[str, ...] = (
    *_PAYS, *(f"{verb} {what}" for verb in _PAYS for what in _PAYMENT),
    *(f"{verb} {what}" for verb in _AGREES for what in _PAYMENT),
    *(f"{what} {verb}" for verb in _AGREES for what in _PAYMENT),
    "проводите оплату", "проводите платеж", "к оплате", "в оплату", "согласен", "согласна", "согласны",
    "полностью согласен", "полностью согласна", "согласен с оплатой", "согласна с оплатой", "не возражаю",
    "не возражаем", "возражений нет", "возражений не имею", "нет возражений", "не имею возражений",
    "против оплаты не возражаю", "не возражаю против оплаты", "добро", "даю добро", "я за", "разрешаю",
    "оплата согласована", "платеж согласован", "счет согласован", "счет утвержден", "oplachivayte", "oplachivaite",
    "soglasen", "soglasna", "ne vozrazhayu",
    "go ahead", "go ahead and pay", "go ahead and pay it", "go ahead with the payment",
    "please pay", "pay it", "pay this", "pay this one", "pay the invoice",
    "pay this invoice", "ok to pay", "okay to pay", "fine to pay", "good to pay", "cleared to pay",
    "cleared for payment", "ok for payment", "okay for payment", "proceed", "please proceed", "you may pay",
    "you can pay", "you may proceed", "you can proceed", "good to go", "i agree", "we agree", "agreed",
    "no objection", "no objections", "fine by me", "fine with me", "ok by me", "ok with me", "okay with me",
    "okay by me", "i'm ok with this", "i'm fine with this", "i am ok with this", "i am fine with this", "lgtm",
    "looks good to me", "this is approved", "this payment is approved", "payment approved", "payment is approved",
    "it is approved", "it's approved",
)  # fmt: skip
"""Phrases that allow a payment when the text holds nothing else (`permission`)."""
FORBIDS: tuple[str, ...] = (
    "нет", "против", "я против", "не платить", "не платите", "не оплачивать", "не оплачивайте", "не оплачиваем",
    "no", "nope", "no way", "denied", "do not pay", "don't pay", "i'm against", "i am against",
)  # fmt: skip
NODS: tuple[str, ...] = ("да", "ок", "окей", "ага", "угу", "хорошо", "конечно", "можно", "годится", "yes", "ok", "okay",
                         "yep", "yup", "sure", "fine", "of course", "absolutely", "da")  # fmt: skip
ROUND_A_PERMIT: tuple[str, ...] = (
    *(set(OPENERS) - set(NODS)), "пожалуйста", "сегодня", "срочно", "сразу", "как можно скорее", "полностью",
    "в полном объеме", "по счету", "по заявке", "по этому счету", "по этой заявке", "все верно", "все правильно",
    "все в порядке",
    "все хорошо", "все ок", "проверил", "проверила", "верно", "сумма верная", "реквизиты верные", "замечаний нет",
    "вопросов нет", "без замечаний", "без вопросов", "со своей стороны", "с моей стороны",
    "заранее спасибо", "хорошего дня", "и",
    "it", "this", "this one", "the invoice", "this invoice", "the payment", "this payment", "this request",
    "please", "pls", "plz", "today", "now", "asap", "right away", "with this", "with it", "with the payment",
    "with payment", "with this one", "with this payment", "and", "and pay it", "and pay", "for me", "from me",
    "from my side", "all good", "all ok", "all fine", "all correct", "checked", "i checked", "no questions",
    "no comments", "no issues", "cheers", "have a nice day",
)  # fmt: skip
"""What may stand around such a phrase and changes nothing."""
