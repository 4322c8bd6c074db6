"""Materials on Drive: the tree, found again by marks; nothing twice whatever breaks off in between."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from documents.drive import DriveMaterials, connected
from documents.drive.connecting import folder_id
from documents.errors import DocumentsError
from helpers.drive_files import FOLDER as FOLDER_TYPE
from helpers.drive_files import DriveFiles
from helpers.sheets_server import ROBOT, SheetsServer

REFERENCE = "PAY-2026-00042"
FOLDER = PurePosixPath("2026/11/ООО 'Вектор'") / REFERENCE
CREATE, PART = "upload.drive.files.create", "upload.part"
BIG = bytes(range(256)) * 4096 * 11  # 11 MiB


@pytest.fixture(scope="module")
def _server() -> Iterator[SheetsServer]:
    server = SheetsServer().start()
    yield server
    server.stop()


@pytest.fixture
def server(_server: SheetsServer) -> SheetsServer:
    return _server.renew()


@pytest.fixture
def drive(server: SheetsServer) -> DriveFiles:
    return server.drive


@pytest.fixture
def materials(server: SheetsServer, tmp_path: Path) -> DriveMaterials:
    return daemon(server, tmp_path)


def daemon(server: SheetsServer, folder: Path) -> DriveMaterials:
    """A daemon freshly started."""
    root = f"https://drive.google.com/drive/folders/{server.drive.root}?usp=sharing"
    return connected(root, server.key_file(folder), server.url, sleep=lambda seconds: None, timeout=(5.0, 5.0))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- filing -----------------------------------------------------------------------------------------


def test_the_tree_is_the_same_as_on_disk(materials: DriveMaterials, drive: DriveFiles) -> None:
    stored = materials.store(FOLDER, "счет.pdf", b"invoice")
    materials.replace(FOLDER, "index.html", b"<p>card</p>")
    assert stored.path == FOLDER / "счет.pdf"
    assert drive.tree() == [f"{FOLDER}/index.html", f"{FOLDER}/счет.pdf"]
    assert materials.read(stored.path, stored.sha256) == b"invoice"
    assert drive.only("index.html")["mimeType"] == "text/html"


def test_a_repeated_deed_changes_nothing_also_after_a_restart(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles, tmp_path: Path
) -> None:
    for place in (materials, materials, daemon(server, tmp_path), daemon(server, tmp_path)):
        place.store(FOLDER, "a.pdf", b"one")
        place.store(FOLDER, "a.pdf", b"two")
        place.replace(FOLDER, "index.html", b"card")
        place.write_mark({"PAY-2026": 42})
    assert drive.tree() == [".countersign.json", *(f"{FOLDER}/{name}" for name in ("a (2).pdf", "a.pdf", "index.html"))]
    assert len([file for file in drive.files.values() if file["mimeType"] == FOLDER_TYPE]) == 5


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("status", [0, 500, 503])
def test_an_upload_without_an_answer_is_looked_for_before_it_is_repeated(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles, status: int, after: bool
) -> None:
    server.fail(CREATE, status, after=after)
    stored = materials.store(FOLDER, "a.pdf", b"one")
    assert materials.read(stored.path, stored.sha256) == b"one"
    assert drive.tree() == [f"{FOLDER}/a.pdf"]
    assert server.asked(CREATE) == (1 if after else 2)


@pytest.mark.parametrize("after", [False, True])
def test_a_folder_without_an_answer_is_looked_for_before_it_is_repeated(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles, after: bool
) -> None:
    materials.store(FOLDER.parent / "PAY-2026-00041", "a.pdf", b"one")
    server.calls.clear()
    server.fail("drive.files.create", 0, after=after)
    materials.store(FOLDER, "a.pdf", b"two")
    assert len(drive.named(REFERENCE)) == 1
    assert drive.tree() == [f"{FOLDER.parent}/PAY-2026-00041/a.pdf", f"{FOLDER}/a.pdf"]


def test_an_upload_that_came_through_late_leaves_no_double(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles, tmp_path: Path
) -> None:
    materials.store(FOLDER, "a.pdf", b"one")
    late = {**drive.only("a.pdf")}
    drive.create({key: late[key] for key in ("name", "parents", "appProperties")}, b"one", "application/pdf")
    assert len(drive.named("a.pdf")) == 2
    daemon(server, tmp_path).store(FOLDER, "a.pdf", b"one")
    assert drive.only("a.pdf")["id"] == late["id"]


def test_two_daemons_that_make_one_folder_at_once_end_with_one(
    materials: DriveMaterials, drive: DriveFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each folder is made by the other one as well, just before us."""
    create = DriveFiles.create

    def twice(self: DriveFiles, facts: dict[str, object], *content: object) -> object:
        if facts.get("mimeType") == FOLDER_TYPE:
            create(self, facts)
        return create(self, facts, *content)  # type: ignore[arg-type]

    monkeypatch.setattr(DriveFiles, "create", twice)
    materials.store(FOLDER, "a.pdf", b"one")
    assert drive.tree() == [f"{FOLDER}/a.pdf"]
    assert all(len(drive.named(name)) == 1 for name in FOLDER.parts)


