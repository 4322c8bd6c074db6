"""Puts the parts together from the settings. Only this module and the command line read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from config.settings import Condition, RegistrySettings, SecretError, Settings, load
from config.settings import Step as StepSettings
from documents.links import link_to
from documents.materials import Materials
from documents.page_image import PageImages, inner_files
from documents.place import Place
from documents.tables import read_sheets
from mailer.account import Account
from mailer.dkim import KeyFinder, vouch
from mailer.domain import ascii_address
from mailer.errors import DeliveryError, InboxError
from mailer.inbox import Inbox
from mailer.letter import Letter, read_letter
from mailer.render import Renderer
from mailer.smtp import Outgoing
from mailer.trust import TrustRules
from sheets.beside import ExcelBeside
from sheets.excel import ExcelRegistry
from sheets.model import Layout
from values.workdays import WorkCalendar
from workflow.books import Book
from workflow.core.deeds import Deed, Lane, addressed
from workflow.core.model import Request, Status, Step
from workflow.core.policy import Policy, Rule, When
from workflow.health import Checkup, Limits, probe_due
from workflow.health.routes import OtherMail, Webhook
from workflow.health.watch import Route, Watch
from workflow.intake.carriers import Post
from workflow.intake.invoices import Invoices
from workflow.intake.reader import Lookup, Reader
from workflow.journal import Journal
from workflow.journal.engine import open_engine
from workflow.journal.owner import Owner, claim
from workflow.journal.queue import Caps
from workflow.keywords import Words as Keywords
from workflow.legs.base import Leg, alarm
from workflow.legs.clock import ClockLeg
from workflow.legs.folder import FolderLeg, folder_of
from workflow.legs.inbox import InboxLeg
from workflow.legs.mail import MailLeg
from workflow.legs.online import Online, link_note
from workflow.legs.registry import RegistryLeg
from workflow.letters import LetterStore
from workflow.notices import Notices, Person
from workflow.notices.card import card_page
from workflow.notices.enclosures import SHOWN, no_picture
from workflow.papers import Papers
from workflow.people import Member, Roster
from workflow.registry_sync.archive import Archiver
from workflow.registry_sync.columns import archive_layout, layout
from workflow.registry_sync.contractor_rows import CardWriter, contractor_layout
from workflow.registry_sync.contractors import CardTable, ContractorSync
from workflow.registry_sync.rows import RowWriter
from workflow.registry_sync.sync import RegistrySync
from workflow.report import Report
from workflow.service import Service
from workflow.sharing import Sharing
from workflow.statuses import status_of
from workflow.words import check_marks, form_labels, markers, words

if TYPE_CHECKING:
    from documents.drive import DriveMaterials
    from sheets.google import GoogleRegistry

CARDS_POLL = timedelta(minutes=1)  # an online sheet of contractors is looked at less often than the registry
BEFORE_FIRST_START = timedelta(days=7)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Wiring:
    """Every part of one installation, made when it is first asked for."""

    settings: Settings
    now: Callable[[], datetime] = utc_now
    stopping: Callable[[], bool] = lambda: False

    # --- the journal and the door -----------------------------------------------------------------------------------

    @cached_property
    def journal(self) -> Journal:
        url = make_url(self.settings.journal)
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        domain = ascii_address(self.settings.mailbox.address).rpartition("@")[2]
        return Journal(open_engine(self.settings.journal), domain=domain, prefix=self.settings.company.reference_prefix)

    @cached_property
    def roster(self) -> Roster:
        return Roster(
            Member(person.name, person.email, frozenset(person.roles), person.language, person.aliases)
            for person in self.settings.people
        )

    @cached_property
    def policy(self) -> Policy:
        settings = self.settings
        return Policy(
            rules=tuple(
                Rule(_when(rule.when), tuple(_step(step) for step in rule.steps)) for rule in settings.approval
            ),
            approvers=frozenset(self.roster.with_role("approver")),
            accountants=self.roster.with_role("accountant"),
            operators=self.roster.with_role("operator"),
            paid_delay=settings.notices.paid_delay,
            undo_window=settings.decisions.undo_window,
            bank_details=settings.controls.bank_details,
            confirm=tuple(member.email for member in map(self.roster.find, settings.controls.confirm) if member),
            split_period=settings.controls.split_period,
            timezone=settings.timezone.key,
            language=settings.language,
            accounting=settings.notices.accounting,
            digest=frozenset(person.email for person in settings.people if person.digest is not None),
            calendar=WorkCalendar(
                settings.calendar.country, frozenset(settings.calendar.days_off),
                frozenset(settings.calendar.working_days),
            ),
            morning_mail=settings.notices.morning_mail,
            remind_after=settings.notices.remind_after,
            registries=tuple((one.name, _when(one.when)) for one in settings.registries),
        )

    @cached_property
    def service(self) -> Service:
        rate = self.settings.mailbox.answers_per_sender
        return Service(self.journal, self.policy, self.now, Caps(rate.count, rate.per))

    # --- letters ------------------------------------------------------------------------------------------------------

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        mailbox = self.settings.mailbox
        return frozenset((mailbox.address, *mailbox.former_addresses))

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
            lookup=Lookup(self.journal.token, self.journal.request, self.journal.notice_params),
            authenticates=self.trust.configured or mailbox.dkim,
            operators=self.policy.operators,
            confirmers=self.policy.confirmers,
            invoice=Invoices(self.settings.company.inn, lambda: self.policy.today(self.now())).read,
            sheets=read_sheets,
            marks=check_marks(),
            zone=self.settings.timezone,
            company=self.settings.company.name,
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

    # --- accounts -----------------------------------------------------------------------------------------------------

    def account(self, which: str) -> Account:
        """The login for "imap" or "smtp"."""
        mailbox = self.settings.mailbox
        server = mailbox.imap if which == "imap" else mailbox.smtp
        if mailbox.oauth is not None:
            get_token = partial(self._token, which)
            return Account(server.host, server.port, server.security, mailbox.login, get_token=get_token)

        def password() -> str:
            try:
                return mailbox.password()
            except SecretError as error:  # read at each login, so the operator may put it there while we run
                if which == "imap":
                    raise InboxError(str(error), permanent=True) from error
                raise DeliveryError(str(error), permanent=False, unreachable=True) from error

        return Account(server.host, server.port, server.security, mailbox.login, password)

    @cached_property
    def tokens(self) -> Callable[[bool], str]:
        """What opens the mailbox in place of a password."""
        from cloud.mailbox import MICROSOFT, GoogleTokens, MicrosoftTokens  # slow to load, and few need it

        mailbox, oauth = self.settings.mailbox, self.settings.mailbox.oauth
        assert oauth is not None
        if oauth.provider == "google":
            assert oauth.token_file is not None  # the settings ask for it
            return GoogleTokens(oauth.token_file, mailbox.login, oauth.endpoint)
        return MicrosoftTokens(
            oauth.tenant or "", oauth.client_id or "", oauth.client_secret, oauth.endpoint or MICROSOFT
        )  # fmt: skip

    def _token(self, which: str, fresh: bool) -> str:
        from cloud.mailbox import NoToken

        try:
            return self.tokens(fresh)
        except (NoToken, SecretError) as error:
            if which == "imap":
                raise InboxError(str(error), permanent=getattr(error, "permanent", True)) from error
            raise DeliveryError(str(error), permanent=False, unreachable=True) from error

    # --- the sheet and the folder -----------------------------------------------------------------------------------

    @cached_property
    def materials(self) -> Place:
        return self.drive or Materials(self.settings.materials.path)

    @cached_property
    def drive(self) -> DriveMaterials | None:
        """The materials on Google Drive, where the settings put them there."""
        settings = self.settings.materials
        if settings.kind != "drive":
            return None
        from documents.drive import connected  # loads Google's libraries

        book = next((one for one in self.settings.registries if one.kind == "google"), None)
        key_file = settings.credentials_file or (book.credentials_file if book else None)
        return connected(
            settings.drive_folder or "", key_file, settings.endpoint or (book.endpoint if book else "")
        )

    @cached_property
    def online(self) -> Online | None:
        """What comes with materials on Drive: links and permissions."""
        if self.drive is None:
            return None
        people = self._drive_roles if self.settings.materials.drive_share else None
        return Online(self.drive, self.service, people, self.policy.operators)

    def _drive_roles(self) -> dict[str, str]:
        """Accounting puts payment orders there, the operator mends; everybody else reads."""
        write = {*self.policy.accountants, *self.policy.operators}
        return {member.email: "writer" if member.email in write else "reader" for member in self.roster}

    @cached_property
    def books(self) -> tuple[Book, ...]:
        """Every registry, in the order of the settings."""
        return tuple(self._book(section) for section in self.settings.registries)

    def _book(self, section: RegistrySettings) -> Book:
        plan, registries = self._layout(section), self.settings.registries
        registry, link = self._registry(section, plan), partial(self._link, section)
        writer = RowWriter(
            words(self.settings.language), self.roster.name, self.settings.timezone, link, self.journal.history
        )
        sync = RegistrySync(
            section.name, registry, plan, writer, self.service, status_of,
            self.policy.operators or self.policy.accountants, tuple(other.name for other in registries),
            Archiver(
                section.name, self.service, partial(self._archive, section, plan), section.archive_after,
                self.policy.operators,
            ),
        )  # fmt: skip
        where = str(section.path) if section.kind == "excel" else f"Google spreadsheet {section.spreadsheet}"
        return Book(
            section.name, section.kind, where, section.path, section.worksheet, section.poll, registry, sync, link,
            alone=len(registries) == 1,
        )  # fmt: skip

    def _registry(self, section: RegistrySettings, plan: Layout) -> ExcelRegistry | GoogleRegistry:
        if section.kind == "excel":
            return ExcelRegistry(section.path, plan, self.now, section.lock_stale_after, self.journal.prove_hold)
        return self._spreadsheet(section, plan, section.poll)

    def _spreadsheet(self, section: RegistrySettings, plan: Layout, poll: timedelta) -> GoogleRegistry:
        from sheets.google import GoogleRegistry, Pace  # takes half a second to load, which a workbook need not pay

        return GoogleRegistry(
            section.spreadsheet or "", plan, section.credentials_file, section.endpoint,
            clock=self.now, pace=Pace.unhurried(poll),
        )  # fmt: skip

    def _archive(self, section: RegistrySettings, plan: Layout, year: str) -> ExcelRegistry | GoogleRegistry:
        """The archive of a year: a workbook beside the registry, or a worksheet of the same spreadsheet."""
        own, path = words(self.settings.language), section.path
        if section.kind == "excel":
            beside = path.with_name(f"{path.stem}-archive-{year}.xlsx")
            return self._registry(
                section.model_copy(update={"path": beside}), archive_layout(plan, own, section.worksheet)
            )
        shared = [one for one in self.settings.registries if one.spreadsheet == section.spreadsheet]
        title = f"{own.text('sheet_archive')} {year}" + (f" ({section.worksheet})" if len(shared) > 1 else "")
        return self._registry(section, archive_layout(plan, own, title))

    @cached_property
    def contractors(self) -> ContractorSync:
        """The worksheet Contractors, in the first registry's book."""
        section, book = self.settings.registries[0], self.books[0]
        plan = contractor_layout(self.settings.language, words)
        table: CardTable
        if isinstance(book.registry, ExcelRegistry):
            table = ExcelBeside(book.registry, plan)
        else:
            table = self._spreadsheet(section, plan, max(section.poll, CARDS_POLL))
        writer = CardWriter(words(self.settings.language), self.roster.name, self.settings.timezone)
        return ContractorSync(f"{section.name}/contractors", table, writer, self.service)

    def _layout(self, section: RegistrySettings) -> Layout:
        aliases: dict[str, Sequence[str]] = {str(key): names for key, names in section.aliases.items()}
        return layout(section.worksheet, self.settings.language, words, aliases)

    def _link(self, section: RegistrySettings, request: Request) -> str:
        if self.drive is not None:
            return self.journal.note(link_note(request.reference)) or ""
        online = section.kind == "google"  # a path beside a workbook leads nowhere from there
        if not request.folder or (online and not self.settings.materials.url):
            return ""
        return link_to(
            folder_of(request), self.settings.materials.url, section.path.parent, self.settings.materials.path
        )

    def link(self, request: Request) -> str:
        """Where the request's materials are, seen from its registry."""
        home = self.policy.registry_of(request)
        return next(book.link(request) for book in self.books if book.name == home)

    def settle_registries(self) -> None:
        """At the start: requests that the settings give to another registry now go there, row by row."""
        names = [book.name for book in self.books]
        self.journal.keep_registry_legs([book.leg for book in self.books])
        moved = self.journal.settle_homes(names, self.policy.registry_of)
        for reference, places in moved.items():
            deeds = addressed([Deed(Lane.REGISTRY, "row", coalesce=True)], (name for name in places if name in names))
            self.service.add_deeds(deeds, reference)

    def letter_name(self, received: str) -> str:
        """What a stored letter is called in the materials, by when it was received (UTC text)."""
        at = datetime.fromisoformat(received).astimezone(self.settings.timezone)
        return f"{words(self.settings.language).text('letter_file')} {at:%Y-%m-%d %H-%M-%S}.eml"

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

    # --- is all well? -------------------------------------------------------------------------------------------------

    @cached_property
    def checkup(self) -> Checkup:
        settings, health = self.settings, self.settings.health
        limits = Limits(
            health.late_after, max(health.late_after, *(one.lock_stale_after for one in settings.registries)),
            health.waiting_after,
            health.free_space, health.probe,
        )  # fmt: skip
        folders = [settings.data_dir, settings.materials.path]
        folders += dict.fromkeys(book.path.parent for book in self.books if book.kind == "excel")
        return Checkup(self.journal, limits, folders, settings.timezone)

    @cached_property
    def report(self) -> Report:
        """Facts for `show`, `list`, `status` and monitors."""
        legs = tuple(book.leg for book in self.books)
        return Report(
            self.journal, words(self.settings.language), self.materials.shown, self.checkup, legs
        )  # fmt: skip

    def _routes(self) -> list[Route]:
        """The ways to the operator beside the mailbox."""
        health, found = self.settings.health, list[Route]()
        if health.webhook:
            secret = health.webhook_token_file or health.webhook_token_env
            token = health.webhook_token if secret else None
            found.append(Webhook(health.webhook, self.settings.company.name, self.now, token))
        if health.email and health.smtp:
            server, sender = health.smtp, health.sender or health.email
            login = health.username or ""
            account = Account(server.host, server.port, server.security, login, health.password if login else None)
            found.append(OtherMail(Outgoing(account), sender, health.email, self.now, self.settings.language))
        return found

    def _alarm_health(self, what: str, once: str) -> None:
        alarm(self.service, self.policy.operators, "health", what, once=once)

    @cached_property
    def watch(self) -> Watch:
        settings = self.settings
        return Watch(
            self.checkup, self._routes(), words(settings.language), settings.company.name, self._alarm_health
        )  # fmt: skip

    def send_probe(self) -> None:
        """The daily letter to ourselves, once its time has come."""
        at = self.settings.health.probe
        deed = probe_due(self.settings.mailbox.address, at, self.now(), self.settings.timezone) if at else None
        if deed is not None:
            self.service.add_deeds([deed])

    # --- the legs -----------------------------------------------------------------------------------------------------

    def legs(self) -> Sequence[Leg]:
        """All legs, in the order in which `run --once` lets them work."""
        settings, operators = self.settings, self.policy.operators
        mailbox = settings.mailbox
        inbox = InboxLeg(
            Inbox(self.account("imap")), mailbox.folder, f"{mailbox.address}/{mailbox.folder}", self.service,
            self.reader,
            self.store, self.read, self.own_addresses, self.read_from(), mailbox.max_size, operators, self.stopping,
            vouch=self.vouch,
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


class NotBuiltYet(Exception):
    """The settings ask for something that this version cannot do."""


def _when(condition: Condition) -> When:
    return When(
        condition.currency, condition.amount_from, condition.amount_to, condition.contractor, condition.requester
    )


def _step(step: StepSettings) -> Step:
    if step.any:
        return Step("any", step.any)
    if step.all:
        return Step("all", step.all)
    return Step("quorum", step.of, step.needed)
