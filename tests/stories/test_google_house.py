"""A house at Google: the registry a spreadsheet, the materials a folder on a shared drive, everything by one login."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers.drive_files import DriveFiles
from helpers.sheets_person import FIONA as EDITOR
from helpers.sheets_person import AtSpreadsheet
from helpers.sheets_server import SheetsServer
from stories.stage import ADAM, FIONA, OSCAR, RITA, SUPPLIER, Stage, complete_form, files_of, invoice, text_of
from workflow.cli.proof import _materials
from workflow.cli.setup import _folder
from workflow.core.model import Status

ORDER = b"%PDF-1.7 the payment order %%EOF"


@dataclass
class House:
    """The stage of a story, and what stands for Google."""

    stage: Stage
    google: SheetsServer

    @property
    def drive(self) -> DriveFiles:
        return self.google.drive

    @property
    def fiona(self) -> AtSpreadsheet:
        return AtSpreadsheet(self.google, self.stage.wiring().books[0].registry.layout)

    def cell(self, key: str) -> dict[str, object]:
        person = self.fiona
        line = person.sheet.lines[person._find(person.sheet, self.stage.first)]
        return line.cells.get(person._column(person.sheet, key), {})

    def approved(self) -> None:
        self.stage.send(RITA, complete_form(self.stage.now()), files=[("Счёт 118.pdf", invoice())])
        assert self.stage.run() == []
        self.stage.answer(ADAM, self.stage.only(ADAM), "Согласовано")
        assert self.stage.run() == []


@pytest.fixture
def house(stage: Stage, tmp_path: Path) -> Iterator[House]:
    google = SheetsServer().start()
    google.key_file(tmp_path)
    text = stage.settings_file.read_text(encoding="utf-8")
    registry = f'kind = "google"\nspreadsheet = "{google.spreadsheet.id}"\ncredentials_file = "google.json"\n'
    text = text.replace('kind = "excel"\npath = "registry.xlsx"\n', f'{registry}endpoint = "{google.url}"\n')
    text = text.replace('path = "materials"', f'kind = "drive"\ndrive_folder = "{google.drive.root}"')
    stage.settings_file.write_text(text, encoding="utf-8")
    yield House(stage, google)
    google.stop()


def test_a_request_is_filed_on_drive_and_its_row_leads_there(house: House) -> None:
    assert _folder(house.stage.wiring()) == "Google Drive: “Payments”, on a shared drive"
    house.approved()
    month, reference = f"{house.stage.now():%Y/%m}", house.stage.first
    names = {path.removeprefix(f"{month}/ООО Ромашка/{reference}/") for path in house.drive.tree()}
    assert {"Счёт 118.pdf", "index.html", ".countersign.json"} < names
    assert any(name.endswith(".eml") for name in names)
    folder = house.drive.only(reference)["id"]
    linked = f"https://drive.google.com/drive/folders/{folder}"
    assert house.cell("materials")["userEnteredFormat"] == {
        **house.cell("materials")["userEnteredFormat"],
        "textFormat": {"link": {"uri": linked}},
    }  # type: ignore[dict-item]
    assert linked in text_of(house.stage.only(FIONA))
    assert list(_materials(house.stage.wiring())) == []
    card = house.drive.contents[house.drive.only("index.html")["id"]].decode()
    assert "Счёт 118.pdf" in card


def test_the_roster_may_open_the_folder_and_a_leaver_no_more(house: House) -> None:
    house.approved()
    roles = {one["emailAddress"]: one["role"] for one in house.drive.permissions[house.drive.root]}
    assert (roles[FIONA], roles[OSCAR], roles[ADAM], roles[RITA]) == ("writer", "writer", "reader", "reader")
    assert len(roles) == 5
    text = house.stage.settings_file.read_text(encoding="utf-8")
    leaver = '[[people]]\nname = "Рита Орлова"\nemail = "manager@example.test"\nroles = ["requester"]\n'
    assert leaver in text
    house.stage.settings_file.write_text(text.replace(leaver, ""), encoding="utf-8")
    house.stage.run()
    assert RITA not in {one["emailAddress"] for one in house.drive.permissions[house.drive.root]}
    assert house.drive.mails == []


def test_a_payment_order_put_into_the_folder_goes_to_the_contractor(house: House) -> None:
    house.approved()
    house.fiona.type_in(house.stage.first, "status", "Оплачен")
    house.stage.run()
    house.drive.put("Платежка 214.pdf", ORDER, house.drive.only(house.stage.first)["id"])
    house.stage.later(minutes=15)
    house.stage.run()
    (letter,) = house.stage.new(SUPPLIER)
    assert files_of(letter)["Платежка 214.pdf"] == ORDER
    assert house.stage.request().status is Status.PAID
    house.stage.run()
    assert house.stage.new(SUPPLIER) == []


def test_an_order_that_cannot_be_fetched_now_goes_to_the_contractor_later(house: House) -> None:
    house.approved()
    house.fiona.type_in(house.stage.first, "status", "Оплачен")
    house.stage.run()
    house.drive.put("Платежка 214.pdf", ORDER, house.drive.only(house.stage.first)["id"])
    house.stage.later(minutes=1)
    house.stage.run()
    house.stage.later(minutes=15)
    house.google.fail("drive.files.get", 403, times=1000)
    house.stage.run()
    assert house.stage.new(SUPPLIER) == []
    house.google.faults.clear()
    house.stage.later(minutes=20)
    house.stage.run()
    (letter,) = house.stage.new(SUPPLIER)
    assert files_of(letter)["Платежка 214.pdf"] == ORDER


def test_who_edited_last_stands_in_the_history(house: House) -> None:
    house.approved()
    house.fiona.type_in(house.stage.first, "status", "Оплачен")
    house.stage.run()
    wiring = house.stage.wiring()
    facts = wiring.report.request(house.stage.request())
    paid = next(item for item in facts["history"] if item["event"] == "Paid")
    assert (paid["actor"], paid["data"]["editor"]) == ("registry", EDITOR)
    assert not any("editor" in item["data"] for item in facts["history"] if item["actor"] != "registry")
    shown = str(house.cell("history")["userEnteredValue"])
    assert f"бухгалтерия (в реестре), последняя правка: {EDITOR}" in shown


def test_a_drive_that_is_down_holds_up_the_files_and_nothing_else(house: House) -> None:
    house.google.fail("drive.files.list", 403, times=1000)
    house.stage.send(RITA, complete_form(house.stage.now()), files=[("Счёт 118.pdf", invoice())])
    (trouble,) = house.stage.run()
    assert trouble.startswith("folder: ")
    house.stage.answer(ADAM, house.stage.only(ADAM), "Согласовано")
    house.stage.run()
    assert house.stage.request().status is Status.APPROVED
    house.google.faults.clear()
    house.stage.later(minutes=20)
    assert house.stage.run() == []
    assert any(path.endswith("Счёт 118.pdf") for path in house.drive.tree())
    assert "userEnteredFormat" in house.cell("materials")


def test_verify_names_what_was_changed_or_removed_on_drive(house: House) -> None:
    house.approved()
    house.drive._hold(house.drive.only("Счёт 118.pdf")["id"], b"another invoice")
    (fault,) = _materials(house.stage.wiring())
    assert fault.endswith("Счёт 118.pdf is not the file that was stored.")
    house.drive.only("Счёт 118.pdf")["trashed"] = True
    (fault,) = _materials(house.stage.wiring())
    assert fault.endswith("Счёт 118.pdf is not in the folder of materials on Google Drive.")


def test_a_quiet_minute_costs_few_calls(house: House) -> None:
    house.approved()
    legs = house.stage.wiring().legs()
    counted = []
    for _ in range(3):
        house.google.calls.clear()
        for _ in range(60):  # one a second
            for leg in legs:
                leg.work_once()
            house.stage.later(seconds=1)
        counted.append(len([call for call in house.google.calls if call != "token"]))
    assert counted[0] <= 30, "the first minute after a start opens everything once"
    assert max(counted[1:]) <= 20, counted
