"""Sending a batch so that it is made once: where no answer comes, we look whether it was made before it is sent again.

Every batch of ours makes something with a number of its own, which Google lets be made only once. So a first sending
that comes through late makes the second one fail, and nothing is there twice.
"""

from collections.abc import Callable, Sequence

from gspread.exceptions import APIError

from cloud.client import Unsure, status_of
from sheets.errors import RegistryError
from sheets.google.account import Account
from sheets.google.wire import Json

TRIES = 3


def send(
    account: Account, batch: Sequence[Json], ranges: Sequence[str], fields: str, sleep: Callable[[float], None]
) -> Json:
    """The answer to a batch; an empty one when it was made and its answer was lost."""
    with account.failures():
        for tried in range(TRIES):
            try:
                return dict(account.update(batch, ranges, fields))
            except Unsure:
                if _was_made(account, batch):
                    return {}
                if tried == TRIES - 1:
                    raise
                sleep(2.0**tried)
            except APIError as error:
                if tried and status_of(error) == 400 and _was_made(account, batch):
                    return {}  # the first one came through late, and its twin was refused
                raise
    raise AssertionError("not reached")


def _was_made(account: Account, batch: Sequence[Json]) -> bool:
    """Whether the spreadsheet has what only this batch makes."""
    numbers = {number for number in map(_number_made, batch) if number is not None}
    if not numbers:
        return False
    try:
        answer = account.sheets()
    except RegistryError:
        return False
    there = {sheet["properties"].get("sheetId", 0) for sheet in answer.get("sheets", ())}
    marks = (item for sheet in answer.get("sheets", ()) for item in sheet.get("developerMetadata", ()))
    return bool(numbers & (there | {item["metadataId"] for item in marks}))


def _number_made(request: Json) -> int | None:
    """The number of a new sheet or of a sheet's metadata that a request makes."""
    if "addSheet" in request:
        return int(request["addSheet"]["properties"]["sheetId"])
    made = request.get("createDeveloperMetadata", {}).get("developerMetadata", {})
    return int(made["metadataId"]) if "sheetId" in made.get("location", {}) else None
