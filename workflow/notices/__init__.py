"""Everything that people read: notices from queued deeds, and the card page."""

from workflow.notices.compose import Notices, Prepared, Skip
from workflow.notices.people import Person

__all__ = ["Notices", "Person", "Prepared", "Skip"]
