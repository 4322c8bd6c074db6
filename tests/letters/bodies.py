# ruff: noqa: E501 (the lines of mail programs and of people are kept whole)
"""What people typed, beside what they meant: the expected decision, or None where we must ask back.

`comment` is what must be kept of the text besides the word; None where it is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.keywords import Action

APPROVE, REJECT, RETURN = Action.APPROVE, Action.REJECT, Action.RETURN


@dataclass(frozen=True, slots=True)
class Body:
    text: str
    action: Action | None
    comment: str | None = None
    lang: str = "ru"


def _all(lang: str, action: Action | None, *texts: str | tuple[str, str]) -> list[Body]:
    return [
        Body(text, action, None, lang) if isinstance(text, str) else Body(text[0], action, text[1], lang)
        for text in texts
    ]


CLEAR: list[Body] = [
    *_all(
        "ru", APPROVE,
        ("СОГЛАСОВАНО", ""), ("согласовано", ""), ("Согласовано.", ""), ("Согласовано!", ""), ("СОГЛАСОВАНО!!!", ""),
        ("Согласованно", ""), ("Добрый день!\n\nСогласовано.", ""), ("Рита, добрый день!\nСогласовано", ""),
        ("Добрый день, Рита! Согласовано.", ""), ("Рита, согласовано", ""), ("Здравствуйте\nСОГЛАСОВАНО\nСпасибо", "Спасибо"),
        ("Коллеги, добрый день.\n\nСОГЛАСОВАНО, оплатите сегодня", "оплатите сегодня"),
        ("Согласовано, замечаний нет", "замечаний нет"), ("СОГЛАСОВАНО. Не забудьте закрывающие документы", "Не забудьте закрывающие документы"),
        ("Согласовано - оплачивайте", "оплачивайте"), ("Согласовано: срочно", "срочно"), ("✅ Согласовано", ""), ("Согласовано 👍", "👍"),
        ("СОГЛАСОВАНО\n\nПрошу оплатить до пятницы, подрядчик ждёт.", "Прошу оплатить до пятницы, подрядчик ждёт."),
        ("Согласовано. Оплатить 25.11.2026", "Оплатить 25.11.2026"), ("СОГЛАСОВАНО PAY-2026-00042", "PAY-2026-00042"),
        ("CОГЛАCОВАНО", ""), ("С\u200bОГЛАСОВАНО", ""), ("\xa0Согласовано\xa0", ""), ("Одобрено", ""), ("Одобряю.", ""), ("Утверждаю", ""),
        ("Да, согласовано", ""), ("Спасибо, согласовано!", ""), ("Согласовано. Спасибо, Рита!", "Спасибо, Рита!"), ("Согласую.", ""),
        ("Рита, привет\n\nСогласовано, возражений нет. Платите.", "возражений нет. Платите."),
        ("СОГЛАСОВАНО\nпо договору № 7, акт получен", "по договору № 7, акт получен"), ("Маргарита Олеговна, добрый день! Согласовано к оплате.", ""),
        ("согласовано\n\nАнтон", None), ("Согласовано…", ""), ("Согласовано, без замечаний. Оплатите, пожалуйста, не позднее 27 ноября.", "без замечаний. Оплатите, пожалуйста, не позднее 27 ноября."),
        ("*СОГЛАСОВАНО*", ""),
    ),
    *_all(
        "ru", REJECT,
        ("ОТКАЗАНО", ""), ("Отказано, дорого", "дорого"), ("ОТКАЗАНО. Пусть сначала согласуют с юристом", "Пусть сначала согласуют с юристом"),
        ("Отказать", ""), ("Добрый день!\nОтказано: счёт уже оплачен в октябре, согласовано не было", "счёт уже оплачен в октябре, согласовано не было"),
        ("Отклонено. Нет бюджета", "Нет бюджета"), ("Рита, отказано. Найдите подрядчика дешевле, тогда согласую.", "Найдите подрядчика дешевле, тогда согласую."),
        ("ОТКАЗАНО\nПочему опять этот подрядчик?", "Почему опять этот подрядчик?"), ("отказано", ""), ("Отказано!", ""),
        ("Здравствуйте.\n\nОТКАЗАНО\n\nЕсли будет акт, вернёмся к вопросу.", "Если будет акт, вернёмся к вопросу."), ("ОТKAЗАНО", ""),
    ),
    *_all(
        "ru", RETURN,
        ("ВЕРНУТЬ", ""), ("Вернуть, нет акта", "нет акта"), ("Вернуть на доработку: приложите договор", "приложите договор"),
        ("Вернуть. Сумма в счёте не совпадает с договором", "Сумма в счёте не совпадает с договором"),
        ("Добрый день, Рита!\n\nВЕРНУТЬ\nНДС указан неверно, исправьте и пришлите снова — согласую.", "НДС указан неверно, исправьте и пришлите снова — согласую."),
        ("На доработку. Нет КПП", "Нет КПП"), ("вернуть\nкто заказчик?", "кто заказчик?"),
    ),
    *_all(
        "en", APPROVE,
        ("APPROVE", ""), ("approve", ""), ("Approve.", ""), ("Approved", ""), ("Approved!", ""), ("APPROVED.", ""), ("Hi Rita,\n\nApprove.", ""),
        ("Hi Rita, approved. Thanks", "Thanks"), ("Hello,\nAPPROVE\nThanks for the details.", "Thanks for the details."), ("Dear colleagues,\n\nAPPROVE", ""),
        ("APPROVE - no objections", "no objections"), ("Approve, please pay today", "please pay today"), ("Approve. No comments.", "No comments."),
        ("Yes, approved", ""), ("Thanks, approved.", ""), ("I approve.", ""), ("Approve this one please", "this one please"),
        ("APPROVE\n\nPlease make sure the act is signed.", "Please make sure the act is signed."), ("Good morning Rita!\n\nAPPROVE 👍", "👍"),
        ("АPPROVE", ""), ("APPR\u200bOVE", ""), ("*APPROVE*", ""), ("Approved, no problem. Pay it on 25 November.", "no problem. Pay it on 25 November."),
        ("Approve: urgent", "urgent"), ("APPROVE PAY-2026-00042", "PAY-2026-00042"), ("approve\n\nAnton", None), ("Approved by me", "by me"),
        ("Approve. Do not forget the closing documents.", "Do not forget the closing documents."), ("Dear Ms Orlova,\n\nApproved.\n\nThank you", "Thank you"),
    ),
    *_all(
        "en", REJECT,
        ("REJECT", ""), ("Reject, too expensive", "too expensive"), ("Rejected.", ""), ("Hi Rita,\nREJECT\nWe approved a cheaper offer last week.", "We approved a cheaper offer last week."),
        ("REJECT: not in the budget", "not in the budget"), ("Reject. Ask legal to approve the contract first", "Ask legal to approve the contract first"),
        ("Declined", ""), ("I reject this. Why again this vendor?", "this. Why again this vendor?"), ("reject", ""),
    ),
    *_all(
        "en", RETURN,
        ("RETURN", ""), ("Return, the act is missing", "the act is missing"), ("RETURN: please attach the contract and I will approve", "please attach the contract and I will approve"),
        ("Hello Rita,\n\nReturn for rework - wrong amount", "wrong amount"), ("return\nWho is the customer?", "Who is the customer?"),
    ),
]  # fmt: skip

DOUBTFUL: list[Body] = [
    *_all(
        "ru", None,
        "Не согласовано", "не согласовано!", "НЕ СОГЛАСОВАНО", "HE СОГЛАСОВАНО", "Не\nсогласовано", "Нет, не согласовано", "Согласовано не было",
        "Согласовано?", "Это согласовано?", "Согласовано или нет?", "СОГЛАСОВАНО ?", "Согласовано, но оплатите половину", "Согласовано, если есть акт",
        "Согласовано при условии скидки", "Согласовано после получения акта", "Согласовано, только без НДС не платите", "Согласовано условно",
        "СОГЛАСОВАНО\nОТКАЗАНО", "СОГЛАСОВАНО / ОТКАЗАНО / ВЕРНУТЬ", "Согласовано или отказано — решайте сами", "Иванов согласовал", "Юристы согласовали, смотрите",
        "Согласовано Ивановым", "Согласовано с Ивановым вчера", "Уже согласовано директором", "«СОГЛАСОВАНО»", "\"согласовано\"", "(согласовано)", "👍", "👍👍", "ок",
        "да", "Да", "Хорошо", "Платите", "Можно", "Не против", "Согласен", "Посмотрю позже", "Согласую завтра", "Согласую после обеда", "Согласовано завтра",
        "Кажется, согласовано", "Вроде согласовано", "Согласовал бы, но дорого", "Согласовано 50 000", "Согласовано 50%", "Согласовано до 20 000 рублей", "Согласовано частично",
        "Нельзя согласовано", "СОГЛАСОВАНО\n\nХотя нет, подождите", "СОГЛАСОВАНО\nСтоп, не платите", "Согласовано. Отменяю.", "СОГЛАСОВАНО\nнет", "Согласовано ❌", "СОГЛАСОВАНО 🤔", "Согласовано, исправьте сумму на 30 000",
        "Согласован договор, а счёт нет", "Что значит согласовано", "Если всё верно, то согласовано", "Ответ СОГЛАСОВАНО я дам завтра", "Спасибо за письмо, подумаю", "", "   ", "???",
        "Кто просил?", "А какой это договор?", "Пусть Дина решает", "Согласовано бухгалтером, я ещё не смотрел", "СОГЛАСОВАНО-НЕТ", "несогласовано", "Несогласовано", "Согласовано было в прошлом году",
        "Иван, вы согласовано уже писали?", "Согласовано? Нет. Отказано.", "Отказано?", "Не отказано", "Вернуть или отказать?", "ОТКАЗАНО / СОГЛАСОВАНО", "Отказано\nСогласовано", "Согласовано\nс Дины, я не решаю",
        "Согласовано, кроме второй позиции", "Согласовано. Но не сегодня", "СОГЛАСОВАНО. А это точно тот счёт?", "Согласовано по ошибке", "Утверждаю, что счёт неверный", "Одобряю вашу осторожность, но счёт не платим",
        "согласовано@example.test", "Антон", "Добрый день!", "Добрый день!\nСпасибо.", "Пока не решил", "СОГЛАСОВАНО,", "Согласовано (не мной)", "Согласовано другое письмо",
    ),
    *_all(
        "en", None,
        "Not approved", "not approved!", "NOT APPROVED", "I don't approve", "I do not\napprove", "Do not approve", "Don't approve this", "Never approve", "Approve?", "Should I approve?", "Approve or reject?",
        "Approved, but pay only half", "Approve if legal agrees", "Approve after Friday", "Approve once the act is here", "Approve subject to a discount", "Approve only the first invoice", "Approved unless Dina objects",
        "APPROVE\nREJECT", "APPROVE / REJECT / RETURN", "approve, reject, whatever", "Approved by Ivanov", "Approved by legal yesterday", "Ivan approved this", "Legal approved, I am still looking", "\"APPROVE\"", "“approve”", "(approve)", "👍", "ok",
        "yes", "Fine", "Go ahead", "Looks good", "LGTM", "I agree", "Sure", "Will look later", "Approve tomorrow", "I will approve tomorrow", "I would approve this", "Maybe approve", "Approve 500", "Approve 50%", "Approve up to 1000 EUR",
        "APPROVE\n\nOn second thought, not this one", "APPROVE\nwait, don't pay", "Approve. Cancel that.", "APPROVE ❌", "Approved vendors are on the other list", "Approve the other one", "approve the wrong invoice? no", "If all is right, approve",
        "My answer APPROVE comes tomorrow", "Thanks, will think", "", "Who asked for this?", "What is this contract?", "Let Dina decide", "disapprove", "unapproved", "Disapproved", "approve@example.test", "approve.exe",
        "Hi Rita,", "Hello", "APPROVE,", "I can't approve", "I cannot approve this", "Cannot approve", "Reject?", "Don't reject", "Not rejected", "REJECT / APPROVE", "Reject\nApprove", "return or reject?", "APPROVE? REJECT!", "approve not",
        "Approve everything except item 2", "Approve instead of PAY-2026-00043 change the amount", "APPROVE. Is this the right account?", "Approve with changes", "No, approve nothing", "Approved last year", "Automatic approve process is broken",
    ),
]  # fmt: skip

BODIES = CLEAR + DOUBTFUL
