"""What mail programs and mail servers write around people's words, in the languages they speak: data only."""

from __future__ import annotations

import re

VERBS = (
    "wrote", "writes", "написал", "написала", "написал(а)", "написал (а)", "пишет", "писал(а)", "писал", "писала",
    "написали", "написа", "пише", "написав", "напісаў", "schrieb", "schreibt", "geschrieben", "a écrit", "écrit",
    "escribió", "escribio", "ha scritto", "scrive", "escreveu", "napisał", "napisał(a)", "napisała", "pisze",
    "napsal", "napsal(a)", "napísal", "schreef", "skrev", "kirjoitti", "yazdı", "şunları yazdı", "tarihinde yazdı",
    "írta", "írta:", "a scris", "写道", "写道", "寫道", "さんは書きました", "님이 작성", "έγραψε", "жазды", "wrote on",
    "rašė", "kirjutas", "rakstīja",
)  # fmt: skip

# Label of a quoted header block -> which header it is.
HEADER_LABELS: dict[str, str] = {
    label: kind
    for kind, labels in {
        "from": "кімнен|from|от|от кого|von|de|da|od|ot|kimden|від|from:|van|från|fra|"
        "lähettäjä|发件人|寄件者|差出人|보낸 사람|απο|"
        "από|feladó|expéditeur|отправитель|sender|remitente|mittente|absender|ад|кімден|з",
        "sent": "жіберілген күні|жіберілді|күні|"
        "sent|date|отправлено|дата|дата отправки|gesendet|datum|envoyé|date d'envoi|"
        "enviado|enviado el|enviado em|"
        "fecha|data|inviato|wysłano|wysłane|gönderildi|tarih|надіслано|відправлено|verzonden|skickat|sendt|lähetetty|"
        "发送时间|发送日期|日期|寄件日期|日時|送信日時|날짜|odesláno|elküldve|küldve|trimis|sent on|"
        "date sent|отправлен|когда",
        "to": "кімге|to|кому|an|à|para|a|do|kime|alıcı|кому:|aan|till|til|vastaanottaja|收件人|宛先|"
        "받는 사람|komu|címzett|către|"
        "destinataire|получатель|empfänger|προς",
        "cc": "cc|копия|kopie|kopia|dw|скрытая копия|bcc|抄送|kopio|bilgi|copie à|копія",
        "subject": "тақырыбы|тақырып|subject|тема|betreff|objet|asunto|oggetto|assunto|temat|konu|onderwerp|"
        "ämne|emne|aihe|主题|主旨|件名|제목|"
        "předmět|tárgy|subiect|θέμα|re",
        "other": "importance|важность|reply-to|ответить|attachments|вложения|priority|срочность|anlagen|wichtigkeit",
    }.items()
    for label in labels.split("|")
}

SEPARATORS = frozenset(
    [
        "original message",
        "original-nachricht",
        "исходное сообщение",
        "оригинальное сообщение",
        "первоначальное сообщение",
        "исходное письмо",
        "пересылаемое сообщение",
        "пересланное сообщение",
        "перенаправленное сообщение",
        "переадресованное сообщение",
        "пересланное письмо",
        "пересылаемое письмо",
        "forwarded message",
        "forwarded by",
        "original email",
        "ursprüngliche nachricht",
        "originalnachricht",
        "weitergeleitete nachricht",
        "message d'origine",
        "message original",
        "message transféré",
        "message initial",
        "courriel original",
        "mensaje original",
        "mensaje reenviado",
        "messaggio originale",
        "messaggio inoltrato",
        "mensagem original",
        "mensagem encaminhada",
        "wiadomość oryginalna",
        "oryginalna wiadomość",
        "wiadomość przekazana",
        "orijinal mesaj",
        "iletilen mesaj",
        "оригінальне повідомлення",
        "переслане повідомлення",
        "вихідне повідомлення",
        "арыгінальнае паведамленне",
        "oorspronkelijk bericht",
        "doorgestuurd bericht",
        "ursprungligt meddelande",
        "oprindelig meddelelse",
        "původní zpráva",
        "原始邮件",
        "原始訊息",
        "转发邮件",
        "转发的邮件",
        "元のメッセージ",
        "원본 메시지",
        "reply message",
        "end of forwarded message",
        "конец пересылаемого сообщения",
        "конец пересланного сообщения",
        "завершение пересылаемого сообщения",
        "ответ на сообщение",
        "begin forwarded message",
        "начало переадресованного сообщения",
        "начало пересылаемого сообщения",
        "anfang der weitergeleiteten nachricht",
        "début du message transféré",
        "inicio del mensaje reenviado",
        "inizio messaggio inoltrato",
        "reply above this line",
    ]
)
FORWARD_SIGNS = ("forward", "пересыл", "пересл", "переадрес", "перенаправ", "weitergeleit", "transféré", "reenvi",
                 "inoltr", "encaminh", "przekaz", "iletil", "转发", "doorgestuurd")  # fmt: skip

