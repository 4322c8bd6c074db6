"""What people do at the sheet and in the folder: mark, undo, type over, delete, paste, sort, write for themselves."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from tests.sim.book import COMMENT, Book
from tests.sim.house import House
from tests.sim.truth import Truth
from workflow.words import words

TYPED = ("paid", "approved", "on_hold", "returned")


class Hands:
    """Everybody who has the registry open, or the folder."""

    def __init__(self, house: House, truth: Truth) -> None:
        self.house, self.truth = house, truth
        self.book: Book = house.shelf.all[0]
        """The one that he has before him."""
        self.dice = random.Random()
        self.note: Callable[[str], None] = lambda text: None
        self.home_of: Callable[[str], str] = lambda reference: self.book.name
        """In which book a request stands; elsewhere there is at most a trace of it, where nothing is heard."""
        self.kept: dict[str, tuple[Any, ...]] = {}
        """Old copies, by the name of their book."""
        self.muddled = False
        """Somebody saved an old copy or sorted a column alone: whose word stands where is not ours to say."""
        self.last_comment: dict[tuple[str, str], str] = {}
        """(book, reference): the text that was written there last."""
        self._numbers = count(1)
        book = words(house.plan.language)
        self.status_words = {status: book.status(status) for status in TYPED}  # type: ignore[arg-type]

    # --- a row ------------------------------------------------------------------------------------------------------

    def sit_down(self) -> bool:
        """At one of the books that are there."""
        found = [book for book in self.house.shelf.all if book.grid]
        if found:
            self.book = self.dice.choice(found)
        return bool(found)

    def one(self) -> str | None:
        found = sorted({reference for reference, _ in self.book.rows()})
        return self.dice.choice(found) if found else None

    def put(self, reference: str, key: str, value: Any) -> bool:
        """Type into a cell of the first row with this reference."""
        column = self.book.header().get(key)
        place = next((place for found, place in self.book.rows() if found == reference), None)
        if place is None or column is None:
            return False
        self.book.sheet.edit_grid().put(place + 1, column + 1, value)
        return True

    def type_status(self) -> None:
        reference = self.one()
        if reference is not None:
            status = self.dice.choice(["paid", "paid", "paid", "approved", "on_hold", "returned"])
            self._status(reference, status, self.status_words[status])

    def showing(self, status: str) -> list[str]:
        """The rows that say so."""
        word = self.status_words[status]
        return [reference for reference, _ in self.book.rows() if self.book.cell(reference, "status") == word]

    def mark_approved_paid(self) -> None:
        """What accounting does all day: whatever is approved is marked paid, some of it in parts."""
        for reference in self.showing("approved")[: self.dice.choice([1, 4])]:
            if self.dice.random() < 0.25:
                self._amount(reference, self.dice.choice(["1000", "ещё 700", "всего 2 000,00", 500.0]))
            self._status(reference, "paid", self.status_words["paid"])

    def take_mark_back(self) -> None:
        """A payment that did not happen, before or after others were told."""
        found = self.showing("paid")
        if found:
            reference = self.dice.choice(found)
            if self.dice.random() < 0.5:
                self._status(reference, "approved", self.status_words["approved"])
            else:
                self._comment(reference)
                self._status(reference, "on_hold", self.status_words["on_hold"])

    def release(self) -> None:
        """A held row is said to be approved again; with the call told of beside it, or without."""
        found = self.showing("on_hold")
        if found:
            reference = self.dice.choice(found)
            if self.dice.random() < 0.6:
                self._comment(reference, "звонила Ивановой, +7 495 123-45-67, ")
            self._status(reference, "approved", self.status_words["approved"])

    def pay_held(self) -> None:
        """Somebody does not look, and marks a held row paid."""
        found = self.showing("on_hold")
        if found:
            self._status(self.dice.choice(found), "paid", self.status_words["paid"])

    def _status(self, reference: str, status: str, word: str) -> None:
        self.note(f"  somebody types {status} into {reference}")
        if self.put(reference, "status", word):
            self.truth.typed[reference, status] += 1

    def type_in_view(self) -> None:
        sheet = self.book.sheet
        spec = self.dice.choice(self.book.layout.views)
        grid = sheet.sheets.get(spec.title)
        at = self.book.layout.view_columns.index("reference")
        shown = [str(row[at]) for row in (grid.rows if grid else []) if len(row) > at]
        found = [reference for reference in shown if reference.startswith("PAY-")]
        if found:
            reference, status = self.dice.choice(found), self.dice.choice(["paid", "on_hold"])
            self.note(f"  somebody types {status} on {spec.title} for {reference}")
            sheet.type_in_view(spec.key, reference, self.status_words[status])
            self.truth.typed[reference, status] += 1

    def type_amount(self) -> None:
        """A part, beside Paid or before it."""
        reference = self.one()
        if reference is not None:
            self._amount(reference, self.dice.choice(["100", "1 000,00", 4800.0, "два рубля", ""]))
            if self.dice.random() < 0.6:
                self._status(reference, "paid", self.status_words["paid"])

    def _amount(self, reference: str, amount: Any) -> None:
        self.note(f"  somebody types the amount {amount!r} into {reference}")
        if self.put(reference, "paid_amount", amount):
            self.truth.typed[reference, "amount"] += 1

    def comment(self) -> None:
        reference = self.one()
        if reference is not None:
            self._comment(reference)

    def _comment(self, reference: str, words: str = "") -> None:
        text = f"{words}words {next(self._numbers)}"
        self.note(f"  somebody comments {reference}: {text}")
        if self.put(reference, COMMENT, text):
            self.truth.said[reference, text] += 1
            self.last_comment.pop((self.book.name, reference), None)
            if self.home_of(reference) == self.book.name:
                self.last_comment[self.book.name, reference] = text

    def type_over(self) -> None:
        reference = self.one()
        if reference is not None:
            key = self.dice.choice(["subject", "amount", "inn", "history", "updated", "message"])
            self.note(f"  somebody types over {key} of {reference}")
            self.put(reference, key, f"scribble {next(self._numbers)}" if self.dice.random() < 0.8 else "")

    # --- rows ---------------------------------------------------------------------------------------------------------

    def delete_row(self) -> None:
        rows = self.book.rows()
        if len(rows) > 1:
            reference, place = self.dice.choice(rows)
            self.note(f"  somebody deletes the row of {reference}")
            del self.book.sheet.edit_grid().rows[place]
            self.muddled = True  # comments not read yet go with it

    def double_row(self) -> None:
        rows = self.book.rows()
        if rows:
            reference, place = self.dice.choice(rows)
            self.note(f"  somebody copies the row of {reference}")
            grid = self.book.sheet.edit_grid()
            at = self.dice.choice([place + 1, len(grid.rows) + 1])
            grid.rows.insert(at, list(grid.rows[place]))
            status = self.dice.choice(["paid", "approved"])
            self.put_at(place, "status", self.status_words[status])
            self.truth.typed[reference, status] += 1

    def remove_doubles(self) -> None:
        seen: set[str] = set()
        for reference, place in reversed(self.book.rows()):
            if reference in seen:
                self.note(f"  somebody removes the other row of {reference}")
                del self.book.sheet.edit_grid().rows[place]
                self.muddled = True  # what was written into it goes with it
                return
            seen.add(reference)

    def put_at(self, place: int, key: str, value: Any) -> None:
        self.book.sheet.edit_grid().put(place + 1, self.book.header()[key] + 1, value)

    def insert_row(self) -> None:
        self.note("  somebody inserts a row")
        self.book.sheet.edit_grid().rows.insert(self.dice.randint(1, 4), [])

    def write_own_row(self) -> None:
        self.note("  somebody writes a row of his own")
        grid = self.book.sheet.edit_grid()
        grid.rows.append([f"моя строка {next(self._numbers)}", "", "итого"])

    def write_own_column(self) -> None:
        header = self.book.header()
        grid = self.book.sheet.edit_grid()
        if not grid.rows:
            return
        column = next((at for key, at in header.items() if key == "own:Моё"), None)
        head = next((at for at, row in enumerate(grid.rows[:20]) if self.book.layout.title("reference") in row), None)
        if head is None:
            return
        if column is None:
            column = self.dice.choice([max(header.values()) + 1, 3])
            for at, row in enumerate(grid.rows):
                row.extend([""] * (column - len(row)))
                row.insert(column, "Моё" if at == head else "")
        for _reference, place in self.book.rows()[:2]:
            grid.put(place + 1, column + 1, f"заметка {next(self._numbers)}")
        self.note("  somebody writes into a column of his own")

    def sort(self) -> None:
        """Whole rows, as a spreadsheet sorts a table."""
        rows = self.book.rows()
        if len(rows) < 2:
            return
        self.note("  somebody sorts the rows")
        grid = self.book.sheet.edit_grid()
        places = [place for _, place in rows]
        content = [grid.rows[place] for place in places]
        self.dice.shuffle(content)
        for place, row in zip(places, content, strict=True):
            grid.rows[place] = row

    def paste_status(self) -> None:
        """A block pasted over Status of several rows."""
        status = self.dice.choice(["paid", "approved"])
        self.note(f"  somebody pastes {status} over several rows")
        for reference, _ in self.book.rows()[:3]:
            if self.put(reference, "status", self.status_words[status]):
                self.truth.typed[reference, status] += 1

    # --- the file -----------------------------------------------------------------------------------------------------

    def toggle_lock(self) -> None:
        sheet = self.book.sheet
        if sheet._lock is None:
            sheet.lock("Нина", self.house.now())
        else:
            sheet.unlock()
        self.note(f"  the book is {'open' if sheet._lock else 'closed'}")

    def keep_copy(self) -> None:
        sheet = self.book.sheet
        self.note("  somebody keeps a copy")
        grids = {name: [list(row) for row in grid.rows] for name, grid in sheet.sheets.items()}
        self.kept[self.book.name] = (grids, sheet._stamp)

    def save_copy(self) -> None:
        """A copy kept before is saved over what is there now."""
        sheet = self.book.sheet
        kept = self.kept.get(self.book.name)
        if kept is None or sheet._lock is not None:
            return
        grids, stamp = copy.deepcopy(kept[0]), kept[1]
        self.note(f"  somebody saves the copy of generation {stamp[0]} over {sheet._stamp[0]}")
        if stamp == sheet._stamp:
            self._recount(grids)
        for name, rows in grids.items():
            if name in sheet.sheets:
                sheet.sheets[name].rows[:] = rows
        sheet.restamp(stamp[0])
        self.muddled = True

    def _recount(self, grids: dict[str, Any]) -> None:
        """A copy of the same generation may say anew what its cells say."""
        back = {word: status for status, word in self.status_words.items()}
        for rows in grids.values():
            for row in rows:
                reference = next((str(value) for value in row if str(value).startswith("PAY-")), "")
                for value in row:
                    if value in back:
                        self.truth.typed[reference, back[value]] += 1
                        self.truth.typed[reference, "amount"] += 1
                    if "words " in str(value):
                        self.truth.said[reference, str(value)] += 1

    # --- the folder ---------------------------------------------------------------------------------------------------

    def lay_order(self) -> None:
        """A payment order is put into the folder of a request."""
        root = self.house.folder / "materials"
        found = sorted(path for path in root.glob("*/*/*/PAY-*") if path.is_dir())
        if found:
            folder = self.dice.choice(found)
            path = folder / f"платежка {next(self._numbers)}.pdf"
            path.write_bytes(b"%PDF-1.4 " + str(self.dice.random()).encode())
            when = (self.house.now() - timedelta(minutes=1)).timestamp()
            os.utime(path, (when, when))
            os.utime(folder, (when, when + next(self._numbers)))
            self.truth.ordered[folder.name] += 1
            self.note(f"  a payment order is laid into {folder.name}")
