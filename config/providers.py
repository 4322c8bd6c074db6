"""How the large mail providers are reached, by the domain of the address; a guess that `init` offers, never a rule."""

from __future__ import annotations

from dataclasses import dataclass

from config.sections import Security


@dataclass(frozen=True, slots=True)
class Provider:
    """Servers and marks of one provider; `hint` says in two languages what its users must do first."""

    imap_host: str
    imap_port: int
    imap_security: Security
    smtp_host: str
    smtp_port: int
    smtp_security: Security
    authserv_id: tuple[str, ...] = ()
    plus_addressing: bool = True
    hint_en: str = ""
    hint_ru: str = ""


_APP_PASSWORD_EN = "switch IMAP on in the mailbox and make a password for applications; the usual one will not do"
_APP_PASSWORD_RU = "включите IMAP в настройках ящика и создайте пароль для приложений; обычный пароль не подойдет"

GMAIL = Provider(
    "imap.gmail.com", 993, "tls", "smtp.gmail.com", 465, "tls", ("mx.google.com",),
    hint_en="turn on two-step sign-in and make a password for applications; the usual one will not do",
    hint_ru="включите двухэтапный вход и создайте пароль для приложений; обычный пароль не подойдет",
)  # fmt: skip
YANDEX = Provider(
    "imap.yandex.ru", 993, "tls", "smtp.yandex.ru", 465, "tls", ("*.yandex.net",),
    hint_en=_APP_PASSWORD_EN, hint_ru=_APP_PASSWORD_RU,
)  # fmt: skip
MAIL_RU = Provider(
    "imap.mail.ru", 993, "tls", "smtp.mail.ru", 465, "tls", ("mxs.mail.ru",), plus_addressing=False,
    hint_en=_APP_PASSWORD_EN, hint_ru=_APP_PASSWORD_RU,
)  # fmt: skip
MICROSOFT = Provider(
    "outlook.office365.com", 993, "tls", "smtp.office365.com", 587, "starttls", ("#microsoft365",),
    hint_en="passwords are not accepted any more: register an application and fill in [mailbox.oauth]",
    hint_ru="вход по паролю отключен: зарегистрируйте приложение и заполните [mailbox.oauth]",
)  # fmt: skip

_DOMAINS = {
    "gmail.com": GMAIL, "googlemail.com": GMAIL,
    "yandex.ru": YANDEX, "yandex.com": YANDEX, "ya.ru": YANDEX, "yandex.by": YANDEX, "yandex.kz": YANDEX,
    "mail.ru": MAIL_RU, "inbox.ru": MAIL_RU, "list.ru": MAIL_RU, "bk.ru": MAIL_RU, "internet.ru": MAIL_RU,
    "outlook.com": MICROSOFT, "hotmail.com": MICROSOFT, "live.com": MICROSOFT, "office365.com": MICROSOFT,
}  # fmt: skip


def provider_of(address: str) -> Provider:
    """The provider of this address; for an unknown domain the usual names and ports."""
    domain = address.rpartition("@")[2].strip().lower()
    if domain.endswith(".onmicrosoft.com"):
        return MICROSOFT
    usual = Provider(f"imap.{domain}", 993, "tls", f"smtp.{domain}", 465, "tls")
    return _DOMAINS.get(domain, usual)


def is_public(address: str) -> bool:
    """Whether anybody can have an address in this domain."""
    return address.rpartition("@")[2].strip().lower() in _DOMAINS
