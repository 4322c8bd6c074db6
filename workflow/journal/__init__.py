"""The journal: the database that is the truth. One transaction per order; deeds are claimed, done and settled."""

from workflow.journal.book import Journal, Page
from workflow.journal.cause import Cause, LetterEntry, Result
from workflow.journal.errors import JournalError, NewerSchema
from workflow.journal.queue import Claimed

__all__ = ["Cause", "Claimed", "Journal", "JournalError", "LetterEntry", "NewerSchema", "Page", "Result"]
