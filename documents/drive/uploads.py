"""Bytes on their way to Drive: a small file in one call, a big one in parts that survive a broken connection.

A file that was sent without an answer may be there: `Unsure` says so, and the caller looks before he sends it again.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

import requests
from google.auth.exceptions import TransportError
from gspread.exceptions import APIError

from cloud.client import BUSY, Unsure, is_quota, status_of
from documents.drive.account import EVERYWHERE, FILE, Drive, Json
from documents.errors import DocumentsError

UPLOAD = "https://www.googleapis.com/upload/drive/v3/files"
SMALL = 5 * 1024 * 1024  # what Google takes in one call
PART = 4 * 1024 * 1024  # a multiple of 256 KiB
MENDS = 8  # broken connections in one upload, until the deed is put off
_RECEIVED = re.compile(r"bytes=0-(\d+)")


def upload(drive: Drive, facts: Mapping[str, Any], content: bytes, media_type: str, file_id: str = "") -> Json:
    """A new file, or another content for one that is there; what Drive then says of it, compared with what was sent."""
    with drive.failures():
        send = _at_once if len(content) <= SMALL else _in_parts
        stored = send(drive, facts, content, media_type, file_id)
    if not holds(stored, content):
        if not file_id:
            drive.bin(stored["id"])
        raise DocumentsError("Google Drive holds other bytes than were sent; it is sent again.")
    return stored


def holds(file: Mapping[str, Any], content: bytes) -> bool:
    """Whether Drive's sums, as far as it tells any, are those of this content."""
    stated = (file.get("sha256Checksum"), file.get("md5Checksum"), file.get("size"))
    sha256, md5, size = (str(value).lower() if value is not None else "" for value in stated)
    if sha256:
        return sha256 == hashlib.sha256(content).hexdigest()
    if md5:
        return md5 == hashlib.md5(content, usedforsecurity=False).hexdigest()
    return size in ("", str(len(content)))


def _at_once(drive: Drive, facts: Mapping[str, Any], content: bytes, media_type: str, file_id: str) -> Json:
    boundary = f"part-{secrets.token_hex(16)}"
    head = f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n".encode()
    between = f"\r\n--{boundary}\r\nContent-Type: {media_type}\r\n\r\n".encode()
    body = head + json.dumps(facts).encode() + between + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/related; boundary={boundary}"}
    asked = {"uploadType": "multipart", "fields": FILE, **EVERYWHERE}
    if file_id:  # the same content twice is the same
        answer = drive.client.repeat("patch", f"{UPLOAD}/{file_id}", params=asked, data=body, headers=headers)
    else:
        answer = drive.client.request("post", UPLOAD, params=asked, data=body, headers=headers)
    return _json(answer)


def _in_parts(drive: Drive, facts: Mapping[str, Any], content: bytes, media_type: str, file_id: str) -> Json:
    place, total = _session(drive, facts, len(content), media_type, file_id), len(content)
    sent = mends = 0
    while True:
        part = content[sent : sent + PART]
        headers = {"Content-Range": f"bytes {sent}-{sent + len(part) - 1}/{total}", "Content-Type": media_type}
        try:
            answer = drive.client.request("put", place, data=part, headers=headers)
        except Unsure as error:
            mends += 1
            if mends > MENDS:
                raise
            answer = _ask_how_far(drive, place, total, error)
        if answer.status_code != 308:
            return _json(answer)
        sent = _received(answer)


def _session(drive: Drive, facts: Mapping[str, Any], size: int, media_type: str, file_id: str) -> str:
    """Where the parts go; a session that is never used leaves nothing behind, so it may be begun twice."""
    headers = {"X-Upload-Content-Type": media_type, "X-Upload-Content-Length": str(size)}
    asked = {"uploadType": "resumable", "fields": FILE, **EVERYWHERE}
    address = f"{UPLOAD}/{file_id}" if file_id else UPLOAD
    verb = "patch" if file_id else "post"
    answer = drive.client.repeat(verb, address, params=asked, json=dict(facts), headers=headers)
    place = answer.headers.get("Location", "")
    if not place:
        raise DocumentsError("Google Drive did not say where to send the file.")
    return place


def _ask_how_far(drive: Drive, place: str, total: int, broken: Unsure) -> requests.Response:
    """How much has arrived; a session that Drive has forgotten may have ended well, so that is unsure too."""
    headers = {"Content-Range": f"bytes */{total}"}
    try:
        return drive.client.repeat("put", place, headers=headers, data=b"")
    except APIError as error:
        if status_of(error) in (404, 410) or status_of(error) in BUSY or is_quota(error):
            raise Unsure(str(broken)) from error
        raise
    except (requests.RequestException, TransportError) as error:
        raise Unsure(str(broken)) from error


def _received(answer: requests.Response) -> int:
    match = _RECEIVED.fullmatch(answer.headers.get("Range", "").replace(" ", ""))
    return int(match[1]) + 1 if match else 0


def _json(answer: requests.Response) -> Json:
    try:
        stored = answer.json()
    except requests.JSONDecodeError as error:
        raise Unsure("the answer cannot be read") from error
    return dict(stored)
