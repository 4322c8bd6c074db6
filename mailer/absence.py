"""How absence notes begin in the languages of the people we write to, and the day of return they name."""

from __future__ import annotations

import re
from datetime import date, timedelta

SUBJECTS = re.compile(
    r"^\W{0,3}(?:(?:re|fwd?|ответ|aw|отв): ?)?(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer|antwort)|"
    r"autoreply|auto:|"
    r"out[ -]of[ -](?:the[ -])?office|ooo\b|i am out of|on (?:vacation|leave|holiday)|away from (?:the )?(?:office|"
    r"desk)|"
    r"vacation (?:reply|response|message)|авто(?:матический |матическое )?ответ|автоматическ\w+ (?:ответ|уведомлен|"
    r"сообщен)|"
    r"автоответчик|вне офиса|нет на месте|меня нет|нахожусь в (?:отпуске|командировке)|я в отпуске|в отпуске|"
    r"отпуск\b|в командировке|"
    r"отсутствую|отсутствие на рабочем|не на рабочем месте|на больничном|abwesen\w+|automatische antwort|nicht im "
    r"(?:büro|haus)|urlaub\b|"
    r"réponse automatique|absen(?:ce|t)\b|absence du bureau|respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente|"
    r"risposta automatica|fuori (?:sede|ufficio)|assente|odpowied[źz] automatyczna|automatyczna odpowied[źz]|poza "
    r"biurem|nieobecno|"
    r"otomatik (?:yanıt|cevap)|ofis dışında|автоматична відповідь|автовідповідь|поза офісом|у відпустці|"
    r"自动(?:答复|回复)|"
    r"自動(?:回覆|応答|返信)|不在|"
    r"automatisch antwoord|automatiskt? svar|autosvar|automatick[áa] odpov[ěe][ďd]|automatikus v[áa]lasz|resposta "
    r"autom[áa]tica|"
    r"răspuns automat|аўтаматычны адказ|автоматты жауап|your (?:message|e-?mail) (?:was|has been) received|"
    r"ваше (?:письмо|обращение|сообщение) (?:получено|принято|зарегистрировано))",
    re.IGNORECASE,
)

_HELLO = (
    r"(?:(?:hello|hi|dear|good (?:day|morning|afternoon)|здравствуйте|добрый (?:день|вечер)|доброе утро|доброго "
    r"(?:дня|времени суток)|"
    r"уважаем\w+|коллеги|привет|guten tag|hallo|liebe\w*|sehr geehrte\w*|bonjour|hola|buongiorno|dzień dobry|"
    r"szanowni|merhaba|sayın|"
    r"вітаю|добрий день|доброго дня|您好|你好)\b[^.!?,\n]{0,40}[.!,]?\s*){0,2}"
)
OPENINGS = re.compile(
    r"^" + _HELLO + r"(?:"
    r"(?:thank you|thanks) for (?:your|the) (?:e-?mail|message|mail)[.,!]? ?(?:i am|i'm|i will|we have received|your "
    r"(?:message|request)|this is an auto)|"
    r"(?:i am|i'm|i will be|i'll be|we are) (?:currently |now )?(?:out of (?:the )?office|on (?:annual |maternity |"
    r"sick |parental |vacation)?"
    r"(?:leave|holidays?|vacation)|away (?:from|until|till|on)|travel+ing|not in the office|absent)|this is an "
    r"auto(?:matic|mated)|"
    r"(?:меня|сейчас меня|в данный момент меня|в настоящее время меня) (?:нет|не будет)|(?:сейчас |в данный момент |"
    r"в настоящее время |с \S+ (?:\S+ )?по \S+ (?:\S+ )?)?"
    r"(?:я )?(?:сейчас )?(?:нахожусь|буду|отсутствую|буду отсутствовать) (?:в (?:ежегодном |очередном |декретном "
    r")?(?:отпуске|командировке|отъезде|офисе)|"
    r"на больничном|на рабочем месте|вне офиса|до|с|по)|я (?:сейчас )?(?:в отпуске|в командировке|на больничном|не в "
    r"офисе|вне офиса)|"
    r"(?:спасибо|благодар\w+) (?:вас )?за (?:ваше )?(?:письмо|обращение|сообщение)[.!,]? ?(?:меня|я |сейчас|в данный|"
    r"в настоящ|мы получили|ваше|оно|ваш)|"
    r"ваше (?:письмо|обращение|сообщение) (?:получено|принято|зарегистрировано|доставлено)|это автоматическ\w+|"
    r"(?:vielen dank für ihre (?:e-?mail|nachricht)|ich bin (?:derzeit |zur ?zeit |momentan |bis |vom |ab "
    r")?.{0,30}(?:nicht (?:im|erreichbar)|abwesend|urlaub|büro))|"
    r"(?:je suis|actuellement|merci de votre message).{0,40}(?:absent|congé|bureau|vacances)|(?:estoy|me encuentro|"
    r"estaré|gracias por su).{0,40}(?:fuera|ausente|vacaciones)|"
    r"(?:sono|sarò|grazie per).{0,40}(?:assente|ufficio|ferie)|(?:jestem|przebywam|dziękuję za).{0,40}(?:nieobecn|"
    r"urlop|biur)|"
    r"(?:şu anda|ofis|izin|yıllık).{0,40}(?:izin|dışında|değilim)|(?:я|мене|зараз).{0,30}(?:у відпустці|немає в "
    r"офісі|відсутн)|"
    r"我(?:目前|现在|正在)?.{0,10}(?:休假|不在|出差)|感谢您的(?:来信|邮件)"
    r")",
    re.IGNORECASE,
)