CLOSINGS = (
    "с уважением", "с ув", "с искренним уважением", "с глубоким уважением", "с наилучшими пожеланиями",
    "с наилучшими", "с благодарностью", "с почтением", "всего доброго", "всего наилучшего", "искренне ваш",
    "искренне ваша", "ваш", "хорошего дня", "удачного дня", "best regards", "kind regards", "warm regards", "regards",
    "with best regards", "with kind regards", "with regards", "many thanks and best regards", "thanks and regards",
    "thanks & regards", "thanks and best regards", "best wishes", "all the best", "best", "br", "kr", "rgds",
    "sincerely", "sincerely yours", "yours sincerely", "yours truly", "yours faithfully", "respectfully", "cheers",
    "mit freundlichen grüßen", "mit freundlichen grüssen", "freundliche grüße", "viele grüße", "beste grüße", "mfg",
    "liebe grüße", "cordialement", "bien cordialement", "bien à vous", "salutations", "saludos", "un saludo",
    "saludos cordiales", "atentamente", "cordiali saluti", "distinti saluti", "cordialmente", "atenciosamente",
    "pozdrawiam", "z poważaniem", "saygılarımla", "iyi çalışmalar", "з повагою", "з найкращими побажаннями",
    "met vriendelijke groet", "此致", "敬礼", "s pozdravem", "üdvözlettel", "з павагай", "құрметпен",
    "med vänlig hälsning",
)  # fmt: skip

MOBILE = re.compile(
    r"^(?:sent|get|posted|written) (?:from|with|via|using|by|outlook for) .{1,80}$"
    r"|^(?:get|download) (?:outlook|bluemail|mail) .{0,60}$"
    r"|^(?:отправлено|отослано|написано|послано) (?:с|со|из|через|от|при помощи|с помощью|из мобильн\w+|мобильн\w+) "
    r".{1,100}$"
    r"|^(?:скачать|загрузить|получить) (?:outlook|приложение outlook) .{0,60}$|^скачайте outlook .{0,60}$"
    r"|^(?:von meinem|gesendet von|gesendet mit|diese nachricht wurde von mein) .{1,80}$"
    r"|^(?:envoyé|télécharger outlook|enviado|obtener outlook|obter o outlook|inviato|scarica outlook|wysłane|wysłano|"
    r"pobierz|gönderen|надіслано|відправлено|verstuurd|verzonden|skickat från|sendt fra|lähetetty|odesláno|发自|來自|"
    r"iphone'umdan|从我的|發自) ?.{1,80}$"
    r"|^.{1,30}(?:'dan gönderildi|から送信|에서 보냄)$",
    re.IGNORECASE,
)

