"""What a manager says of a payment in his own words: "оплатить до пятницы, канцелярия", "please pay by Friday".

Only what can be read in one way is his word. What is only probable becomes a suggestion that he must confirm; what he
touched without saying it clearly ("аванс 50 %", "после 5-го") is named, so that his files do not fill it in silently.
And words that put the payment off, or ask whether to pay, keep it a draft.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from values.dates import format_date, parse_date
from values.flaw import Flaw
from values.spoken_days import SpokenDay, spoken_day, spoken_days
from workflow.contrary import REFERENCE
from workflow.core.as_before import LAST
from workflow.core.card import examine
from workflow.core.model import Field
from workflow.intake import wordings as w
from workflow.intake.amounts import SENTENCE_END, said_amounts
from workflow.intake.companies import said_companies
from workflow.intake.own_words import OwnWords, own_words
from workflow.intake.subjects import Header, header_subject, text_subject

SAID = "typed"
BARE = 12
"""A text so short may be nothing but a day."""
SOON = 31
"""A day further off, beside a thing that has a term itself (a lease, a licence), may be the end of that term."""


@dataclass(frozen=True, slots=True)
class Prose:
    """The reading of one text. `unclear` are fields he spoke of in a way that only he can explain; `keeps` says why the
    payment must wait for his word, by the key of the sentence, with what was read."""

    typed: Mapping[str, str] = field(default_factory=dict)
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suggested: Mapping[str, Field] = field(default_factory=dict)
    unclear: frozenset[str] = frozenset()
    keeps: tuple[str, str] | None = None
    mentioned: tuple[str, ...] = ()
    """The parts of the subject."""
    like: str = ""
    """The earlier request that it is said to be like; `LAST` for the last one."""
    why: tuple[str, ...] = ()

    def only(self, names: Collection[str]) -> Prose:
        """As far as it is about these fields, and whether it must wait."""
        return replace(
            self, typed={name: text for name, text in self.typed.items() if name in names}, mentioned=(),
            rivals={name: texts for name, texts in self.rivals.items() if name in names},
            suggested={name: value for name, value in self.suggested.items() if name in names}, like="",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listener:
    """What must be known to understand somebody's words: the day he wrote them, the language dates are shown in, the
    names people are called by, what the paying company itself is called, his own name, and the company's INN."""

    today: date
    language: str = "ru"
    names: Collection[str] = ()
    company: str = ""
    writer: str = ""
    company_inn: str = ""


@dataclass(slots=True)
class _Reading:
    """What has been found so far."""

    typed: dict[str, str] = field(default_factory=dict)
    rivals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    suggested: dict[str, Field] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    why: list[str] = field(default_factory=list)

    def knows(self, name: str) -> bool:
        return name in self.typed or name in self.rivals or name in self.suggested or name in self.unclear

    def take(self, name: str, texts: Sequence[str], read: str) -> None:
        """One text is his word; several different ones are asked about."""
        different = tuple(dict.fromkeys(texts))
        self.typed[name] = different[0]
        if len(different) > 1:
            self.rivals[name] = different
        self.why.append(f"{name}: {' / '.join(different)} (“{read}”)")

    def suggest(self, name: str, value: str, read: str) -> None:
        self.suggested[name] = Field(value, SAID)
        self.why.append(f"{name}: perhaps {value} (“{read}”), to be confirmed")


def read_prose(text: str, subject: str, forwarded: bool, listener: Listener) -> Prose:
    """Read what was written in front of (or without) a form, and the letter's subject line. The subject line of a
    forwarded letter is somebody else's: it is only suggested."""
    own = own_words(text, listener.names, listener.writer)
    header = header_subject(subject)
    reading = _Reading()
    _listen(own, reading, listener)
    if header.text and not header.forwarded and not forwarded:
        _listen(own_words(header.text, listener.names), reading, listener)
    mentioned = _subject(own, header, forwarded or header.forwarded, reading, listener)
    like = _like(own)
    if like:
        reading.why.append(f"it is to be like {'the last one' if like == LAST else like}")
    return Prose(
        reading.typed, reading.rivals, reading.suggested, frozenset(reading.unclear), _keeps(own), mentioned, like,
        tuple(reading.why),
    )  # fmt: skip


def _like(own: OwnWords) -> str:
    """"As last time", or the number of the request that this one repeats."""
    said = w.AS_BEFORE.search(own.folded)
    if said is None:
        return ""
    named = REFERENCE.search(own.text)
    return named[1].upper() if named else LAST


def _listen(own: OwnWords, reading: _Reading, listener: Listener) -> None:
    """The day, the amount and the contractor, each where it was not found before."""
    if not reading.knows("pay_by"):
        _pay_by(own, reading, listener)
    if not reading.knows("amount"):
        _amount(own, reading)
    if not reading.knows("contractor"):
        _contractor(own, reading, listener)
    if not reading.knows("purpose") and (said := w.PURPOSE.search(own.text)):
        reading.take("purpose", (said[1].strip(),), said[0])
    if not reading.knows("invoice") and own.invoice:
        reading.take("invoice", (own.invoice,), own.invoice)


