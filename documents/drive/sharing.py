"""Who may open the folder on Drive: the people of the roster by their addresses, never "anyone with the link".

Only permissions that we gave are taken back; what the owner of the folder gave by hand is his to give.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from documents.drive.account import Drive, DriveRefused, Json

ROLES = ("reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")
OPEN = {"anyone": "anyone who has the link", "domain": "everybody in the organisation"}


@dataclass(frozen=True, slots=True)
class Shared:
    """Whom we have let in by now, whom Google would not let in and why, and to whom else the folder is open."""

    given: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    open_to: str = ""


def share(drive: Drive, root: str, people: Mapping[str, str], given: Collection[str]) -> Shared:
    """Let people in (address: role) without a mail to them, and take back what we gave to those who left."""
    standing = drive.permissions(root)
    users = {str(one.get("emailAddress") or "").lower(): one for one in standing if one.get("type") == "user"}
    wanted = {address.lower(): role for address, role in people.items()}
    ours, refused = set(given), list[tuple[str, str]]()
    for address, role in wanted.items():
        try:
            if _permitted(drive, root, address, role, users.get(address), ours):
                ours.add(address)
        except DriveRefused as error:  # no Google account, or sharing outside is forbidden
            refused.append((address, str(error)))
    for address in sorted(ours - wanted.keys()):
        if address in users and not _is_inherited(users[address]):
            drive.forbid(root, str(users[address]["id"]))
        ours.discard(address)
    return Shared(tuple(sorted(ours)), tuple(refused), is_open(standing))


def is_open(permissions: Sequence[Json]) -> str:
    """To whom beyond named people the folder is open; empty when to nobody."""
    return ", ".join(dict.fromkeys(OPEN[one["type"]] for one in permissions if one.get("type") in OPEN))


def _permitted(drive: Drive, root: str, address: str, role: str, standing: Json | None, ours: Collection[str]) -> bool:
    """See that one person may do what he must; True when it is we who let him in."""
    if standing is None:
        drive.permit(root, address, role)
        return True
    if _rank(standing) < ROLES.index(role):
        drive.change_role(root, str(standing["id"]), role)
    return address in ours


def _rank(permission: Json) -> int:
    role = permission.get("role")
    return ROLES.index(role) if role in ROLES else -1


def _is_inherited(permission: Json) -> bool:
    """From the shared drive: it cannot be taken away at the folder."""
    details = permission.get("permissionDetails") or ()
    return bool(details) and all(detail.get("inherited") for detail in details)