def test_a_folder_that_people_renamed_and_moved_is_found(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles, tmp_path: Path
) -> None:
    materials.store(FOLDER, "a.pdf", b"one")
    drive.only(REFERENCE).update(name="Vector, rent", parents=[drive.root])
    stored = daemon(server, tmp_path).store(FOLDER, "b.pdf", b"two")
    assert drive.tree() == ["Vector, rent/a.pdf", "Vector, rent/b.pdf"]
    assert daemon(server, tmp_path).read(stored.path, stored.sha256) == b"two"


def test_a_folder_in_the_bin_is_made_anew(materials: DriveMaterials, drive: DriveFiles) -> None:
    materials.store(FOLDER, "a.pdf", b"one")
    materials.replace(FOLDER, "index.html", b"card")
    drive.only(REFERENCE)["trashed"] = True
    materials.store(FOLDER, "a.pdf", b"one")
    assert drive.tree() == [f"{FOLDER}/a.pdf"]


def test_a_file_that_people_renamed_is_not_sent_again(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles, tmp_path: Path
) -> None:
    materials.store(FOLDER, "a.pdf", b"one")
    drive.only("a.pdf")["name"] = "invoice of Vector.pdf"
    assert daemon(server, tmp_path).store(FOLDER, "a.pdf", b"one").name == "invoice of Vector.pdf"
    assert drive.tree() == [f"{FOLDER}/invoice of Vector.pdf"]


def test_a_file_whose_content_people_changed_is_told_and_stored_again(
    materials: DriveMaterials, drive: DriveFiles, server: SheetsServer, tmp_path: Path
) -> None:
    stored = materials.store(FOLDER, "a.pdf", b"one")
    assert materials.fault(stored.path, stored.sha256) == ""
    drive._hold(drive.only("a.pdf")["id"], b"other")
    fresh = daemon(server, tmp_path)
    assert fresh.fault(stored.path, stored.sha256) == "is not the file that was stored"
    with pytest.raises(DocumentsError, match="was changed"):
        fresh.read(stored.path, stored.sha256)
    assert fresh.store(FOLDER, "a.pdf", b"one").name == "a (2).pdf"
    assert fresh.fault(FOLDER / "gone.pdf", sha(b"gone")) == "is not in the folder of materials on Google Drive"


def test_only_the_card_is_written_over(materials: DriveMaterials, server: SheetsServer, drive: DriveFiles) -> None:
    drive_card = materials.replace(FOLDER, "index.html", b"first")
    materials.replace(FOLDER, "index.html", b"second")
    server.calls.clear()
    materials.replace(FOLDER, "index.html", b"second")
    assert server.asked("upload") == 0
    assert drive.contents[drive.only("index.html")["id"]] == b"second"
    assert drive_card.name == "index.html"


# --- big files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True])
def test_a_big_file_goes_in_parts_and_survives_a_broken_line(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles, after: bool
) -> None:
    materials.store(FOLDER, "small.pdf", b"x")
    server.fail(PART, 0, after=after, times=1)
    server.fail(PART, 503, after=after, times=1)
    stored = materials.store(FOLDER, "scan.pdf", BIG)
    assert stored.sha256 == sha(BIG)
    assert drive.contents[drive.only("scan.pdf")["id"]] == BIG
    assert len(drive.uploads) == 1


def test_an_upload_whose_last_answer_was_lost_is_there_once(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles
) -> None:
    materials.store(FOLDER, "small.pdf", b"x")
    size = 6 * 1024 * 1024
    server.fail(PART, 0, times=1)
    server.fail(PART, 503, after=True, times=2)
    materials.store(FOLDER, "scan.pdf", BIG[:size])
    assert len(drive.named("scan.pdf")) == 1


def test_a_session_that_drive_forgot_begins_anew(
    materials: DriveMaterials, server: SheetsServer, drive: DriveFiles
) -> None:
    materials.store(FOLDER, "small.pdf", b"x")
    server.fail(PART, 0)
    server.fail(PART, 410)
    materials.store(FOLDER, "scan.pdf", BIG)
    assert len(drive.named("scan.pdf")) == 1
    assert len(drive.uploads) == 2