_MONTHS = {name: number for number, names in enumerate((
    "январ jan янв", "феврал feb fév фев", "март mar мар mär", "апрел apr апр avr", "мая май may mai maj",
    "июн jun июн juin",
    "июл jul июл juil", "август aug авг août", "сентябр sep сен", "октябр oct okt окт", "ноябр nov ноя",
    "декабр dec dez déc дек",
), start=1) for name in names.split()}  # fmt: skip
_UNTIL = (
    r"(?:до|по|вернусь|буду (?:с|на рабочем месте)|выйду|выхожу|until|till|through|back (?:on|in the office on)?|"
    r"return(?:ing|s)?(?: on| to the office on)?|"
    r"bis(?: zum| einschließlich)?|wieder (?:am|ab)|ab dem|jusqu'au|retour le|hasta(?: el)?|fino al|do(?: dnia)?|"
    r"kadar|до|з)"
)
_NUMERIC = re.compile(r"\b" + _UNTIL + r"\s+(?:\w+ )?(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?(?!\d)", re.IGNORECASE)
_ISO = re.compile(r"\b" + _UNTIL + r"\s+(\d{4})-(\d{2})-(\d{2})", re.IGNORECASE)
_NAMED = re.compile(
    r"\b"
    + _UNTIL
    + r"\s+(?:\w{2,10},? )?(\d{1,2})(?:st|nd|rd|th|\.|-?го)?(?: of)?\s+([^\W\d_]{3,10})\.?,?(?:\s+(\d{4}))?",
    re.IGNORECASE,
)
_NAMED_US = re.compile(
    r"\b" + _UNTIL + r"\s+(?:\w{3,9}day,? )?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?", re.IGNORECASE
)


def returns_on(text: str, today: date) -> date | None:
    """The day until which somebody says he is away; a day without a year is the next one."""
    text = text[:3000]
    if match := _ISO.search(text):
        return _day(match[3], match[2], match[1], today)
    if match := _NUMERIC.search(text):
        return _day(match[1], match[2], match[3], today)
    for match in _NAMED.finditer(text):
        if month := _month(match[2]):
            return _day(match[1], str(month), match[3], today)
    for match in _NAMED_US.finditer(text):
        if month := _month(match[1]):
            return _day(match[2], str(month), match[3], today)
    return None


def _month(word: str) -> int | None:
    return next((number for name, number in _MONTHS.items() if word.lower().startswith(name)), None)


def _day(day: str, month: str, year: str | None, today: date) -> date | None:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        this = date(today.year, int(month), int(day))
        return this if this >= today - timedelta(days=60) else date(today.year + 1, int(month), int(day))
    except ValueError:
        return None