# Words that only a gateway's warning in front of a letter has; a paragraph that holds one is not the writer's.
FRONT = re.compile(
    r"external (?:e-?mail|message|sender|mail)|this (?:e-?mail|message) (?:originated|came|was sent|is) (?:from "
    r")?(?:an? )?"
    r"(?:outside|external)|originated (?:from )?outside|outside (?:of )?(?:the|your|our) (?:organi[sz]ation|company)|"
    r"do not click (?:on )?(?:any )?links?|sent from outside|you don't often get (?:e-?mail|email) from|"
    r"learn why this is important|from an external (?:source|sender)|"
    r"внешн\w+ (?:письмо|отправител\w+|почт\w+|адресат\w*|источник\w*|сообщени\w+)|"
    r"письмо (?:получено|пришло|отправлено|поступило) (?:из-за пределов|извне|от внешнего|из внешн\w+|с внешнего)|"
    r"(?:отправител\w+|письмо|сообщение) (?:находится )?(?:вне|за пределами) (?:вашей |нашей )?(?:организации|"
    r"компании)|"
    r"не (?:открывайте|переходите по) (?:вложени\w+|ссылк\w+)|не переходите по|будьте (?:осторожны|внимательны)|"
    r"externe (?:e-?mail|nachricht)|e-?mail (?:stammt|kommt) von (?:einem )?extern|expéditeur externe|correo externo|"
    r"(?:письмо|сообщение|message|e-?mail) (?:было )?(?:проверен\w*|checked|scanned) "
    r"(?:системой|фильтром|на спам|by|for)[^.!?]{0,60}$|"
    r"^(?:information )?(?:classification|sensitivity|классификация|гриф|конфиденциальность|"
    r"уровень конфиденциальности)\s*[:：]\s*(?:internal|public|general|personal|restricted|confidential|secret|"
    r"внутренн|для внутренн|для служебн|дсп\b|общедоступн|публичн|открыт|конфиденциальн|коммерческая тайна|c[0-3]\b)|"
    r"вы (?:редко|не\s?часто) получаете (?:почту|письма|сообщения) (?:от|с)",
    re.IGNORECASE,
)
FRONT_TAG = re.compile(
    r"^\s*[\[(<{*!]{1,4}\s*(?:external(?: e-?mail| sender| message)?|ext|caution|внешн\w+(?: \w+)?|extern(?:e "
    r"e-?mail)?|"
    r"externe|внимание|внешняя почта)\s*[\])>}*!]{1,4}\s*[:\-–—]?\s*",
    re.IGNORECASE,
)

ABOVE_THIS = re.compile(
    r"(?:type|write|enter|add) .{0,20}(?:reply|response|answer|comment)\w* above this line|"
    r"(?:ответ|комментари\w+) (?:над|выше) эт(?:ой|ую) (?:строк\w+|лини\w+|черт\w+)",
    re.IGNORECASE,
)
"""What help desks print above the mail that is answered."""
BEHIND = re.compile(
    r"^[^.!?]{0,60}\bmailing list$|(?:you received|you are receiving) this (?:message|e-?mail) because|"
    r"^to unsubscribe\b|вы получили это (?:сообщение|письмо),? (?:поскольку|потому что|так как)|"
    r"чтобы (?:отменить подписку|отписаться)|"
    r"(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|communication|"
    r"transmission)"
    r".{0,120}(?:confidential|intended|privileged|recipient|virus|scanned|monitored|legally)"
    r"|(?:confidentiality|legal|disclaimer|privacy)\s?(?:notice|note|statement|disclaimer)\b|^disclaimer\b"
    r"|if you (?:are not the|have received this).{0,60}(?:recipient|in error|by mistake)"
    r"|please consider the environment|think before (?:you )?print|before printing"
    r"|(?:настоящ\w+|данн\w+|это|эт[оа]) (?:электронн\w+ )?(?:сообщени\w+|письмо|электронное письмо|"
    r"переписк\w+).{0,160}"
    r"(?:конфиденциал|предназначен|не содержит вирус|не является (?:публичной )?оферт|адресат|проверено|носит|вирус|"
    r"информаци\w+ (?:ограничен|коммерч))"
    r"|уведомление о конфиденциальности|информация,? содержащаяся в (?:этом|данном|настоящем)"
    r"|если вы (?:не являетесь|получили (?:это|данное|настоящее)).{0,80}"
    r"|подумайте об? (?:окружающей|экологии)|прежде чем (?:рас)?печатать|берегите (?:природу|лес)"
    r"|virus-?free\b|(?:scanned|checked|protected) by .{0,40}(?:anti-?virus|avast|avg|kaspersky|eset|drweb|clamav|"
    r"mailscanner|"
    r"barracuda|mimecast|symantec|norton)|(?:avast|avg|eset|drweb|dr\.web|kaspersky|касперск\w+)\b.{0,60}(?:вирус|"
    r"virus|"
    r"провер|check|scan|www)|(?:без вирусов|вирусов нет|проверено (?:на вирусы|антивирус)|отсутствуют вирусы|"
    r"вирусы не обнаружены|no virus(?:es)? found|virenfrei|garanti sans virus|libre de virus)"
    r"|(?:diese e-?mail|dieses? (?:nachricht|schreiben)|der inhalt dieser e-?mail).{0,80}(?:vertraulich|bestimmt|"
    r"virenfrei)"
    r"|ce (?:message|courriel).{0,60}confidentiel|este (?:mensaje|correo).{0,60}confidencial"
    r"|(?:questa|la presente) e-?mail.{0,60}riservat",
    re.IGNORECASE,
)