@pytest.mark.parametrize("sums", [("md5Checksum",), (), ("sha256Checksum",)])
def test_what_drive_holds_is_compared(
    materials: DriveMaterials, drive: DriveFiles, sums: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    drive.sums = sums
    stored = materials.store(FOLDER, "a.pdf", b"one")
    assert materials.fault(stored.path, stored.sha256) == ""
    hold = DriveFiles._hold
    monkeypatch.setattr(DriveFiles, "_hold", lambda self, file_id, content: hold(self, file_id, content + b"!"))
    with pytest.raises(DocumentsError, match="other bytes"):
        materials.store(FOLDER, "b.pdf", b"two")
    monkeypatch.undo()
    materials.store(FOLDER, "b.pdf", b"two")
    assert drive.contents[drive.only("b.pdf")["id"]] == b"two"


# --- what people put there --------------------------------------------------------------------------


def test_a_payment_order_is_noticed_by_the_changes_and_found(materials: DriveMaterials, drive: DriveFiles) -> None:
    token = materials.look("")
    materials.store(FOLDER, "a.pdf", b"one")
    token = materials.look(token)
    assert materials.stirred(FOLDER) is None
    drive.put("Платежка 7.pdf", b"order", drive.only(REFERENCE)["id"])
    drive.put("a picture.pdf", b"picture", drive.root)
    token = materials.look(token)
    assert materials.stirred(FOLDER) == 1
    (order,) = materials.payment_orders(FOLDER)
    assert (order.name, order.sha256) == ("Платежка 7.pdf", sha(b"order"))
    assert materials.payment_orders(FOLDER, {order.sha256}) == ()
    assert materials.read(order.path, order.sha256) == b"order"
    materials.look(token)
    assert materials.stirred(FOLDER) == 1


def test_our_files_documents_of_google_and_empty_ones_are_no_payment_orders(
    materials: DriveMaterials, drive: DriveFiles
) -> None:
    materials.store(FOLDER, "payment order.pdf", b"from a letter")
    folder = drive.only(REFERENCE)["id"]
    drive.put("payment order", b"x", folder, mimeType="application/vnd.google-apps.document")
    drive.put("payment order empty.pdf", b"", folder)
    drive.put("7.pdf", b"named", folder)
    assert materials.payment_orders(FOLDER) == ()
    assert [order.name for order in materials.payment_orders(FOLDER, named="7")] == ["7.pdf"]


def test_a_quiet_drive_costs_one_call_a_look(materials: DriveMaterials, server: SheetsServer) -> None:
    token = materials.look("")
    server.calls.clear()
    materials.look(token)
    assert server.calls == ["drive.changes.list"]


def test_a_token_that_drive_has_forgotten_begins_anew(materials: DriveMaterials) -> None:
    assert materials.look("99") == "0"


# --- the high-water mark ----------------------------------------------------------------------------


def test_the_mark_only_rises_and_costs_nothing_when_it_does_not(
    materials: DriveMaterials, server: SheetsServer, tmp_path: Path
) -> None:
    assert materials.read_mark() == {}
    daemon(server, tmp_path).write_mark({"PAY-2026": 50})
    materials.write_mark({"PAY-2026": 42, "PAY-2025": 7})
    assert materials.read_mark() == {"PAY-2026": 50, "PAY-2025": 7}
    server.calls.clear()
    materials.write_mark({"PAY-2026": 42})
    assert server.calls == []


# --- who may ----------------------------------------------------------------------------------------


def test_the_roster_may_open_the_folder_and_nobody_is_mailed(materials: DriveMaterials, drive: DriveFiles) -> None:
    shared = materials.share({"Fiona@example.test": "writer", "adam@example.test": "reader"}, ())
    assert shared.given == ("adam@example.test", "fiona@example.test")
    roles = {one["emailAddress"]: one["role"] for one in drive.permissions[drive.root]}
    assert roles == {"fiona@example.test": "writer", "adam@example.test": "reader"}
    assert drive.mails == []


def test_leavers_are_let_out_and_guests_of_the_owner_stay(materials: DriveMaterials, drive: DriveFiles) -> None:
    drive.permit(drive.root, {"type": "user", "role": "reader", "emailAddress": "auditor@example.test"}, mailed=True)
    given = materials.share({"fiona@example.test": "reader", "adam@example.test": "reader"}, ()).given
    shared = materials.share({"fiona@example.test": "writer", "auditor@example.test": "reader"}, given)
    assert shared.given == ("fiona@example.test",)
    roles = {one["emailAddress"]: one["role"] for one in drive.permissions[drive.root]}
    assert roles == {"fiona@example.test": "writer", "auditor@example.test": "reader"}


def test_a_person_without_a_google_account_is_named_and_the_others_are_let_in(
    materials: DriveMaterials, drive: DriveFiles
) -> None:
    drive.strangers = {"adam@example.test"}
    shared = materials.share({"adam@example.test": "reader", "fiona@example.test": "writer"}, ())
    assert [address for address, _ in shared.refused] == ["adam@example.test"]
    assert shared.given == ("fiona@example.test",)


def test_a_folder_open_to_anyone_is_told(materials: DriveMaterials, drive: DriveFiles) -> None:
    drive.permit(drive.root, {"type": "anyone", "role": "reader"}, mailed=True)
    assert materials.share({}, ()).open_to == "anyone who has the link"
    with pytest.raises(DocumentsError, match="open to anyone"):
        materials.check()


# --- what the world does ----------------------------------------------------------------------------


def test_check_says_where_it_is(materials: DriveMaterials) -> None:
    assert materials.check() == "Google Drive: “Payments”, on a shared drive"


def test_a_service_account_in_somebody_s_own_folder_is_told_what_to_do(
    materials: DriveMaterials, drive: DriveFiles
) -> None:
    drive.shared_drive = ""
    with pytest.raises(DocumentsError, match="A service account owns no storage: put the folder on a shared drive"):
        materials.check()
    with pytest.raises(DocumentsError, match="A service account owns no storage") as caught:
        materials.store(FOLDER, "a.pdf", b"one")
    assert not caught.value.permanent


def test_a_person_s_login_needs_no_shared_drive(server: SheetsServer, drive: DriveFiles, tmp_path: Path) -> None:
    drive.shared_drive = ""
    facts = {"refresh_token": "of Fiona", "client_id": "1", "client_secret": "2", "type": "authorized_user"}
    (tmp_path / "login.json").write_text(json.dumps(facts), encoding="utf-8")
    materials = connected(drive.root, tmp_path / "login.json", server.url)
    assert materials.check() == "Google Drive: “Payments”"
    assert materials.read_mark() == {}


def test_a_folder_that_is_gone_is_told_and_can_come_back(materials: DriveMaterials, drive: DriveFiles) -> None:
    drive.files[drive.root]["trashed"] = True
    with pytest.raises(DocumentsError, match="in the bin") as caught:
        materials.store(FOLDER, "a.pdf", b"one")
    assert not caught.value.permanent
    drive.files[drive.root]["trashed"] = False
    materials.store(FOLDER, "a.pdf", b"one")
    assert drive.tree() == [f"{FOLDER}/a.pdf"]


def test_a_folder_that_is_not_shared_is_told(server: SheetsServer, tmp_path: Path) -> None:
    other = connected("another", server.key_file(tmp_path), server.url)
    with pytest.raises(DocumentsError, match=f"not shared with {ROBOT}"):
        other.check()


def test_a_quota_is_waited_out(materials: DriveMaterials, server: SheetsServer, drive: DriveFiles) -> None:
    server.fail(CREATE, 403, reason="rateLimitExceeded", times=2)
    materials.store(FOLDER, "a.pdf", b"one")
    assert drive.tree() == [f"{FOLDER}/a.pdf"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1AbC-d_e", "1AbC-d_e"), ("https://drive.google.com/drive/folders/1AbC?usp=sharing", "1AbC"),
        ("https://drive.google.com/drive/u/0/folders/1AbC", "1AbC"), ("https://drive.google.com/open?id=1AbC", "1AbC"),
        ("my folder", ""),
    ],
)  # fmt: skip
def test_the_address_of_the_browser_will_do(text: str, found: str) -> None:
    assert folder_id(text) == found


def test_a_recovery_finds_the_folders_and_letters_and_resets_the_mark(materials: DriveMaterials) -> None:
    materials.store(FOLDER, "Письмо 2026-11-24 09-00-00.eml", b"letter")
    materials.write_mark({"PAY-2026": 50})
    (folder,) = materials.request_folders()
    assert folder.name == REFERENCE
    assert materials.list_files(folder) == ("Письмо 2026-11-24 09-00-00.eml",)
    assert materials.read(folder / "Письмо 2026-11-24 09-00-00.eml") == b"letter"
    materials.reset_mark({"PAY-2026": 42})
    assert materials.read_mark() == {"PAY-2026": 42}
