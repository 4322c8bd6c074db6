"""Where rows and papers go: the registries with their archives, the sheet of contractors, the folder of materials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from config.settings import RegistrySettings
from documents.links import link_to
from documents.materials import Materials
from documents.place import Place
from sheets.beside import ExcelBeside
from sheets.excel import ExcelRegistry
from sheets.model import Layout
from workflow.books import Book
from workflow.core.deeds import Deed, Lane, addressed
from workflow.core.model import Request
from workflow.legs.online import Online, link_note
from workflow.legs.watched import folder_of
from workflow.registry_sync.archive import Archiver
from workflow.registry_sync.columns import archive_layout, layout
from workflow.registry_sync.contractor_rows import CardWriter, contractor_layout
from workflow.registry_sync.contractors import CardTable, ContractorSync
from workflow.registry_sync.rows import RowWriter
from workflow.registry_sync.sync import RegistrySync
from workflow.statuses import status_of
from workflow.wiring.base import Base
from workflow.words import words

if TYPE_CHECKING:
    from documents.drive import DriveMaterials
    from sheets.google import GoogleRegistry

CARDS_POLL = timedelta(minutes=1)  # an online sheet of contractors is looked at less often than the registry


class Places(Base):
    """The registries and the folder of one installation."""

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
