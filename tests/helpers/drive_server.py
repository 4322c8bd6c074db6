"""How the local server answers calls to Drive: files, permissions, changes, uploads; each judged by the document."""

import json
import re
from collections.abc import Mapping
from typing import Any

from helpers.drive_files import FOLDER, DriveFiles, Upload
from helpers.sheets_schema import Json, Method, Refused, parse_mask

Answer = tuple[int, Json | bytes, dict[str, str]]
Query = dict[str, list[str]]
PAGE = 3  # of a list, so that paging is tried


def drive_answer(drive: DriveFiles, method: Method, query: Query, body: Any) -> Json | bytes:
    """What the body of the answer is."""
    file_id = method.path.get("fileId", "")
    _all_drives(drive, method, query)
    match method.id:
        case "drive.files.get":
            return drive.contents[file_id] if query.get("alt") == ["media"] else drive.get(file_id)
        case "drive.files.list":
            return _page(query, "files", drive.find(query["q"][0]))
        case "drive.files.create":
            if body.get("mimeType") != FOLDER:
                raise Refused("a file without content was not meant")
            return drive.create(body)
        case "drive.files.update":
            return drive.update(file_id, body)
        case "drive.changes.getStartPageToken":
            return {"startPageToken": str(len(drive.changed))}
        case "drive.changes.list":
            token = int(query["pageToken"][0])
            if token > len(drive.changed):
                raise Refused("Invalid Value: pageToken")
            ids = list(dict.fromkeys(drive.changed[token:]))
            changes = [{"fileId": each, "file": drive.get(each)} for each in ids if each in drive.files]
            return {"changes": changes, "newStartPageToken": str(len(drive.changed))}
    return _permission(drive, method, query, body)


def _permission(drive: DriveFiles, method: Method, query: Query, body: Any) -> Json | bytes:
    file_id, permission_id = method.path.get("fileId", ""), method.path.get("permissionId", "")
    match method.id:
        case "drive.permissions.list":
            return {"permissions": drive.permissions.get(file_id, [])}
        case "drive.permissions.create":
            return drive.permit(file_id, body, mailed=query.get("sendNotificationEmail") != ["false"])
        case "drive.permissions.update":
            drive.permission(file_id, permission_id).update(body)
            return drive.permission(file_id, permission_id)
        case "drive.permissions.delete":
            drive.permissions[file_id].remove(drive.permission(file_id, permission_id))
            return b""
    raise Refused(f"the local server does not know {method.id}")


def upload_answer(
    drive: DriveFiles, method: Method, query: Query, raw: bytes, headers: Mapping[str, str], url: str
) -> Answer:
    """An upload in one call, or the beginning of one in parts."""
    _all_drives(drive, method, query)
    if method.id not in ("drive.files.create", "drive.files.update") or "mediaUpload" not in method.facts:
        raise Refused(f"{method.id} takes no content")
    file_id = method.path.get("fileId", "")
    if query["uploadType"] == ["multipart"]:
        facts, content, media_type = _parts(raw, headers["content-type"])
        _check_facts(method, query, facts)
        stored = drive.update(file_id, facts, content) if file_id else drive.create(facts, content, media_type)
        return 200, stored, {}
    facts = json.loads(raw)
    _check_facts(method, query, facts)
    total = int(headers["x-upload-content-length"])
    session = f"session-{len(drive.uploads) + 1}"
    drive.uploads[session] = Upload(facts, headers["x-upload-content-type"], total, file_id)
    place = f"{url}/upload/drive/v3/files?uploadType=resumable&upload_id={session}"
    return 200, b"", {"Location": place}


def part_answer(drive: DriveFiles, session: str, raw: bytes, headers: Mapping[str, str]) -> Answer:
    """One part of an upload, or the question how far it is."""
    upload = drive.uploads.get(session)
    if upload is None:
        return 404, {"error": {"code": 404, "message": "no such upload"}}, {}
    if upload.done is not None:
        return 200, upload.done, {}
    match = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)", headers["content-range"])
    assert match is not None
    if int(match[3]) != upload.total:
        raise Refused("another size than was announced")
    if match[1] is not None:
        if int(match[1]) != len(upload.received) or int(match[2]) - int(match[1]) + 1 != len(raw):
            raise Refused(f"the part does not follow: {headers['content-range']}")
        if len(raw) % (256 * 1024) and int(match[2]) + 1 != upload.total:
            raise Refused("a part is a multiple of 256 KiB")
        upload.received += raw
    if len(upload.received) < upload.total:
        got = {"Range": f"bytes=0-{len(upload.received) - 1}"} if upload.received else {}
        return 308, b"", got
    write = upload.facts, upload.received
    stored = drive.update(upload.file_id, *write) if upload.file_id else drive.create(*write, upload.media_type)
    upload.done = stored
    return 200, stored, {}


def _check_facts(method: Method, query: Query, facts: Json) -> None:
    method.api.check(facts, {"$ref": "File"}, "body")
    for mask in query.get("fields", ()):
        method.api.check_mask(parse_mask(mask), "File")


def _all_drives(drive: DriveFiles, method: Method, query: Query) -> None:
    """What lies on a shared drive is only there for those who say that they know such drives."""
    if query.get("supportsAllDrives") != ["true"]:
        raise Refused(f"{method.id} without supportsAllDrives")
    if "includeItemsFromAllDrives" in method.facts["parameters"] and drive.shared_drive:
        if query.get("includeItemsFromAllDrives") != ["true"] or query.get("driveId") != [drive.shared_drive]:
            raise Refused(f"{method.id} does not look into the shared drive")
        if method.id == "drive.files.list" and query.get("corpora") != ["drive"]:
            raise Refused("driveId without corpora=drive")


def _page(query: Query, name: str, items: list[Json]) -> Json:
    start = int(query.get("pageToken", ["0"])[0])
    page: Json = {name: items[start : start + PAGE]}
    return page | ({"nextPageToken": str(start + PAGE)} if start + PAGE < len(items) else {})


def _parts(raw: bytes, content_type: str) -> tuple[Json, bytes, str]:
    match = re.fullmatch(r"multipart/related; boundary=([\w-]+)", content_type)
    assert match is not None
    _, first, second, end = raw.split(f"--{match[1]}".encode())
    assert end == b"--\r\n"
    head, content = second.removeprefix(b"\r\n").split(b"\r\n\r\n", 1)
    facts = json.loads(first.split(b"\r\n\r\n", 1)[1])
    return facts, content.removesuffix(b"\r\n"), head.decode().removeprefix("Content-Type: ")
