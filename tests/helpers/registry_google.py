"""A registry room at Google: the scenarios of the sync played at a spreadsheet of the local server."""

from __future__ import annotations

from pathlib import Path

from helpers.registry_room import Faulty, Room
from helpers.sheets_grid import GridSheet
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer, at_google
from sheets.google.book import STAMP


class GoogleRoom(Room):
    """One registry in a spreadsheet."""

    server: SheetsServer

    def __init__(self, folder: Path, server: SheetsServer, language: str = "en", worksheet: str = "Registry") -> None:
        super().__init__(folder, "memory", language, worksheet, server)
        self.kind = "google"

    def _wire(self) -> None:
        super()._wire()
        self.registry = Faulty(at_google(self.server, self.layout, self.folder, clock=lambda: self.time))
        self.person = AtSpreadsheet(self.server, self.layout)
        self.sync.registry = self.registry

    def another(self, folder: Path) -> Room:
        return GoogleRoom(folder, SheetsServer().start()).open()

    def take_book_of(self, other: Room) -> None:
        assert isinstance(other, GoogleRoom)
        self.save_copy(other.keep_copy())
        other.server.stop()

    def keep_copy(self) -> object:
        """What version history would bring back."""
        return [sheet.copy() for sheet in self.server.spreadsheet.sheets]

    def save_copy(self, copy: object) -> None:
        assert isinstance(copy, list)
        sheets: list[GridSheet] = [sheet.copy() for sheet in copy]
        self.server.spreadsheet.sheets = sheets
        self.server.edited("fiona@example.test")

    def restamp(self, generation: int | None) -> None:
        for sheet in self.server.spreadsheet.sheets:
            for mark in [mark for mark in sheet.marks if mark["metadataKey"] == STAMP]:
                sheet.marks.remove(mark)
                if generation is not None:
                    value = f'{{"g": {generation}, "i": "", "w": "{self.layout.worksheet}"}}'
                    sheet.marks.append(mark | {"metadataValue": value})
        self.server.edited("fiona@example.test")