# --- the day ----------------------------------------------------------------------------------------------------------


def _pay_by(own: OwnWords, reading: _Reading, listener: Listener) -> None:
    sure: list[tuple[str, str]] = []
    perhaps: list[tuple[str, str]] = []
    found = spoken_days(own.masked, listener.today)
    if not found and len(own.text.strip()) <= BARE:
        bare = spoken_day(f"до {own.text.strip()}", listener.today)  # "27-го", in answer to a question
        if isinstance(bare, date):
            reading.take("pay_by", (format_date(bare, listener.language),), own.text.strip())
            return
    ends = [said for said in found if w.DAYS_END.search(own.folded[said.start : said.end])]
    for said in found if len(ends) == len(found) else [said for said in found if said not in ends]:
        verdict = _is_pay_by(said, own, listener.today)
        read = own.text[said.start : said.end].strip()
        if verdict == "no":
            continue
        if verdict == "after":
            reading.unclear.add("pay_by")
        elif isinstance(said.day, Flaw):
            sure += [(text, read) for text in readings(said.day, read, listener.language)]
        elif verdict == "perhaps" or not said.sure:
            perhaps.append((said.day.isoformat(), read))
        else:
            sure.append((format_date(said.day, listener.language), read))
    if sure and "pay_by" not in reading.unclear:
        reading.take("pay_by", [text for text, _ in sure], " / ".join(read for _, read in sure))
    elif len({day for day, _ in perhaps}) == 1 and "pay_by" not in reading.unclear:
        reading.suggest("pay_by", *perhaps[0])
    elif sure or perhaps:
        reading.unclear.add("pay_by")


def proposals(prose: Prose, today: date) -> dict[str, Field]:
    """What was said, as checked values that wait to be confirmed."""
    said = {name: text for name, text in prose.typed.items() if name in ("amount", "currency", "contractor", "pay_by")}
    seen = examine(said, {name: texts for name, texts in prose.rivals.items() if name in said}, (), today)
    names = said.keys() | ({"currency"} if "amount" in said else set())
    return {**{name: Field(seen.fields[name].value, SAID) for name in names if name in seen.fields}, **prose.suggested}


def readings(day: Flaw, read: str, language: str) -> list[str]:
    """Both days that a word may mean; of a date in figures what was written, which says enough."""
    if day.reason not in ("date_which_week", "date_which_month"):
        return [read]
    return [format_date(date.fromisoformat(one), language) for one in day.hint.split(" / ")]


def without_sentences(
    typed: Mapping[str, str], weak: Sequence[tuple[str, str, str]], prose: Prose, listener: Listener
) -> dict[str, str]:  # fmt: skip
    """Filled lines without those that were rather sentences: what the sentence says counts, else its first part."""
    kept = dict(typed)
    for name, value, _ in weak:
        if kept.get(name) != value:
            continue
        if name in prose.typed or name in prose.suggested or name in prose.unclear:
            del kept[name]
        elif "date" in name or name == "pay_by":
            first = value.partition(",")[0]
            if isinstance(parse_date(first, listener.today), Flaw):
                del kept[name]
            else:
                kept[name] = first
    return kept


def resolved(typed: Mapping[str, str], rivals: Mapping[str, tuple[str, ...]], listener: Listener) -> tuple[
    dict[str, str], dict[str, tuple[str, ...]]
]:  # fmt: skip
    """A filled form whose last day is said in words ("до пятницы") with the date that they mean."""
    said = typed.get("pay_by", "")
    day: date | Flaw | None = None
    if said and "pay_by" not in rivals:
        day = (
            spoken_day(said, listener.today) or spoken_day(f"до {said}", listener.today)
            or _day_in(said, listener.today)
        )  # fmt: skip
    if day is None or not isinstance(parse_date(said, listener.today), Flaw):
        return dict(typed), dict(rivals)
    found = [format_date(day, listener.language)] if isinstance(day, date) else readings(day, said, listener.language)
    more = {"pay_by": tuple(found)} if len(found) > 1 else {}
    return {**typed, "pay_by": found[0]}, {**rivals, **more}


def other_day(text: str, typed: str, listener: Listener) -> dict[str, tuple[str, ...]]:
    """The day of a filled line beside another one by which the writer says he wants it paid."""
    filled = parse_date(typed, listener.today)
    for sentence in SENTENCE_END.split(text) if not isinstance(filled, Flaw) else ():
        own, reading = own_words(sentence, listener.names, listener.writer), _Reading()
        if not w.SAYS_PAY.search(own.folded):
            continue
        _pay_by(own, reading, listener)
        said = reading.typed.get("pay_by", "")
        other = parse_date(said, listener.today)
        if "pay_by" not in reading.rivals and not isinstance(other, Flaw) and other != filled:
            return {"pay_by": (typed, said)}
    return {}


