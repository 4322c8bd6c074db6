"""Puts the parts together from the settings. Only this package and the command line read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from config.settings import load
from documents.page_image import PageImages, inner_files
from documents.tables import read_sheets
from mailer.account import Account
from mailer.dkim import KeyFinder, vouch
from mailer.inbox import Inbox
from mailer.letter import Letter, read_letter
from mailer.render import Renderer
from mailer.smtp import Outgoing
from mailer.trust import TrustRules
from workflow.core.deeds import Lane
from workflow.core.model import Request, Status
from workflow.intake.carriers import Post
from workflow.intake.invoices import Invoices
from workflow.intake.reader import Lookup, Reader
from workflow.journal.owner import Owner, claim
from workflow.keywords import Words as Keywords
from workflow.legs.ahead import Ahead
from workflow.legs.base import Leg, alarm
from workflow.legs.clock import ClockLeg
from workflow.legs.folder import FolderLeg
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg
from workflow.legs.registry import RegistryLeg
from workflow.letters import LetterStore
from workflow.notices import Notices, Person
from workflow.notices.card import card_page
from workflow.notices.enclosures import SHOWN, no_picture
from workflow.papers import Papers
from workflow.sharing import Sharing
from workflow.wiring.accounts import Accounts, Which
from workflow.wiring.watching import Watching
from workflow.words import check_marks, form_labels, markers, words

BEFORE_FIRST_START = timedelta(days=7)


class Wiring(Watching):
    """Every part of one installation, made when it is first asked for."""

    # --- accounts ----------------------------------------------------------------------------------------------------

    @cached_property
    def account(self) -> Callable[[Which], Account]:
        """The login for "imap" or "smtp"."""
        return Accounts(self.settings.mailbox).login

    # --- letters ------------------------------------------------------------------------------------------------------

    @cached_property
    def trust(self) -> TrustRules:
        mailbox = self.settings.mailbox
        return TrustRules(tuple(mailbox.authserv_id), mailbox.internal_header)

    @cached_property
    def find_key(self) -> KeyFinder:
        return KeyFinder()

    def read(self, raw: bytes, received: datetime) -> Letter:
        return read_letter(
            raw, received=received, trust=self.trust, own_addresses=self.own_addresses, markers=markers()
        )  # fmt: skip

    def vouch(self, letter: Letter, raw: bytes, last_try: bool = True) -> Letter:
        """The letter with what its signature says, where the settings want that checked; may raise NotProvenYet."""
        if not self.settings.mailbox.dkim:
            return letter
        return vouch(letter, raw, self.trust, self.find_key, last_try=last_try)

    @cached_property
    def store(self) -> LetterStore:
        return LetterStore(self.settings.data_dir / "letters", lambda raw: self.read(raw, self.now()))

    @cached_property
    def reader(self) -> Reader:
        mailbox, keywords = self.settings.mailbox, self.settings.keywords
        more = {"approve": keywords.approve, "reject": keywords.reject, "return": keywords.return_}
        return Reader(
            roster=self.roster,
            post=Post(self.own_addresses, self.journal.domain, self.settings.company.reference_prefix),
            labels=form_labels(),
            words=Keywords.built_in().extended(more),
            lookup=Lookup(
                self.journal.token, self.journal.request, self.journal.notice_params, self.journal.recovered_at
            ),
            authenticates=self.trust.configured or mailbox.dkim,
            operators=self.policy.operators,
            confirmers=self.policy.confirmers,
            invoice=self.invoices.read,
            sheets=read_sheets,
            marks=check_marks(),
            zone=self.settings.timezone,
            company=self.settings.company.name,
            company_inn=self.settings.company.inn or "",
        )

    @cached_property
    def papers(self) -> Papers:
        return Papers(self.journal, self.store, self.materials)

    def open_requests_of(self, person: str) -> list[Request]:
        """What waits for this person, or is his own and not ended."""
        open_states = [Status.DRAFT.value, Status.AWAITING.value, Status.RETURNED.value, Status.APPROVED.value]
        return [
            request for request in self.journal.find(statuses=open_states)
            if request.requester == person or any(ask.person == person for ask in request.open_asks())
        ]  # fmt: skip

    def letter_name(self, received: str) -> str:
        """What a stored letter is called in the materials, by when it was received (UTC text)."""
        at = datetime.fromisoformat(received).astimezone(self.settings.timezone)
        return f"{words(self.settings.language).text('letter_file')} {at:%Y-%m-%d %H-%M-%S}.eml"

    @cached_property
    def invoices(self) -> Invoices:
        keep = self.page_images.keep if self.settings.notices.page_image else None
        return Invoices(self.settings.company.inn, lambda: self.policy.today(self.now()), keep)

    @cached_property
    def page_images(self) -> PageImages:
        return PageImages()

    def first_page(self, request: Request) -> bytes | None:
        """A picture of the first page of the request's invoice."""
        for file in request.files:
            content = self.papers.letter_file(file.letter, file.sha256) if file.kind in SHOWN else None
            made = self.page_images.of(file.name, content) if content is not None else None
            if made is not None:
                return made
        return None

    def card(self, request: Request) -> str:
        return card_page(
            request, self.journal.history(request.reference), self.journal.materials(request.reference),
            words(self.settings.language), self.roster.name, self.now(), self.settings.timezone, self.renderer,
            self.first_page(request),
        )  # fmt: skip

    # --- notices ------------------------------------------------------------------------------------------------------

    @cached_property
    def renderer(self) -> Renderer:
        return Renderer(self.settings.templates.path, on_broken=self._template_broken)

    def _template_broken(self, name: str, error: Exception) -> None:
        alarm(
            self.service, self.policy.operators, "template_broken", f"{name}: {error}", once=f"template:{name}:{error}"
        )

    @cached_property
    def notices(self) -> Notices:
        settings = self.settings
        return Notices(
            renderer=self.renderer,
            people={m.email: Person(m.name, m.email, m.language, m.roles, m.aliases) for m in self.roster},
            company=settings.company.name,
            address=settings.mailbox.address,
            plus_addressing=settings.mailbox.plus_addressing,
            domain=self.journal.domain,
            language=settings.language,
            timezone=settings.timezone,
            contractor_language=settings.contractor.language,
            letter_file=self.papers.letter_file,
            order_file=self.papers.order_file,
            letter_message_id=self.papers.message_id,
            materials_url=self.link,
            history=self.journal.history,
            request=self.journal.request,
            requests_of=self.open_requests_of,
            letter_sender=self.papers.sender,
            calendar=self.policy.calendar,
            page_image=self.page_images.of if settings.notices.page_image else no_picture,
        )

    # --- the legs -----------------------------------------------------------------------------------------------------

    def legs(self) -> Sequence[Leg]:
        """All legs, in the order in which `run --once` lets them work."""
        settings, operators = self.settings, self.policy.operators
        mailbox = settings.mailbox
        inbox = InboxLeg(
            Inbox(self.account("imap")), mailbox.folder, f"{mailbox.address}/{mailbox.folder}", self.service,
            self.reader,
            self.store, self.read, self.own_addresses, self.read_from(), mailbox.max_size, operators, self.stopping,
            vouch=self.vouch, open_files=self.invoices.open_ahead, ahead=Ahead(self.threads_ahead),
        )  # fmt: skip
        registries = [
            RegistryLeg(
                book.sync, self.service, self.policy.accountants, operators, book.poll.total_seconds(), book.leg,
                book.title, oddities=book.oddities,
            )
            for book in self.books
        ]  # fmt: skip
        registries[0].beside = self.contractors.work_once
        mail = MailLeg(self.service, self.notices, Outgoing(self.account("smtp")), operators)
        folder = FolderLeg(
            self.service, self.materials, self.store, self.card,
            self.letter_name,
            operators, inner_files,
        )  # fmt: skip
        if self.online is not None:
            folder.filed, folder.beside = self.online.filed, self.online.share
        digests = {person.email: person.digest for person in settings.people if person.digest is not None}
        clock = ClockLeg(
            self.service, self.store, (*(book.name for book in self.books), self.contractors.name), inbox.again,
            settings.notices.morning, digests,
            watch=lambda: self.sharing.leads and self.watch.look(self.now()), probe=self.send_probe,
        )  # fmt: skip
        # a payment order that lies in the folder is found before the contractor is written to
        mail.lease, folder.lease, clock.lease = self.sharing.leases
        legs: tuple[Leg, ...] = (inbox, folder, clock, *registries, mail)
        return tuple(self._alone(leg) for leg in legs)

    # --- beside other daemons ---------------------------------------------------------------------------------------

    @cached_property
    def sharing(self) -> Sharing:
        return Sharing(self.journal, self.settings.daemon.lease)

    def _alone(self, leg: Leg) -> Leg:
        """A mailbox and a registry are held by one daemon at a time."""
        match leg:
            case InboxLeg():
                return self.sharing.held(leg, f"mailbox {leg.mailbox}")
            case RegistryLeg():
                return self.sharing.held(leg, f"registry {leg.sync.name}", Lane.REGISTRY, leg.sync.name)
        return leg

    @contextmanager
    def holding_all(self) -> Iterator[bool]:
        """Whether no daemon holds the mailbox or a registry; while the block lasts none can take them."""
        mailbox = self.settings.mailbox
        names = [f"mailbox {mailbox.address}/{mailbox.folder}"]
        names += [f"registry {section.name}" for section in self.settings.registries]
        with self.sharing.holding(names) as alone:
            yield alone

    def refuse_strange_journal(self, *, adopt: bool = False) -> None:
        """One journal serves one company, which it remembers by its mailbox and prefix."""
        ours = Owner(self.settings.mailbox.address, self.settings.company.reference_prefix)
        claim(self.journal, ours, self.own_addresses, adopt=adopt)

    def read_from(self) -> datetime:
        """Older letters are before our time: as set, else seven days before the first start."""
        settings = self.settings
        if settings.mailbox.read_from is not None:
            return datetime.combine(settings.mailbox.read_from, time(0), settings.timezone).astimezone(UTC)
        first = self.journal.note_once("first_start", self.now().isoformat())
        return datetime.fromisoformat(first) - BEFORE_FIRST_START


def wired(path: Path, env: Mapping[str, str] | None = None) -> Wiring:
    """The parts of the installation that a settings file describes."""
    return Wiring(load(path, env or {}))


