"""Reads what a letter means, changing nothing: the same plan is carried out by the inbox leg and told by `read`.

Order (design, Reading a letter): own or automatic, too big or unreadable, sender, answer to an ask, request, a
contractor's reply, refusal. The first that applies ends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from mailer.letter import Letter
from workflow.core.commands import Comment, Form, NoteAnswer, Open
from workflow.core.deeds import Deed, Lane
from workflow.core.model import Reference, Request
from workflow.intake.amounts import other_amount
from workflow.intake.answer import Answer
from workflow.intake.answers import plan_answer, plan_unreadable_answer
from workflow.intake.carriers import Carried, Post, carried, without_secrets
from workflow.intake.digests import between, several
from workflow.intake.division import Sheet, divided
from workflow.intake.fields import (
    attached_form,
    cautions,
    filled_quotation,
    forwarded_lines,
    loose_lines,
    read_form,
    sentences,
    unlabelled,
    values_of,
)
from workflow.intake.lookalike import looks_like
from workflow.intake.own_words import own_words
from workflow.intake.payer import without_own_inn, without_payer
from workflow.intake.plan import Plan
from workflow.intake.prose import Listener, Prose, other_day, proposals, read_prose, resolved, without_sentences
from workflow.intake.several import NewRequest, NewRequests
from workflow.intake.spread import requisites_in
from workflow.intake.subjects import header_subject
from workflow.intake.together import with_files, with_words
from workflow.journal.shelf import Token
from workflow.keywords import Action, Decision, Words, find_codes, read_decision
from workflow.people import Member, Roster
from workflow.permission import Taken

DAY = timedelta(days=1)
FEW_LINES, MANY_LINES = 3, 6
"""From so many labelled lines on it is a form: its subject line says nothing more; from so many on its text neither."""
OUR_OWN = 10
"""A code among so many lines is not that of a prefilled reply."""
DIGEST = "digest"
FORMS = frozenset({"form", "form_needed"})


@dataclass(frozen=True, slots=True)
class Lookup:
    """What reading may look up in the journal."""

    token: Callable[[str], Token | None]
    request: Callable[[Reference], Request | None]
    notice: Callable[[str], Mapping[str, Any]] = lambda _token: {}
    recovered_at: Callable[[], datetime | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Reader:
    """All that is needed to understand a letter. `authenticates`: sender checks are configured."""

    roster: Roster
    post: Post
    labels: Mapping[str, str]
    words: Words
    lookup: Lookup
    authenticates: bool
    operators: tuple[str, ...]
    confirmers: tuple[str, ...] = ()
    invoice: Callable[[Letter, Form], Form] = lambda _letter, form: form
    """The form with what its files say."""
    sheets: Callable[[bytes], Sequence[Sheet]] = lambda _content: ()
    """The rows of a workbook, as texts."""
    marks: tuple[str, ...] = ()
    zone: tzinfo = UTC
    company: str = ""
    company_inn: str = ""

    def with_invoice(self, letter: Letter, form: Form, prose: Prose | None = None) -> Form:
        """The form with what its files say: what nobody typed is filled, the rest compared."""
        read = self.invoice(letter, form) if form.files else replace(form, suggested={})
        return with_files(replace(read, suggested=form.suggested), prose or Prose(), read.found, read.suggested)

    def _with_papers(self, letter: Letter, form: Form, prose: Prose, form_file: str) -> Form:
        """The form with what its files say, but for the one that is the form itself."""
        papers = tuple(file for file in form.files if file.sha256 != form_file)
        return replace(self.with_invoice(letter, replace(form, files=papers), prose), files=form.files)

    def may_ask(self, letter: Letter) -> bool:
        """Whether it looks like a new request of somebody on the roster: the files of no other letter are opened
        before it is clear what the letter means."""
        vouched = letter.verdict.result == "pass" or not self.authenticates
        answers = bool(letter.in_reply_to or letter.references)
        return vouched and not answers and self.roster.find(letter.sender) is not None

    def listener(self, letter: Letter, member: Member) -> Listener:
        """For whom and on which day his words were written."""
        names = {name for known in self.roster for name in known.name.split()}
        day = written_on(letter, self.zone)
        return Listener(day, member.language, names, self.company, member.name, self.company_inn)

    def hear(self, letter: Letter, member: Member, form: Form) -> tuple[Form, Prose]:
        """The form with what he says in running text; of a long form only what keeps it from being paid."""
        listener, filled = self.listener(letter, member), len(form.typed)
        taken = loose_lines(letter, self.labels) if filled >= FEW_LINES else frozenset()
        lines = [line for line in unlabelled(letter, self.labels).split("\n") if line not in taken]
        if find_codes(letter.new_text) and len(lines) > OUR_OWN:  # our mail came back without marks of a quotation
            return form, Prose()
        text = "\n".join(line for line in lines if not find_codes(line))
        subject = self._own_subject(letter) if filled < FEW_LINES else ""
        weak = sentences(letter, self.labels) if filled < MANY_LINES else ()
        prose = read_prose("\n".join([*(line for _, _, line in weak), text]), subject, letter.forwarded, listener)
        typed, rivals = resolved(without_sentences(form.typed, weak, prose, listener), form.rivals, listener)
        rivals |= other_amount(text, typed.get("amount", ""), listener.names)
        rivals |= other_day(text, typed.get("pay_by", ""), listener)
        form = replace(form, typed=typed, rivals=rivals)
        if filled >= MANY_LINES:  # beside a long form words are only proposed, for lines it leaves empty
            prose = Prose(keeps=prose.keeps, suggested=proposals(prose, listener.today))
        return with_words(form, prose), prose

    def _own_subject(self, letter: Letter) -> str:
        """The subject line, unless he only answered under one of somebody else's or ours."""
        answers = bool(letter.in_reply_to or letter.references) and not header_subject(letter.subject).forwarded
        return "" if answers or self.post.tags_in(letter.subject) else letter.subject

    def plan(self, letter: Letter) -> Plan:
        """What this letter means. It is neither our own nor automatic (see `automatic_plan`)."""
        member = self.roster.find(letter.sender)
        found = carried(letter, self.post, self.lookup.token)
        if letter.sender is None:
            return Plan("refused", "stranger", "not_one_author", why=("From does not hold exactly one address",))
        if self.authenticates and letter.verdict.result != "pass":
            return self._sender_failed(letter, member, found)
        if found.is_answer:
            return self._answer(letter, member, found)
        if member is not None:
            return self._request(letter, member)
        return self._stranger(letter, ())

    def judge(
        self, letter: Letter, allowed: frozenset[Action] | None, taken: Taken = Taken.KEYWORDS
    ) -> Decision:  # fmt: skip
        """The decision in what was written; people may be addressed by name before it."""
        names = {name for member in self.roster for name in member.name.split()}
        return read_decision(
            letter.new_text, allowed=allowed, words=self.words, names=names, signature=letter.signature,
            inserted=letter.inserted, writer=self.roster.name(letter.sender or ""), taken=taken,
        )  # fmt: skip

    # --- answers ------------------------------------------------------------------------------------------------

    def _answer(self, letter: Letter, member: Member | None, found: Carried) -> Plan:
        is_digest = found.token is not None and found.token.ask == DIGEST
        if len(found.references) > 1 or (is_digest and found.references):
            return self._two_requests(letter, member, found)
        if found.token is not None and is_digest:
            return self._digest(letter, member, found.token)
        reference = found.token.reference if found.token else None
        if reference is None and found.token is None and found.tag is not None:
            reference = found.tag.reference
        request = self.lookup.request(reference) if reference else None
        if request is None:
            return self._without_request(letter, member, found)
        if member is None:
            return self._outsider(letter, request, found)
        proven = letter.verdict.result == "pass" and letter.verdict.by == "dmarc"
        if member.email == request.requester:
            letter = self._without_payer(letter)
        return plan_answer(Answer(
            letter, member, request, found, proven, self.labels, self.judge, self.authenticates, self.with_invoice,
            member.email in self.confirmers, self.marks, self.hear, self.listener(letter, member),
            self._asked_whether(found.token), found.token is None and self._was_lost(request),
        ))  # fmt: skip

    def _was_lost(self, request: Request) -> bool:
        """Is it older than a recovery? Mails of the lost journal may name its number and versions too."""
        recovered = self.lookup.recovered_at()
        return recovered is not None and request.created_at <= recovered

    def _asked_whether(self, token: Token | None) -> bool:
        """Was this our question whether his nod was a yes?"""
        asked = token is not None and token.kind == "answer_refused"
        return bool(asked and token and self.lookup.notice(token.token).get("reason") == "unclear_nod")

    def _digest(self, letter: Letter, member: Member | None, token: Token) -> Plan:
        """An answer to a daily list: each line is an order of its own."""
        if member is None or member.email != token.person:
            return self._stranger(letter, ("it answers a list that was sent to somebody else",))
        lines = self.lookup.notice(token.token).get("lines", [])
        allowed = frozenset({Action.APPROVE, Action.REJECT, Action.RETURN})

        def judge(text: str) -> Decision:
            return self.judge(replace(letter, new_text=text, inserted=between(letter)), allowed)

        orders = several(letter, member, lines, judge, token.at)
        if letter.blocked:
            orders = replace(orders, orders=(), unclear=((_snippet(letter), letter.blocked[0]),))
        why = tuple(f"line {o.line}: {o.action} {o.reference}/{o.version}" for o in orders.orders)
        unclear = tuple(f"not understood: {read} ({doubt})" for read, doubt in orders.unclear)
        return Plan(
            "answers", "answer", "digest", comment=letter.new_text.strip(), why=(*why, *unclear), several=orders
        )

    def _without_request(self, letter: Letter, member: Member | None, found: Carried) -> Plan:
        """A token of a form or a refusal (no request), or one that we do not know."""
        if member is None:
            return self._stranger(letter, ("the answer carries nothing of ours that is known",))
        plain_notice = found.token is not None
        plan = self._request(letter, member, self._filled_form(letter, member, found.token))
        if plain_notice or isinstance(plan.command, Open):
            return plan
        return plan_unreadable_answer(letter, member, self.judge(letter, None), found)

    def _filled_form(self, letter: Letter, member: Member, token: Token | None) -> str:
        """Our blank form that he filled in where it stood, in the quoted mail; as it was sent it says nothing."""
        if token is None or token.person != member.email or token.kind not in FORMS:
            return ""
        sent = self.lookup.notice(token.token).get("typed", {})
        quoted = filled_quotation(letter)
        typed, _ = values_of(quoted, self.labels)
        return quoted if any(sent.get(name) != text for name, text in typed.items()) else ""

    def _two_requests(self, letter: Letter, member: Member | None, found: Carried) -> Plan:
        """Two carriers that name different requests decide nothing and alarm the operator."""
        names = " / ".join(sorted(found.references))
        alarms = tuple(
            Deed(Lane.MAIL, "alarm", person, {"key": "two_carriers", "details": names, "sender": letter.sender or ""},
                 once=f"two:{letter.key}:{person}")
            for person in self.operators
        )  # fmt: skip
        why = (f"its carriers name different requests: {names}",)
        first = found.token.reference if found.token else None
        if member is None or first is None or self.lookup.request(first) is None:
            return Plan("refused", "answer", "two_carriers", deeds=alarms, why=why)
        note = NoteAnswer(member.email, "two_carriers", names)
        return Plan("answers", "answer", "two_carriers", first, note, alarms, why=why)

    def _outsider(self, letter: Letter, request: Request, found: Carried) -> Plan:
        """Somebody who is not on the roster: the contractor, or a hand into which an ask was forwarded."""
        sender = letter.sender or ""
        if sender == request.value("contractor_email") or (found.token and found.token.person == sender):
            words = letter.new_text.strip()
            command = Comment(sender, words, "contractor")
            return Plan("answers", "answer", "contractor", request.reference, command, comment=words,
                        why=("the contractor's reply goes to the requester",))  # fmt: skip
        warn = found.token.person if found.token and found.token.ask == "approve" else ""
        note = NoteAnswer(sender, "not_yours", _snippet(letter), warn=warn, quiet=True)
        plan = self._stranger(letter, ("it answers an ask that was put to somebody else",))
        return replace(plan, command=note, reference=request.reference)

    # --- new requests ---------------------------------------------------------------------------------------------

    def _request(self, letter: Letter, member: Member, inline: str = "") -> Plan:
        """A form label or an accepted file makes a request; the word FORM or neither gets the form. `inline` is our
        form, filled in where it was quoted."""
        letter = self._without_payer(letter)
        first = self.judge(letter, frozenset({Action.DRAFT, Action.FORM, Action.STATUS}))
        passed_on, proposed = (inline, {}) if inline else forwarded_lines(letter, self.labels)
        form = replace(read_form(letter, self.labels, quoted=passed_on), suggested=proposed)
        if first.action is Action.FORM and not form.typed:
            return _send_form(letter, member, "form", "answers")
        if first.action is Action.STATUS and not form.typed and not form.files:
            deed = Deed(Lane.MAIL, "status_list", member.email, answer=True)
            return Plan("answers", "answer", "status", deeds=(deed,), why=("the word STATUS stands first",))
        if not form.typed and not form.files and not proposed:
            return self._nothing_to_read(letter, member, form.refused_files)
        why = [f"{len(form.typed)} labelled lines", f"{len(form.files)} files"]
        together = self._several(letter, member, form, f"{letter.new_text}\n{passed_on}", first)
        if together is not None:
            return together
        filled = attached_form(letter, form, self.labels, self.sheets) if form.files else None
        if filled is not None:
            form = replace(form, typed={**filled.typed, **form.typed}, rivals={
                **{name: texts for name, texts in filled.rivals.items() if name not in form.typed}, **form.rivals
            })  # fmt: skip
            why.append("a file holds the filled form")
        form, prose = self.hear(letter, member, form)
        form = self._with_papers(letter, form, prose, filled.sha256 if filled else "")
        form = replace(form, cautions=(*form.cautions, *cautions(letter, checks_senders=self.authenticates)))
        keep = first.action is Action.DRAFT or prose.keeps is not None
        why += prose.why
        if first.action is Action.DRAFT:
            why.append("the word DRAFT stands first")
        if prose.keeps:
            why.append(f"it is kept as a draft: “{prose.keeps[1]}”")
        return Plan(
            "requests", "request", "", command=Open(member.email, form, keep), fields=dict(form.typed), why=tuple(why)
        )

    def _without_payer(self, letter: Letter) -> Letter:
        """Our own details in his signature are not those of whom he wants paid."""
        texts = [
            without_payer(text, self.labels, self.company, self.company_inn)
            for text in (letter.new_text, letter.quoted, letter.filled)
        ]
        whole = "\n".join(texts)
        new, quoted, filled = (without_own_inn(text, whole, self.labels, self.company_inn) for text in texts)
        return replace(letter, new_text=new, quoted=quoted, filled=filled)

    def _several(self, letter: Letter, member: Member, form: Form, text: str, first: Decision) -> Plan | None:
        """A letter that holds several requests: all of them, each read on its own."""
        listener = self.listener(letter, member)
        prose = read_prose(unlabelled(letter, self.labels), "", letter.forwarded, listener)
        found = divided(
            letter, self.labels, form, prose, text=text, sheets_of=self.sheets,
            reading=lambda file: self.invoice(letter, Form(files=(file,))).invoice,
        )  # fmt: skip
        if found is None:
            return None
        if not found.parts:
            lists = tuple((file.name, "empty_list") for file in form.files if file.kind in ("xlsx", "xls", "ods"))
            return self._nothing_to_read(letter, member, (*form.refused_files, *lists))
        shared = prose if found.rule == "files" else prose.only({"pay_by"})
        keep = first.action is Action.DRAFT or prose.keeps is not None
        orders = []
        for number, part in enumerate(found.parts, 1):
            typed, rivals = resolved(part.form.typed, part.form.rivals, listener)
            own = with_words(replace(part.form, typed=typed, rivals=rivals, suggested={}), shared)
            own = self.with_invoice(letter, own, shared)
            told = (*own.cautions, *cautions(letter, checks_senders=self.authenticates))
            orders.append(NewRequest(number, part.label, replace(own, cautions=told), keep))
        why = (f"{len(orders)} requests in one letter, by its {found.rule}", *prose.why)
        several_ = NewRequests(member.email, found.rule, tuple(orders), found.left_out)
        return Plan("requests", "request", "several", several=several_, why=why)

    def _nothing_to_read(self, letter: Letter, member: Member, refused: tuple[tuple[str, str], ...]) -> Plan:
        said = self.judge(letter, None)
        if said.action is not None and not refused:
            return plan_unreadable_answer(letter, member, said, None)
        prose = read_prose(unlabelled(letter, self.labels), "", letter.forwarded, self.listener(letter, member))
        typed = {name: text for name, text in prose.typed.items() if name not in prose.rivals}
        if len(typed) > 1:
            listener = self.listener(letter, member)
            words = own_words(unlabelled(letter, self.labels), listener.names, listener.writer)
            typed |= requisites_in(words.text)
        return _send_form(letter, member, "form_needed", "refused", refused, typed if len(typed) > 1 else {})

    # --- refusals ---------------------------------------------------------------------------------------------------

    def _stranger(self, letter: Letter, why: tuple[str, ...]) -> Plan:
        """One polite refusal a day."""
        sender = letter.sender or ""
        deed = Deed(Lane.MAIL, "refusal", sender, {"subject": _harmless(letter.subject)}, answer=True,
                    once=f"refusal:{sender}", once_for=DAY)  # fmt: skip
        why = (*why, f"{sender} is not on the roster")
        alike = looks_like(sender, letter.sender_name, self.roster)
        alarms = self._alarms("look_alike", f"{letter.sender_name} <{sender}> / {alike}", sender) if alike else ()
        if alike:
            why = (*why, f"it looks like {alike}")
        return Plan("refused", "stranger", "unknown_sender", deeds=(deed, *alarms), why=why)

    def _alarms(self, key: str, details: str, sender: str) -> tuple[Deed, ...]:
        """A word to every operator, once a day for one sender."""
        return tuple(
            Deed(Lane.MAIL, "alarm", person, {"key": key, "details": details, "sender": sender},
                 once=f"{key}:{sender}:{person}", once_for=DAY)
            for person in self.operators
        )  # fmt: skip

    def _sender_failed(self, letter: Letter, member: Member | None, found: Carried) -> Plan:
        """Authentication is configured and fails: no request, no decision; the operator is told."""
        sender = letter.sender or ""
        why = letter.verdict.why or letter.verdict.result
        deeds = [*self._alarms("sender_failed", why, sender)]
        deeds.append(Deed(Lane.MAIL, "sender_failed", sender, {"subject": _harmless(letter.subject)}, answer=True,
                          once=f"failed:{sender}", once_for=DAY))  # fmt: skip
        kind = "answer" if found.is_answer else "request" if member else "stranger"
        reference = found.token.reference if found.token else found.tag.reference if found.tag else None
        plan = Plan(
            "refused", kind, "sender_failed", deeds=tuple(deeds), why=(f"the sender could not be verified: {why}",)
        )
        if reference is None or self.lookup.request(reference) is None:
            return plan
        return replace(
            plan, command=NoteAnswer(sender, "sender_failed", _snippet(letter), quiet=True), reference=reference
        )


def written_on(letter: Letter, zone: tzinfo) -> date:
    """The writer's day; a clock of his that is far off does not count."""
    late = letter.received - letter.date if letter.date else None
    at = letter.date if letter.date and late is not None and -DAY <= late <= 7 * DAY else letter.received
    return at.astimezone(zone).date()


def _send_form(
    letter: Letter, member: Member, kind: str, verdict: str, refused: tuple[tuple[str, str], ...] = (),
    typed: Mapping[str, str] | None = None,
) -> Plan:  # fmt: skip
    params = {"refused_files": [list(pair) for pair in refused], "typed": dict(typed or {})}
    deed = Deed(Lane.MAIL, kind, member.email, params, answer=True)
    why = "the word FORM stands first" if kind == "form" else "neither a labelled line nor an accepted file"
    return Plan(verdict, "request", kind, deeds=(deed,), why=(why,))


def _harmless(subject: str) -> str:
    """A subject that may be told to an address that anybody could have named: never a link or an address."""
    return "" if re.search(r"://|www\.|@|\w\.\w{2,}/", subject, re.IGNORECASE) else subject[:120]


def _snippet(letter: Letter) -> str:
    return " ".join(without_secrets(letter.new_text).split())[:200]