def _day_in(text: str, today: date) -> date | None:
    """The one day in a line that says something beside it ("27.11.2026 (пятница), иначе отключат")."""
    found = [said for said in spoken_days(text, today) if said.lead != "of"]
    if not found or any(said.lead == "after" or not said.sure for said in found):
        return None
    left = text
    for said in reversed(found):
        left = f"{left[: said.start]} {left[said.end :]}"
    days = {said.day for said in found if isinstance(said.day, date)}
    plain = not re.search(r"\d", left) and not w.DAY_DEPENDS.search(left.lower().replace("ё", "е"))
    return days.pop() if plain and len(days) == 1 and all(isinstance(said.day, date) for said in found) else None


def _is_pay_by(said: SpokenDay, own: OwnWords, today: date) -> str:
    """Is it the day to pay by: "yes", "no", "perhaps"; "after" for a day before which nobody may pay."""
    before, whole = own.clause_before(said.start), own.clause(said.start)
    pays = bool(w.SAYS_PAY.search(whole))
    if said.lead == "of":
        return "no"
    behind = own.folded[said.end : said.end + 40]
    if w.COUNTED_FROM.match(behind) or w.RANGE.match(behind):
        return "after"
    if said.lead == "after":
        return "after" if pays or not whole.replace("\x00", "").strip(" ,.") else "no"
    if w.OTHER_DAY.search(w.WHAT_FOR_WORD.sub(" ", whole)) or w.NOT_NOW.search(whole):
        return "no"
    if w.PERSONS.search(whole) and not pays:
        return "no"
    if w.PERHAPS_OTHER_DAY.search(before):
        is_near = not isinstance(said.day, date) or (said.day - today).days <= SOON
        is_plain = said.lead == "by" and pays and is_near and not w.PERIOD.search(before)
        return "yes" if is_plain or (said.lead == "by" and own.follows_pay(said.start)) else "perhaps"
    if said.lead == "by" or w.DEADLINE.search(whole):
        return "yes"
    return "yes" if pays or (not before.strip(" ,.\x00") and not own.clause_after(said.end).strip(" ,.\x00")) else "no"


# --- amount and contractor --------------------------------------------------------------------------------------------


def _amount(own: OwnWords, reading: _Reading) -> None:
    found = said_amounts(own)
    folded = w.VAT_RATE.sub(" ", own.folded)
    shared = w.SHARE.search(folded) and len(found.plain) == 1
    if shared:  # a share beside one sum: of it, or is it the share?
        reading.unclear.add("amount")
    elif found.plain:
        reading.take("amount", found.plain, " / ".join(found.plain))
    elif found.perhaps:
        value, currency, read = found.perhaps
        reading.suggest("amount", value, read)
        if currency:
            reading.suggest("currency", currency, read)
    parted = found.is_unclear or w.PART.search(folded) or w.AMOUNT_IN_WORDS.search(folded)
    if not found.plain and not shared and parted:
        reading.unclear.add("amount")


def _contractor(own: OwnWords, reading: _Reading, listener: Listener) -> None:
    names = said_companies(own.text, listener.company)
    if names.plain:
        reading.take("contractor", (names.plain,), names.plain)
    elif names.perhaps:
        reading.suggest("contractor", names.perhaps, names.perhaps)


def _subject(own: OwnWords, header: Header, forwarded: bool, reading: _Reading, listener: Listener) -> tuple[str, ...]:
    """What is paid for: his words first, else his subject line. The parts it is made of."""
    found = text_subject(own, listener.names, listener.today)
    if found:
        reading.take("subject", (", ".join(found),), ", ".join(found))
        return found
    if not header.text:
        return ()
    of_header = text_subject(own_words(header.text, listener.names), listener.names, listener.today)
    if of_header and forwarded:
        reading.suggest("subject", ", ".join(of_header), header.text)
        return ()
    if of_header:
        reading.take("subject", (", ".join(of_header),), header.text)
    return of_header


# --- whether to pay at all --------------------------------------------------------------------------------------------


def _keeps(own: OwnWords) -> tuple[str, str] | None:
    """Why the payment waits for another word of his."""
    for sentence in re.split(r"(?<=[!?])|[.](?=\s|$)|\n", own.folded):
        for key, pattern in _WAITS:
            if (found := pattern.search(sentence)) and _is_about_this(key, sentence):
                return key, found[0].strip()
        asks = w.ASKS_ABOUT.search(sentence) or w.DOUBTS.search(sentence)
        if sentence.endswith("?") and asks and not w.POLITE.search(sentence):
            return "question", sentence.strip()[:80]
    return None


_WAITS = (
    ("not_now", w.NOT_NOW), ("not_to_pay", w.NOT_TO_PAY), ("paid_already", w.PAID_ALREADY), ("depends", w.DEPENDS),
)  # fmt: skip
SHORT = 6


def _is_about_this(key: str, sentence: str) -> bool:
    """Does the sentence speak of this payment: it names paying or the invoice, or is too short to speak of another?"""
    if key == "paid_already" and w.ANOTHER_ONE.search(sentence):
        return False
    return bool(w.ASKS_ABOUT.search(sentence)) or (key != "depends" and len(sentence.split()) <= SHORT)
